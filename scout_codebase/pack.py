"""Snapshot, graph and order -> the prompt, less its question.

The pack is a fixed preamble, the files in reading order, the components and how they depend on
each other, and the list of every path with its state. The lists stand behind the files, not
before them: they change whenever a file comes or goes, and a server's prefix cache reuses a
prompt only up to the first byte that differs.

Each section ends in a newline and the next begins with ``<``. No token of the Llama 4 vocabulary
spans that border (its split pattern never joins a newline to ``<``), so the tokens of the
sections add up exactly to the tokens of the whole, and each can be counted by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scout_codebase.frame import frame_file, prompt_path
from scout_codebase.neutralise import neutralised_form
from scout_codebase.records import (
    Base,
    BlobFacts,
    DependencyGraph,
    Masked,
    Neutralised,
    Omission,
    Pack,
    ReadingOrder,
    RepositoryConfiguration,
    Section,
    Snapshot,
    SourceFile,
    display_path,
)

MANIFEST_VERSION = 1


def surrounding_sections(
    snapshot: Snapshot, graph: DependencyGraph, preamble: str, count: Callable[[str], int]
) -> tuple[Section, Section, Section]:
    """What stands before the files and, the other two, behind them. ``count`` is exact."""
    texts = {
        "preamble": preamble if preamble.endswith("\n") else preamble + "\n",
        "components": _components_text(graph),
        "paths": _paths_text(snapshot),
    }
    before, components, paths = (Section(kind, text, count(text)) for kind, text in texts.items())
    return before, components, paths


def build_pack(
    snapshot: Snapshot,
    order: ReadingOrder,
    facts: Mapping[str, BlobFacts],
    surrounding: tuple[Section, Section, Section],
) -> Pack:
    """Packs every file of the snapshot once, in the order given. ``facts`` are those of every
    file."""
    files = {file.path: file for file in snapshot.files}
    before, *behind = surrounding
    sections = (
        before,
        *(_file_section(files[path], facts[path]) for path in order.paths),
        *behind,
    )
    return Pack(
        snapshot=snapshot,
        sections=sections,
        neutralised=tuple(
            Neutralised(file.path, original, neutralised_form(original), times)
            for file in snapshot.files
            for original, times in facts[file.path].neutralised
        ),
        tokens=sum(section.tokens for section in sections),
    )


def _file_section(file: SourceFile, facts: BlobFacts) -> Section:
    language = facts.analysis.language if facts.analysis else ""
    framed = frame_file(file.path, file.text, language, harmless=not facts.neutralised)
    return Section("file", framed.text, facts.tokens, path=file.path, first_line=1)


def _components_text(graph: DependencyGraph) -> str:
    component_of = {path: part.name for part in graph.components for path in part.paths}
    uses: dict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        source, target = component_of.get(edge.source), component_of.get(edge.target)
        if source and target and source != target:
            uses[source].add(target)
    lines = [
        f"{prompt_path(part.name)} ({len(part.paths)} file{'s' if len(part.paths) > 1 else ''})"
        + (
            f" uses {', '.join(prompt_path(name) for name in sorted(uses[part.name]))}"
            if uses[part.name]
            else ""
        )
        for part in graph.components
    ]
    return "<components>\n" + "".join(f"{line}\n" for line in lines) + "</components>\n"


def _paths_text(snapshot: Snapshot) -> str:
    """Every path, grouped by folder, so that the model never calls an omitted file missing."""
    folders: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, state in _states(snapshot):
        folder, _, name = path.rpartition("/")
        folders[folder].append((name, state))
    lines = []
    for folder in sorted(folders):
        lines.append(f"{prompt_path(folder)}/" if folder else "./")
        lines += [f"  {prompt_path(name)}{state}" for name, state in sorted(folders[folder])]
    return "<paths>\n" + "".join(f"{line}\n" for line in lines) + "</paths>\n"


def _states(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for file in snapshot.files:
        yield file.path, ""
    for omission in snapshot.omissions:
        yield omission.path, f" (not shown: {omission.reason})"


def tokens_by_path(pack: Pack) -> dict[str, int]:
    """The tokens of each packed file, its frame included, in reading order."""
    return {section.path: section.tokens for section in pack.sections if section.path}


def tokens_by_folder(pack: Pack) -> dict[str, int]:
    """The tokens of each folder with all that is below it; the root is ``"."``."""
    folders: Counter[str] = Counter()
    for path, tokens in tokens_by_path(pack).items():
        folders["."] += tokens
        parts = path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folders["/".join(parts[:depth])] += tokens
    return dict(sorted(folders.items()))


def manifest(pack: Pack, graph: DependencyGraph) -> dict[str, Any]:
    """Accounts for every path of the snapshot, and for every token of the pack."""
    snapshot = pack.snapshot
    files = {file.path: file for file in snapshot.files}
    return {
        "manifest_version": MANIFEST_VERSION,
        "repository": snapshot.name,
        "folder": display_path(snapshot.folder),
        "revision": {
            "commit": snapshot.revision.commit,
            "name": snapshot.revision.name,
            "dirty": snapshot.revision.dirty,
        },
        "base": _base_row(pack.base) if pack.base else None,
        "tokens": pack.tokens,
        "tokenizer": "llama4",
        "sha256": pack.sha256,
        "sections": [
            {"kind": section.kind, "tokens": section.tokens}
            for section in pack.sections
            if not section.path
        ],
        "files": [
            _manifest_row(position, section, files[section.path], graph)
            for position, section in enumerate(row for row in pack.sections if row.path)
        ],
        "omitted": [_omission_row(omission) for omission in snapshot.omissions],
        "repository_configurations": [_configuration_row(row) for row in snapshot.configurations],
        "masking": snapshot.masking,
        "masked": [_masked_row(row) for row in snapshot.masked],
        "neutralised": [_neutralised_row(row) for row in pack.neutralised],
    }


def _base_row(base: Base) -> Mapping[str, Any]:
    return {
        "name": base.name,
        "commit": base.revision.commit,
        "tokens": base.tokens,
        "changes": [
            {
                "kind": str(change.kind),
                "path": display_path(change.path),
                **({"was": display_path(change.was)} if change.was else {}),
                **({"reason": change.reason} if change.reason else {}),
            }
            for change in base.changes
        ],
    }


def _manifest_row(
    position: int, section: Section, file: SourceFile, graph: DependencyGraph
) -> Mapping[str, Any]:
    analysis = graph.analyses.get(file.path)
    return {
        "path": display_path(file.path),
        "position": position,
        "tokens": section.tokens,
        "language": analysis.language if analysis else "text",
        "object_id": file.object_id,
        "size": file.size,
        "encoding": file.encoding,
        "tracked": file.tracked,
    }


def _configuration_row(row: RepositoryConfiguration) -> Mapping[str, Any]:
    return {
        "path": display_path(row.path),
        "exclude": [display_path(pattern) for pattern in row.exclude],
        "max_file_bytes": row.max_file_bytes,
        "refused": list(row.refused),
    }


def _masked_row(row: Masked) -> Mapping[str, Any]:
    return {
        "path": display_path(row.path),
        "start_line": row.start_line,
        "end_line": row.end_line,
        "kind": row.kind,
        "label": row.label,
    }


def _neutralised_row(row: Neutralised) -> Mapping[str, Any]:
    return {
        "path": display_path(row.path),
        "original": row.original,
        "replacement": row.replacement,
        "count": row.count,
    }


def _omission_row(omission: Omission) -> Mapping[str, Any]:
    return {
        "path": display_path(omission.path),
        "reason": str(omission.reason),
        "size": omission.size,
        "detail": display_path(omission.detail),
    }
