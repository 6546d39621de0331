"""What is computed of a place before the model is asked: where its values come from, what stands on
the way, and how far that alone makes it suspicious."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from scout_codebase.neutralise import neutralise
from scout_codebase.records import DependencyGraph, Place
from scout_codebase.reports.callers import CallFinder, enclosing_function
from scout_codebase.reports.code_index import CodeIndex
from scout_codebase.reports.code_text import CodeText
from scout_codebase.reports.expressions import call_arguments, pieces, split_arguments
from scout_codebase.reports.following import OriginFinder
from scout_codebase.reports.origins import Origin, OriginKind, Step
from scout_codebase.reports.shown import shown
from scout_codebase.reports.statements import block_around

Row = dict[str, Any]
_MOST_SHOWN = 3
_MOST_STEPS = 6
_BEFORE_CALL = 32  # characters
_REST_OF_NAME = re.compile(r"\w{0,40}")
_HEADER = re.compile(r"(?i)(['\"])\s*location:\s*")
_HOST = r"[^/?#\\%{}$\s]+"
_FIXED_START = re.compile(rf"(?i)[a-z][a-z0-9+.-]*://{_HOST}[/?#]|/[^/\\%{{$]|[?#]|\.{{1,2}}/")
_BEHIND_HOST = re.compile(r"/(?!/)|[?#]")
_ADDRESS_OBJECT = re.compile(r"(?:new\s+)?(?:[\w.]+[.:\\])?(?:Request|URL|URI|Uri)\(")
_FIXED = "the address begins with a fixed host or path"


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
        self, graph: DependencyGraph, code: CodeText, weaknesses: Sequence[Mapping[str, Any]]
    ) -> None:
        self._graph, self._code = graph, code
        self._calls = CallFinder(graph, code)
        self._table = {row["category"]: row for row in weaknesses}
        self._guards = _patterns(weaknesses, "guards")
        self._dangers = _patterns(weaknesses, "dangers")
        index = CodeIndex(graph, code, self._calls)
        self._origins = OriginFinder(graph, index, self._guards)

    def facts(self, path: str, place: Place) -> Row:
        """``standing``, ``origins`` (with their steps), ``guard`` and ``danger`` of a place."""
        follow = self._table[place.category].get("follow", "")
        return self._followed(path, place, follow) if follow else self._near(path, place)

    def _followed(self, path: str, place: Place, follow: str) -> Row:
        origins = self._origins.origins(path, place)
        decisive = origins if follow == "value" else self._of_the_start(path, place)
        standing = _standing(decisive)
        guard = next((row.guard for row in decisive if row.guard), "")
        if standing is Standing.OWN and any(row.kind is not OriginKind.OWN for row in origins):
            standing, guard = Standing.GUARDED, _FIXED
        shown_ones = [row for row in decisive if row.kind is not OriginKind.OWN]
        return {
            "standing": standing,
            "origins": [_origin_row(row) for row in shown_ones[:_MOST_SHOWN]],
            "guard": neutralise(guard)[0] if standing is Standing.GUARDED else "",
            "danger": "",
        }

    def _of_the_start(self, path: str, place: Place) -> tuple[Origin, ...]:
        """Of the values that decide the host of an address: those before the first slash, question
        mark or number sign behind the host."""
        found: list[Origin] = []
        for argument in split_arguments(_HEADER.sub(r"\1", place.value)):
            address = _unwrapped(argument)
            text, behind_name = "", False
            for piece in pieces(address):
                if piece.name:
                    rows = self._origins.of_piece(path, place, address, piece)
                    found.extend(rows)
                    if _are_addresses(rows):
                        break
                    text, behind_name = ("", True) if rows else (text, behind_name)
                    continue
                text += piece.text
                if (_BEHIND_HOST if behind_name else _FIXED_START).match(text):
                    break
        return tuple(found) or (Origin(OriginKind.OWN, place.value),)

    def _near(self, path: str, place: Place) -> Row:
        row = self._table[place.category]
        text = self._text_near(path, place, row.get("near", "definition"))
        guard = self._first(self._guards, place, text)
        danger = self._first(self._dangers, place, text)
        if danger and row.get("outweighs") == "dangers":
            guard = ""
        standing = Standing.GUARDED if guard else Standing.EXPOSED if danger else Standing.OPEN
        return {"standing": standing, "origins": [], "guard": guard, "danger": danger}

    def _text_near(self, path: str, place: Place, near: str) -> str:
        """The place's own lines, or the definition around it and the lines that call that."""
        lines = self._code.lines(path)
        own = lines[place.start_line - 1 : place.end_line]
        if near == "lines":
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


def _standing(decisive: Sequence[Origin]) -> Standing:
    """Nothing at all is no origin that is known to be harmless."""
    kinds = {row.kind for row in decisive if not row.guard}
    if OriginKind.OUTSIDE in kinds:
        return Standing.EXPOSED
    if OriginKind.PARAMETER in kinds or not decisive:
        return Standing.OPEN
    guarded = any(row.guard and row.kind is not OriginKind.OWN for row in decisive)
    return Standing.GUARDED if guarded else Standing.OWN


def _unwrapped(argument: str) -> str:
    """Of an address that is made into an object, what it is made of."""
    match = _ADDRESS_OBJECT.match(argument)
    inner = split_arguments(argument[match.end() :]) if match else ()
    return inner[0] if inner else argument


def _are_addresses(rows: Sequence[Origin]) -> bool:
    """Whether a value is the program's own and has a slash behind its host."""
    return bool(rows) and all(
        row.kind is OriginKind.OWN and _FIXED_START.match(row.source.strip("'\"`")) for row in rows
    )


def _around_call(line: str, name: str) -> str:
    """What a line does with a call: a little before it, its arguments, nothing behind them."""
    start = line.find(name)
    arguments = call_arguments(line[start:], name) or ()
    return f"{line[max(0, start - _BEFORE_CALL) : start]}{name}({', '.join(arguments)})"


def _patterns(weaknesses: Sequence[Mapping[str, Any]], key: str) -> dict[str, re.Pattern[str]]:
    return {row["category"]: re.compile(row[key]) for row in weaknesses if row.get(key)}


def _origin_row(origin: Origin) -> Row:
    unique = list({(step.path, step.line): step for step in origin.steps}.values())
    return {
        "kind": str(origin.kind),
        "source": neutralise(origin.source)[0],
        "guard": neutralise(origin.guard)[0],
        "steps": [
            {"path": shown(step.path), "line": step.line, "code": neutralise(step.code)[0]}
            for step in _ends(unique)
        ],
    }


def _ends(steps: Sequence[Step]) -> Sequence[Step]:
    """Of a long way where it begins, and how it ends."""
    return steps if len(steps) <= _MOST_STEPS else [steps[0], *steps[1 - _MOST_STEPS :]]
