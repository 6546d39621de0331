"""The reviewed repository's own configuration, which may only narrow what is packed.

It is data of an untrusted author: read from the state under review, never through a link, of
bounded size, with patterns of bounded cost. What it may not set, or sets wrongly, is not used and
said so; it never ends a review. ``docs/configuration.md`` gives the reasons.
"""

from __future__ import annotations

import re
import tomllib
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scout_codebase.records import (
    OmissionReason,
    RepositoryConfiguration,
    Snapshot,
    display_path,
)
from scout_codebase.walk.entry import Skip, Source
from scout_codebase.walk.patterns import PatternError, Patterns, check_pattern

TABLE = "scout-review"
KEYS = ("exclude", "max-file-bytes")
LARGEST_FILE = 65_536
LONGEST_LINE = 4_096
"""tomllib takes time that is quadratic in the parts of a dotted key, which stands on one line."""

MOST_PATTERNS = 64
LONGEST_PATTERN = 256
MOST_STARS = 2
"""A pattern becomes a regular expression, which tries every way to divide a path among its stars;
with two, a path of ``LONGEST_PATH`` characters takes a millisecond, with five about an hour. A
leading ``**/`` is not counted."""

MOST_REFUSED = 10
LONGEST_PATH = 512
"""Longer paths, which hardly anybody writes, are not excluded."""

_LARGEST_NUMBER = 2**63 - 1  # what TOML demands; Python refuses to print very large ones
_STARS = re.compile(r"\*+")
_NAMES = ("pyproject.toml", f"{TABLE}.toml")


def read_configurations(source: Source, folder: str) -> tuple[RepositoryConfiguration, ...]:
    """Those at the top of the repository, in the reviewed folder and in each folder between."""
    parts = folder.split("/") if folder else []
    found = []
    for depth in range(len(parts) + 1):
        for name in _NAMES:
            path = "/".join((*parts[:depth], name))
            data = source.top_file(path, LARGEST_FILE)
            if data is not None:
                found.append(_configuration(path, data))
    return tuple(row for row in found if row is not None)


class _UnusableError(Exception):
    """Why a file as a whole is not used."""


def _configuration(path: str, data: bytes | Skip) -> RepositoryConfiguration | None:
    """None where the file has nothing for this tool."""
    try:
        table = _table(data, own=path.endswith(_NAMES[1]))
    except _UnusableError as error:
        return RepositoryConfiguration(path, refused=(f"not read: {error}",))
    return None if table is None else _checked(path, table)


def _table(data: bytes | Skip, *, own: bool) -> Mapping[str, Any] | None:
    """What stands in the file for this tool; ``own``: all of it does."""
    if isinstance(data, Skip):
        raise _UnusableError(data.detail or data.reason)
    if not own and TABLE.encode() not in data:
        return None
    if any(len(line) > LONGEST_LINE for line in data.splitlines()):
        raise _UnusableError(f"it has lines of more than {LONGEST_LINE} bytes")
    try:
        table: Any = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise _UnusableError("it is not valid TOML") from None
    for key in () if own else ("tool", TABLE):
        table = table.get(key, {})
        if not isinstance(table, dict):
            raise _UnusableError(f"'{key}' is not a table")
    return table or None


def _checked(path: str, table: Mapping[str, Any]) -> RepositoryConfiguration:
    refused = [
        f"{display_path(key)[:80]!r} is not used: a repository may set {' and '.join(KEYS)} alone"
        for key in sorted(table.keys() - set(KEYS))
    ]
    exclude = _patterns(table.get("exclude", []), refused)
    limit = table.get("max-file-bytes")
    if limit is not None and (type(limit) is not int or not 0 < limit <= _LARGEST_NUMBER):
        refused.append("'max-file-bytes' is not used: it is not a whole number of 1 or more")
        limit = None
    more = len(refused) - MOST_REFUSED
    if more > 0:
        refused[MOST_REFUSED:] = [f"{more} more settings or patterns are not used"]
    return RepositoryConfiguration(path, exclude, limit, tuple(refused))


def _patterns(value: Any, refused: list[str]) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(pattern, str) for pattern in value):
        refused.append("'exclude' is not used: it is not a list of patterns")
        return ()
    if len(value) > MOST_PATTERNS:
        refused.append(f"'exclude' is used up to its pattern number {MOST_PATTERNS}")
    kept = []
    for pattern in value[:MOST_PATTERNS]:
        fault = _fault(pattern)
        if fault:
            shown = display_path(pattern)[:80]
            refused.append(f"the pattern {shown!r} is not used: {fault}")
        else:
            kept.append(pattern)
    return tuple(kept)


def _fault(pattern: str) -> str:
    if len(pattern) > LONGEST_PATTERN:
        return f"it is longer than {LONGEST_PATTERN} characters"
    body = pattern.removeprefix("!").removeprefix("/").removeprefix("**/")
    if len(_STARS.findall(body)) > MOST_STARS:
        return f"it has more than {MOST_STARS} stars"
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the regular expression means something else one day
        try:
            check_pattern(pattern)
        except (PatternError, Warning):
            return "it is not in the syntax of a .gitignore file"
    return ""


def narrowed(snapshot: Snapshot) -> Iterator[str]:
    """What the user has to be told: one line for each file that left something out, and one for
    each thing that was not used."""
    for row in snapshot.configurations:
        file = display_path(row.path)
        left_out = [
            omission
            for omission in snapshot.omissions
            if omission.reason is OmissionReason.EXCLUDED_BY_REPOSITORY
            and omission.detail.startswith(f"{file}: ")
        ]
        if left_out:
            size = sum(omission.size for omission in left_out)
            noun = "path" if len(left_out) == 1 else "paths"
            yield (
                f"The repository's {file} leaves out {len(left_out):,} {noun}, {size:,} bytes; "
                "--no-repository-config reads them"
            )
        yield from (f"The repository's {file}: {reason}" for reason in row.refused)


@dataclass(frozen=True)
class _Narrowing:
    """One file's patterns, which are relative to the folder that the file lies in."""

    configuration: RepositoryConfiguration
    prefix: str
    patterns: Patterns


class Narrowing:
    """What the configurations leave out. ``folder`` is the reviewed folder; paths are relative to
    it."""

    def __init__(self, configurations: Iterable[RepositoryConfiguration], folder: str) -> None:
        self._folder = f"{folder}/" if folder else ""
        self._rows = tuple(_narrowings(configurations))

    def skip(self, path: str, size: int) -> Skip | None:
        whole = self._folder + path
        for row in self._rows:
            file = display_path(row.configuration.path)
            limit = row.configuration.max_file_bytes
            relative = whole.removeprefix(row.prefix)
            if len(whole) <= LONGEST_PATH and row.patterns.match(relative):
                return Skip(OmissionReason.EXCLUDED_BY_REPOSITORY, f"{file}: exclude")
            if limit is not None and size > limit:
                detail = f"{file}: over {limit} bytes"
                return Skip(OmissionReason.EXCLUDED_BY_REPOSITORY, detail)
        return None


def _narrowings(configurations: Iterable[RepositoryConfiguration]) -> Iterator[_Narrowing]:
    for row in configurations:
        folder, separator, _ = row.path.rpartition("/")
        yield _Narrowing(row, folder + separator, Patterns(row.exclude))
