"""What the user says about the offline engine. Light to load."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scout_codebase.errors import UsageError


@dataclass(frozen=True, slots=True)
class OfflineOptions:
    """``model`` is a local folder or a name on Hugging Face; ``python`` the interpreter that has
    vLLM, None for this one; ``context_window`` None for the largest that fits into memory;
    ``arguments`` are those of vLLM's ``LLM``, and go before the engine's own; ``timeout`` is how
    many seconds nothing may happen."""

    model: str
    python: Path | None = None
    context_window: int | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    timeout: float | None = None


def parse_argument(text: str) -> tuple[str, Any]:
    """``NAME=VALUE`` as the user writes it; the value is JSON where it can be read as that, text
    elsewhere. Raises UsageError."""
    name, separator, value = text.partition("=")
    name = name.strip().removeprefix("--").replace("-", "_")
    if not separator or not name.isidentifier():
        raise UsageError(
            f"{text!r} is not NAME=VALUE", remedy="For instance: tensor_parallel_size=2."
        )
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
