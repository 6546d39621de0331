"""What the commands of this package have in common."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from benchmarks.machine import machine


def arguments(documentation: str | None) -> argparse.Namespace:
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


def announce() -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d}; {machine()}", flush=True)
