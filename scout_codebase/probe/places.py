"""A fact that can be asked for, and the draft of its question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from scout_codebase.probe.source import PackedFile

Fact = TypeVar("Fact")

MOST_CHOICES = 6
_LONGEST_CHOICE = 100  # characters


@dataclass(frozen=True, slots=True)
class Place(Generic[Fact]):
    """Where a fact stands: a line of a file, and its offset in the text of the pack."""

    file: PackedFile
    line: int
    offset: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class Draft:
    """``subject`` is what the question shows besides the choices. ``others`` are wrong answers, the
    most plausible first; none is the answer."""

    subject: str
    answer: str
    others: Sequence[str]


def is_showable(text: str) -> bool:
    """Whether a text stands in a question and in a JSON string as it stands in the pack."""
    return len(text) <= _LONGEST_CHOICE and text.isprintable() and "\\" not in text
