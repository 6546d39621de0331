"""Facts to the graph and the reading order, or both from the cache where nothing has changed that
they are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from scout_codebase.blobs import (
    Codec,
    DamagedRecordError,
    analyser_version,
    code_version,
    digest,
    text_identity,
)
from scout_codebase.cache import FactsCache
from scout_codebase.order.stability import levels
from scout_codebase.order.weights import weight
from scout_codebase.records import (
    BlobFacts,
    DependencyGraph,
    FileAnalysis,
    ReadingOrder,
    Snapshot,
    link_facts,
)

_GRAPH, _ORDER, _PATHS = Codec(DependencyGraph), Codec(ReadingOrder), Codec(tuple[str, ...])
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Linked:
    """The graph and the order of the same files."""

    graph: DependencyGraph
    order: ReadingOrder


def link(snapshot: Snapshot, facts: Mapping[str, BlobFacts], cache: FactsCache | None) -> Linked:
    """The graph and the order of a snapshot, each kept by a digest of all that it is made of."""
    graph = link_graph(snapshot, facts, cache)
    key = _key(cache, lambda: _what_makes_the_order(snapshot, graph))
    order = _read(cache, _ORDER, key)
    if order is None:
        order = _new_order(snapshot, graph)
        _write(cache, _ORDER, key, order)
    return Linked(graph, order)


def link_graph(
    snapshot: Snapshot, facts: Mapping[str, BlobFacts], cache: FactsCache | None
) -> DependencyGraph:
    """The graph alone.

    Which texts it depends on, such as those of manifests, shows when it is made. So it is kept in
    two steps: under all that is known beforehand, which texts were read; under these texts, the
    graph. This is how build systems keep what they find dependencies of while they run
    (A. Mokhov, N. Mitchell, S. Peyton Jones: Build systems à la carte, 2018, "constructive
    traces")."""
    analyses = {path: one.analysis for path, one in facts.items() if one.analysis is not None}
    key = _key(cache, lambda: _what_makes_the_graph(snapshot, analyses))
    paths = _read(cache, _PATHS, key)
    kept = None if paths is None else _read(cache, _GRAPH, _with_texts(key, snapshot, paths))
    if kept is None:
        kept, paths = _bare_graph(snapshot, analyses)
        _write(cache, _GRAPH, _with_texts(key, snapshot, paths), kept)
        _write(cache, _PATHS, key, paths)
    return replace(kept, analyses=analyses)


def _bare_graph(
    snapshot: Snapshot, analyses: Mapping[str, FileAnalysis]
) -> tuple[DependencyGraph, tuple[str, ...]]:
    """Without the analyses, which are kept file by file; and the paths whose texts were read."""
    from scout_codebase.graph import link_files  # loaded where something has changed

    read: set[str] = set()
    graph = link_files(snapshot, analyses, read.add)
    return replace(graph, analyses={}), tuple(sorted(read))


def _new_order(snapshot: Snapshot, graph: DependencyGraph) -> ReadingOrder:
    from scout_codebase.order.reading import reading_order  # loaded where something has changed

    return reading_order(snapshot, graph)


def _what_makes_the_graph(snapshot: Snapshot, analyses: Mapping[str, FileAnalysis]) -> object:
    return (
        analyser_version(),
        code_version(("graph", "records")),
        [file.path for file in snapshot.files],
        [omission.path for omission in snapshot.omissions],
        [(path, link_facts(analysis)) for path, analysis in analyses.items()],
    )


def _with_texts(key: bytes | None, snapshot: Snapshot, paths: tuple[str, ...]) -> bytes | None:
    wanted = set(paths)
    texts = [
        (file.path, file.object_id, file.encoding, text_identity(file))
        for file in snapshot.files
        if file.path in wanted
    ]
    return None if key is None else digest(key, paths, texts)


def _what_makes_the_order(snapshot: Snapshot, graph: DependencyGraph) -> object:
    languages = {path: analysis.language for path, analysis in graph.analyses.items()}
    level = levels(snapshot.history)
    return (
        code_version(("order", "languages", "records")),
        [
            (file.path, weight(file.size), languages.get(file.path), level.get(file.path, 0))
            for file in snapshot.files
        ],
        graph.edges,
    )


def _key(cache: FactsCache | None, parts: Callable[[], object]) -> bytes | None:
    """None where nothing can be kept: without a cache, or where a path is not UTF-8."""
    if cache is not None:
        with suppress(UnicodeEncodeError):
            return digest(parts())
    return None


def _read(cache: FactsCache | None, codec: Codec[Record], key: bytes | None) -> Record | None:
    if cache is not None and key is not None:
        with suppress(KeyError, DamagedRecordError):
            return codec.decode(cache.read([key])[key])
    return None


def _write(
    cache: FactsCache | None, codec: Codec[Record], key: bytes | None, record: Record
) -> None:
    if cache is not None and key is not None:
        cache.write({key: codec.encode(record)})
