"""What the tables of this benchmark hold: one frozen row a language and repository."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """``fetch`` is how the sources are had: a kind of ``corpora.FETCHERS``, a name, a version or
    commit, and for archives the SHA-256 digest. ``folder`` of it is the repository. ``scorer`` is
    the module of this package that asks the language's own tool, or ``listed`` for the blind
    list of edges ``edges/<language>.json``; without one only the reading order is measured. Only
    edges between files that end in one of ``keep`` are compared. A row that is ``informative`` is
    printed, but held to no bar: what its tool reads is not what the graph shows."""

    language: str
    repository: str
    fetch: tuple[str, ...]
    folder: str
    scorer: str
    keep: tuple[str, ...]
    informative: bool = False
