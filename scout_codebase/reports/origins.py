"""Where the values of a place come from: followed backwards through assignments, parameters and
calls, by name and line.

This is a reading of text, not a data-flow analysis: it says what to tell the model and how far
to trust its answer, and it never makes a finding by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from scout_codebase.languages.paths import is_example, is_test
from scout_codebase.records import DependencyGraph, Place
from scout_codebase.reports.callers import CallFinder, LinesOf, enclosing_function
from scout_codebase.reports.expressions import (
    Piece,
    assigned,
    block_around,
    call_arguments,
    is_condition,
    mentions,
    parameter_name,
    pieces,
    split_arguments,
)

INPUT_CATEGORY = "input"
_DEEPEST = 12
_MOST_ORIGINS = 24
_LONGEST_CALL = 6  # lines
_MOST_CALLS = 4
_MOST_NAMES = 120  # that are followed from one place
_MOST_LINES = 300  # above a line that are searched for what sets a name
_MOST_SETS = 8

_NUMBER = r"\b(?:u?int(?:8|16|32|64)?|integer|long|float(?:32|64)?|double|bool(?:ean)?|number|uuid)"
_CONVERSION = re.compile(
    rf"(?i)(?:^|[.:>\\])(?:{_NUMBER}|parse_?int|parse_?float|parseuint|atoi|intval|floatval)\($"
)
_NUMERIC_TYPE = re.compile(rf"(?i){_NUMBER}\b")
_MEMBERSHIP = re.compile(
    r"\bnot in\b|\bin\s+[A-Z_\w.]*[A-Z]{2}|\bin\s+[(\[{]|\.has\(|\.includes\(|hasOwn|in_array\("
    r"|array_key_exists|slices\.Contains|fullmatch\(|\.test\(|MatchString\(|preg_match\(|isdigit\("
    r"|isalnum\(|isidentifier\(|ctype_"
)
_TABLE = (
    r"\b{}\b[^=\n]*=\s*"
    r"(?:Object\.freeze\(|new (?:Map|Set)\(|frozenset\(|dict\(|array\(|map\[|\{{|\[)"
)
_READS_DATA = frozenset({"sql", "path", "request", "deserialisation"})
_ROUTE = re.compile(
    r"(?i)^\s*@.*(?:route|get|post|put|delete|patch|websocket|api|view|mapping)\w*\("
)


class OriginKind(StrEnum):
    """``OUTSIDE``: a known source of outside input. ``PARAMETER``: of a definition that nothing
    seems to call, or too far to be followed. ``OWN``: constants, configuration, the program's own
    state."""

    OUTSIDE = "outside"
    PARAMETER = "parameter"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Step:
    """A line on the way. ``path`` is raw."""

    path: str
    line: int
    code: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one value begins: ``source`` is the code there, ``guard`` the check or encoding that
    stands on the way ("" for none), ``steps`` the lines from there to the place."""

    kind: OriginKind
    source: str
    guard: str = ""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class _At:
    path: str
    line: int
    depth: int = 0


