"""The reading order and the prompt."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from scout_codebase.records.source import Revision, Snapshot


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """Every packed path once, dependencies before dependents."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the prompt. ``path`` is set for the section of a file. ``first_line`` is the
    line of the section, counted from 0, that holds line 1 of that file."""

    kind: str
    text: str = field(repr=False)
    tokens: int
    path: str = ""
    first_line: int = 0


@dataclass(frozen=True, slots=True)
class Neutralised:
    """Strings of a file that were rewritten because the server or the frame would read them as
    control tokens or tags."""

    path: str
    original: str
    replacement: str
    count: int


class ChangeKind(StrEnum):
    """What became of a path since the base of a pack."""

    NEW = "new"
    CHANGED = "changed"
    RENAMED = "renamed"
    DELETED = "deleted"
    HIDDEN = "no longer shown"


@dataclass(frozen=True, slots=True)
class Change:
    """``was`` is the path of a renamed file in the base, ``reason`` why a file is not shown."""

    kind: ChangeKind
    path: str
    was: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Base:
    """The revision that a pack begins with, called ``name`` by who asked for it, the ``tokens`` of
    its own pack, and what has changed since, by path."""

    name: str
    revision: Revision
    tokens: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """The prompt without its question. The text is the sections joined; the tokens of the
    sections add up to the tokens of the text. Where there is a ``base``, the first sections are
    those of its pack; those that no longer hold are ``superseded`` and have no path."""

    snapshot: Snapshot
    sections: tuple[Section, ...]
    neutralised: tuple[Neutralised, ...]
    tokens: int
    base: Base | None = None

    @property
    def sha256(self) -> str:
        """Of the text, in hexadecimal."""
        digest = hashlib.sha256()
        for section in self.sections:
            digest.update(section.text.encode())
        return digest.hexdigest()

    @property
    def text(self) -> str:
        return "".join(section.text for section in self.sections)
