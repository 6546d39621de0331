"""The graph as plain data."""

from __future__ import annotations

from typing import Any

from scout_codebase.records import DependencyGraph, Snapshot, display_path


def graph_json(graph: DependencyGraph, snapshot: Snapshot) -> dict[str, Any]:
    """What ``scout-review graph --format json`` prints. Paths are in their printable form."""
    return {
        "nodes": [
            {"path": display_path(file.path), "language": _language(graph, file.path)}
            for file in snapshot.files
        ],
        "edges": [
            {
                "source": display_path(edge.source),
                "target": display_path(edge.target),
                "line": edge.line,
                "kind": edge.kind.value,
            }
            for edge in graph.edges
        ],
        "external": [
            {
                "source": display_path(one.source),
                "package": one.package,
                "line": one.line,
                "standard": one.standard,
            }
            for one in graph.externals
        ],
        "unresolved": [
            {
                "source": display_path(one.source),
                "module": one.module,
                "line": one.line,
                "reason": one.reason,
            }
            for one in graph.unresolved
        ],
        "cycles": [[display_path(path) for path in cycle] for cycle in graph.cycles],
        "components": [
            {"name": display_path(one.name), "paths": [display_path(path) for path in one.paths]}
            for one in graph.components
        ],
        "entry_points": [display_path(path) for path in graph.entry_points],
    }


def _language(graph: DependencyGraph, path: str) -> str | None:
    analysis = graph.analyses.get(path)
    return analysis.language if analysis else None
