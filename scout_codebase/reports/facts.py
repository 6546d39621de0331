"""What the tool knows without asking: the facts that templates see, as plain data.

Every path in here is in the form that the model sees (``display_path`` and ``neutralise``), and
every list is sorted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scout_codebase.languages.paths import is_test
from scout_codebase.languages.visibility import public_symbols
from scout_codebase.neutralise import neutralise
from scout_codebase.records import (
    DependencyGraph,
    FileAnalysis,
    Omission,
    OmissionReason,
    Snapshot,
)
from scout_codebase.reports.components import component_edges, component_rows, symbol_rows
from scout_codebase.reports.places import judged_places
from scout_codebase.reports.shown import shown
from scout_codebase.reports.structure import structure

Facts = dict[str, Any]

_MOST_HOT_SPOTS = 8
_MOST_DOCUMENTED = 40  # files
_BRIEFLY: Mapping[str, int] = {
    "use_cases": 1,
    "package_groups": 1,
    "changed_components": 2,
    "migration_groups": 1,
    "explained_components": 4,
    "explained_files": 2,
    "explained_variables": 2,
}
"""How many items of a list of facts a model that writes slowly is asked about."""
_MOST_NAMES = 8  # in one question
_MOST_PACKAGES = 40  # that are described
_MOST_USE_CASES = 3


def collect_facts(
    snapshot: Snapshot,
    graph: DependencyGraph,
    tokens: Mapping[str, int],
    weaknesses: Sequence[Mapping[str, Any]],
) -> Facts:
    """All facts of one repository. ``tokens`` maps each packed path to its tokens; ``weaknesses``
    are the rows of the table that the security review works through."""
    components = component_rows(graph, tokens)
    packages = _packages(graph)
    places = judged_places(snapshot, graph, weaknesses)
    return {
        "repository": _repository(snapshot),
        "paths": [shown(file.path) for file in snapshot.files],
        "languages": _languages(snapshot, graph, tokens),
        "components": components,
        "code_components": [row for row in components if row["is_code"]],
        "definitions": [reference for row in components for reference in row["definitions"]],
        "code_files": sum(bool(row.symbols or row.imports) for row in graph.analyses.values()),
        "documented_files": _documented_files(snapshot, graph),
        "component_names": [component["name"] for component in components],
        "component_edges": component_edges(graph),
        **structure(graph),
        "entry_points": [shown(path) for path in graph.entry_points],
        "packages": packages,
        "package_names": [row["name"] for row in packages],
        "package_groups": _package_groups(packages),
        "hot_spots": _hot_spots(graph, tokens),
        "environment": _environment(graph),
        "environment_groups": _environment_groups(graph),
        "unresolved": [
            {"path": shown(row.source), "module": row.module, "line": row.line}
            for row in graph.unresolved
        ],
        "omissions": _omissions(snapshot),
        "masked": _masked(snapshot),
        **places,
        "use_cases": _use_cases(places["inputs"], graph),
    }


def brief(facts: Facts) -> Facts:
    """The facts for a model that writes slowly: only the components and definitions that most
    others build on are to be explained, two guides written, one use case followed, one group of
    packages and the two components that changed most described. All the rest stays."""
    fewer = {name: facts[name][:most] for name, most in _BRIEFLY.items() if name in facts}
    return {**facts, **fewer, **({"most_guides": 2} if "most_guides" in facts else {})}


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


def _packages(graph: DependencyGraph) -> list[Facts]:
    users: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for row in graph.externals:
        if not row.standard:
            users[row.package].add((shown(row.source), row.line))
    return [
        {"name": name, "uses": [{"path": path, "line": line} for path, line in sorted(places)]}
        for name, places in sorted(users.items())
    ]


def _package_groups(packages: Sequence[Facts]) -> list[Facts]:
    """One row a question about packages, those that most files use first."""
    ordered = sorted(packages, key=lambda row: (-_users(row), row["name"]))[:_MOST_PACKAGES]
    return [
        {"name": f"{start + 1}", "names": [row["name"] for row in group], "packages": group}
        for start in range(0, len(ordered), _MOST_NAMES)
        for group in [ordered[start : start + _MOST_NAMES]]
    ]


def _users(package: Facts) -> int:
    return len({use["path"] for use in package["uses"]})


def _use_cases(inputs: Sequence[Facts], graph: DependencyGraph) -> list[Facts]:
    """Where the flows begin that are followed: in the files that take most from outside, then in
    those that start a program. Where there is neither, the model chooses."""
    counts = Counter(row["path"] for row in inputs)
    first = {row["path"]: row for row in reversed(inputs)}
    ordered = sorted(counts, key=lambda path: (-counts[path], path))
    starts = [path for path in map(shown, graph.entry_points) if path not in counts]
    rows = [
        {"name": path, "path": path, **{key: first[path][key] for key in ("line", "code")}}
        for path in ordered
    ]
    rows += [{"name": path, "path": path, "line": 0, "code": ""} for path in starts]
    return rows[:_MOST_USE_CASES] or [{"name": "", "path": "", "line": 0, "code": ""}]


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


def _documented_files(snapshot: Snapshot, graph: DependencyGraph) -> list[Facts]:
    """The files whose definitions the model explains, those that most others import first."""
    texts = {file.path: file.text for file in snapshot.files}
    importers = Counter(edge.target for edge in graph.edges)
    rows = [
        (-importers[path], path, _public_symbols(path, analysis, texts.get(path, "")))
        for path, analysis in graph.analyses.items()
        if not is_test(path)
    ]
    ordered = sorted((row for row in rows if row[2]), key=lambda row: row[:2])
    return [_documented_file(path, symbols) for _, path, symbols in ordered[:_MOST_DOCUMENTED]]


def _documented_file(path: str, symbols: list[Facts]) -> Facts:
    """``symbol_names`` are those that the model is asked about: the ones without a docstring."""
    names = [row["name"] for row in symbols if not row["docstring"]]
    return {
        "path": shown(path),
        "name": shown(path),
        "symbols": symbols,
        "symbol_names": list(dict.fromkeys(names))[:_MOST_NAMES],
    }


def _public_symbols(path: str, analysis: FileAnalysis, text: str) -> list[Facts]:
    symbols = tuple(public_symbols(path, analysis, text))
    return list(symbol_rows(path, replace(analysis, symbols=symbols)))


def _omissions(snapshot: Snapshot) -> list[Facts]:
    return [
        {"path": shown(row.path), "reason": str(row.reason), "detail": shown(row.detail)}
        for row in sorted(snapshot.omissions, key=_is_expected)
    ]


def _is_expected(omission: Omission) -> bool:
    """What the repository itself hides comes first: pages show the first omissions only, and other
    omissions must not push it off."""
    return omission.reason is not OmissionReason.EXCLUDED_BY_REPOSITORY
