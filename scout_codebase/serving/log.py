"""A server's log: where it lies, what stage it tells of, what it says at the end."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scout_codebase.serving.table import Stage

_LOGS_KEPT = 5
_TAIL_BYTES = 200_000
_LAST_LINES = 4
_LONGEST_LINE = 240
_WARNING = " WARNING "
_ERROR = re.compile(r"\b\w*(?:Error|Exception)\b: ")
# What vLLM puts before a line: "(EngineCore pid=7) ERROR 11-22 06:22:37 [core.py:133] ".
_PREFIX = re.compile(r"^(?:\(.*? pid=\d+\) )?(?:[A-Z]+ \d\d-\d\d [\d:]+ \[.*?\] )?")


@dataclass(frozen=True, slots=True)
class Progress:
    """What a server does. ``percent`` is None where its log does not say how much of it is done."""

    title: str
    percent: int | None = None

    def __str__(self) -> str:
        return self.title if self.percent is None else f"{self.title}, {self.percent} %"


STARTING = Progress("starting")


def new_log(folder: Path) -> Path:
    """A log of its own for each server, that nobody else can read; the oldest ones are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    logs = sorted(folder.glob("serve-*.log"), key=lambda path: path.stat().st_mtime)
    for old in logs[: 1 - _LOGS_KEPT]:
        old.unlink(missing_ok=True)
    log = folder / f"serve-{os.getpid()}-{secrets.token_hex(3)}.log"
    log.touch(mode=0o600)
    return log


class LogReader:
    """Follows a log while it grows."""

    def __init__(self, log: Path, stages: Sequence[Stage]) -> None:
        self._log = log
        self._stages = stages
        self._offset = 0
        self._rest = ""
        self.progress = STARTING

    def read(self) -> Progress:
        """What the last line that names a stage says. A stage never gives way to an earlier one
        of the table, which other processes of the server may still be at."""
        with self._log.open("rb") as log:
            log.seek(self._offset)
            new = log.read()
        self._offset += len(new)
        text = self._rest + new.decode("utf-8", errors="replace").replace("\r", "\n")
        *lines, self._rest = text.split("\n")
        for line in lines:
            self._take(line)
        return self.progress

    def _take(self, line: str) -> None:
        for number, stage in enumerate(self._stages):
            found = stage.pattern.search(line)
            if found and number >= self._number():
                share = next(filter(None, found.groups()), None)
                self.progress = Progress(stage.title, int(share) if share else None)

    def _number(self) -> int:
        titles = [stage.title for stage in self._stages]
        return titles.index(self.progress.title) if self.progress.title in titles else -1


def last_words(log: Path) -> str:
    """The first error that the end of a log names, which is mostly the cause of those behind it,
    and its last lines, as one line."""
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        text = stream.read().decode("utf-8", errors="replace")
    lines = [line for line in text.splitlines() if line.strip() and _WARNING not in line]
    told = [_PREFIX.sub("", line).strip()[:_LONGEST_LINE] for line in lines]
    first = next((line for line in told if _ERROR.search(line)), "")
    last = told[-_LAST_LINES:]
    return " / ".join([first, *last] if first and first not in last else last) or "its log is empty"
