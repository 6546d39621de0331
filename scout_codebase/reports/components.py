"""The facts of components: their files, their definitions, and which of them import which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from scout_codebase.languages.paths import is_test
from scout_codebase.records import Component, DependencyGraph, FileAnalysis
from scout_codebase.reports.evidence import symbol_reference
from scout_codebase.reports.shown import shown

Row = dict[str, Any]


def component_of(graph: DependencyGraph) -> dict[str, str]:
    """The name of the component of each path."""
    return {path: part.name for part in graph.components for path in part.paths}


def component_edges(graph: DependencyGraph) -> list[Row]:
    homes = component_of(graph)
    counts: Counter[tuple[str, str]] = Counter()
    for edge in graph.edges:
        pair = homes.get(edge.source), homes.get(edge.target)
        if pair[0] and pair[1] and pair[0] != pair[1]:
            counts[pair[0], pair[1]] += 1
    return [
        {"source": shown(source), "target": shown(target), "imports": count}
        for (source, target), count in sorted(counts.items())
    ]


def component_rows(graph: DependencyGraph, tokens: Mapping[str, int]) -> list[Row]:
    edges = component_edges(graph)
    return [_component(component, graph, tokens, edges) for component in graph.components]


def _language(analyses: Sequence[tuple[str, FileAnalysis]]) -> str:
    """That of most lines of files that define something, else of any, "" where no file has a
    language."""
    lines: Counter[tuple[bool, str]] = Counter()
    for _, analysis in analyses:
        lines[bool(analysis.symbols), analysis.language] += analysis.line_count
    first = max(lines, key=lambda row: (row[0], lines[row], row[1]), default=(False, ""))
    return first[1]


def _component(
    component: Component,
    graph: DependencyGraph,
    tokens: Mapping[str, int],
    edges: Sequence[Row],
) -> Row:
    name = shown(component.name)
    analyses = [(path, graph.analyses[path]) for path in component.paths if path in graph.analyses]
    symbols = [row for path, analysis in analyses for row in symbol_rows(path, analysis)]
    return {
        "name": name,
        "paths": [shown(path) for path in component.paths],
        "tokens": sum(tokens.get(path, 0) for path in component.paths),
        "language": _language(analyses),
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


def symbol_rows(path: str, analysis: FileAnalysis) -> list[Row]:
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
