from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class RequestOutputKind:
    DELTA = "delta"


class SamplingParams(SimpleNamespace):
    pass


def StructuredOutputsParams(*, json: Any) -> Any:  # noqa: N802  # vLLM's name
    return {"json": json}