class OriginFinder:
    """Follows values of one repository. ``guards`` are regular expressions of what makes a value
    harmless for a class of weakness, by category."""

    def __init__(
        self,
        graph: DependencyGraph,
        lines_of: LinesOf,
        calls: CallFinder,
        guards: Mapping[str, re.Pattern[str]],
    ) -> None:
        self._graph, self._lines_of, self._calls, self._guards = graph, lines_of, calls, guards
        self._inputs: dict[tuple[str, int], list[Place]] = {}
        for path, analysis in graph.analyses.items():
            for place in analysis.places:
                if place.category == INPUT_CATEGORY:
                    self._inputs.setdefault((path, place.start_line), []).append(place)

    def origins(self, path: str, place: Place) -> tuple[Origin, ...]:
        """Of the values that decide at a place, each once, those from outside first."""
        trace = _Trace(self, self._guards.get(place.category))
        found = trace.expression(place.value or place.code, _At(path, place.start_line))
        unique: dict[tuple[str, str, str], Origin] = {}
        for origin in found:
            unique.setdefault((origin.kind, origin.source, origin.guard), origin)
            if len(unique) >= _MOST_ORIGINS:
                break
        order = list(OriginKind)
        return tuple(
            sorted(unique.values(), key=lambda row: (bool(row.guard), order.index(row.kind)))
        )

    def lines(self, path: str) -> Sequence[str]:
        return self._lines_of(path)

    def inputs(self, at: _At) -> list[str]:
        return [place.code for place in self._inputs.get((at.path, at.line), ())]

    def region(self, at: _At) -> tuple[int, int]:
        around = enclosing_function(self._graph.analyses.get(at.path), at.line, at.line)
        if around:
            return around.start_line, around.end_line
        return block_around(self._lines_of(at.path), at.line)

    def parameters(self, at: _At) -> tuple[str, list[str]]:
        """The name of the function around a line, and the declarations of its parameters."""
        around = enclosing_function(self._graph.analyses.get(at.path), at.line, at.line)
        if around is None:
            return "", []
        name = around.name.rpartition(".")[2]
        declared = list(call_arguments(around.signature, name) or ())
        if declared and re.fullmatch(r"(?:&?(?:mut )?self|cls)\b.*", declared[0]):
            declared = declared[1:]
        return name, declared

    def callers(self, path: str, name: str) -> list[tuple[_At, tuple[str, ...]]]:
        """Where a function is called, and with which arguments. Tests and examples show how it is
        called, not by whom, and so does a function that calls itself: what they alone call has
        callers elsewhere."""
        found = []
        for call in self._calls.direct(path, name):
            if _only_shows(call.path) and not _only_shows(path):
                continue
            if call.path == path and self.parameters(_At(path, call.line))[0] == name:
                continue
            rows = self._lines_of(call.path)[call.line - 1 : call.line - 1 + _LONGEST_CALL]
            match = re.search(rf"(?<![\w$]){re.escape(name)}\s*\(", rows[0])
            if match:
                text = "\n".join([rows[0][match.end() :], *rows[1:]])
                found.append((_At(call.path, call.line), split_arguments(text)))
        return found[:_MOST_CALLS]

    def route_of(self, at: _At) -> str:
        """The decorators of a route above the function around a line."""
        first, _ = self.region(at)
        lines = self._lines_of(at.path)
        above = lines[max(0, first - 4) : first]
        return " ".join(line.strip() for line in above if _ROUTE.match(line))

    def body_of(self, path: str, callee: str) -> tuple[str, frozenset[str]] | None:
        """The text of a definition of the repository that a file can call, and the categories of
        the places in it."""
        name = re.split(r"[.:>\\]", callee)[-1]
        for target in (path, *self._imported.get(path, ())):
            analysis = self._graph.analyses.get(target)
            for symbol in analysis.symbols if analysis else ():
                if symbol.kind in ("function", "method") and symbol.name.rpartition(".")[2] == name:
                    lines = self._lines_of(target)[symbol.start_line - 1 : symbol.end_line]
                    inside = frozenset(
                        place.category
                        for place in (analysis.places if analysis else ())
                        if symbol.start_line <= place.start_line <= symbol.end_line
                    )
                    return "\n".join(lines), inside
        return None

    def is_table(self, path: str, name: str) -> bool:
        """Whether a name stands for a table that is written out in the code."""
        last = re.split(r"[.:>\\]", name.removesuffix(".get").removesuffix(".Get"))[-1]
        if not last or not last.strip("$"):
            return False
        table = re.compile(_TABLE.format(re.escape(last).replace(r"\$", r"\$?")))
        return any(
            last in line and table.search(line)
            for target in (path, *self._imported.get(path, ()))
            for line in self._lines_of(target)
        )

    @cached_property
    def _imported(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for edge in self._graph.edges:
            found.setdefault(edge.source, []).append(edge.target)
        return found


def _only_shows(path: str) -> bool:
    return is_test(path) or is_example(path)


class _Trace:
    """One walk backwards, for one class of weakness."""

    def __init__(self, code: OriginFinder, guards: re.Pattern[str] | None) -> None:
        self._code, self._guards = code, guards
        self._seen: set[tuple[str, int, str]] = set()  # no name is followed twice

    def expression(self, text: str, at: _At) -> Iterator[Origin]:
        step = self._step(at)
        known = [code.strip("'\"") for code in self._code.inputs(at)]
        found = [piece for piece in pieces(text) if piece.name or piece.text in known]
        if not found:
            yield Origin(OriginKind.OWN, text[:80], steps=(step,))
        for piece in found:
            for origin in self._piece(piece, text, at):
                yield replace(origin, steps=(*origin.steps, step))

    def _piece(self, piece: Piece, text: str, at: _At) -> Iterator[Origin]:
        if any(self._fixed(around, at) for around in piece.around):
            yield Origin(OriginKind.OWN, "a table in the code")
            return
        guard = next(filter(None, (self._guard_of(around, at) for around in piece.around)), "")
        if piece.text:
            yield Origin(OriginKind.OUTSIDE, piece.text, guard)
        elif self._is_input(piece.name, text[piece.start :], at):
            yield Origin(OriginKind.OUTSIDE, self._source(text[piece.start :], at), guard)
        else:
            for origin in self._name(piece.name, at):
                yield replace(origin, guard=origin.guard or guard)

    def _name(self, name: str, at: _At) -> Iterator[Origin]:
        key = at.path, at.line, name
        if key in self._seen:
            return
        if at.depth > _DEEPEST or len(self._seen) >= _MOST_NAMES:
            yield Origin(OriginKind.PARAMETER, name)
            return
        self._seen.add(key)
        check = self._check(name, at)
        sets = list(self._assignments(name, at))[-_MOST_SETS:]
        found = (
            (
                origin
                for line, value in sets
                for origin in self.expression(value, _At(at.path, line, at.depth + 1))
            )
            if sets
            else self._parameter(name, at)
        )
        for origin in found:
            yield replace(origin, guard=origin.guard or check)

    def _assignments(self, name: str, at: _At) -> Iterator[tuple[int, str]]:
        first, _ = self._code.region(at)
        lines = self._code.lines(at.path)
        for number in range(max(first, at.line - _MOST_LINES), at.line):
            line = lines[number - 1]
            found = assigned(line) if name in line else None
            if found and name in found[0]:
                yield number, found[1]

    def _parameter(self, name: str, at: _At) -> Iterator[Origin]:
        function, declared = self._code.parameters(at)
        names = [parameter_name(row) for row in declared]
        if name not in names:
            yield Origin(OriginKind.OWN, name)
            return
        index = names.index(name)
        route = self._code.route_of(at)
        numeric = "" if not _NUMERIC_TYPE.search(declared[index].replace(name, "", 1)) else "number"
        if route:
            typed = re.search(rf"<(?:int|float|uuid):{re.escape(name)}>", route)
            guard = "a number" if typed or numeric else ""
            yield Origin(OriginKind.OUTSIDE, f"{name} of the route {route}", guard)
            return
        guard = f"{declared[index]} is a number" if numeric else ""
        for origin in self._arguments(function, name, index, at):
            yield replace(origin, guard=origin.guard or guard)

    def _arguments(self, function: str, name: str, index: int, at: _At) -> Iterator[Origin]:
        """What a parameter is set to, at each call."""
        named = re.compile(rf"{re.escape(name.strip('$'))}\s*[:=](?!=)(.+)", re.DOTALL)
        texts = []
        for where, arguments in self._code.callers(at.path, function):
            by_name = next((match for row in arguments if (match := named.match(row))), None)
            by_place = arguments[index] if index < len(arguments) else ""
            texts.append((where, by_name[1].strip() if by_name else by_place))
        if not any(text for _, text in texts):
            yield Origin(OriginKind.PARAMETER, name)
        for where, text in texts:
            if text:
                yield from self.expression(text, replace(where, depth=at.depth + 1))

    def _check(self, name: str, at: _At) -> str:
        """The condition before a line that tests a name, where it is one that can stop a value."""
        first, _ = self._code.region(at)
        lines = self._code.lines(at.path)
        for number in range(max(first, at.line - _MOST_LINES), min(at.line, len(lines)) + 1):
            line = lines[number - 1]
            if is_condition(line) and mentions(line, name) and self._stops(line):
                return line.strip()
        return ""

    def _stops(self, line: str) -> bool:
        return bool((self._guards and self._guards.search(line)) or _MEMBERSHIP.search(line))

    def _fixed(self, around: str, at: _At) -> bool:
        base = around[:-1]
        looked_up = around.endswith("[") or base.endswith((".get", ".Get"))
        return looked_up and self._code.is_table(at.path, base)

    def _guard_of(self, around: str, at: _At) -> str:
        """What a call does to a value that it is given: "" for nothing that helps."""
        if not around.endswith("("):
            return ""
        if _CONVERSION.search(around) or (self._guards and self._guards.search(around)):
            return f"{around[:-1]}()"
        body = self._code.body_of(at.path, around[:-1])
        if body is None:
            return ""
        text, inside = body
        if self._guards and self._guards.search(text):
            return f"{around[:-1]}()"
        return f"{around[:-1]}() gives back stored data" if inside & _READS_DATA else ""

    def _is_input(self, name: str, rest: str, at: _At) -> bool:
        return any(
            rest.startswith(code) or re.match(rf"{re.escape(name)}(?!\w)", code)
            for code in self._code.inputs(at)
        )

    def _source(self, rest: str, at: _At) -> str:
        return next(
            (code for code in self._code.inputs(at) if rest.startswith(code)),
            re.split(r"[,;]", rest)[0][:80],
        )

    def _step(self, at: _At) -> Step:
        lines = self._code.lines(at.path)
        return Step(at.path, at.line, lines[at.line - 1].strip() if at.line <= len(lines) else "")
