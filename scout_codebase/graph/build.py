"""Snapshot to DependencyGraph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import rustworkx

from scout_codebase.graph.components import find_components
from scout_codebase.languages.paths import is_test
from scout_codebase.languages.resolvers import RESOLVERS
from scout_codebase.languages.spec import Resolver
from scout_codebase.languages.table import BY_NAME
from scout_codebase.records import (
    DependencyGraph,
    Edge,
    ExternalImport,
    FileAnalysis,
    ImportKind,
    Snapshot,
    UnresolvedImport,
)

_FIRMEST_FIRST = (
    ImportKind.IMPORT,
    ImportKind.REEXPORT,
    ImportKind.REFERENCE,
    ImportKind.CONDITIONAL,
    ImportKind.DYNAMIC,
    ImportKind.TYPE_ONLY,
)


class _Texts(Mapping[str, str]):
    """The text of every path, empty for an omitted one; ``on_read`` hears of each that is asked
    for."""

    def __init__(self, snapshot: Snapshot, on_read: Callable[[str], None]) -> None:
        self._texts = {omission.path: "" for omission in snapshot.omissions}
        self._texts |= {file.path: file.text for file in snapshot.files}
        self._on_read = on_read

    def __getitem__(self, path: str) -> str:
        text = self._texts[path]
        self._on_read(path)
        return text

    def __contains__(self, path: object) -> bool:
        return path in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def link_files(
    snapshot: Snapshot,
    analyses: Mapping[str, FileAnalysis],
    on_read: Callable[[str], None] = lambda _path: None,
) -> DependencyGraph:
    """Resolves the imports of all analyses; ``analyses`` are those of the snapshot's files. What
    leads to an omitted file is neither an edge nor unresolved.

    The graph depends on the paths, on what ``link_facts`` takes of the analyses, and on the texts
    of those paths that ``on_read`` is told of, such as manifests: on nothing else."""
    texts = _Texts(snapshot, on_read)
    resolvers = _resolvers(texts, analyses)
    edges, externals, unresolved = _resolve_all(analyses, resolvers)
    paths = sorted(file.path for file in snapshot.files)
    edges = _between(edges, set(paths))
    return DependencyGraph(
        analyses={path: analyses[path] for path in sorted(analyses)},
        edges=edges,
        externals=externals,
        unresolved=unresolved,
        cycles=find_cycles(edges),
        components=find_components(paths, edges),
        entry_points=_entry_points(analyses, resolvers, set(paths)),
    )


def find_cycles(edges: Iterable[Edge]) -> tuple[tuple[str, ...], ...]:
    """The strongly connected components of two files or more."""
    pairs = sorted({(edge.source, edge.target) for edge in edges})
    names = sorted({path for pair in pairs for path in pair})
    index = {path: number for number, path in enumerate(names)}
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(names)
    graph.extend_from_edge_list([(index[source], index[target]) for source, target in pairs])
    strong = rustworkx.strongly_connected_components(graph)
    return tuple(sorted(tuple(sorted(names[n] for n in one)) for one in strong if len(one) > 1))


def _resolvers(
    texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]
) -> dict[str, Resolver]:
    names = {BY_NAME[analysis.language].resolver for analysis in analyses.values()}
    return {name: RESOLVERS[name](texts, analyses) for name in sorted(names) if name}


_Linked = tuple[tuple[Edge, ...], tuple[ExternalImport, ...], tuple[UnresolvedImport, ...]]


def _resolve_all(
    analyses: Mapping[str, FileAnalysis], resolvers: Mapping[str, Resolver]
) -> _Linked:
    """One edge a pair of files, the firmest; one external a package and line."""
    edges: dict[tuple[str, str], Edge] = {}
    externals: set[ExternalImport] = set()
    unresolved: set[UnresolvedImport] = set()
    for source, analysis in analyses.items():
        for statement in analysis.imports:
            found = resolvers[BY_NAME[analysis.language].resolver].resolve(source, statement)
            for target in found.files:
                edge = Edge(source, target, statement.line, statement.kind)
                known = edges.setdefault((source, target), edge)
                edges[source, target] = min(known, edge, key=_firmness)
            if found.package:
                externals.add(ExternalImport(source, found.package, statement.line, found.standard))
            if found.reason and statement.kind is not ImportKind.REFERENCE:
                module = "." * statement.level + statement.module
                unresolved.add(UnresolvedImport(source, module, statement.line, found.reason))
    return (
        tuple(edges[key] for key in sorted(edges)),
        tuple(sorted(externals, key=lambda one: (one.source, one.line, one.package))),
        tuple(sorted(unresolved, key=lambda one: (one.source, one.line, one.module))),
    )


def _between(edges: Iterable[Edge], paths: set[str]) -> tuple[Edge, ...]:
    return tuple(edge for edge in edges if edge.target in paths)


def _firmness(edge: Edge) -> tuple[int, int]:
    return (_FIRMEST_FIRST.index(edge.kind), edge.line)


def _entry_points(
    analyses: Mapping[str, FileAnalysis], resolvers: Mapping[str, Resolver], paths: set[str]
) -> tuple[str, ...]:
    named = (path for resolver in resolvers.values() for path in resolver.entry_points())
    declared = paths.intersection(named)
    started = {path for path, analysis in analyses.items() if analysis.entry_lines}
    mains = {path for path in analyses if path.rpartition("/")[2] == "__main__.py"}
    return tuple(sorted(path for path in declared | started | mains if not is_test(path)))
