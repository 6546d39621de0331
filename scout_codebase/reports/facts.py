"""What the tool knows without asking: the facts that templates see, as plain data.

Every path in here is in the form that the model sees (``display_path`` and ``neutralise``), and
every list is sorted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from scout_codebase.languages.paths import is_test
from scout_codebase.neutralise import neutralise
from scout_codebase.records import (
    Component,
    DependencyGraph,
    FileAnalysis,
    Omission,
    OmissionReason,
    Snapshot,
)
from scout_codebase.reports.evidence import symbol_reference
from scout_codebase.reports.places import judged_places
from scout_codebase.reports.shown import shown

Facts = dict[str, Any]

_MOST_HOT_SPOTS = 8
_MOST_DOCUMENTED = 40  # files
_MOST_DOCUMENTED_BRIEFLY = 3
_MOST_NAMES = 8  # in one question


def collect_facts(
    snapshot: Snapshot,
    graph: DependencyGraph,
    tokens: Mapping[str, int],
    weaknesses: Sequence[Mapping[str, Any]],
) -> Facts:
    """All facts of one repository. ``tokens`` maps each packed path to its tokens; ``weaknesses``
    are the rows of the table that the security review works through."""
    components = _components(graph, tokens)
    documented, undocumented = _documented_files(graph)
    return {
        "repository": _repository(snapshot),
        "paths": [shown(file.path) for file in snapshot.files],
        "languages": _languages(snapshot, graph, tokens),
        "components": components,
        "code_components": [row for row in components if row["is_code"]],
        "definitions": [reference for row in components for reference in row["definitions"]],
        "code_files": sum(bool(row.symbols or row.imports) for row in graph.analyses.values()),
        "documented_files": documented,
        "undocumented": undocumented,
        "component_names": [component["name"] for component in components],
        "component_edges": _component_edges(graph),
        "cycles": [[shown(path) for path in cycle] for cycle in graph.cycles],
        "entry_points": [shown(path) for path in graph.entry_points],
        "packages": _packages(graph),
        "package_names": [row["name"] for row in _packages(graph)],
        "hot_spots": _hot_spots(graph, tokens),
        "environment": _environment(graph),
        "environment_groups": _environment_groups(graph),
        "unresolved": [
            {"path": shown(row.source), "module": row.module, "line": row.line}
            for row in graph.unresolved
        ],
        "omissions": _omissions(snapshot),
        "masked": _masked(snapshot),
        **judged_places(snapshot, graph, weaknesses),
    }


def brief(facts: Facts) -> Facts:
    """The facts for a model that writes slowly: only the definitions that most others build on
    are to be explained. All the rest stays, and the page lists what was left unexplained."""
    rows = facts["documented_files"]
    kept, left = rows[:_MOST_DOCUMENTED_BRIEFLY], rows[_MOST_DOCUMENTED_BRIEFLY:]
    unexplained = [row["path"] for row in left] + facts["undocumented"]
    return {**facts, "documented_files": kept, "undocumented": unexplained}


def _repository(snapshot: Snapshot) -> Facts:
    revision = snapshot.revision
    return {
        "name": shown(snapshot.name),
        "folder": shown(snapshot.folder),
        "revision": revision.label,
        "commit": revision.commit,
        "branch": shown(revision.name),
        "date": revision.committed_at[:10],
        "dirty": revision.dirty,
        "files": len(snapshot.files),
        "lines": sum(_line_count(file.text) for file in snapshot.files),
        "masked": len(_masked(snapshot)) if snapshot.masking else None,
    }


def _masked(snapshot: Snapshot) -> list[Facts]:
    """One row for each value of a file: its first line, and in how many places it stands."""
    places = Counter((row.path, row.label) for row in snapshot.masked)
    first = {(row.path, row.label): row for row in reversed(snapshot.masked)}
    return [
        {
            "path": shown(path),
            "line": first[path, label].start_line,
            "kind": first[path, label].kind,
            "label": label,
            "places": count,
        }
        for (path, label), count in places.items()
    ]


def _line_count(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and bool(text))


def _languages(
    snapshot: Snapshot, graph: DependencyGraph, tokens: Mapping[str, int]
) -> list[Facts]:
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for file in snapshot.files:
        analysis = graph.analyses.get(file.path)
        rows[analysis.language if analysis else "text"].update(
            files=1, lines=_line_count(file.text), tokens=tokens.get(file.path, 0)
        )
    ordered = sorted(rows.items(), key=lambda row: (-row[1]["tokens"], row[0]))
    return [{"name": name, **counts} for name, counts in ordered]


def _component_of(graph: DependencyGraph) -> dict[str, str]:
    return {path: part.name for part in graph.components for path in part.paths}


def _component_edges(graph: DependencyGraph) -> list[Facts]:
    component_of = _component_of(graph)
    counts: Counter[tuple[str, str]] = Counter()
    for edge in graph.edges:
        pair = component_of.get(edge.source), component_of.get(edge.target)
        if pair[0] and pair[1] and pair[0] != pair[1]:
            counts[pair[0], pair[1]] += 1
    return [
        {"source": shown(source), "target": shown(target), "imports": count}
        for (source, target), count in sorted(counts.items())
    ]


def _components(graph: DependencyGraph, tokens: Mapping[str, int]) -> list[Facts]:
    edges = _component_edges(graph)
    return [_component(component, graph, tokens, edges) for component in graph.components]


def _component(
    component: Component,
    graph: DependencyGraph,
    tokens: Mapping[str, int],
    edges: Sequence[Facts],
) -> Facts:
    name = shown(component.name)
    analyses = [(path, graph.analyses[path]) for path in component.paths if path in graph.analyses]
    symbols = [row for path, analysis in analyses for row in _symbols(path, analysis)]
    return {
        "name": name,
        "paths": [shown(path) for path in component.paths],
        "tokens": sum(tokens.get(path, 0) for path in component.paths),
        "lines": sum(analysis.line_count for _, analysis in analyses),
        "symbols": symbols,
        "definitions": _definitions(component, graph),
        "uses": [edge["target"] for edge in edges if edge["source"] == name],
        "used_by": [edge["source"] for edge in edges if edge["target"] == name],
        "is_code": bool(symbols) and not all(map(is_test, component.paths)),
    }


def _definitions(component: Component, graph: DependencyGraph) -> list[str]:
    """``path::name`` of every definition outside tests, constants left out."""
    return list(
        dict.fromkeys(
            symbol_reference(shown(path), symbol)
            for path in component.paths
            if path in graph.analyses and not is_test(path)
            for symbol in graph.analyses[path].symbols
            if symbol.kind != "constant"
        )
    )


def _symbols(path: str, analysis: FileAnalysis) -> list[Facts]:
    return [
        {
            "path": shown(path),
            "name": symbol.name,
            "kind": symbol.kind,
            "line": symbol.start_line,
            "end_line": symbol.end_line,
            "signature": symbol.signature,
            "docstring": symbol.docstring,
        }
        for symbol in analysis.symbols
    ]


def _packages(graph: DependencyGraph) -> list[Facts]:
    users: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for row in graph.externals:
        if not row.standard:
            users[row.package].add((shown(row.source), row.line))
    return [
        {"name": name, "uses": [{"path": path, "line": line} for path, line in sorted(places)]}
        for name, places in sorted(users.items())
    ]


def _hot_spots(graph: DependencyGraph, tokens: Mapping[str, int]) -> list[Facts]:
    """The files that most others import: a change there reaches furthest."""
    importers: dict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        importers[edge.target].add(edge.source)
    rows = sorted(importers.items(), key=lambda row: (-len(row[1]), row[0]))
    return [
        {"path": shown(path), "importers": len(sources), "tokens": tokens.get(path, 0)}
        for path, sources in rows[:_MOST_HOT_SPOTS]
        if len(sources) > 1
    ]


def _environment(graph: DependencyGraph) -> list[Facts]:
    rows = {
        (name, shown(path), line)
        for path, analysis in graph.analyses.items()
        for name, line in analysis.environment
    }
    return [
        {"name": neutralise(name)[0], "path": path, "line": line}
        for name, path, line in sorted(rows)
    ]


def _environment_groups(graph: DependencyGraph) -> list[Facts]:
    """One row a question about configuration: a file that reads environment variables, some of
    the names, and where each is read first."""
    groups: dict[str, dict[str, Facts]] = defaultdict(dict)
    for row in _environment(graph):
        if not is_test(row["path"]):
            groups[row["path"]].setdefault(row["name"], row)
    return [
        {"path": path, "name": f"{path}#{start}", "names": names, "uses": uses}
        for path, uses in sorted(groups.items())
        for start in range(0, len(uses), _MOST_NAMES)
        for names in [sorted(uses)[start : start + _MOST_NAMES]]
    ]


def _documented_files(graph: DependencyGraph) -> tuple[list[Facts], list[str]]:
    """The files whose definitions the model explains, those that most others import first; and
    the paths of the files that are beyond the limit."""
    importers = Counter(edge.target for edge in graph.edges)
    rows = [
        (-importers[path], path, _public_symbols(path, analysis))
        for path, analysis in graph.analyses.items()
        if not is_test(path)
    ]
    ordered = sorted((row for row in rows if row[2]), key=lambda row: row[:2])
    chosen = [_documented_file(path, symbols) for _, path, symbols in ordered[:_MOST_DOCUMENTED]]
    return chosen, [shown(path) for _, path, _ in ordered[_MOST_DOCUMENTED:]]


def _documented_file(path: str, symbols: list[Facts]) -> Facts:
    """``symbol_names`` are those that the model is asked about: the ones without a docstring."""
    names = [row["name"] for row in symbols if not row["docstring"]]
    return {
        "path": shown(path),
        "name": shown(path),
        "symbols": symbols,
        "symbol_names": list(dict.fromkeys(names))[:_MOST_NAMES],
    }


def _public_symbols(path: str, analysis: FileAnalysis) -> list[Facts]:
    return [
        row
        for row in _symbols(path, analysis)
        if not any(part.startswith(("_", "#")) for part in row["name"].split("."))
        and row["kind"] != "constant"
    ]


def _omissions(snapshot: Snapshot) -> list[Facts]:
    return [
        {"path": shown(row.path), "reason": str(row.reason), "detail": shown(row.detail)}
        for row in sorted(snapshot.omissions, key=_is_expected)
    ]


def _is_expected(omission: Omission) -> bool:
    """What the repository itself hides comes first: pages show the first omissions only, and other
    omissions must not push it off."""
    return omission.reason is not OmissionReason.EXCLUDED_BY_REPOSITORY
