"""Facts to the graph and the reading order, or both from the cache where nothing has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from scout_codebase.blobs import (
    Codec,
    DamagedRecordError,
    analyser_version,
    code_version,
    text_identity,
)
from scout_codebase.cache import FactsCache
from scout_codebase.order import reading_order, weight
from scout_codebase.records import BlobFacts, DependencyGraph, FileAnalysis, ReadingOrder, Snapshot

_GRAPH, _ORDER = Codec(DependencyGraph), Codec(ReadingOrder)
Record = TypeVar("Record", DependencyGraph, ReadingOrder)


@dataclass(frozen=True, slots=True)
class Linked:
    """The graph and the order of the same files."""

    graph: DependencyGraph
    order: ReadingOrder


def link(snapshot: Snapshot, facts: Mapping[str, BlobFacts], cache: FactsCache | None) -> Linked:
    """The graph and the order of a snapshot, each kept by a digest of all that it is made of."""
    graph = link_graph(snapshot, facts, cache)
    order = _kept(
        cache,
        _ORDER,
        _what_makes_the_order(snapshot, graph),
        lambda: reading_order(snapshot, graph),
    )
    return Linked(graph, order)


def link_graph(
    snapshot: Snapshot, facts: Mapping[str, BlobFacts], cache: FactsCache | None
) -> DependencyGraph:
    """The graph alone."""
    analyses = {path: one.analysis for path, one in facts.items() if one.analysis is not None}
    graph = _kept(
        cache, _GRAPH, _what_makes_the_graph(snapshot), lambda: _bare_graph(snapshot, analyses)
    )
    return replace(graph, analyses=analyses)


def _bare_graph(snapshot: Snapshot, analyses: Mapping[str, FileAnalysis]) -> DependencyGraph:
    """Without the analyses, which are kept file by file."""
    from scout_codebase.graph import link_files  # loaded where something has changed

    return replace(link_files(snapshot, analyses), analyses={})


def _what_makes_the_graph(snapshot: Snapshot) -> Iterator[str]:
    yield analyser_version()
    yield code_version(("graph",))
    for file in snapshot.files:
        yield from (file.path, file.object_id, file.encoding, text_identity(file))
    yield ""
    yield from (omission.path for omission in snapshot.omissions)


def _what_makes_the_order(snapshot: Snapshot, graph: DependencyGraph) -> Iterator[str]:
    yield code_version(("order", "languages"))
    for file in snapshot.files:
        analysis = graph.analyses.get(file.path)
        yield from (file.path, str(weight(file.size)), analysis.language if analysis else "")
    yield ""
    for edge in graph.edges:
        yield from (edge.source, edge.target, edge.kind)


def _kept(
    cache: FactsCache | None, codec: Codec[Record], parts: Iterable[str], make: Callable[[], Record]
) -> Record:
    if cache is None:
        return make()
    key = _digest(parts)
    with suppress(KeyError, DamagedRecordError):
        return codec.decode(cache.read([key])[key])
    record = make()
    with suppress(UnicodeEncodeError):  # a path that is not UTF-8: such a record is not kept
        cache.write({key: codec.encode(record)})
    return record


def _digest(parts: Iterable[str]) -> bytes:
    joined = "\0".join(parts).encode("utf-8", "surrogateescape")  # no path holds a NUL
    return hashlib.blake2b(joined, digest_size=16, person=b"made of many").digest()
