"""Which processes are there, and which are a test's. Linux."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

_GONE_WITHIN = 20.0


def children_of(process_id: int) -> list[int]:
    """Those whose parent it is, as /proc names it."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        fields = _fields(status)
        if fields and int(fields[1]) == process_id:
            found.append(int(status.parent.name))
    return found


def is_running(process_id: int) -> bool:
    """Whether the process is there and no zombie."""
    fields = _fields(Path(f"/proc/{process_id}/stat"))
    return bool(fields) and fields[0] not in ("Z", "X")


def assert_gone(processes: list[int]) -> None:
    """They may take a moment. An empty list would prove nothing."""
    assert processes
    deadline = time.monotonic() + _GONE_WITHIN
    while any(map(is_running, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [process for process in processes if is_running(process)]


def _fields(status: Path) -> list[str]:
    """What stands behind the name, which may hold blanks: the state, the parent …"""
    try:
        return status.read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


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
