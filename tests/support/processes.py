"""Processes of a test, told from all others."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def marked_processes(mark: str) -> list[int]:
    """Those that were started with that text in their environment. Linux only."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_until(condition: Callable[[], bool], otherwise: str, within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)
