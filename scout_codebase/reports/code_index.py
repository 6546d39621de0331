"""What the code of a repository says of its functions and names, by name and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import PurePosixPath

from scout_codebase.languages.paths import is_example, is_test
from scout_codebase.languages.table import BY_NAME
from scout_codebase.records import DependencyGraph, FileAnalysis, Symbol
from scout_codebase.reports.callers import CallFinder
from scout_codebase.reports.code_text import CodeText
from scout_codebase.reports.expressions import first_statement, split_arguments
from scout_codebase.reports.known_calls import ROUTE
from scout_codebase.reports.statements import (
    Parameter,
    assigned,
    block_around,
    declared_parameters,
    indentation,
    is_condition,
)

_FUNCTIONS = ("function", "method")
CONSTRUCTORS = frozenset(
    {"__init__", "__new__", "constructor", "__construct", "initialize", "init"}
)
_LAST = re.compile(r"[.:>\\]")
_TABLE = (
    r"(?<![\w.]){}\b[^=\n]*=\s*"
    r"(?:Object\.freeze\(|new (?:Map|Set)\(|frozenset\(|dict\(|array\(|map\[|\{{|\[)"
)
_RETURN = re.compile(r"^\s*(?:return|yield)\b\s*(?P<value>.*)$|=>\s*(?P<arrow>[^{\s].*)$")
_TAKES_APART = re.compile(r"\s*(?:(?:export\s+)?(?:const|let|var)\s*[{\[(]|[\[(])\s*$")
_MOST_RETURNS = 6
_RECEIVER = re.compile(r"^func \((\w+) \*?(\w+)")


@dataclass(frozen=True, slots=True)
class Set:
    """One assignment: the value, the lines it stands on, and whether it is there whole."""

    line: int
    end: int
    value: str
    complete: bool = True
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call with its arguments as they are written. ``complete``: the list is there whole."""

    path: str
    line: int
    end: int
    arguments: tuple[str, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Function:
    """A definition of the repository."""

    path: str
    symbol: Symbol

    @property
    def name(self) -> str:
        return self.symbol.name.rpartition(".")[2]


class CodeIndex:
    """Answers for one repository; nothing is looked up before it is asked for."""

    def __init__(self, graph: DependencyGraph, code: CodeText, calls: CallFinder) -> None:
        self._graph, self.code, self._calls = graph, code, calls
        self.around = cache(self._around)
        self.globals = cache(self._globals)
        self.callers = cache(self._callers)
        self.conditions = cache(self._conditions)
        self.returns = cache(self._returns)
        self.speaks_of = cache(self._speaks_of)
        self.function = cache(self._function)
        self.is_table = cache(self._is_table)

    def _around(self, path: str, line: int) -> tuple[Function, ...]:
        """The functions around a line, the innermost first."""
        analysis = self._graph.analyses.get(path)
        found = [
            symbol
            for symbol in (analysis.symbols if analysis else ())
            if symbol.kind in _FUNCTIONS and symbol.start_line <= line <= symbol.end_line
        ]
        found.sort(key=lambda symbol: symbol.end_line - symbol.start_line)
        return tuple(Function(path, symbol) for symbol in found)

    def region(self, path: str, line: int) -> tuple[int, int]:
        """First and last line of the function or block around a line."""
        around = next(iter(self.around(path, line)), None)
        if around:
            return around.symbol.start_line, around.symbol.end_line
        return block_around(self.code.lines(path), line)

    def parameters(self, function: Function) -> tuple[Parameter, ...]:
        return declared_parameters(function.symbol.signature, function.name)

    def enforces_types(self, path: str) -> bool:
        spec = BY_NAME.get(self._language(path))
        return spec is not None and spec.enforces_types

    def exports_capitals(self, path: str) -> bool:
        spec = BY_NAME.get(self._language(path))
        return spec is not None and spec.exports_capitals

    def route_of(self, function: Function) -> str:
        """The decorators of a route above a function."""
        first = function.symbol.start_line
        above = self.code.lines(function.path)[max(0, first - 4) : first]
        return " ".join(line.strip() for line in above if ROUTE.match(line))

    def sets(self, path: str, name: str, first: int, last: int) -> list[Set]:
        """The assignments to a name within some lines."""
        found = []
        numbers = self.code.lines_with(path, name, first, last)
        begun = {self.code.opened(path, number) for number in numbers}
        taken_apart = {number for number in begun if self._takes_apart(path, number)}
        for number in sorted(taken_apart.union(numbers)):
            if first <= number <= last and self.code.begins_statement(path, number):
                statement = self.code.statement(path, number)
                one = assigned(statement.text)
                if one and name in one.names:
                    value = first_statement(one.value)
                    found.append(
                        Set(number, statement.end, value, statement.complete, one.conditional)
                    )
        return found

    def _takes_apart(self, path: str, line: int) -> bool:
        """Whether a line begins a list of names that are set together."""
        return line > 0 and bool(_TAKES_APART.match(self.code.lines(path)[line - 1]))

    def decisive(self, path: str, sets: Sequence[Set], line: int) -> tuple[list[Set], bool]:
        """Those that can decide what a name is at a line, and whether one of them surely does: one
        that is indented no deeper than any line between."""
        lines = self.code.lines(path)
        for index in range(len(sets) - 1, -1, -1):
            one = sets[index]
            depth = indentation(lines[one.line - 1])
            between = (row for row in lines[one.end : line] if row.strip())
            if not one.conditional and all(indentation(row) >= depth for row in between):
                return list(sets[index:]), True
        return list(sets), False

    def _globals(self, path: str, name: str) -> list[Set]:
        """The assignments to a name of the whole file: those outside of functions, and those of a
        function that says or seems to mean that one."""
        found = []
        for one in self.sets(path, name, 1, len(self.code.lines(path))):
            function = next(iter(self.around(path, one.line)), None)
            if function is None or self._sets_global(function, name, one):
                found.append(one)
        return found

    def _sets_global(self, function: Function, name: str, one: Set) -> bool:
        if any(name in row.names for row in self.parameters(function)):
            return False
        symbol, path = function.symbol, function.path
        if symbol.start_line == one.line:
            return True  # the definition itself, as a value
        said = re.compile(rf"^\s*(?:global|nonlocal)\b.*{re.escape(name)}\b")
        rows = self.code.lines(path)[symbol.start_line - 1 : symbol.end_line]
        if any(said.match(row) for row in rows):
            return True
        declared = re.compile(
            rf"(?:\b(?:const|let|var|my|local|auto)\b[^=]*\b{re.escape(name)}\b)|\b{re.escape(name)}\b[^=]*:="
        )
        local = self._language(path) in ("python", "php", "ruby") or any(map(declared.search, rows))
        return not local

    def fields(self, path: str, line: int, name: str) -> list[Set]:
        """What the object around a line keeps under a name, where it is set."""
        first, last = self._class_lines(path, line)
        plain = re.escape(name.strip("$"))
        own = re.compile(
            rf"(?:^|[\s;({{])(?:self|this|\$this|cls|@|\w+)(?:\.|->|::|(?<=@))\$?{plain}"
            rf"(?:\s*:[^=]*)?\s*(?:[.+|?&-]|\|\||\?\?)?=(?![=>~])\s*(?P<value>.+)$"
        )
        found = []
        for number in self.code.lines_with(path, name, first, last):
            statement = self.code.statement(path, number)
            match = own.search(statement.text)
            one = None if self.around(path, number) else assigned(statement.text)
            declared = one is not None and bool(one.names & {name, f"${name}", name.strip("$")})
            if match or declared:
                value = match["value"] if match else one.value if one else ""
                complete = statement.complete
                found.append(Set(number, statement.end, first_statement(value), complete))
        return found or list(self._written_out(path, line, name))

    def _written_out(self, path: str, line: int, name: str) -> Iterator[Set]:
        """What the literals of the type that a method of Go belongs to give a field."""
        kind = self.receiver(path, line)[1]
        made = re.compile(rf"(?<!\w){kind}\{{")
        for target in (path, *self.imported.get(path, ())) if kind else ():
            order = self._field_order(target, kind)
            for number in self.code.lines_with(target, kind) if order else ():
                statement = self.code.statement(target, number)
                match = made.search(statement.text)
                if match and self.code.begins_statement(target, number):
                    values = split_arguments(statement.text[match.end() :])
                    value = _value_of(values, name, order)
                    yield Set(number, statement.end, value, statement.complete)

    def _field_order(self, path: str, kind: str) -> list[str]:
        analysis = self._graph.analyses.get(path)
        for symbol in analysis.symbols if analysis else ():
            if symbol.kind == "class" and symbol.name == kind:
                rows = self.code.lines(path)[symbol.start_line - 1 : symbol.end_line]
                inside = "\n".join(rows).partition("{")[2].rpartition("}")[0]
                groups = re.findall(r"(?m)(?:^|;)[ \t]*((?:\w+[ \t]*,[ \t]*)*\w+)[ \t]+\S", inside)
                return [name.strip() for group in groups for name in group.split(",")]
        return []

    def constructor(self, path: str, line: int) -> Function | None:
        """Of the class around a line."""
        first, last = self._class_lines(path, line)
        analysis = self._graph.analyses.get(path)
        for symbol in analysis.symbols if analysis else ():
            inside = first <= symbol.start_line <= last and symbol.kind in _FUNCTIONS
            if inside and symbol.name.rpartition(".")[2] in CONSTRUCTORS:
                return Function(path, symbol)
        return None

    def _class_lines(self, path: str, line: int) -> tuple[int, int]:
        analysis = self._graph.analyses.get(path)
        around = [
            symbol
            for symbol in (analysis.symbols if analysis else ())
            if symbol.kind == "class" and symbol.start_line <= line <= symbol.end_line
        ]
        if not around:
            return 1, len(self.code.lines(path))
        smallest = min(around, key=lambda symbol: symbol.end_line - symbol.start_line)
        return smallest.start_line, smallest.end_line

    def receiver(self, path: str, line: int) -> tuple[str, str]:
        """The name and the type of what a method of Go belongs to."""
        for function in self.around(path, line):
            match = _RECEIVER.match(function.symbol.signature)
            if match:
                return match[1], match[2]
        return "", ""

    def _callers(self, function: Function) -> tuple[CallSite, ...]:
        """Where a function is called. Tests and examples show how it is called, not by whom, and so
        does a function that calls itself: what they alone call has callers elsewhere."""
        path, name = function.path, function.name
        if name in CONSTRUCTORS and "." in function.symbol.name:
            name = function.symbol.name.split(".")[-2]
        found: dict[tuple[str, int], None] = {}
        for call in self._calls.direct(path, name):
            only_shows = _only_shows(call.path) and not _only_shows(path)
            inner = next(iter(self.around(call.path, call.line)), None)
            if not only_shows and (inner is None or inner != function):
                found[call.path, call.line] = None
        return tuple(site for where in found for site in self._sites(path, name, *where))

    def _sites(self, target: str, name: str, path: str, line: int) -> Iterator[CallSite]:
        text = self.code.lines(path)[line - 1]
        statement = self.code.statement(path, line)
        joined = statement.text
        for match in re.finditer(rf"(?<![\w$]){re.escape(name)}\s*\(", joined):
            qualifier = re.search(r"(\w+)(?:\.|::)$", joined[: match.start()])
            if qualifier and self._is_of_another_module(qualifier[1], path, target):
                continue
            if joined.count(name, 0, match.start()) > text.count(name):
                break  # of a later line, which is a call of its own
            arguments = split_arguments(joined[match.end() :])
            yield CallSite(path, line, statement.end, arguments, statement.complete)

    def _is_of_another_module(self, qualifier: str, path: str, target: str) -> bool:
        if qualifier in _module_names(target):
            return False
        return any(qualifier in _module_names(file) for file in self.imported.get(path, ()))

    def _function(self, path: str, callee: str) -> Function | None:
        """The definition of the repository that a file can call by that name."""
        name = _LAST.split(callee)[-1]
        for target in (path, *self.imported.get(path, ())):
            for symbol in self._functions.get(target, {}).get(name, ()):
                return Function(target, symbol)
        return None

    def _conditions(self, path: str) -> frozenset[int]:
        """The lines that test something."""
        lines = self.code.lines(path)
        return frozenset(number for number, line in enumerate(lines, 1) if is_condition(line))

    def _speaks_of(self, function: Function, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern matches in a function."""
        lines = self.code.lines(function.path)
        rows = lines[function.symbol.start_line - 1 : function.symbol.end_line]
        return pattern.search("\n".join(rows)) is not None

    def _returns(self, function: Function) -> tuple[Set, ...] | None:
        """What a function gives back; None where that could not be read."""
        found = []
        symbol, path = function.symbol, function.path
        lines = self.code.lines(path)
        for number in range(symbol.start_line, symbol.end_line + 1):
            match = _RETURN.match(lines[number - 1]) or (
                _RETURN.search(lines[number - 1]) if number == symbol.start_line else None
            )
            if match and next(iter(self.around(path, number)), None) == function:
                statement = self.code.statement(path, number)
                whole = _RETURN.search(statement.text)
                value = (whole["value"] or whole["arrow"] or "") if whole else ""
                found.append(Set(number, statement.end, first_statement(value), statement.complete))
        return tuple(found) if 0 < len(found) <= _MOST_RETURNS else None

    def _is_table(self, path: str, name: str) -> bool:
        """Whether a name stands for a table that is written out in the code, and stays so."""
        last = _LAST.split(name.removesuffix(".get").removesuffix(".Get"))[-1]
        if not last or not last.strip("$"):
            return False
        escaped = re.escape(last).replace(r"\$", r"\$?")
        table = re.compile(_TABLE.format(escaped))
        changed = re.compile(rf"{escaped}\s*(?:\[[^\]]*\]\s*=(?!=)|\.(?:set|update|push|append)\()")
        for target in (path, *self.imported.get(path, ())):
            if not self.code.matches(target, last.strip("$"), table):
                continue
            lines = self.code.lines(target)
            numbers = self.code.lines_with(target, last)
            if any(table.search(lines[number - 1]) for number in numbers):
                return not any(changed.search(lines[number - 1]) for number in numbers)
        return False

    def is_module(self, path: str, name: str) -> bool:
        """Whether a file imports something by that name."""
        lines = self.code.lines(path)
        imported = re.compile(r"\b(?:import|require|use|from|using|include)\b|^\s*(?:\w+ )?\"")
        return any(
            imported.search(lines[number - 1]) for number in self.code.lines_with(path, name)
        )

    def files_named(self, path: str, name: str) -> list[str]:
        """The imported files that a name can stand for."""
        return [file for file in self.imported.get(path, ()) if name in _module_names(file)]

    def _language(self, path: str) -> str:
        analysis = self._graph.analyses.get(path)
        return analysis.language if analysis else ""

    @cached_property
    def _functions(self) -> Mapping[str, Mapping[str, list[Symbol]]]:
        return {path: _by_name(analysis) for path, analysis in self._graph.analyses.items()}

    @cached_property
    def imported(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for edge in self._graph.edges:
            found.setdefault(edge.source, []).append(edge.target)
        return found


def _value_of(values: Sequence[str], name: str, order: Sequence[str]) -> str:
    """Of a field in a literal, whose values may be named; "" where it is left out."""
    named = re.compile(rf"{re.escape(name)}\s*:\s*(.*)")
    match = next((match for row in values if (match := named.match(row))), None)
    if match:
        return match[1]
    index = order.index(name) if name in order else len(values)
    return values[index] if index < len(values) else ""


def _by_name(analysis: FileAnalysis) -> dict[str, list[Symbol]]:
    found: dict[str, list[Symbol]] = {}
    for symbol in analysis.symbols:
        if symbol.kind in _FUNCTIONS:
            found.setdefault(symbol.name.rpartition(".")[2], []).append(symbol)
    return found


def _module_names(path: str) -> tuple[str, str]:
    pure = PurePosixPath(path)
    return pure.stem, pure.parent.name


def _only_shows(path: str) -> bool:
    return is_test(path) or is_example(path)
