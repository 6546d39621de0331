"""The graph of the fixture folders: one test a folder under ``tests/fixtures/graph``.

``expected.json`` of a folder holds every edge, some pairs that must not be edges, and every
external and unresolved import; ``kinds`` and ``entry_points`` are checked where they are given.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.packing import analyse_files, build_graph

from scout_codebase.graph import link_files
from scout_codebase.graph.build import find_cycles
from scout_codebase.languages.table import LANGUAGES
from scout_codebase.records import (
    DependencyGraph,
    Edge,
    Omission,
    OmissionReason,
    Revision,
    Snapshot,
    SourceFile,
)
from scout_codebase.render.graph_formats import graph_json, to_dot, to_mermaid
from scout_codebase.walk.notebook import readable

FIXTURES = Path(__file__).parent / "fixtures" / "graph"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/expected.json"))


def snapshot_of(texts: dict[str, str], omitted: tuple[str, ...] = ()) -> Snapshot:
    files = (SourceFile(path, "0" * 40, len(texts[path]), texts[path]) for path in sorted(texts))
    omissions = (Omission(path, OmissionReason.BINARY) for path in omitted)
    return Snapshot("fixture", Path(), "", Revision("0" * 40), tuple(files), tuple(omissions))


def read_folder(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != "expected.json")
    texts = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}
    return {path: readable(path, text) for path, text in texts.items()}


@pytest.mark.parametrize("folder", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_fixture(folder: Path) -> None:
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    graph = build_graph(snapshot_of(read_folder(folder)))
    edges = {(edge.source, edge.target) for edge in graph.edges}
    assert sorted(edges) == sorted(map(tuple, expected["edges"]))
    assert edges.isdisjoint(map(tuple, expected["not_edges"]))
    externals = {(one.source, one.package) for one in graph.externals}
    assert sorted(externals) == sorted(map(tuple, expected["external"]))
    unresolved = {(one.source, one.module) for one in graph.unresolved}
    assert sorted(unresolved) == sorted(map(tuple, expected["unresolved"]))
    kinds = {(edge.source, edge.target): edge.kind.value for edge in graph.edges}
    for source, target, kind in expected.get("kinds", ()):
        assert kinds[source, target] == kind, (source, target)
    if "entry_points" in expected:
        assert list(graph.entry_points) == expected["entry_points"]


@pytest.mark.parametrize("language", [spec.name for spec in LANGUAGES if spec.resolver])
def test_every_language_has_five_tricky_folders(language: str) -> None:
    assert sum(folder.parent.name == language for folder in CASES) >= 5


def test_an_import_of_an_omitted_file_is_neither_an_edge_nor_unresolved() -> None:
    snapshot = snapshot_of({"a.js": "import './logo.png'\nimport './gone.png'"}, ("logo.png",))
    graph = build_graph(snapshot)
    assert graph.edges == ()
    assert [one.module for one in graph.unresolved] == ["./gone.png"]


def test_analyses_can_be_made_apart_from_the_graph() -> None:
    snapshot = snapshot_of({"a.py": "import b", "b.py": "", "c.unknown": "import b"})
    analyses = analyse_files(snapshot.files)
    assert sorted(analyses) == ["a.py", "b.py"]
    assert link_files(snapshot, analyses) == build_graph(snapshot)


def test_cycles_are_the_strongly_connected_components() -> None:
    pairs = ["ab", "bc", "ca", "cd", "de", "ed", "ef"]
    edges = [Edge(pair[0], pair[1], 1) for pair in pairs]
    assert find_cycles(edges) == (("a", "b", "c"), ("d", "e"))


def component_sizes(graph: DependencyGraph) -> dict[str, int]:
    return {one.name: len(one.paths) for one in graph.components}


def test_every_path_is_in_one_component() -> None:
    texts = {f"{folder}/f{number}.py": "" for folder in ("a/x", "a/y", "b") for number in range(9)}
    snapshot = snapshot_of(texts | {"README.md": "", "a/loose.py": "import a.x.f1"})
    graph = build_graph(snapshot)
    paths = [path for one in graph.components for path in one.paths]
    assert sorted(paths) == sorted(file.path for file in snapshot.files)


def test_a_flat_package_is_not_one_component_a_file() -> None:
    texts = {f"pkg/m{number}.py": "" for number in range(8)} | {"README.md": "", "tests/t.py": ""}
    graph = build_graph(snapshot_of(texts))
    assert component_sizes(graph) == {".": 1, "pkg": 8, "tests": 1}


def test_components_hold_still_when_a_file_is_added() -> None:
    texts = {f"{folder}/f{number}.py": "" for folder in ("a", "b", "c") for number in range(9)}
    before = component_sizes(build_graph(snapshot_of(texts)))
    after = component_sizes(build_graph(snapshot_of(texts | {"a/new.py": ""})))
    assert before | {"a": 10} == after


def test_a_thousand_folders_do_not_make_a_thousand_components() -> None:
    texts = {f"examples/e{one}/f{two}.py": "" for one in range(300) for two in range(4)}
    assert len(build_graph(snapshot_of(texts)).components) <= 30


HOSTILE_PATHS = [
    'quote".py',
    "line\nbreak.py",
    "back\\slash.py",
    "brackets](){}|`#;<b>&amp;.py",
    "caf\udce9.py",
    "end.py",
]


def test_the_drawings_survive_any_path() -> None:
    texts = dict.fromkeys(HOSTILE_PATHS, "import end")
    snapshot = snapshot_of(texts)
    graph = build_graph(snapshot)
    assert len(graph.edges) == 5
    mermaid = to_mermaid(graph, snapshot).splitlines()
    assert mermaid[0] == "flowchart LR"
    nodes = [line for line in mermaid[1:] if "[" in line]
    assert len(nodes) == 6
    for line in nodes:
        label = line.split('["', 1)[1].removesuffix('"]')
        assert not set(label) & set('"[](){}<>|`\n')
    dot = to_dot(graph, snapshot)
    assert dot.count(" -> ") == 5
    assert dot.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 0
    json.dumps(graph_json(graph, snapshot)).encode("utf-8")


def test_the_json_has_the_promised_shape() -> None:
    texts = {"a.py": "import b\nimport c\nimport os", "b.py": "import a", "z": "?"}
    snapshot = snapshot_of(texts)
    found = graph_json(build_graph(snapshot), snapshot)
    assert found["nodes"] == [
        {"path": "a.py", "language": "python"},
        {"path": "b.py", "language": "python"},
        {"path": "z", "language": None},
    ]
    assert [(one["source"], one["target"]) for one in found["edges"]] == [
        ("a.py", "b.py"),
        ("b.py", "a.py"),
    ]
    assert found["cycles"] == [["a.py", "b.py"]]
    assert [one["package"] for one in found["external"]] == ["c", "os"]


def test_the_component_drawing_counts_imports() -> None:
    texts = {"a/x.py": "import b.y\nimport b.z", "b/y.py": "", "b/z.py": "", "docs/d.md": ""}
    snapshot = snapshot_of(texts)
    drawn = to_mermaid(build_graph(snapshot), snapshot, level="component")
    assert '["a"]' in drawn
    assert "-->|2|" in drawn
    assert "docs" not in drawn
