"""Facts to the graph and the reading order, or both from the cache where nothing has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from scout_codebase.blobs import (
    Codec,
    DamagedRecordError,
    analyser_version,
    code_version,
    text_identity,
)
from scout_codebase.cache import FactsCache
from scout_codebase.records import BlobFacts, DependencyGraph, FileAnalysis, ReadingOrder, Snapshot

_DECIDING = ("graph", "order", "linking.py")


@dataclass(frozen=True, slots=True)
class Linked:
    """The graph and the order of the same files."""

    graph: DependencyGraph
    order: ReadingOrder


_CODEC = Codec(Linked)


def link(snapshot: Snapshot, facts: Mapping[str, BlobFacts], cache: FactsCache | None) -> Linked:
    """The graph and the order of a snapshot. They are functions of the paths, the contents and the
    omitted paths alone, so they are kept by a digest of those."""
    analyses = {path: one.analysis for path, one in facts.items() if one.analysis is not None}
    key = _key(snapshot)
    known = _read(key, cache)
    if known is not None:
        return replace(known, graph=replace(known.graph, analyses=analyses))
    linked = _link(snapshot, analyses)
    if cache:
        bare = replace(linked, graph=replace(linked.graph, analyses={}))
        with suppress(UnicodeEncodeError):  # a path that is not UTF-8: such a graph is not kept
            cache.write({key: _CODEC.encode(bare)})
    return linked


def _link(snapshot: Snapshot, analyses: Mapping[str, FileAnalysis]) -> Linked:
    # Loaded only where something has changed.
    from scout_codebase.graph import link_files
    from scout_codebase.order import reading_order

    graph = link_files(snapshot, analyses)
    return Linked(graph, reading_order(snapshot, graph))


def _read(key: bytes, cache: FactsCache | None) -> Linked | None:
    value = cache.read([key]).get(key) if cache else None
    if value is None:
        return None
    try:
        return _CODEC.decode(value)
    except DamagedRecordError:
        return None


def _key(snapshot: Snapshot) -> bytes:
    digest = hashlib.blake2b(digest_size=16, person=b"graph and order")
    for part in _parts(snapshot):
        encoded = part.encode("utf-8", "surrogateescape")
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return digest.digest()


def _parts(snapshot: Snapshot) -> Iterator[str]:
    yield analyser_version()
    yield code_version(_DECIDING)
    for file in snapshot.files:
        yield file.path
        yield file.object_id
        yield file.encoding
        yield text_identity(file)
    yield ""
    for omission in snapshot.omissions:
        yield omission.path
