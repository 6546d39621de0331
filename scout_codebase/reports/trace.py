"""The walk back from a value: through assignments, parameters and calls, by name and line.

This is a reading of text, not a data-flow analysis: it says what to tell the model and how far
to trust its answer, and it never makes a finding by itself. What could not be followed counts as a
parameter, never as the program's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scout_codebase.records import Place
from scout_codebase.reports.code_index import CallSite, CodeIndex, Function, Set
from scout_codebase.reports.code_text import LONGEST
from scout_codebase.reports.expressions import Piece, bindings, pieces, split_arguments
from scout_codebase.reports.known_calls import (
    CONFIGURATION,
    CONVERSION,
    DERIVED,
    LIBRARY_CONSTANT,
    MADE_HERE,
    MEMBERSHIP,
    NUMERIC_TYPE,
    OWN_OBJECT,
    STORED,
)
from scout_codebase.reports.origins import Origin, OriginKind, Step, distinct
from scout_codebase.reports.statements import Parameter, mentions, parameter_type

_DEEPEST = 12
_MOST_CALLS = 8
_MOST_NAMES = 160  # that are followed from one place
_MOST_SETS = 8
_LONGEST_SOURCE = 80  # characters
_LAST = re.compile(r"(?:\??\.|->|::)\$?")


@dataclass(frozen=True, slots=True)
class At:
    """The lines of an expression. ``call``: it is in a function that is followed from there, so
    that its parameters are the arguments of that call."""

    path: str
    line: int
    end: int
    depth: int = 0
    call: _Entered | None = None


@dataclass(frozen=True, slots=True)
class _Entered:
    function: Function
    arguments: tuple[str, ...]
    at: At


class Trace:
    """One walk backwards, for one class of weakness."""

    def __init__(
        self,
        index: CodeIndex,
        inputs: Mapping[str, Sequence[Place]],
        guards: re.Pattern[str] | None,
    ) -> None:
        self._index, self._all_inputs, self._guards = index, inputs, guards
        self._known: dict[tuple[At, str], tuple[Origin, ...] | None] = {}  # None: being followed

    def expression(self, text: str, at: At, only: Piece | None = None) -> Iterator[Origin]:
        """Of an expression, or of one piece of it alone."""
        step = self._step(at)
        inputs = self._inputs(at)
        bound = bindings(text)
        known = [code.strip("'\"") for code in inputs]
        found = [piece for piece in pieces(text) if piece.name or piece.text in known]
        if only:
            found = [piece for piece in found if piece == only]
        yielded = False
        for piece in found:
            for origin in self._piece(piece, text, at, inputs, bound):
                yielded = True
                yield replace(origin, steps=(*origin.steps, step))
        if len(text) > LONGEST:
            yield Origin(OriginKind.PARAMETER, f"{text[:_LONGEST_SOURCE]}…", steps=(step,))
        elif not yielded and not only:
            yield Origin(OriginKind.OWN, text[:_LONGEST_SOURCE], steps=(step,))

    def _piece(
        self, piece: Piece, text: str, at: At, inputs: Sequence[str], bound: Mapping[str, str]
    ) -> Iterator[Origin]:
        if any(self._hides(around, at) for around in piece.around):
            return
        if any(self._fixed(around, at) for around in piece.around):
            yield Origin(OriginKind.OWN, "a table in the code")
            return
        guard = next(filter(None, (self._guard_of(around, at) for around in piece.around)), "")
        rest = text[piece.start :]
        source = piece.text or _input_at(piece, rest, inputs)
        if source:
            found: Iterable[Origin] = (Origin(OriginKind.OUTSIDE, source),)
        elif piece.name in bound and not mentions(bound[piece.name], piece.name):
            found = self.expression(bound[piece.name], replace(at, depth=at.depth + 1))
        elif piece.is_call:
            found = self._call(piece, rest, at)
        else:
            found = self._name(piece.name, piece.chain, at)
        for origin in found:
            yield replace(origin, guard=origin.guard or guard)

    def _call(self, piece: Piece, rest: str, at: At) -> Iterator[Origin]:
        callee = piece.chain[:-1]
        last = _LAST.split(callee)[-1].rstrip("!")
        arguments = split_arguments(rest[rest.find("(") + 1 :])
        function = self._index.function(at.path, callee)
        if CONFIGURATION.match(callee) or self._harmless(f"{callee}("):
            return
        on_value = last != callee and not self._is_module(piece.name, at)
        if function and self._index.returns(function) is not None:
            yield from self._returned(function, arguments, at)
            if on_value and not OWN_OBJECT.fullmatch(piece.name):
                yield from self._name(piece.name, callee, at)
        elif on_value and STORED.search(last) and (arguments or last.startswith("fetch")):
            yield Origin(OriginKind.PARAMETER, f"what {callee}() finds")
        elif on_value:
            yield from self._name(piece.name, callee.rpartition(last)[0].rstrip(".:->?"), at)
        elif not (_is_made_of(last, arguments) or self._is_type(last, at)):
            yield Origin(OriginKind.PARAMETER, f"{callee}()")

    def _returned(self, function: Function, arguments: tuple[str, ...], at: At) -> Iterator[Origin]:
        if at.depth > _DEEPEST:
            yield Origin(OriginKind.PARAMETER, f"{function.name}()")
            return
        entered = _Entered(function, arguments, at)
        guard = f"{function.name}()" if self._guards_within(function) else ""
        for one in self._index.returns(function) or ():
            inside = At(function.path, one.line, one.end, at.depth + 1, entered)
            for origin in self._of_set(one, inside):
                yield replace(origin, guard=origin.guard or guard)

    def _of_set(self, one: Set, at: At) -> Iterator[Origin]:
        yield from self.expression(one.value, at)
        if not one.complete:
            yield Origin(OriginKind.PARAMETER, one.value[:_LONGEST_SOURCE])

    def _name(self, name: str, chain: str, at: At) -> tuple[Origin, ...]:
        key = at, chain if OWN_OBJECT.fullmatch(name) or "." in chain else name
        if key in self._known:
            return self._known[key] or (Origin(OriginKind.PARAMETER, name),)
        if at.depth > _DEEPEST or len(self._known) >= _MOST_NAMES:
            return (Origin(OriginKind.PARAMETER, name),)
        self._known[key] = None
        check = self._check(name, at)
        found = distinct(
            replace(origin, guard=origin.guard or check)
            for origin in self._resolved(name, chain, at)
        )
        self._known[key] = found
        return found

    def _resolved(self, name: str, chain: str, at: At) -> Iterator[Origin]:
        """Of a name, as it is at a line: what sets it in the function, else around the function,
        else in the file, else in a file that is imported."""
        if CONFIGURATION.match(chain):
            yield Origin(OriginKind.OWN, chain)
            return
        receiver = self._index.receiver(at.path, at.line)[0]
        if (OWN_OBJECT.fullmatch(name) or name == receiver) and chain != name:
            yield from self._field(chain, at)
            return
        for function in self._index.around(at.path, at.line):
            first, last = function.symbol.start_line, function.symbol.end_line
            inner = function == next(iter(self._index.around(at.path, at.line)))
            sets = self._index.sets(at.path, name, first, at.line - 1 if inner else last)
            surely = False
            if inner:
                sets, surely = self._index.decisive(at.path, sets, at.line)
            yield from self._sets(name, sets, at)
            parameter = next(
                (row for row in self._index.parameters(function) if name in row.names), None
            )
            if parameter and not surely:
                yield from self._parameter(function, parameter, name, at)
            if surely or parameter or (sets and not inner):
                return
        yield from self._outside_functions(name, chain, at)

    def _outside_functions(self, name: str, chain: str, at: At) -> Iterator[Origin]:
        sets = self._index.globals(at.path, name)
        if not self._index.around(at.path, at.line):
            above = [one for one in sets if one.line < at.line]
            sets, _ = self._index.decisive(at.path, above, at.line) if above else (sets, False)
        if sets:
            yield from self._sets(name, sets, at)
            return
        members = _LAST.split(chain)[1:]
        imported = [
            (file, one)
            for file, wanted in self._imported(name, members, at)
            for one in self._index.globals(file, wanted)
        ]
        if imported:
            for file, one in imported[:_MOST_SETS]:
                yield from self._of_set(one, At(file, one.line, one.end, at.depth + 1))
        elif self._is_constant(name, members, at) or self._index.function(at.path, name):
            yield Origin(OriginKind.OWN, chain)
        else:
            yield Origin(OriginKind.PARAMETER, name)

    def _imported(self, name: str, members: Sequence[str], at: At) -> Iterator[tuple[str, str]]:
        """The files and the names in them that a name with its members can stand for."""
        for file in self._index.imported.get(at.path, ()):
            if members and file in self._index.files_named(at.path, name):
                yield file, members[0]
            else:
                yield file, name

    def _sets(self, name: str, sets: Sequence[Set], at: At) -> Iterator[Origin]:
        for one in sets[-_MOST_SETS:]:
            yield from self._of_set(one, At(at.path, one.line, one.end, at.depth + 1, at.call))
        if len(sets) > _MOST_SETS:
            yield Origin(OriginKind.PARAMETER, name)

    def _field(self, chain: str, at: At) -> Iterator[Origin]:
        """Of what an object keeps: wherever the object's own code sets it."""
        member = _LAST.split(chain)[1]
        sets = self._index.fields(at.path, at.line, member)
        yield from self._sets(chain, sets, replace(at, call=None))
        kept = self._kept(at, member)
        if kept:
            function, parameter = kept
            where = At(at.path, function.symbol.start_line, function.symbol.end_line, at.depth + 1)
            yield from self._parameter(function, parameter, parameter.names[0], where)
        elif not sets:
            constant = self._is_constant("", [member], at)
            yield Origin(OriginKind.OWN if constant else OriginKind.PARAMETER, chain)

    def _kept(self, at: At, member: str) -> tuple[Function, Parameter] | None:
        function = self._index.constructor(at.path, at.line)
        for row in self._index.parameters(function) if function else ():
            if function and row.field and member in (name.strip("$") for name in row.names):
                return function, row
        return None

    def _parameter(
        self, function: Function, parameter: Parameter, name: str, at: At
    ) -> Iterator[Origin]:
        numeric = self._index.enforces_types(function.path) and NUMERIC_TYPE.fullmatch(
            parameter_type(parameter, name)
        )
        guard = f"{parameter.declaration} is a number" if numeric else ""
        for origin in self._handed_over(function, parameter, name, at):
            yield replace(origin, guard=origin.guard or guard)

    def _handed_over(
        self, function: Function, parameter: Parameter, name: str, at: At
    ) -> Iterator[Origin]:
        """What a parameter is set to: by the call that is followed, by a route, or at each call."""
        entered = at.call
        if entered and entered.function == function:
            text = self._argument(entered.arguments, function, parameter)
            where = replace(entered.at, depth=at.depth + 1)
            yield from self.expression(text or parameter.default, where)
            return
        route = self._index.route_of(function)
        if route:
            typed = re.search(rf"<(?:int|float|uuid):{re.escape(name)}>", route)
            guard = "a number" if typed else ""
            yield Origin(OriginKind.OUTSIDE, f"{name} of the route {route}", guard)
            return
        sites = self._index.callers(function)
        yield from self._arguments(function, parameter, name, sites, at)

    def _arguments(
        self,
        function: Function,
        parameter: Parameter,
        name: str,
        sites: Sequence[CallSite],
        at: At,
    ) -> Iterator[Origin]:
        texts = [(site, self._argument(site.arguments, function, parameter)) for site in sites]
        given = [(site, text) for site, text in texts if text]
        if not given or len(given) > _MOST_CALLS or not all(site.complete for site in sites):
            yield Origin(OriginKind.PARAMETER, name)
        for site, text in given[:_MOST_CALLS]:
            yield from self.expression(text, At(site.path, site.line, site.end, at.depth + 1))

    def _argument(self, arguments: Sequence[str], function: Function, parameter: Parameter) -> str:
        for name in parameter.names:
            named = re.compile(rf"{re.escape(name.strip('$'))}\s*[:=](?![=:])(.+)", re.DOTALL)
            by_name = next((match for row in arguments if (match := named.match(row))), None)
            if by_name:
                return by_name[1].strip()
        index = self._index.parameters(function).index(parameter)
        spread = next((row for row in arguments if re.match(r"\*|\.\.\.", row)), "")
        if index < len(arguments) and not re.match(r"\w+\s*=(?!=)", arguments[index]):
            return arguments[index]
        return spread.lstrip("*.") or parameter.default

    def _check(self, name: str, at: At) -> str:
        """The condition before a line that tests a name, where it is one that can stop a value."""
        first, _ = self._index.region(at.path, at.line)
        lines, conditions = self._index.code.lines(at.path), self._index.conditions(at.path)
        for number in self._index.code.lines_with(at.path, name, first, at.line):
            line = lines[number - 1] if number in conditions else ""
            if mentions(line, name) and self._stops(line):
                return line.strip()
        return ""

    def _stops(self, line: str) -> bool:
        return bool((self._guards and self._guards.search(line)) or MEMBERSHIP.search(line))

    def _fixed(self, around: str, at: At) -> bool:
        base = around[:-1]
        looked_up = around.endswith("[") or base.endswith((".get", ".Get"))
        return looked_up and self._index.is_table(at.path, base)

    def _hides(self, around: str, at: At) -> bool:
        """Whether what a call is given is followed elsewhere: by what the function does with it, or
        not at all, where the call answers with what is stored."""
        if not around.endswith("("):
            return False
        callee = around[:-1]
        if self._harmless(around) or CONFIGURATION.match(callee):
            return False
        function = self._index.function(at.path, callee)
        if function:
            return self._index.returns(function) is not None
        parts = _LAST.split(callee)
        return len(parts) > 1 and bool(STORED.search(parts[-1]))

    def _harmless(self, around: str) -> bool:
        return bool(CONVERSION.search(around) or (self._guards and self._guards.search(around)))

    def _guard_of(self, around: str, at: At) -> str:
        """What a call does to a value that it is given: "" for nothing that helps."""
        if not around.endswith("("):
            return ""
        if self._harmless(around):
            return f"{around[:-1]}()"
        function = self._index.function(at.path, around[:-1])
        return f"{around[:-1]}()" if function and self._guards_within(function) else ""

    def _guards_within(self, function: Function) -> bool:
        return bool(self._guards and self._index.speaks_of(function, self._guards))

    def _is_module(self, name: str, at: At) -> bool:
        return name[:1].isupper() or self._index.is_module(at.path, name)

    def _is_constant(self, name: str, members: Sequence[str], at: At) -> bool:
        """Whether it is written as constants and types are, or is a library's."""
        last = members[-1] if members else name
        known = re.fullmatch(r"\$?[A-Z][A-Z0-9_]*", last) or LIBRARY_CONSTANT.fullmatch(last)
        of_library = bool(members) and last[:1].isupper() and self._index.is_module(at.path, name)
        return bool(known) or of_library or self._is_type(last, at)

    def _is_type(self, name: str, at: At) -> bool:
        return name[:1].isupper() and not self._index.exports_capitals(at.path)

    def _inputs(self, at: At) -> list[str]:
        """The code of the inputs on some lines."""
        return [
            " ".join(code.split())
            for place in self._all_inputs.get(at.path, ())
            if at.line <= place.start_line <= at.end
            for code in (place.code, *split_arguments(place.value))
        ]

    def _step(self, at: At) -> Step:
        lines = self._index.code.lines(at.path)
        return Step(at.path, at.line, lines[at.line - 1].strip() if at.line <= len(lines) else "")


def _input_at(piece: Piece, rest: str, inputs: Sequence[str]) -> str:
    """The input that begins where a piece does, or is of what the piece names."""
    for code in inputs:
        if rest.startswith(code):
            return code
    plain = piece.chain.rstrip("(")
    for code in inputs:
        whole = re.compile(rf"{re.escape(plain)}(?!\w)")
        if whole.match(code) or re.match(rf"{re.escape(code)}(?!\w)", plain):
            return re.split(r"[,;]", rest)[0][:_LONGEST_SOURCE]
    return ""


def _is_made_of(function: str, arguments: Sequence[str]) -> bool:
    """Whether a call gives nothing but what it makes of its arguments, or of nothing."""
    return bool(MADE_HERE.match(function) or (arguments and DERIVED.match(function)))
