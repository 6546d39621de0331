"""What can be said of a path of an earlier review, by what was read this time."""

from __future__ import annotations

from scout_codebase.plain import plain
from scout_codebase.records import DependencyGraph, FileAnalysis, Snapshot
from scout_codebase.reports.shown import from_top


class PresentCode:
    """One snapshot and its graph. Paths are from the top of the repository, in the form that the
    model sees."""

    def __init__(self, snapshot: Snapshot, graph: DependencyGraph) -> None:
        folder = snapshot.folder
        self._below = from_top("", folder)
        self._analyses: dict[str, FileAnalysis | None] = {
            from_top(file.path, folder): graph.analyses.get(file.path) for file in snapshot.files
        }
        self._names: dict[str, frozenset[str]] = {}
        self._omitted = {from_top(row.path, folder): str(row.reason) for row in snapshot.omissions}

    def is_reviewed(self, path: str) -> bool:
        """Whether the folder that was reviewed would hold it."""
        return path.startswith(self._below)

    def is_read(self, path: str) -> bool:
        return path in self._analyses

    def omission(self, path: str) -> str:
        """Why it, or a folder above it such as a submodule, was not read; "" where it was."""
        parts = path.split("/")
        above = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((self._omitted[one] for one in above if one in self._omitted), "")

    def is_parsed_whole(self, path: str) -> bool:
        analysis = self._analyses.get(path)
        return analysis is not None and analysis.complete

    def is_gone(self, path: str, symbol: str) -> bool:
        """Whether it is known that a definition, or for "" a file, is there no longer."""
        if not self.is_reviewed(path) or self.omission(path):
            return False
        if not self.is_read(path):
            return True
        return bool(symbol) and self.is_parsed_whole(path) and symbol not in self._symbols(path)

    def _symbols(self, path: str) -> frozenset[str]:
        if path not in self._names:
            analysis = self._analyses[path]
            names = (plain(symbol.name) for symbol in analysis.symbols) if analysis else ()
            self._names[path] = frozenset(names)
        return self._names[path]
