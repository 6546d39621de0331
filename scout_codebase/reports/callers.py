"""Which lines call a definition: looked for by name, in its own file and in those that import it.

Names can coincide, so a line found here is a hint for the model, not a fact of the report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scout_codebase.records import DependencyGraph, FileAnalysis, Symbol

LinesOf = Callable[[str], Sequence[str]]
"""The lines of the file of that path."""

_LEVELS = 2
_MOST = 6
_LONGEST_LINE = 160  # characters


@dataclass(frozen=True, slots=True)
class Call:
    """A line that seems to call a definition. ``path`` is raw, ``line`` counts from 1."""

    path: str
    line: int
    code: str


class CallFinder:
    """Finds callers, and callers of callers, over the edges of one graph."""

    def __init__(self, graph: DependencyGraph, lines_of: LinesOf) -> None:
        self._analyses, self._lines_of = graph.analyses, lines_of
        self._importers: dict[str, list[str]] = {}
        for edge in graph.edges:
            self._importers.setdefault(edge.target, []).append(edge.source)

    def callers(self, path: str, symbol: str) -> tuple[Call, ...]:
        """The outermost calls first, as the values flow; at most six lines."""
        found: list[Call] = []
        wanted = {(path, symbol.rpartition(".")[2])} if symbol else set()
        seen = set(wanted)
        for _ in range(_LEVELS):
            calls = [call for target in sorted(wanted) for call in self.direct(*target)]
            found = [*(call for call in calls if call not in found), *found]
            around = {(call.path, self._function_at(call.path, call.line)) for call in calls}
            wanted = {target for target in around if target[1]} - seen
            seen |= wanted
        return tuple(found[:_MOST])

    def direct(self, path: str, name: str) -> Iterator[Call]:
        """The lines that call the definition of that name, by path and line."""
        call = re.compile(rf"(?<![\w$]){re.escape(name)}\s*\(")
        own_lines = {
            symbol.start_line
            for symbol in self._analyses[path].symbols
            if symbol.name.rpartition(".")[2] == name
        }
        for source in sorted({path, *self._importers.get(path, ())}):
            for number, line in enumerate(self._lines_of(source), start=1):
                if name not in line:  # spares nearly every line the slower search
                    continue
                if call.search(line) and not (source == path and number in own_lines):
                    yield Call(source, number, line.strip()[:_LONGEST_LINE])

    def _function_at(self, path: str, line: int) -> str:
        symbol = enclosing_function(self._analyses.get(path), line, line)
        return symbol.name.rpartition(".")[2] if symbol else ""


def enclosing_function(analysis: FileAnalysis | None, first: int, last: int) -> Symbol | None:
    """The smallest function or method around some lines."""
    around = [
        symbol
        for symbol in (analysis.symbols if analysis else ())
        if symbol.kind in ("function", "method")
        and symbol.start_line <= first
        and last <= symbol.end_line
    ]
    return min(around, key=lambda symbol: symbol.end_line - symbol.start_line, default=None)
