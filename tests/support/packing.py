"""From files to a pack through the tool's own stages, with a preamble of the tests' own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scout_codebase.blobs import Wanted, examine_files
from scout_codebase.graph import link_files
from scout_codebase.languages.analyse import analyse
from scout_codebase.order.reading import reading_order
from scout_codebase.pack import build_pack, surrounding_sections
from scout_codebase.records import (
    DependencyGraph,
    FileAnalysis,
    Omission,
    Pack,
    Revision,
    Snapshot,
    SourceFile,
)
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens
from scout_codebase.walk import WalkSettings, walk

PREAMBLE = "Read all of this.\n"


@dataclass(frozen=True)
class Packed:
    snapshot: Snapshot
    graph: DependencyGraph
    pack: Pack

    @property
    def file_sections(self) -> dict[str, str]:
        return {section.path: section.text for section in self.pack.sections if section.path}


def build_graph(snapshot: Snapshot) -> DependencyGraph:
    """The graph of every file whose language has a row in the table of languages."""
    return link_files(snapshot, analyse_files(snapshot.files))


def analyse_files(files: Iterable[SourceFile]) -> dict[str, FileAnalysis]:
    analyses = ((file.path, analyse(file.path, file.text)) for file in files)
    return {path: analysis for path, analysis in analyses if analysis is not None}


def pack_snapshot(snapshot: Snapshot) -> Packed:
    facts = examine_files(snapshot.files, None, Wanted(), jobs=1).facts
    graph = build_graph(snapshot)
    order = reading_order(snapshot, graph)
    surrounding = surrounding_sections(snapshot, graph, PREAMBLE, count_tokens)
    return Packed(snapshot, graph, build_pack(snapshot, order, facts, surrounding))


def pack_repository(repository: Path) -> Packed:
    return pack_snapshot(walk(repository, WalkSettings()))


def pack_texts(texts: Mapping[str, str], omissions: tuple[Omission, ...] = ()) -> Packed:
    """A pack of texts that never were in a repository, for paths that no file system holds."""
    return pack_snapshot(snapshot_of(texts, omissions))


def snapshot_of(texts: Mapping[str, str], omissions: tuple[Omission, ...] = ()) -> Snapshot:
    files = tuple(
        SourceFile(path, object_id="0" * 40, size=len(text.encode("utf-8", "replace")), text=text)
        for path, text in sorted(texts.items())
    )
    return Snapshot(
        name="shop",
        root=Path("/nowhere/shop"),
        folder="",
        revision=Revision(commit="1" * 40, name="main", committed_at="2024-01-02T03:04:05+01:00"),
        files=files,
        omissions=tuple(sorted(omissions, key=lambda row: row.path)),
    )


@cache
def shipped_weaknesses() -> list[dict[str, Any]]:
    """The rows of the table that the security review works through."""
    rows: list[dict[str, Any]] = TemplateLibrary().toml("security-review/weaknesses.toml")[
        "weakness"
    ]
    return rows
