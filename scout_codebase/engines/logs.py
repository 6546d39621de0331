"""The logs of processes that an engine starts."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_LOGS_KEPT = 5
_TAIL_LINES = 6
_TAIL_CHARACTERS = 600
_TAIL_BYTES = 16_384


def new_log(folder: Path, kind: str) -> Path:
    """A log of its own for each process of that kind; the oldest ones are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    logs = sorted(folder.glob(f"{kind}-*.log"), key=lambda path: path.stat().st_mtime)
    for old in logs[: 1 - _LOGS_KEPT]:
        old.unlink(missing_ok=True)
    return folder / f"{kind}-{os.getpid()}-{secrets.token_hex(3)}.log"


def last_lines(log: Path) -> str:
    """The end of a log on one line."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        text = ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-_TAIL_LINES:])[-_TAIL_CHARACTERS:] or "its log is empty"
