"""Follows the values of places to where they begin."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scout_codebase.records import LONGEST_VALUE, DependencyGraph, Place
from scout_codebase.reports.code_index import CodeIndex
from scout_codebase.reports.expressions import Piece
from scout_codebase.reports.origins import Origin, OriginKind, distinct
from scout_codebase.reports.trace import At, Trace

INPUT_CATEGORY = "input"


class OriginFinder:
    """Follows values of one repository. ``guards`` are regular expressions of what makes a value
    harmless for a class of weakness, by category."""

    def __init__(
        self,
        graph: DependencyGraph,
        index: CodeIndex,
        guards: Mapping[str, re.Pattern[str]],
    ) -> None:
        self._index, self._guards = index, guards
        self._inputs: dict[str, list[Place]] = {}
        for path, analysis in graph.analyses.items():
            for place in analysis.places:
                if place.category == INPUT_CATEGORY:
                    self._inputs.setdefault(path, []).append(place)

    def origins(self, path: str, place: Place) -> tuple[Origin, ...]:
        """Of what decides at a place: each origin once, those from outside first."""
        return self._of(path, place, place.value or place.code, None)

    def of_piece(self, path: str, place: Place, value: str, piece: Piece) -> tuple[Origin, ...]:
        """Of one piece of a value; none where it only makes something of other pieces."""
        return self._of(path, place, value, piece)

    def _of(self, path: str, place: Place, value: str, piece: Piece | None) -> tuple[Origin, ...]:
        trace = Trace(self._index, self._inputs, self._guards.get(place.category))
        at = At(path, place.start_line, place.end_line)
        found = [*trace.expression(value, at, piece)]
        if len(place.value) >= LONGEST_VALUE and piece is None:
            found.append(Origin(OriginKind.PARAMETER, "what follows"))
        return distinct(found)
