"""The dependency graph as JSON, Graphviz and Mermaid.

Nodes of the drawings have made-up identifiers and escaped labels, so that no path can break the
syntax. On the level of components an arrow stands for all imports between two of them, and
components that have none are left out, unless none has any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from scout_codebase.records import (
    Component,
    DependencyGraph,
    Edge,
    ImportKind,
    Snapshot,
    display_path,
)

Level = Literal["file", "component"]

MERMAID_ENTITIES = {ord(character): f"#{ord(character)};" for character in '"#&;<>`\\[]{}()|@'}
_ON_LOAD = frozenset(
    {ImportKind.IMPORT, ImportKind.REEXPORT, ImportKind.REFERENCE, ImportKind.CONDITIONAL}
)


def graph_json(graph: DependencyGraph, snapshot: Snapshot) -> dict[str, Any]:
    """What ``scout-review graph --format json`` prints. Paths are in their printable form."""
    return {
        "nodes": [
            {"path": display_path(file.path), "language": _language(graph, file.path)}
            for file in snapshot.files
        ],
        "edges": [_edge(edge) for edge in graph.edges],
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


def to_dot(graph: DependencyGraph, snapshot: Snapshot, *, level: Level = "file") -> str:
    """A Graphviz digraph. Dashed arrows: for types only, or inside a function."""
    drawing = _draw(graph, snapshot, level)
    lines = ["digraph dependencies {", "  rankdir=LR;", "  node [shape=box];"]
    lines += [f'  {node} [label="{_dot(label)}"];' for node, label in drawing.nodes.items()]
    for arrow in drawing.arrows:
        attributes = [f'label="{arrow.label}"'] if arrow.label else []
        attributes += ["style=dashed"] if arrow.dashed else []
        suffix = f" [{', '.join(attributes)}]" if attributes else ""
        lines.append(f"  {arrow.source} -> {arrow.target}{suffix};")
    return "\n".join([*lines, "}", ""])


def to_mermaid(graph: DependencyGraph, snapshot: Snapshot, *, level: Level = "file") -> str:
    """A Mermaid flowchart. Dotted arrows: for types only, or inside a function."""
    drawing = _draw(graph, snapshot, level)
    lines = ["flowchart LR"]
    lines += [f'  {node}["{_mermaid(label)}"]' for node, label in drawing.nodes.items()]
    for arrow in drawing.arrows:
        line = "-.->" if arrow.dashed else "-->"
        label = f"|{arrow.label}|" if arrow.label else ""
        lines.append(f"  {arrow.source} {line}{label} {arrow.target}")
    return "\n".join([*lines, ""])


@dataclass(frozen=True, slots=True)
class _Arrow:
    source: str
    target: str
    label: str
    dashed: bool


@dataclass(frozen=True, slots=True)
class _Drawing:
    """``nodes`` maps identifiers to labels."""

    nodes: dict[str, str]
    arrows: tuple[_Arrow, ...]


def _draw(graph: DependencyGraph, snapshot: Snapshot, level: Level) -> _Drawing:
    if level == "file":
        names = sorted(file.path for file in snapshot.files if file.path in graph.analyses)
        return _number(names, _file_arrows(graph))
    homes = {path: one.name for one in graph.components for path in one.paths}
    arrows = list(_component_arrows(graph, homes))
    joined = {name for arrow in arrows for name in (arrow.source, arrow.target)}
    names = [one.name for one in graph.components if one.name in joined or _defines(one, graph)]
    return _number(names, arrows)


def _defines(component: Component, graph: DependencyGraph) -> bool:
    """Whether a component is code: one that nothing is joined to is drawn too."""
    return any(graph.analyses[path].symbols for path in component.paths if path in graph.analyses)


def _number(names: list[str], arrows: Iterator[_Arrow] | list[_Arrow]) -> _Drawing:
    ids = {name: f"n{number}" for number, name in enumerate(names)}
    return _Drawing(
        {node: display_path(name) for name, node in ids.items()},
        tuple(
            _Arrow(ids[arrow.source], ids[arrow.target], arrow.label, arrow.dashed)
            for arrow in arrows
            if arrow.source in ids and arrow.target in ids
        ),
    )


def _file_arrows(graph: DependencyGraph) -> Iterator[_Arrow]:
    for edge in graph.edges:
        yield _Arrow(edge.source, edge.target, "", edge.kind not in _ON_LOAD)


def _component_arrows(graph: DependencyGraph, homes: dict[str, str]) -> Iterator[_Arrow]:
    on_load = _counts(graph, homes, lambda edge: edge.kind in _ON_LOAD)
    every = _counts(graph, homes, lambda _edge: True)
    for source, target in sorted(every):
        count = every[source, target]
        yield _Arrow(source, target, str(count), not on_load[source, target])


def _counts(
    graph: DependencyGraph, homes: dict[str, str], counts: Callable[[Edge], bool]
) -> Counter[tuple[str, str]]:
    pairs = (
        (homes[edge.source], homes[edge.target])
        for edge in graph.edges
        if edge.source in homes and edge.target in homes and counts(edge)
    )
    return Counter(pair for pair in pairs if pair[0] != pair[1])


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "source": display_path(edge.source),
        "target": display_path(edge.target),
        "line": edge.line,
        "kind": edge.kind.value,
    }


def _language(graph: DependencyGraph, path: str) -> str | None:
    analysis = graph.analyses.get(path)
    return analysis.language if analysis else None


def _dot(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"')


def _mermaid(label: str) -> str:
    return label.translate(MERMAID_ENTITIES)
