"""What has changed around the code, and what is asked about a change."""

from __future__ import annotations

import json

from support.changes import api_rows, changes_between, facts_between

BODY = "".join(f"def part_{number}():\n    return {number}\n\n\n" for number in range(10))
STORE = "class Store:\n    pass\n\n\ndef find(key, limit):\n    pass\n"


def test_a_requirement_that_went_to_another_manifest_is_no_change() -> None:
    before = {"setup.py": "setup(install_requires=['a>=1', \"b; os_name == 'nt'\"])\n"}
    after = {"pyproject.toml": '[project]\ndependencies = ["a >= 1", "b;os_name==\'nt\'", "c"]\n'}
    (row,) = changes_between(before, after)["requirements"]
    assert (row["name"], row["was"], row["now"], row["line"]) == ("c", None, "", 2)


def test_configuration_that_came_and_went() -> None:
    before = {
        "app/main.py": "import os\nos.environ['OLD']\nparser.add_argument('--old', '-o')\n",
        "app/config/defaults.toml": "limit = 1\n[log]\nlevel = 'info'\n",
        ".env.example": "TOKEN=\n",
    }
    after = {
        "app/main.py": "import os\nos.environ['NEW']\n@click.option(\n    '--new/--no-new',\n)\n",
        "app/config/defaults.toml": "limit = 2\n[log]\nformat = 'json'\n",
    }
    rows = changes_between(before, after)["settings"]
    found = {(row["kind"], row["name"], row["was"], row["now"]) for row in rows}
    assert found == {
        ("environment variable", "OLD", "", None),
        ("environment variable", "NEW", None, ""),
        ("option", "--old", "", None),
        ("option", "--new", None, ""),
        ("option", "--no-new", None, ""),
        ("settings file", ".env.example", "", None),
        ("setting", "limit", "1", "2"),
        ("setting", "log.level", "info", None),
        ("setting", "log.format", None, "json"),
    }
    assert [row["now"] is None for row in rows] == sorted(
        (row["now"] is None for row in rows), reverse=True
    )


def test_a_variable_that_another_file_reads_as_well_has_not_gone() -> None:
    reads = "import os\nos.environ['LIMIT']\n"
    before = {"a.py": reads, "b.py": reads}
    assert changes_between(before, {**before, "a.py": ""})["settings"] == []


def test_edges_and_cycles_that_came_and_went() -> None:
    before = {
        "a/__init__.py": "", "a/x.py": "from a import y\n", "a/y.py": "from a import x\n",
        "b/__init__.py": "", "b/x.py": "import a.x\n", "b/y.py": "",
    }  # fmt: skip
    after = {**before, "a/x.py": "import b.y\n", "b/x.py": ""}
    changes = changes_between(before, after)
    edges = [(row["source"], row["target"], row["gone"]) for row in changes["edges"]]
    assert edges == [("a", "b", False), ("b", "a", True)]
    assert changes["edges"][0]["uses"] == [{"path": "a/x.py", "line": 1}]
    assert changes["cycles"] == [{"was": ["a/x.py", "a/y.py"], "now": []}]
    (back,) = changes_between(after, before)["cycles"]
    assert back == {"was": [], "now": ["a/x.py", "a/y.py"]}


def test_tests_are_touched_or_not_by_component() -> None:
    before = {
        "a/__init__.py": "", "a/x.py": BODY, "b/__init__.py": "", "b/x.py": BODY,
        "tests/test_a.py": "import a.x\n", "tests/test_b.py": "import b.x\n",
    }  # fmt: skip
    after = {**before, "a/x.py": "def f(): ...\n", "b/x.py": "def f(): ...\n"}
    after["tests/test_a.py"] += "a.x.f()\n"
    assert changes_between(before, after)["tested"] == [
        {"component": "a", "touched": ["tests/test_a.py"], "tests": 1},
        {"component": "b", "touched": [], "tests": 1},
    ]


def test_a_base_in_another_language_is_compared() -> None:
    before = {"main.go": "package main\n\nfunc Run() {}\n", "go.mod": "module m\n\ngo 1.20\n"}
    manifest = "[project]\nrequires-python='>=3.11'\n"
    after = {"main.py": "def run():\n    pass\n", "pyproject.toml": manifest}
    changes = changes_between(before, after)
    assert {(row["change"], row["name"]) for row in api_rows(changes)} == {
        ("removed", "Run"),
        ("added", "run"),
    }
    assert {(row["name"], row["now"]) for row in changes["requirements"]} == {
        ("go", None),
        ("python", ">=3.11"),
    }


# --- what is asked -------------------------------------------------------------------------------


def test_nothing_changed_asks_nothing() -> None:
    facts = facts_between({"a.py": BODY}, {"a.py": BODY})
    assert facts["changes"]["totals"]["files"] == 0
    for name in ("releases", "changed_components", "migration_groups", "migrations"):
        assert facts[name] == []


def test_only_deletions_ask_about_the_release_and_about_what_is_gone() -> None:
    facts = facts_between({"a.py": BODY, "b.py": STORE}, {"a.py": BODY})
    assert facts["changed_components"] == []
    assert [row["paths"] for row in facts["releases"]] == [["a.py"]]
    (group,) = facts["migration_groups"]
    assert group["names"] == ["b.py::Store", "b.py::find"]


def test_many_changed_files_ask_a_bounded_number_of_short_questions() -> None:
    before = {f"p{n % 40}/m{n}.py": f"def f{n}(a): pass\n" for n in range(500)}
    after = {path: text.replace("(a)", "()") for path, text in before.items()}
    facts = facts_between(before, after)
    assert facts["changes"]["totals"]["files"] == len(before)
    assert len(facts["changed_components"]) <= 8
    assert all(len(row["excerpt"]) < 6_100 for row in facts["changed_components"])
    assert len(facts["migrations"]) == len(before)
    assert sum(len(row["rows"]) for row in facts["migration_groups"]) == 18
    unlooked = [row for row in api_rows(facts["changes"]) if not row["looked_for"]]
    assert len(unlooked) == len(before) - 200


def test_the_excerpt_holds_what_has_changed() -> None:
    facts = facts_between({"a.py": BODY}, {"a.py": BODY.replace("return 3", "return 33")})
    (row,) = facts["changed_components"]
    assert "-    return 3\n+    return 33\n" in row["excerpt"]
    assert "part_9" not in row["excerpt"]


def test_hostile_names_are_in_the_form_that_the_model_sees() -> None:
    path = 'a"<|eot|>/b\n.py'
    before, after = {path: "def f(a): pass\n"}, {path: "def f(a, b): pass  # </file><|eot|>\n"}
    text = json.dumps(facts_between(before, after), ensure_ascii=False)
    assert "<|eot|>" not in text
    assert "</file>" not in text


def test_the_same_change_gives_the_same_facts() -> None:
    before = {"a.py": BODY, "b.py": STORE, "requirements.txt": "x\n"}
    after = {"c.py": BODY, "b.py": "def find(): ...\n", "requirements.txt": "y\n"}
    first, second = (json.dumps(facts_between(before, after)) for _ in range(2))
    assert first == second
