"""Diagrams of the C4 model's two upper levels, drawn from facts and never by a model.

In Markdown they are Mermaid flowcharts with C4's notation (name, type in brackets, a line on what
it is): Mermaid's own C4 diagrams are experimental, and few viewers have them. Identifiers are made
up and labels escaped, so that no name can break the syntax; the number of arrows stays below what
Mermaid draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scout_codebase.render.graph_formats import MERMAID_ENTITIES

Facts = Mapping[str, Any]

_MOST_ARROWS = 200  # Mermaid refuses more than 500
_MOST_PACKAGES = 12
_LONGEST_NAME = 60  # characters


@dataclass(frozen=True, slots=True)
class Box:
    """``lines`` are the name, the type in brackets and what it is, as they are in the facts;
    ``is_outside``: of what is not the system's own."""

    id: str
    lines: tuple[str, ...]
    is_round: bool = False
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """``source`` and ``target`` are ids; ``dashed`` leads up the layers."""

    source: str
    target: str
    label: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Diagram:
    """``rows`` are the ids from top to bottom; ``frame`` is the label of what is around the boxes,
    empty where nothing is; ``left_out`` counts the arrows, those of the fewest imports, that there
    is no room for."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    rows: tuple[tuple[str, ...], ...]
    frame: tuple[str, ...] = ()
    left_out: int = 0


def c4_diagrams(facts: Facts) -> dict[str, Any]:
    """``diagram`` is on the level of components, ``context_diagram`` on that of the system and what
    is around it; "" where there is nothing to draw. ``arrows_left_out`` counts those that the
    former has no room for."""
    components = component_diagram(facts)
    return {
        "diagram": to_mermaid(components),
        "arrows_left_out": components.left_out,
        "context_diagram": to_mermaid(context_diagram(facts)),
    }


def component_diagram(facts: Facts) -> Diagram:
    """An arrow leads from the component that imports to the one that is imported; dashed where it
    leads up the layers."""
    edges = facts["component_edges"]
    joined = {name for edge in edges for name in (edge["source"], edge["target"])}
    rows = [
        row
        for row in facts["components"]
        if row["is_code"] or (row["name"] in joined and not row["symbols"])
    ]
    ids = {row["name"]: f"c{number}" for number, row in enumerate(rows)}
    up = {(row["source"], row["target"]) for row in facts["violations"]}
    between = [edge for edge in edges if edge["source"] in ids and edge["target"] in ids]
    drawn = sorted(between, key=lambda edge: -edge["imports"])[:_MOST_ARROWS]
    arrows = []
    for edge in sorted(drawn, key=lambda edge: (edge["source"], edge["target"])):
        leads_up = (edge["source"], edge["target"]) in up
        label = str(edge["imports"])
        arrows.append(Arrow(ids[edge["source"]], ids[edge["target"]], label, leads_up))
    boxes = tuple(Box(ids[row["name"]], _component(row)) for row in rows)
    frame = (_name(facts), "[Software System]") if ids else ()
    left_out = len(between) - len(drawn)
    return Diagram(boxes, tuple(arrows), _layers(facts, ids), frame, left_out)


def _layers(facts: Facts, ids: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """What imports nothing and is not imported stands below everything."""
    rows = [[ids[name] for name in row if name in ids] for row in facts.get("layers", ())]
    placed = {one for row in rows for one in row}
    rows.append([one for one in ids.values() if one not in placed])
    return tuple(tuple(row) for row in rows if row)


def _component(row: Facts) -> tuple[str, ...]:
    kind = f"Component: {row['language']}" if row["language"] else "Component"
    return row["name"], f"[{kind}]", f"{_files(row['paths'])}, {row['lines']:,} lines"


def context_diagram(facts: Facts) -> Diagram:
    """No boxes where nothing is around the system."""
    repository = facts["repository"]
    what = f"{repository['files']:,} files, {repository['lines']:,} lines"
    system = Box("system", (_name(facts), "[Software System]", what))
    above: list[tuple[Box, Arrow]] = []
    if facts["inputs"]:
        takers = _files({row["path"] for row in facts["inputs"]})
        told = ("Whoever sends input", "[Person or Software System]")
        arrow = Arrow("outside", "system", f"is read in {takers}")
        above.append((Box("outside", told, is_round=True, is_outside=True), arrow))
    if facts["entry_points"]:
        count = len(facts["entry_points"])
        programs = f"starts {count:,} program" + "s" * (count > 1)
        operator = Box("operator", ("Whoever runs it", "[Person]"), is_round=True, is_outside=True)
        above.append((operator, Arrow("operator", "system", programs)))
    below = list(_packages(facts["packages"]))
    if not (above or below):
        return Diagram((), (), ())
    boxes, arrows = zip(*above, *below, strict=True)
    rows = (tuple(box.id for box, _ in above), ("system",), tuple(box.id for box, _ in below))
    return Diagram((system, *boxes), arrows, tuple(row for row in rows if row))


def _packages(packages: Sequence[Facts]) -> Iterator[tuple[Box, Arrow]]:
    """Those that most files use, and how many more there are."""
    users = {row["name"]: {use["path"] for use in row["uses"]} for row in packages}
    ordered = sorted(users, key=lambda name: (-len(users[name]), name))
    for number, name in enumerate(ordered[:_MOST_PACKAGES]):
        box = Box(f"e{number}", (name, "[External Library]"), is_outside=True)
        yield box, Arrow("system", box.id, f"imports in {_files(users[name])}")
    if len(ordered) > _MOST_PACKAGES:
        more = (f"{len(ordered) - _MOST_PACKAGES:,} more", "[External Libraries]")
        yield Box("more", more, is_outside=True), Arrow("system", "more", "imports")


def _name(facts: Facts) -> str:
    return str(facts["repository"]["name"])


def _files(paths: Iterable[str]) -> str:
    count = len(list(paths))
    return f"{count:,} file{'s' * (count != 1)}"


def to_mermaid(diagram: Diagram) -> str:
    """A flowchart, "" where there are no boxes."""
    if not diagram.boxes:
        return ""
    boxes = {box.id: _mermaid_box(box) for box in diagram.boxes}
    if diagram.frame:
        lines = ["flowchart TB", f"  subgraph system[{_label(*diagram.frame)}]"]
        lines += [f"    {line}" for line in boxes.values()]
        return "\n".join([*lines, "  end", *map(_mermaid_arrow, diagram.arrows)])
    lines = ["flowchart LR"]
    drawn: set[str] = set()
    for name, line in boxes.items():
        drawn.add(name)
        lines.append(f"  {line}")
        joined = [row for row in diagram.arrows if name in (row.source, row.target)]
        lines += [_mermaid_arrow(row) for row in joined if {row.source, row.target} <= drawn]
    return "\n".join(lines)


def _mermaid_box(box: Box) -> str:
    opening, closing = ("([", "])") if box.is_round else ("[", "]")
    return f"{box.id}{opening}{_label(*box.lines)}{closing}"


def _mermaid_arrow(arrow: Arrow) -> str:
    line = "-.->" if arrow.dashed else "-->"
    label = f"{arrow.label}, up the layers" if arrow.dashed else arrow.label
    return f"  {arrow.source} {line}|{_label(label)}| {arrow.target}"


def _label(*lines: str) -> str:
    """A quoted label; nothing in the lines is read as Mermaid or as HTML."""
    return '"' + "<br/>".join(_escaped(line) for line in lines) + '"'


def _escaped(line: str) -> str:
    plain = "".join(character if character.isprintable() else " " for character in line)
    short = plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - 1] + "…"
    return short.translate(MERMAID_ENTITIES)
