"""Takes secrets out of text before anything else sees it.

Each value is replaced in place by a label such as ``MASKED_GITHUB_PAT_1``: its kind, and a number
that counts the different values of that kind within the file. A label is a plain word, so that a
string stays a string, an address an address and a shell line a shell line. It is made of the kind
and of the secrets before it in its file, of nothing else:

- no digest of the value, for whoever holds a report could try passwords against it;
- no number that counts over the repository, for a new secret in one file would then change the text
  of others, and end the prompt prefix that the next commit reuses;
- so that a repository has the same labels on every machine and in every run. What it costs: that
  two files hold the same value does not show.

Lines and their count stay, all text around a value stays, and masking what was masked changes
nothing. A value that looks like nothing but a secret is masked wherever else it stands, in that
file and in every other one; a short or word-like one only where it was recognised.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from scout_codebase.masking.detector import detect, mask_version
from scout_codebase.masking.values import is_distinctive
from scout_codebase.records import Masked, Secret, Snapshot, SourceFile

__all__ = ["detect", "mask", "mask_snapshot", "mask_version"]

# What frames a line of a value that spans several, in source code: a comment's sign or a quote
# before it, an escaped newline, a quote and an operator behind.
_LEAD = re.compile(r"\s*(?:(?://|#|\*|\+|>|;|--)[ \t]+)?[\"'`]?")
_TAIL = " \t\r\"'`,;+)\\"
_ESCAPED = re.compile(r"(?:\\[nr])+\Z")


def mask(path: str, text: str) -> tuple[str, tuple[Masked, ...]]:
    """One file by itself: its text with labels for secrets, and what was masked, by line. Depends
    on path and text alone. Raises UsageError where the detector is not installed."""
    secrets = detect(path, text)
    return _apply(path, text, _with_repeats(text, secrets, _values([(text, secrets)])))


def mask_snapshot(
    snapshot: Snapshot, detected: Mapping[str, Sequence[Secret]] | None = None
) -> Snapshot:
    """The snapshot with every file masked, and every value of one file wherever it stands in
    another. ``object_id`` and ``size`` stay those of the bytes. ``detected`` holds by path what
    ``detect`` found before; a path that it lacks is looked through now."""
    known = detected or {}
    secrets = {
        file.path: known[file.path] if file.path in known else detect(file.path, file.text)
        for file in snapshot.files
    }
    values = _values((file.text, secrets[file.path]) for file in snapshot.files)
    results = [_mask_file(file, secrets[file.path], values) for file in snapshot.files]
    return replace(
        snapshot,
        files=tuple(file for file, _ in results),
        masked=tuple(chain.from_iterable(rows for _, rows in results)),
        masking=mask_version(),
    )


def _mask_file(
    file: SourceFile, secrets: Sequence[Secret], values: Mapping[str, str]
) -> tuple[SourceFile, tuple[Masked, ...]]:
    text, rows = _apply(file.path, file.text, _with_repeats(file.text, secrets, values))
    return (replace(file, text=text, masked=True), rows) if rows else (file, ())


def _values(rows: Iterable[tuple[str, Sequence[Secret]]]) -> dict[str, str]:
    """The values that are masked wherever they stand, longest first, each with its kind."""
    found: dict[str, str] = {}
    for text, secrets in rows:
        for secret in secrets:
            value = text[secret.start : secret.end]
            if value not in found and "\n" not in value and is_distinctive(value):
                found[value] = secret.kind
    return {value: found[value] for value in sorted(found, key=lambda row: (-len(row), row))}


def _with_repeats(text: str, secrets: Sequence[Secret], values: Mapping[str, str]) -> list[Secret]:
    """The secrets, and the other places of those values that overlap none of them; of two values
    at one place, the first."""
    found = list(secrets)
    starts = [secret.start for secret in found]
    for value, kind in values.items():
        start = text.find(value)
        while start >= 0:
            end = start + len(value)
            index = bisect_left(starts, end)
            if index == 0 or found[index - 1].end <= start:
                found.insert(index, Secret(start, end, kind))
                starts.insert(index, start)
            start = text.find(value, end)
    return found


def _apply(path: str, text: str, secrets: Sequence[Secret]) -> tuple[str, tuple[Masked, ...]]:
    if not secrets:
        return text, ()
    labels = _Labels()
    parts: list[str] = []
    rows: list[Masked] = []
    end, line = 0, 1
    for secret in secrets:
        before, value = text[end : secret.start], text[secret.start : secret.end]
        label = labels.label(value, secret.kind)
        line += before.count("\n")
        last = line + value.rstrip("\n").count("\n")
        parts += (before, _masked(value, label))
        column = secret.start - text.rfind("\n", 0, secret.start) if "\n" not in value else 0
        width = len(value) if column else 0
        rows.append(Masked(path, line, last, secret.kind, label, column, width))
        line += value.count("\n")
        end = secret.end
    return "".join([*parts, text[end:]]), tuple(rows)


def _masked(value: str, label: str) -> str:
    """The label; on every line of a value that spans several."""
    if "\n" not in value:
        return label
    return "\n".join(_masked_line(line, label) for line in value.split("\n"))


def _masked_line(line: str, label: str) -> str:
    lead = _LEAD.match(line)
    start = lead.end() if lead else 0
    core = _ESCAPED.sub("", line[start:].rstrip(_TAIL))
    return f"{line[:start]}{label}{line[start + len(core) :]}" if core else line


class _Labels:
    """Numbers the different values of each kind in the order in which they come."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}
        self._counts: defaultdict[str, int] = defaultdict(int)

    def label(self, value: str, kind: str) -> str:
        if (kind, value) not in self._known:
            self._counts[kind] += 1
            name = kind.upper().replace("-", "_")
            self._known[kind, value] = f"MASKED_{name}_{self._counts[kind]}"
        return self._known[kind, value]
