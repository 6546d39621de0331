"""Which of two files imports the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from scout_codebase.languages.paths import is_test
from scout_codebase.probe.places import Draft, Place, is_showable
from scout_codebase.probe.source import PackedFile, PackSource
from scout_codebase.records import Edge, ImportKind

# Whoever knows the language knows that these gather up the files around them.
_GATHERING = frozenset({"__init__", "__main__", "app", "index", "lib", "main", "mod"})


def import_places(source: PackSource, file: PackedFile) -> Iterator[Place[Edge]]:
    """The lines of the file that import others of the repository."""
    lines = source.lines(file)
    for edge in source.edges_from.get(file.path, ()):
        if edge.kind is ImportKind.IMPORT and 0 < edge.line <= len(lines):
            line = lines[edge.line - 1]
            yield Place(file, line.number, line.offset, edge)


def draft_imports(source: PackSource, place: Place[Edge]) -> Draft | None:
    """None where the paths tell by themselves, or the list of components behind the files; or where
    the other file may import this one too."""
    target = source.by_path.get(place.fact.target)
    if target is None or target == place.file or _tells_by_itself(source, place.fact):
        return None
    if _may_import(source, target, place.file):
        return None
    if not (is_showable(place.file.shown) and is_showable(target.shown)):
        return None
    return Draft("", place.file.shown, [target.shown])


def _tells_by_itself(source: PackSource, edge: Edge) -> bool:
    first, second = PurePosixPath(edge.source), PurePosixPath(edge.target)
    entries = source.graph.entry_points
    components = source.component_of
    return (
        first.suffix != second.suffix
        or not _GATHERING.isdisjoint((first.stem, second.stem))
        or is_test(edge.source) != is_test(edge.target)
        or (edge.source in entries) != (edge.target in entries)
        or components.get(edge.source) != components.get(edge.target)
    )


def _may_import(source: PackSource, file: PackedFile, other: PackedFile) -> bool:
    """Whether the file imports the other, or has imports that are not all known."""
    analysis = source.graph.analyses.get(file.path)
    if analysis is None or not analysis.complete or analysis.syntax_errors:
        return True
    edges = source.edges_from.get(file.path, ())
    return file.path in source.unresolved or any(edge.target == other.path for edge in edges)
