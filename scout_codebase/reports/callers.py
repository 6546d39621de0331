"""Which lines call a definition: looked for by name, in its own file and in those that import it.

Names can coincide, so a line found here is a hint for the model, not a fact of the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scout_codebase.records import DependencyGraph, FileAnalysis, Symbol
from scout_codebase.reports.code_text import CodeText

_LONGEST_LINE = 160  # characters


@dataclass(frozen=True, slots=True)
class Call:
    """A line that seems to call a definition. ``path`` is raw, ``line`` counts from 1."""

    path: str
    line: int
    code: str


class CallFinder:
    """Finds callers over the edges of one graph."""

    def __init__(self, graph: DependencyGraph, code: CodeText) -> None:
        self._analyses, self._code = graph.analyses, code
        self._importers: dict[str, list[str]] = {}
        for edge in graph.edges:
            self._importers.setdefault(edge.target, []).append(edge.source)

    def direct(self, path: str, name: str) -> Iterator[Call]:
        """The lines that call the definition of that name, by path and line."""
        call = re.compile(rf"(?<![\w$]){re.escape(name)}\s*\(")
        own_lines = {
            symbol.start_line
            for symbol in self._analyses[path].symbols
            if symbol.name.rpartition(".")[2] == name
        }
        for source in sorted({path, *self._importers.get(path, ())}):
            if not self._code.matches(source, name, call):  # spares most files the slower reading
                continue
            for number in self._code.lines_with(source, name):
                line = self._code.lines(source)[number - 1]
                if call.search(line) and not (source == path and number in own_lines):
                    yield Call(source, number, line.strip()[:_LONGEST_LINE])


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
