"""The reading order: every edge outside a cycle runs backwards, and the rest of its reasons."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from support.packing import build_graph

from scout_codebase.graph.build import find_cycles
from scout_codebase.graph.components import find_components
from scout_codebase.order.reading import reading_order
from scout_codebase.records import (
    DependencyGraph,
    Edge,
    FileAnalysis,
    History,
    ImportKind,
    Revision,
    Snapshot,
    SourceFile,
)

NO_HISTORY = History()


def snapshot_of(texts: dict[str, str], history: History = NO_HISTORY) -> Snapshot:
    files = (SourceFile(path, "0" * 40, len(texts[path]), texts[path]) for path in sorted(texts))
    revision = Revision("0" * 40)
    return Snapshot("fixture", Path(), "", revision, tuple(files), (), history=history)


def order_of(texts: dict[str, str], history: History = NO_HISTORY) -> list[str]:
    snapshot = snapshot_of(texts, history)
    return list(reading_order(snapshot, build_graph(snapshot)).paths)


def graph_of(paths: list[str], edges: list[Edge]) -> DependencyGraph:
    unique = {(edge.source, edge.target): edge for edge in edges if edge.source != edge.target}
    kept = tuple(unique[key] for key in sorted(unique))
    analyses = {path: FileAnalysis("python", 1) for path in sorted(paths)}
    components = find_components(paths, kept)
    return DependencyGraph(analyses, kept, (), (), find_cycles(kept), components, ())


FOLDERS = ["", "a/", "a/b/", "c/", "tests/", "c/tests/", "docs/", "x/y/z/"]
NAMES = ["one.py", "two.py", "test_three.py", "README.md", "setup.py", "four.md", "five.json"]
PATHS = [folder + name for folder in FOLDERS for name in NAMES]
KINDS = st.sampled_from(list(ImportKind))
EDGES = st.builds(Edge, st.sampled_from(PATHS), st.sampled_from(PATHS), st.integers(1, 9), KINDS)


def changed(times: Mapping[str, int]) -> History:
    """A history in which each path was changed so many times."""
    most = max(times.values(), default=0)
    rows = (tuple(path for path, count in times.items() if count > row) for row in range(most))
    return History(tuple(rows))


TIMES = st.dictionaries(st.sampled_from(PATHS), st.sampled_from([1, 2, 8, 32]))


@settings(max_examples=200, deadline=None)
@given(st.lists(EDGES, max_size=80), TIMES.map(changed))
def test_every_edge_outside_a_cycle_runs_backwards(edges: list[Edge], history: History) -> None:
    graph = graph_of(PATHS, edges)
    paths = reading_order(snapshot_of(dict.fromkeys(PATHS, ""), history), graph).paths
    assert sorted(paths) == sorted(PATHS)
    position = {path: index for index, path in enumerate(paths)}
    cycle_of = {path: cycle for cycle in graph.cycles for path in cycle}
    for edge in graph.edges:
        if edge.source in cycle_of and cycle_of[edge.source] == cycle_of.get(edge.target):
            continue
        assert position[edge.target] < position[edge.source], edge
    for cycle in graph.cycles:
        places = sorted(position[path] for path in cycle)
        assert places[-1] - places[0] == len(cycle) - 1, "a cycle stands together"


@settings(max_examples=50, deadline=None)
@given(st.lists(EDGES, max_size=60))
def test_the_order_of_the_input_has_no_say(edges: list[Edge]) -> None:
    snapshot = snapshot_of(dict.fromkeys(PATHS, ""))
    unique = list({(edge.source, edge.target): edge for edge in edges}.values())
    first = reading_order(snapshot, graph_of(PATHS, unique))
    assert reading_order(snapshot, graph_of(PATHS[::-1], unique[::-1])) == first


PROJECT = {
    "README.md": "",
    "pyproject.toml": "",
    ".github/workflows/ci.yml": "",
    "CHANGELOG.md": "",
    "LICENSE": "",
    "docs/guide.md": "",
    "shop/__init__.py": "from .app import run",
    "shop/app.py": "from . import store, util",
    "shop/store.py": "from .util import x",
    "shop/util.py": "",
    "shop/templates/page.html": "",
    "tests/conftest.py": "",
    "tests/test_app.py": "import shop.app",
}


def test_what_changes_rarely_comes_first() -> None:
    history = changed({"README.md": 9, "CHANGELOG.md": 40, "shop/store.py": 3, "shop/util.py": 1})
    assert order_of(PROJECT, history) == [
        # Nobody has changed these, and code stands next to what builds on it.
        "pyproject.toml",
        ".github/workflows/ci.yml",
        "LICENSE",
        "docs/guide.md",
        "shop/templates/page.html",
        "tests/conftest.py",
        # What changed and what builds on that; ``util`` did not, but only these need it.
        "shop/util.py",
        "shop/store.py",
        "shop/app.py",
        "shop/__init__.py",
        "tests/test_app.py",
        # What changes often, the most restless last.
        "README.md",
        "CHANGELOG.md",
    ]


def test_a_small_project_reads_as_a_newcomer_would() -> None:
    assert order_of(PROJECT) == [
        "README.md",
        "pyproject.toml",
        "shop/util.py",
        "shop/store.py",
        "shop/app.py",
        "shop/__init__.py",
        "shop/templates/page.html",
        "tests/conftest.py",
        "tests/test_app.py",
        ".github/workflows/ci.yml",
        "CHANGELOG.md",
        "LICENSE",
        "docs/guide.md",
    ]


def test_a_short_importer_comes_before_a_long_one() -> None:
    texts = {
        "shop/core.py": "",
        "shop/long.py": "import shop.core\n" + "x = 1\n" * 100,
        "shop/short.py": "import shop.core\n",
    }
    assert order_of(texts) == ["shop/core.py", "shop/short.py", "shop/long.py"]


def test_a_folder_of_templates_stays_behind_the_folder_around_it() -> None:
    texts = {
        "shop/views.py": "",
        "shop/templates/page.html": "<p>" * 500,
        "website/site.py": "import shop.views",
    }
    assert order_of(texts) == ["shop/views.py", "shop/templates/page.html", "website/site.py"]


def test_a_folder_is_finished_before_the_next_is_begun() -> None:
    texts = {
        "a/one.py": "import z.two",
        "a/two.py": "",
        "a/three.py": "",
        "z/one.py": "",
        "z/two.py": "",
        "m/one.py": "",
    }
    folders = [path.split("/")[0] for path in order_of(texts)]
    assert folders == ["z", "z", "a", "a", "a", "m"]


def test_a_long_program_does_not_stand_between_two_folders_that_belong_together() -> None:
    texts = {
        "core/base.py": "",
        "core/program.py": "import core.base\n" + "x = 1\n" * 1000,
        "shop/one.py": "import core.base\n",
        "shop/two.py": "import core.base\nimport shop.one\n",
    }
    order = ["core/base.py", "shop/one.py", "shop/two.py", "core/program.py"]
    assert order_of(texts) == order


def test_a_cycle_is_ordered_for_nearness() -> None:
    """Every import of these runs when a file is loaded, and none can be kept backwards for all."""
    texts = {
        "a.py": "import b\nimport d\n",
        "b.py": "import c\n" + "x = 1\n" * 1000,
        "c.py": "import a\nimport d\n",
        "d.py": "import a\nimport c\n",
    }
    order = order_of(texts)
    assert order.index("b.py") in (0, 3), "the long file stands between none of the short ones"


def test_the_tests_of_a_package_stand_behind_the_package() -> None:
    texts = {
        "packages/a/src/x.js": "",
        "packages/a/test/x.test.js": "import '../src/x'",
        "packages/b/src/y.js": "",
        "packages/b/src/y.test.js": "import './y'",
        "test/all.js": "import '../packages/a/src/x'",
    }
    assert order_of(texts) == [
        "packages/a/src/x.js",
        "packages/a/test/x.test.js",
        "packages/b/src/y.js",
        "packages/b/src/y.test.js",
        "test/all.js",
    ]


def test_code_that_a_test_folder_lends_comes_before_its_borrower() -> None:
    texts = {"app.py": "from tests.helper import x", "tests/helper.py": "", "tests/test_a.py": ""}
    assert order_of(texts) == ["tests/helper.py", "app.py", "tests/test_a.py"]


def test_within_a_cycle_what_is_imported_on_load_comes_first() -> None:
    texts = {
        "a.py": "import b",
        "b.py": "def f():\n    import a",
    }
    assert order_of(texts) == ["b.py", "a.py"]


def test_the_hash_seed_has_no_say() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_order import PATHS, PROJECT, order_of\n"
        "texts = PROJECT | {p: 'import a.b.one, c.two, x.y.z.one' for p in PATHS}\n"
        "print(order_of(texts))"
    )
    tests = str(Path(__file__).parent)
    printed = {
        subprocess.run(
            [sys.executable, "-c", code, tests],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(printed) == 1


def test_fifty_thousand_files_take_a_few_seconds() -> None:
    paths = [f"p{n // 1000}/q{n // 50}/f{n}.py" for n in range(50_000)]
    edges = [
        Edge(paths[n], paths[n * 7919 % (n + 1)], 1) for n in range(1, 50_000) for _ in range(2)
    ]
    graph = graph_of(paths, edges)
    snapshot = snapshot_of(dict.fromkeys(paths, ""))
    started = time.thread_time()
    assert len(reading_order(snapshot, graph).paths) == 50_000
    assert time.thread_time() - started < 5


def test_a_chain_of_fifty_thousand_files_is_no_recursion() -> None:
    paths = [f"f{n}.py" for n in range(50_000)]
    edges = [Edge(one, two, 1) for one, two in pairwise(paths)]
    graph = graph_of(paths, edges)
    snapshot = snapshot_of(dict.fromkeys(paths, ""))
    assert reading_order(snapshot, graph).paths == tuple(reversed(paths))


def test_an_edge_to_a_file_that_is_not_packed_is_ignored() -> None:
    graph = graph_of(["a.py", "gone.py"], [Edge("a.py", "gone.py", 1)])
    assert reading_order(snapshot_of({"a.py": ""}), graph).paths == ("a.py",)


def test_nothing_in_no_order() -> None:
    assert order_of({}) == []
