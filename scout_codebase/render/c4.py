"""Mermaid diagrams of the C4 model's two upper levels, drawn from facts and never by a model.

They are flowcharts with C4's notation (name, type in brackets, a line on what it is): Mermaid's
own C4 diagrams are experimental, and few viewers have them. Identifiers are made up and labels
escaped, so that no name can break the syntax; the number of arrows stays below what Mermaid draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scout_codebase.render.graph_formats import MERMAID_ENTITIES

Facts = Mapping[str, Any]

_MOST_ARROWS = 200  # Mermaid refuses more than 500
_MOST_PACKAGES = 12
_LONGEST_NAME = 60  # characters


def c4_diagrams(facts: Facts) -> dict[str, Any]:
    """``diagram`` is on the level of components, ``context_diagram`` on that of the system and what
    is around it; "" where there is nothing to draw. ``arrows_left_out`` counts those that the
    former has no room for."""
    diagram, left_out = _components(facts)
    return {
        "diagram": diagram,
        "arrows_left_out": left_out,
        "context_diagram": _context(facts),
    }


def _components(facts: Facts) -> tuple[str, int]:
    """An arrow leads from the component that imports to the one that is imported; dotted where it
    leads up the layers. With the number of those left out, of the fewest imports."""
    edges = facts["component_edges"]
    joined = {name for edge in edges for name in (edge["source"], edge["target"])}
    rows = [
        row
        for row in facts["components"]
        if row["is_code"] or (row["name"] in joined and not row["symbols"])
    ]
    ids = {row["name"]: f"c{number}" for number, row in enumerate(rows)}
    if not ids:
        return "", 0
    up = {(row["source"], row["target"]) for row in facts["violations"]}
    between = [edge for edge in edges if edge["source"] in ids and edge["target"] in ids]
    drawn = sorted(between, key=lambda edge: -edge["imports"])[:_MOST_ARROWS]
    lines = ["flowchart TB", f"  subgraph system[{_system(facts)}]"]
    lines += [f"    {ids[row['name']]}[{_component(row)}]" for row in rows]
    lines.append("  end")
    for edge in sorted(drawn, key=lambda edge: (edge["source"], edge["target"])):
        leads_up = (edge["source"], edge["target"]) in up
        line, count = "-.->" if leads_up else "-->", edge["imports"]
        label = f"{count}, up the layers" if leads_up else f"{count}"
        lines.append(f"  {ids[edge['source']]} {line}|{_label(label)}| {ids[edge['target']]}")
    return "\n".join(lines), len(between) - len(drawn)


def _component(row: Facts) -> str:
    kind = f"Component: {row['language']}" if row["language"] else "Component"
    return _label(row["name"], f"[{kind}]", f"{_files(row['paths'])}, {row['lines']:,} lines")


def _context(facts: Facts) -> str:
    repository = facts["repository"]
    what = f"{repository['files']:,} files, {repository['lines']:,} lines"
    lines = ["flowchart LR", f"  system[{_system(facts, what)}]"]
    if facts["inputs"]:
        takers = _files({row["path"] for row in facts["inputs"]})
        lines.append(f"  outside([{_label('Whoever sends input', '[Person or Software System]')}])")
        lines.append(f"  outside -->|{_label(f'is read in {takers}')}| system")
    if facts["entry_points"]:
        count = len(facts["entry_points"])
        lines.append(f"  operator([{_label('Whoever runs it', '[Person]')}])")
        lines.append(
            f"  operator -->|{_label(f'starts {count:,} program' + 's' * (count > 1))}| system"
        )
    return (
        "\n".join([*lines, *_packages(facts["packages"])])
        if len(lines) > 2 or facts["packages"]
        else ""
    )


def _packages(packages: Sequence[Facts]) -> Iterable[str]:
    """Those that most files use, and how many more there are."""
    users = {row["name"]: {use["path"] for use in row["uses"]} for row in packages}
    ordered = sorted(users, key=lambda name: (-len(users[name]), name))
    for number, name in enumerate(ordered[:_MOST_PACKAGES]):
        yield f"  e{number}[{_label(name, '[External Library]')}]"
        yield f"  system -->|{_label(f'imports in {_files(users[name])}')}| e{number}"
    if len(ordered) > _MOST_PACKAGES:
        more = f"{len(ordered) - _MOST_PACKAGES:,} more"
        yield f"  more[{_label(more, '[External Libraries]')}]"
        yield f"  system -->|{_label('imports')}| more"


def _system(facts: Facts, what: str = "") -> str:
    return _label(facts["repository"]["name"], "[Software System]", *filter(None, [what]))


def _files(paths: Iterable[str]) -> str:
    count = len(list(paths))
    return f"{count:,} file{'s' * (count != 1)}"


def _label(*lines: str) -> str:
    """A quoted label; nothing in the lines is read as Mermaid or as HTML."""
    return '"' + "<br/>".join(_escaped(line) for line in lines) + '"'


def _escaped(line: str) -> str:
    plain = "".join(character if character.isprintable() else " " for character in line)
    short = plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - 1] + "…"
    return short.translate(MERMAID_ENTITIES)
