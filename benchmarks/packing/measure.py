"""Wall time and peak memory of a command with all its processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_INTERVAL = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Run:
    """``megabytes`` is 0 where the memory was not looked at: looking takes time."""

    seconds: float
    megabytes: float = 0.0


class FailedRunError(Exception):
    """A tool left with another status than 0."""


def timed(command: list[str], folders: Path, *, memory: bool = False) -> Run:
    """Runs a command whose cache and temporary folder lie below ``folders``."""
    environment = os.environ | {
        "XDG_CACHE_HOME": str(folders / "cache"),
        "TMPDIR": str(folders / "tmp"),
    }
    for name in ("cache", "tmp"):
        (folders / name).mkdir(parents=True, exist_ok=True)
    with (folders / "log").open("wb") as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        peak = _watch(process) if memory else 0.0
        status = process.wait()
        seconds = time.perf_counter() - started
    if status:
        raise FailedRunError(f"{command[0]}: {(folders / 'log').read_text('utf-8')[-500:]}")
    return Run(seconds, peak)


def empty(folders: Path) -> None:
    """Removes all but the compiled rules of Kingfisher, the secret detector: they are made once on
    a machine, as Python's byte code is, which nobody removes here either."""
    rules = folders / "cache" / "kingfisher"
    kept = folders.with_name(f"{folders.name}-rules")
    if rules.is_dir():
        rules.rename(kept)
    shutil.rmtree(folders, ignore_errors=True)
    if kept.is_dir():
        rules.parent.mkdir(parents=True)
        kept.rename(rules)


def _watch(process: subprocess.Popen[bytes]) -> float:
    """The largest sum, over all processes of the tree, of the proportional set size: memory that
    several share counts once."""
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(_megabytes(pid) for pid in descendants(process.pid)))
        time.sleep(_INTERVAL)
    return peak


def descendants(root: int) -> Iterator[int]:
    """A process and all that it started, and they, by their ids."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(folder.name))
    pending = [root]
    while pending:
        pid = pending.pop()
        yield pid
        pending += children.get(pid, [])


def _megabytes(pid: int) -> float:
    with suppress(OSError):
        for line in (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
