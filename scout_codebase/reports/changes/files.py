"""Which files have changed, how, and by how many lines.

A file that was moved and edited at once is the new one of those that are like enough to one that is
gone: half of their lines, which is git's own measure.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from scout_codebase.records import Change, ChangeKind
from scout_codebase.reports.changes.line_counts import changed_lines
from scout_codebase.reports.changes.states import State

_ALIKE = 0.5
_MOST_PAIRS = 20_000  # that are compared; beyond that only files of the same name


class FileKind(StrEnum):
    """What became of a file. ``HIDDEN`` and ``SHOWN``: it is and was there, and its text was left
    out of one of the two prompts."""

    NEW = "new"
    CHANGED = "changed"
    RENAMED = "renamed"
    DELETED = "deleted"
    HIDDEN = "no longer shown"
    SHOWN = "shown now"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file. ``was`` is its path in the base, "" where it was not there; ``path`` is the present
    one, or the last one of a file that is gone. Lines are None where the text of a side is not
    known. ``tokens`` are those of its amendment. ``component`` is that of the present state, of the
    base for a file that is gone."""

    kind: FileKind
    path: str
    was: str = ""
    reason: str = ""
    added: int | None = None
    removed: int | None = None
    tokens: int = 0
    component: str = ""

    @property
    def lines(self) -> int:
        return (self.added or 0) + (self.removed or 0)

    @property
    def is_there(self) -> bool:
        """Whether its present text is part of the prompt."""
        return self.kind not in (FileKind.DELETED, FileKind.HIDDEN) and not self.reason


def file_changes(
    changes: Sequence[Change], before: State, now: State, tokens: Mapping[str, int]
) -> tuple[FileChange, ...]:
    """Sorted by path. ``changes`` are those of the prompt, ``tokens`` those of every packed
    file."""
    rows = [_file_change(change, before) for change in changes]
    moved = _moved_and_edited(rows, before, now)
    gone = set(moved.values())
    rows = [
        replace(row, kind=FileKind.RENAMED, was=moved[row.path]) if row.path in moved else row
        for row in rows
        if not (row.kind is FileKind.DELETED and row.path in gone)
    ]
    return tuple(
        _measured(row, before, now, tokens) for row in sorted(rows, key=lambda row: row.path)
    )


def _file_change(change: Change, before: State) -> FileChange:
    kind = FileKind(change.kind)
    was = change.was or ("" if kind is FileKind.NEW else change.path)
    if change.kind is ChangeKind.NEW and change.path in before.hidden:
        kind, was = FileKind.SHOWN, change.path
    return FileChange(kind, change.path, was=was, reason=change.reason)


def _measured(row: FileChange, before: State, now: State, tokens: Mapping[str, int]) -> FileChange:
    old = before.texts.get(row.was) if row.was else ""
    new = "" if row.kind is FileKind.DELETED else now.texts.get(row.path)
    added = removed = None
    if old is not None and new is not None:
        added, removed = changed_lines(old, new)
    homes = before if row.kind is FileKind.DELETED else now
    sent = row.is_there and old != new
    return replace(
        row,
        added=added,
        removed=removed,
        tokens=tokens.get(row.path, 0) if sent else 0,
        component=homes.component_of.get(row.path)
        or before.component_of.get(row.was, row.path.rpartition("/")[0] or "."),
    )


def _moved_and_edited(rows: Sequence[FileChange], before: State, now: State) -> dict[str, str]:
    """The former path of each new file that is a gone one, edited; the most alike first."""
    gone = [row.path for row in rows if row.kind is FileKind.DELETED and row.path in before.texts]
    new = [row.path for row in rows if row.kind is FileKind.NEW and row.path in now.texts]
    by_name_only = len(gone) * len(new) > _MOST_PAIRS
    old_lines = {path: _lines(before.texts[path]) for path in gone}
    candidates = sorted(
        (-likeness, path, former)
        for path in new
        for former, likeness in _alike(path, now, old_lines, by_name_only=by_name_only)
    )
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _, path, former in candidates:
        if path not in found and former not in taken:
            found[path] = former
            taken.add(former)
    return found


def _alike(
    path: str, now: State, old_lines: Mapping[str, Counter[str]], *, by_name_only: bool
) -> Iterator[tuple[str, float]]:
    lines = _lines(now.texts[path])
    name, suffix = posixpath.basename(path), posixpath.splitext(path)[1]
    for former, old in old_lines.items():
        same_name = posixpath.basename(former) == name
        if same_name or (not by_name_only and posixpath.splitext(former)[1] == suffix):
            likeness = _likeness(old, lines)
            if likeness >= _ALIKE:
                yield former, likeness


def _lines(text: str) -> Counter[str]:
    return Counter(line for line in map(str.strip, text.splitlines()) if line)


def _likeness(old: Counter[str], new: Counter[str]) -> float:
    """The share of lines that both have, of those of the larger."""
    larger = max(old.total(), new.total())
    smaller = min(old.total(), new.total())
    if not larger or smaller < _ALIKE * larger:
        return 0.0
    return (old & new).total() / larger
