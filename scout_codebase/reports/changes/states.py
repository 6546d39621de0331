"""The two states of a repository that are compared."""

from __future__ import annotations

from functools import cached_property

from scout_codebase.languages.paths import is_example, is_test
from scout_codebase.records import DependencyGraph, Snapshot
from scout_codebase.reports.code_text import CodeText
from scout_codebase.reports.components import component_of
from scout_codebase.reports.places import line_reader

_ASIDE = frozenset(
    {
        *("bench", "benches", "benchmark", "benchmarks", "doc", "docs", "documentation"),
        *("fixtures", "testdata"),
    }
)


class State:
    """One of them, with what is asked of it again and again."""

    def __init__(self, snapshot: Snapshot, graph: DependencyGraph) -> None:
        self.snapshot, self.graph = snapshot, graph
        self.texts = {file.path: file.text for file in snapshot.files}
        self.hidden = {row.path: str(row.reason) for row in snapshot.omissions}
        self.component_of = component_of(graph)
        self.lines_of = line_reader(snapshot)

    @cached_property
    def code(self) -> CodeText:
        return CodeText(self.graph.analyses, self.lines_of)

    def is_code(self, path: str) -> bool:
        """Whether a file defines or imports something, as far as its language is parsed."""
        analysis = self.graph.analyses.get(path)
        return analysis is not None and bool(analysis.symbols or analysis.imports)

    def language(self, path: str) -> str:
        analysis = self.graph.analyses.get(path)
        return analysis.language if analysis else ""


def is_product(path: str) -> bool:
    """Whether a path is part of what is used: no test, benchmark, example or documentation,
    and not what configures the tools of the developers."""
    *folders, name = path.split("/")
    is_hidden = name.startswith(".") and not name.startswith(".env")
    is_aside = is_hidden or any(one.startswith(".") or one in _ASIDE for one in folders)
    return not (is_aside or is_test(path) or is_example(path))
