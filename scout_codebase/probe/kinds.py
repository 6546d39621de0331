"""What can be asked of a pack: the table of kinds.

A kind finds the places of a file at which it has something to ask, and drafts the question for one
of them. A draft is None where the place does not allow one with exactly one right answer. To add a
kind, write those two functions, add a row, and a template ``prompts/probe/<name>.md.j2`` that gets
``subject`` and ``choices``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scout_codebase.probe.imports import draft_imports, import_places
from scout_codebase.probe.lines import draft_line_after, line_places
from scout_codebase.probe.places import Draft, Place
from scout_codebase.probe.source import PackedFile, PackSource
from scout_codebase.probe.symbols import draft_defines, draft_parameters, symbol_places


@dataclass(frozen=True, slots=True)
class Kind:
    """``name`` also names the template; ``places`` need not be in order."""

    name: str
    places: Callable[[PackSource, PackedFile], Iterable[Place[Any]]]
    draft: Callable[[PackSource, Place[Any]], Draft | None]


KINDS: Sequence[Kind] = (
    Kind("line-after", line_places, draft_line_after),
    Kind("parameters", symbol_places, draft_parameters),
    Kind("defines", symbol_places, draft_defines),
    Kind("imports", import_places, draft_imports),
)
