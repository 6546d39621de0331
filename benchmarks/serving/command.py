"""What the commands of this package have in common."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, TypeVar

import platformdirs

from benchmarks.machine import machine
from benchmarks.packing.measure import FailedRunError
from benchmarks.serving.figures import Figure, missed
from tests.vllm_peer.server import PeerFailedError

Measured = TypeVar("Measured")


def run(
    documentation: str | None,
    measure: Callable[[argparse.Namespace], Measured],
    figures: Callable[[Measured], Sequence[Figure]],
) -> NoReturn:
    """Measures, prints the figures, and leaves with 1 where one misses its limit or nothing could
    be measured."""
    chosen = _arguments(documentation)
    print(f"{datetime.now(UTC):%Y-%m-%d}; {machine()}", flush=True)
    try:
        measured = measure(chosen)
    except (FailedRunError, PeerFailedError, OSError) as error:
        sys.exit(f"nothing was measured: {error}")
    sys.exit(missed(figures(measured)))


def _arguments(documentation: str | None) -> argparse.Namespace:
    """``vllm`` is the environment of the server, ``cache`` where archives and models are kept."""
    title = (documentation or "").partition("\n\n")[0]
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument(
        "--vllm",
        type=Path,
        default=Path(".venv-vllm"),
        help="the environment that tests/vllm_peer/install.py made (default .venv-vllm)",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=platformdirs.user_cache_path("scout-review-benchmarks"),
        help="where archives and models are kept",
    )
    chosen = parser.parse_args()
    chosen.cache, chosen.vllm = chosen.cache.resolve(), chosen.vllm.resolve()
    return chosen
