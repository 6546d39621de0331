"""The reading order and the prompt."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from scout_codebase.records.source import Snapshot


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


@dataclass(frozen=True, slots=True)
class Pack:
    """The prompt without its question. The text is the sections joined; the tokens of the
    sections add up to the tokens of the text."""

    snapshot: Snapshot
    sections: tuple[Section, ...]
    neutralised: tuple[Neutralised, ...]
    tokens: int

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
