"""What is computed of a place before the model is asked: where its values come from, what stands on
the way, and how far that alone makes it suspicious."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from scout_codebase.neutralise import neutralise
from scout_codebase.records import DependencyGraph, Place
from scout_codebase.reports.callers import CallFinder, LinesOf, enclosing_function
from scout_codebase.reports.expressions import block_around, call_arguments, pieces
from scout_codebase.reports.origins import Origin, OriginFinder, OriginKind
from scout_codebase.reports.shown import shown

Row = dict[str, Any]
_MOST_SHOWN = 3
_MOST_STEPS = 6
_BEFORE_CALL = 32  # characters
_REST_OF_NAME = re.compile(r"\w{0,40}")


class Standing(StrEnum):
    """``EXPOSED``: outside input reaches the place and nothing known stands on the way, or the code
    near it speaks for a weakness. ``GUARDED``: something known does. ``OWN``: nothing but constants
    and the program's own values reaches it. ``OPEN``: none of these could be computed."""

    EXPOSED = "exposed"
    GUARDED = "guarded"
    OWN = "own"
    OPEN = "open"


class Examiner:
    """Computes the facts of places of one repository."""

    def __init__(
        self,
        graph: DependencyGraph,
        lines_of: LinesOf,
        calls: CallFinder,
        weaknesses: Sequence[Mapping[str, Any]],
    ) -> None:
        self._graph, self._lines_of, self._calls = graph, lines_of, calls
        self._table = {row["category"]: row for row in weaknesses}
        self._guards = _patterns(weaknesses, "guards")
        self._dangers = _patterns(weaknesses, "dangers")
        self._origins = OriginFinder(graph, lines_of, calls, self._guards)

    def facts(self, path: str, place: Place) -> Row:
        """``standing``, ``origins`` (with their steps), ``guard`` and ``danger`` of a place."""
        follow = self._table[place.category].get("follow", "")
        return self._followed(path, place, follow) if follow else self._near(path, place)

    def _followed(self, path: str, place: Place, follow: str) -> Row:
        origins = self._origins.origins(path, place)
        decisive = origins if follow == "value" else self._of_the_start(path, place)
        open_ones = [row for row in decisive if not row.guard and row.kind is not OriginKind.OWN]
        guards = [row.guard for row in decisive if row.guard]
        if follow == "start" and open_ones and self._starts_fixed(path, place):
            open_ones, guards = [], ["the address begins with a fixed host or path"]
        kinds = {row.kind for row in open_ones}
        standing = (
            Standing.EXPOSED
            if OriginKind.OUTSIDE in kinds
            else Standing.OPEN
            if kinds
            else Standing.GUARDED
            if guards
            else Standing.OWN
        )
        return {
            "standing": standing,
            "origins": [_origin_row(row) for row in origins[:_MOST_SHOWN]],
            "guard": neutralise(guards[0])[0] if guards and not open_ones else "",
            "danger": "",
        }

    def _of_the_start(self, path: str, place: Place) -> tuple[Origin, ...]:
        """Of the value that an address begins with, what follows it aside."""
        first = next((piece for piece in pieces(place.value) if piece.name), None)
        end = re.search(r"[,+]|$", place.value[first.start :]) if first else None
        if first is None or end is None:
            return self._origins.origins(path, place)
        value = place.value[: first.start + end.start()]
        return self._origins.origins(path, _with_value(place, value))

    def _starts_fixed(self, path: str, place: Place) -> bool:
        value = re.sub(r"(?i)(['\"])\s*location:\s*", r"\1", place.value)
        first = next(iter(pieces(value)), None)
        if first is None:
            return True
        if first.text:
            return re.match(r"https?://[^/]+/|/[^/\\]|\?", first.text) is not None
        sub = self._origins.origins(path, _with_value(place, first.name))
        rest = [piece.text for piece in pieces(value) if piece.text]
        return all(row.kind is OriginKind.OWN for row in sub) and any(
            text.startswith(("/", "?")) for text in rest
        )

    def _near(self, path: str, place: Place) -> Row:
        text = self._text_near(path, place)
        guard = self._first(self._guards, place, text)
        danger = self._first(self._dangers, place, text)
        standing = (
            Standing.GUARDED
            if guard and not (danger and place.category == "crypto")
            else Standing.EXPOSED
            if danger and not guard
            else Standing.OPEN
        )
        return {"standing": standing, "origins": [], "guard": guard, "danger": danger}

    def _text_near(self, path: str, place: Place) -> str:
        """The definition around a place and the lines that call it; of a check, its own lines."""
        lines = self._lines_of(path)
        own = lines[place.start_line - 1 : place.end_line]
        if place.category == "authentication":
            return "\n".join(own)
        around = enclosing_function(
            self._graph.analyses.get(path), place.start_line, place.end_line
        )
        if around is None:
            first, last = block_around(lines, place.start_line)
            return "\n".join(lines[first - 1 : last])
        name = around.name.rpartition(".")[2]
        body = lines[around.start_line - 1 : around.end_line]
        calls = (_around_call(call.code, name) for call in self._calls.direct(path, name))
        return "\n".join([*body, *calls])

    def _first(self, patterns: Mapping[str, re.Pattern[str]], place: Place, text: str) -> str:
        pattern = patterns.get(place.category)
        match = pattern.search(text) if pattern else None
        if match is None:
            return ""
        rest = _REST_OF_NAME.match(text, match.end()) if match[0][-1:].isalnum() else None
        return neutralise(match[0] + (rest[0] if rest else ""))[0]


def _around_call(line: str, name: str) -> str:
    """What a line does with a call: a little before it, its arguments, nothing behind them."""
    start = line.find(name)
    arguments = call_arguments(line[start:], name) or ()
    return f"{line[max(0, start - _BEFORE_CALL) : start]}{name}({', '.join(arguments)})"


def _with_value(place: Place, value: str) -> Place:
    return Place(place.category, place.start_line, place.end_line, value, place.symbol, value)


def _patterns(weaknesses: Sequence[Mapping[str, Any]], key: str) -> dict[str, re.Pattern[str]]:
    return {row["category"]: re.compile(row[key]) for row in weaknesses if row.get(key)}


def _origin_row(origin: Origin) -> Row:
    steps = {(step.path, step.line): step for step in origin.steps}
    return {
        "kind": str(origin.kind),
        "source": neutralise(origin.source)[0],
        "guard": neutralise(origin.guard)[0],
        "steps": [
            {"path": shown(step.path), "line": step.line, "code": neutralise(step.code)[0]}
            for step in list(steps.values())[-_MOST_STEPS:]
        ],
    }
