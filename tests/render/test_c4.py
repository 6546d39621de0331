"""Diagrams that are drawn from facts: valid whatever the names are."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scout_codebase.render.c4 import c4_diagrams

# What Mermaid's grammar of flowcharts makes of a line; a label holds no quote and no bracket.
TEXT = r'"(?:[^"\[\](){}<>|`\\]|<br/>)*"'
NODE = rf"(?P<node>\w+)(?:\[{TEXT}\]|\(\[{TEXT}\]\))"
LINES = (
    r"flowchart (?:TB|LR)",
    rf"\s+subgraph \w+\[{TEXT}\]",
    r"\s+end",
    rf"\s+{NODE}",
    rf"\s+(?P<source>\w+) (?:-->|-\.->)\|{TEXT}\| (?P<target>\w+)",
)


def component(name: str, *, is_code: bool = True, **more: Any) -> dict[str, Any]:
    row = {"name": name, "paths": ["a"], "lines": 3, "language": "python", "is_code": is_code}
    return {**row, "symbols": [1] if is_code else [], **more}


def facts_of(
    components: list[dict[str, Any]], edges: list[tuple[str, str]], **more: Any
) -> dict[str, Any]:
    return {
        "repository": {"name": "shop", "files": 1_234, "lines": 9},
        "components": components,
        "component_edges": [
            {"source": source, "target": target, "imports": 2} for source, target in edges
        ],
        "violations": [],
        "inputs": [],
        "entry_points": [],
        "packages": [],
        **more,
    }


def assert_valid(diagram: str) -> tuple[set[str], list[tuple[str, str]]]:
    """The nodes and arrows of a diagram, every line of which is Mermaid."""
    nodes: set[str] = set()
    arrows: list[tuple[str, str]] = []
    assert diagram.startswith("flowchart ")
    for line in diagram.splitlines():
        found = [match for row in LINES if (match := re.fullmatch(row, line))]
        assert found, line
        groups = found[0].groupdict()
        nodes |= {groups["node"]} if "node" in groups else set()
        arrows += [(groups["source"], groups["target"])] if "source" in groups else []
    assert {name for arrow in arrows for name in arrow} <= nodes
    assert diagram.count("subgraph") == sum(line.strip() == "end" for line in diagram.splitlines())
    return nodes, arrows


def test_components_and_what_leads_up() -> None:
    parts = [component("web"), component("store"), component("tests", is_code=False, symbols=[1])]
    drawn = c4_diagrams(
        facts_of(
            parts,
            [("web", "store"), ("store", "web"), ("tests", "web")],
            violations=[{"source": "store", "target": "web"}],
        )
    )["diagram"]
    nodes, arrows = assert_valid(drawn)
    assert nodes == {"c0", "c1"}
    assert arrows == [("c1", "c0"), ("c0", "c1")]
    assert 'c0["web<br/>#91;Component: python#93;<br/>1 file, 3 lines"]' in drawn
    assert 'c1 -.->|"2, up the layers"| c0' in drawn
    assert 'subgraph system["shop<br/>#91;Software System#93;"]' in drawn


def test_the_system_and_what_is_around_it() -> None:
    packages = [
        {"name": f"p{number:02}", "uses": [{"path": "a.py"}, {"path": "b.py"}][: 1 + (number == 9)]}
        for number in range(15)
    ]
    facts = facts_of(
        [],
        [],
        packages=packages,
        inputs=[{"path": "a.py"}, {"path": "a.py"}],
        entry_points=["a.py", "b.py"],
    )
    drawn = c4_diagrams(facts)
    nodes, arrows = assert_valid(drawn["context_diagram"])
    assert nodes == {"system", "outside", "operator", "more", *(f"e{n}" for n in range(12))}
    assert arrows[:3] == [("outside", "system"), ("operator", "system"), ("system", "e0")]
    assert 'e0["p09<br/>#91;External Library#93;"]' in drawn["context_diagram"]
    assert '"3 more<br/>' in drawn["context_diagram"]
    assert '"imports in 2 files"' in drawn["context_diagram"]
    assert drawn["diagram"] == ""


def test_nothing_is_drawn_of_nothing() -> None:
    drawn = c4_diagrams(facts_of([], []))
    assert drawn == {"diagram": "", "arrows_left_out": 0, "context_diagram": ""}


def test_no_more_arrows_than_mermaid_draws() -> None:
    names = [f"part{number}" for number in range(40)]
    edges = [(source, target) for source in names for target in names if source != target]
    drawn = c4_diagrams(facts_of([component(name) for name in names], edges))
    _, arrows = assert_valid(drawn["diagram"])
    assert len(arrows) == 200
    assert drawn["arrows_left_out"] == len(edges) - 200
    assert len(drawn["diagram"]) < 50_000


HOSTILE = [
    'a"]; click c0 href "javascript:alert(1)"',
    "end",
    "<script>",
    "a|b`c",
    "#quot;",
    "%%{x}",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_labels(name: str) -> None:
    facts = facts_of(
        [component(name), component("b")],
        [(name, "b")],
        packages=[{"name": name, "uses": [{"path": name}]}],
    )
    facts["repository"]["name"] = name
    drawn = c4_diagrams(facts)
    assert_valid(drawn["diagram"])
    assert_valid(drawn["context_diagram"])


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_name_stays_a_label(first: str, second: str) -> None:
    names = list(dict.fromkeys((first, second, "c")))
    facts = facts_of(
        [component(name) for name in names],
        [(names[0], "c")] if names[0] != "c" else [],
        packages=[{"name": first, "uses": []}],
    )
    facts["repository"]["name"] = second
    drawn = c4_diagrams(facts)
    for diagram in (drawn["diagram"], drawn["context_diagram"]):
        nodes, _ = assert_valid(diagram)
        assert len(nodes) in (2, len(names))
