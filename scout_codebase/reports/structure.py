"""How the parts of a repository stand on each other: computed from the graph, never asked.

Layers are those that the imports themselves show: as few imports as possible lead up. Which part
was meant to stand above which, only its authors know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from scout_codebase.languages.paths import is_test
from scout_codebase.records import DependencyGraph, Edge
from scout_codebase.reports.components import component_of
from scout_codebase.reports.ordering import Arrow, arrows_to_cut, layers
from scout_codebase.reports.shown import shown

Row = dict[str, Any]

_MOST_USES = 20  # imports of one violation that are named


def structure(graph: DependencyGraph) -> Row:
    """The facts ``cycles``, ``cycle_cuts`` (imports without which each is ended: the fewest, where
    ``ordering`` computes them exactly), ``layers`` (of components, the top one first) and
    ``violations`` (what leads up, with its imports). Tests stand above everything and are left out
    of the layers."""
    between = _between_components(graph)
    weights = {arrow: len(edges) for arrow, edges in between.items()}
    names = {name for arrow in weights for name in arrow}
    cut = arrows_to_cut(names, weights)
    return {
        "cycles": [[shown(path) for path in cycle] for cycle in graph.cycles],
        "cycle_cuts": _cycle_cuts(graph),
        "layers": [[shown(name) for name in row] for row in layers(names, weights, cut)],
        "violations": [_violation(arrow, between) for arrow in cut],
    }


def _between_components(graph: DependencyGraph) -> Mapping[Arrow, list[Edge]]:
    homes = component_of(graph)
    between: dict[Arrow, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        source, target = homes.get(edge.source), homes.get(edge.target)
        if source and target and source != target and not is_test(edge.source):
            between[source, target].append(edge)
    return between


def _violation(arrow: Arrow, between: Mapping[Arrow, list[Edge]]) -> Row:
    edges = between[arrow]
    return {
        "source": shown(arrow[0]),
        "target": shown(arrow[1]),
        "imports": len(edges),
        "back": len(between.get((arrow[1], arrow[0]), ())),
        "uses": [_use(edge) for edge in edges[:_MOST_USES]],
    }


def _use(edge: Edge) -> Row:
    return {
        "path": shown(edge.source),
        "line": edge.line,
        "target": shown(edge.target),
        "kind": str(edge.kind),
    }


def _cycle_cuts(graph: DependencyGraph) -> list[list[Row]]:
    """For each cycle the imports to take out."""
    cycle_of = {path: number for number, cycle in enumerate(graph.cycles) for path in cycle}
    inner: dict[int, dict[Arrow, Edge]] = defaultdict(dict)
    for edge in graph.edges:
        number = cycle_of.get(edge.source)
        if number is not None and number == cycle_of.get(edge.target):
            inner[number][edge.source, edge.target] = edge
    rows: list[list[Row]] = []
    for number, cycle in enumerate(graph.cycles):
        arrows = inner[number]
        cut = arrows_to_cut(cycle, dict.fromkeys(arrows, 1))
        rows.append([_use(arrows[arrow]) for arrow in cut])
    return rows
