"""What the pages of the documentation are made of, computed from the repository alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.packing import Packed, pack_texts, shipped_weaknesses

from scout_codebase.languages.analyse import analyse
from scout_codebase.languages.visibility import public_symbols
from scout_codebase.pack import tokens_by_path
from scout_codebase.records import Evidence, Grade
from scout_codebase.reports.ask import CheckedAnswer
from scout_codebase.reports.configuration import default_of
from scout_codebase.reports.facts import collect_facts
from scout_codebase.reports.outline import components_and_guides, with_guides
from scout_codebase.reports.site_facts import site_facts, slugs
from scout_codebase.reports.starting import starting_facts

FILES = {
    "README.md": "# Shop\n\n## Usage\n\n    shop run\n\n## History\n\n    long ago\n",
    "Makefile": "VAR := x\n.PHONY: test\ntest: all\n\t@pytest -q\nall:\n",
    "package.json": '{"engines": {"node": ">=20"}, "scripts": {"build": "tsc -p ."}}',
    "sub/package.json": "{",
    "Cargo.toml": '[package]\nrust-version = "1.80"\n[[bin]]\nname = "shop"\npath = "m.rs"\n',
    "go.mod": "module example.org/shop\n\ngo 1.24\n",
    "Dockerfile": "FROM debian:13\nEXPOSE 80\n",
    ".github/workflows/ci.yml": (
        "jobs:\n  test:\n    steps:\n      - run: make test\n      - name: x\n        run: |\n"
        "          pip install .\n          # no\n          pytest\n      - uses: a/b\n"
    ),
    "shop/settings.py": "LIMIT = 10\n_OWN = 2\n",
    "shop/a/one.py": "def used():\n    pass\n\n\ndef _own():\n    pass\n",
    "shop/a/two.py": "from shop.a.one import used\n\n\ndef call():\n    return used()\n",
    "shop/b/three.py": "from shop.a.one import used\n\nused()\n",
    "shop/b/four.py": "",
    "tests/test_one.py": (
        "from shop.a.one import used\n\n\ndef test_it():\n    assert used() is None\n"
    ),
}


def facts_of(packed: Packed) -> dict[str, Any]:
    tokens = tokens_by_path(packed.pack)
    facts = collect_facts(packed.snapshot, packed.graph, tokens, shipped_weaknesses())
    return site_facts(packed.snapshot, packed.graph, facts)


def test_what_the_repository_says_of_how_to_begin() -> None:
    facts = starting_facts(pack_texts(FILES).snapshot)
    rows = {(row["kind"], row["name"], row["value"]): row for row in facts["declared"]}
    assert set(rows) == {
        ("version", "node", ">=20"),
        ("version", "Rust", "1.80"),
        ("version", "Go", "1.24"),
        ("script", "build", "tsc -p ."),
        ("script", "binary shop", "m.rs"),
        ("script", "module", "example.org/shop"),
        ("target", "test", "pytest -q"),
        ("target", "all", ""),
        ("container", "FROM", "debian:13"),
        ("container", "EXPOSE", "80"),
        ("ci", "", "make test"),
        ("ci", "", "pip install ."),
        ("ci", "", "pytest"),
    }
    assert rows["target", "test", "pytest -q"]["line"] == 3
    assert rows["ci", "", "pytest"]["line"] == 9
    (block,) = facts["readme_blocks"]
    assert (block["heading"], block["line"], block["end_line"]) == ("Usage", 5, 5)
    assert "sub/package.json" not in facts["start_files"]


def test_what_the_repository_does_not_say_is_what_its_manifest_usually_goes_with() -> None:
    def usual(texts: dict[str, str]) -> list[tuple[str, list[str]]]:
        rows = starting_facts(pack_texts(texts).snapshot)["usual_commands"]
        return [(row["path"], row["commands"]) for row in rows]

    module = {"go.mod": "module example.org/shop\n"}
    assert usual(module) == [("go.mod", ["go build ./...", "go test ./..."])]
    assert usual({**module, "Makefile": "test:\n\tgo vet\n"}) == [("go.mod", ["go build ./..."])]
    told = "# Shop\n\n```sh\ngo get example.org/shop\ngo test -v ./...\n```\n"
    assert usual({**module, "README.md": told}) == []
    assert usual({"sub/go.mod": "module a\n"}) == []
    python = {"pyproject.toml": "", "setup.py": "", "src/a.py": ""}
    assert usual(python) == [("pyproject.toml", ["python -m pip install ."])]


def test_definitions_that_are_called_come_before_those_that_only_stand_there() -> None:
    shop = (
        "class Kind: ...\n\n\nclass Row: ...\n\n\ndef split(text): ...\n\n\n"
        "def rarely(): ...\n\n\ndef shown(): ...\n"
    )
    texts = {
        "README.md": "# Shop\n\n    shop.shown()\n",
        "shop.py": shop,
        "tests/test_a.py": (
            "from shop import Row, split\n\n\ndef test_a(x: Row):\n"
            '    assert log("Row.of(x)")\n    assert split("a")\n'
        ),
        "other.py": "from shop import rarely, split\n\nsplit('b')\nrarely()\n",
    }
    facts = facts_of(pack_texts(texts))
    (page,) = (row for row in facts["component_pages"] if "shop.py" in row["files"])
    named = [key["name"] for key in page["key_symbols"]]
    assert named == ["shown", "split", "rarely", "Kind", "Row"]
    assert facts["guide_choices"][:3] == [f"shop.py::{name}" for name in named[:3]]
    uses = {
        key["name"]: [(use["path"], use["line"]) for use in key["uses"]]
        for key in page["key_symbols"]
    }
    assert uses["Row"] == [("tests/test_a.py", 4)]
    assert page["title"] == facts["repository"]["name"]


def test_a_reference_within_a_package_is_a_use_and_no_import() -> None:
    texts = {
        "a.go": "package a\n\ntype Kind int\n\nfunc Split(s string) []string { return nil }\n",
        "a_test.go": "package a\n\nfunc TestSplit(t *testing.T) {\n\tgot := Split(text)\n}\n",
    }
    facts = facts_of(pack_texts(texts))
    assert facts["guide_choices"] == ["a.go::Split", "a.go::Kind"]
    (page,) = facts["component_pages"]
    (use,) = page["key_symbols"][0]["uses"]
    assert (use["path"], use["line"]) == ("a_test.go", 4)


def test_methods_with_a_receiver_are_members_and_their_type_is_none() -> None:
    texts = {
        "a.go": "package a\n\ntype Row struct{}\n\nfunc (r *Row) Equal() bool { return true }\n"
    }
    assert facts_of(pack_texts(texts))["guide_choices"] == ["a.go::Row"]
    rust = (
        "pub struct Row;\n\nimpl Default for Row {}\n\nimpl Row { pub fn new() -> Row { Row } }\n"
    )
    assert facts_of(pack_texts({"a.rs": rust}))["guide_choices"] == ["a.rs::Row"]


def test_every_file_is_on_the_page_of_one_component() -> None:
    packed = pack_texts(FILES)
    facts = facts_of(packed)
    paths = [path for page in facts["component_pages"] for path in page["files"]]
    assert sorted(paths) == sorted(file.path for file in packed.snapshot.files)
    assert all(page["files"] for page in (*facts["component_pages"], *facts["reference_pages"]))
    pages = [page["page"] for page in (*facts["component_pages"], *facts["reference_pages"])]
    assert len(pages) == len(set(pages))


def test_key_definitions_come_with_their_uses_examples_and_tests_first() -> None:
    pages = {page["name"]: page for page in facts_of(pack_texts(FILES))["component_pages"]}
    page = next(page for page in pages.values() if "shop/a/one.py" in page["files"])
    used = page["key_symbols"][0]
    assert used["definition"] == "shop/a/one.py::used"
    assert [(use["path"], use["line"]) for use in used["uses"]] == [
        ("tests/test_one.py", 5),
        ("shop/a/two.py", 5),
    ]
    assert not any("_own" in definition for definition in page["key_definitions"])


def test_what_is_assigned_to_exports_is_no_member() -> None:
    facts = facts_of(
        pack_texts({"index.js": "exports.sign = function (value) {\n  return 1;\n};\n"})
    )
    (page,) = facts["component_pages"]
    assert page["key_definitions"] == facts["guide_choices"] == ["index.js::exports.sign"]


def test_constants_of_settings_modules_are_configuration() -> None:
    facts = facts_of(pack_texts(FILES))
    assert [(row["name"], row["default"]) for row in facts["constants"]] == [("LIMIT", "10")]
    assert facts["configuration_pages"][0]["files"] == ["shop/settings.py"]
    assert facts_of(pack_texts({"a.py": "x = 1\n"}))["configuration_pages"] == []


@pytest.mark.parametrize(
    ("code", "default"),
    [
        ('os.environ.get("A", "b")', '"b"'),
        ('os.getenv("A", default=3)', "3"),
        ('os.environ["A"]', ""),
        ('(os.environ.get("A"),\n "c")', ""),
        ("process.env.A || 'x'", "'x'"),
        ("process.env['A'] ?? 8", "8"),
        ('os.environ.get("A") or "z"', '"z"'),
        ('os.Getenv("A")', ""),
    ],
)
def test_the_default_of_a_variable_is_what_stands_beside_it(code: str, default: str) -> None:
    assert default_of(f"\n{code}\n", 2, "A") == default


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "class A:\n    def b(self): ...\n    def _c(self): ...\ndef _d(): ...\n", "A A.b"),
        ("a.py", "def a():\n    def inner(): ...\nclass _B:\n    def c(self): ...\n", "a"),
        ("a.go", "package a\nfunc Do() {}\nfunc do() {}\ntype Row struct{}\n", "Do Row"),
        ("a.rs", "pub fn a() {}\nfn b() {}\npub trait T { fn c(&self) {} }\n", "a T T.c"),
        (
            "a.rs",
            "pub struct A;\nimpl A { pub fn b() {} }\nstruct D;\nimpl D { pub fn e() {} }\n",
            "A A.b",
        ),
        ("a.rs", "pub(crate) fn a() {}\n", ""),
        ("a.go", "package a\nfunc (r *row) Do() {}\nfunc (r *Row) Do() {}\n", "Do"),
        (
            "A.java",
            "public class A { public void b() {} private void c() {} void d() {} }",
            "A A.b",
        ),
        ("I.java", "public interface I { void b(); }", "I I.b"),
        ("a.ts", "export class A { private b() {} c() {} }\n", "A A.c"),
        ("a.js", "class A { #b() {} c() {} }\n", "A A.c"),
        ("a.js", "class A { b() {} }\nclass C {}\nexport { C };\n", "C"),
        ("a.js", "export const api = {};\napi.get = function () {};\n", "api.get"),
        ("_a.py", "def a(): ...\n", ""),
        ("a.c", "int a(void) { return 1; }\nstatic int b(void) { return 2; }\n", "a"),
        ("a.kt", "class A { private fun b() {}\n fun c() {} }\n", "A A.c"),
    ],
)
def test_what_a_file_offers_to_others(path: str, text: str, expected: str) -> None:
    analysis = analyse(path, text)
    assert analysis is not None
    shown = public_symbols(path, analysis, text)
    assert " ".join(symbol.name for symbol in shown) == expected


@given(st.lists(st.text(max_size=30), unique=True, max_size=12))
def test_every_name_has_an_address_of_its_own(names: list[str]) -> None:
    found = slugs(names)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    assert all(slug.strip("abcdefghijklmnopqrstuvwxyz0123456789-") == "" for slug in found.values())
    assert not {"index", "readme", ""} & set(found.values())


def guide(task: str, definition: str) -> dict[str, Any]:
    path, _, symbol = definition.partition("::")
    return {"task": task, "evidence": Evidence(path, "", Grade.VERIFIED, path, 1, symbol=symbol)}


def test_an_outline_is_held_against_the_graph() -> None:
    facts = facts_of(pack_texts(FILES))
    parts = [{"component": name, "summary": "Works."} for name in ("shop/a", "moon", "shop/a")]
    tasks = [
        guide("Run the shop.", "shop/a/one.py::used"),
        guide("Run it twice", "shop/a/one.py::used"),
        guide("Run  the shop", "shop/a/two.py::call"),
        guide("Reach within", "shop/a/one.py::_own"),
        guide("Call it", "shop/a/two.py::call"),
    ]
    answers = {
        "parts": [CheckedAnswer(None, {"parts": parts}), CheckedAnswer(None, None, "empty")],
        "guides": [CheckedAnswer(None, {"guides": tasks})],
    }
    outline = components_and_guides(answers, facts)
    assert set(outline["parts"]) <= {row["name"] for row in facts["component_pages"]}
    assert outline["guides"] == [
        {"definition": "shop/a/one.py::used", "task": "Run the shop"},
        {"definition": "shop/a/two.py::call", "task": "Call it"},
    ]
    pages = with_guides(outline, facts)["guide_pages"]
    assert [page["page"] for page in pages] == ["how-to/run-the-shop.md", "how-to/call-it.md"]
    assert all(page["files"] for page in pages)


def test_a_task_that_has_nothing_to_do_with_its_definition_is_the_plain_one() -> None:
    facts = facts_of(pack_texts({"web/main.py": 'def create_app():\n    """Sets up routes."""\n'}))

    def titled(task: str) -> str:
        answers = {
            "parts": [],
            "guides": [CheckedAnswer(None, {"guides": [guide(task, "web/main.py::create_app")]})],
        }
        return str(components_and_guides(answers, facts)["guides"][0]["task"])

    assert titled("Understand the code base thoroughly") == "Use create_app"
    assert titled("Read its dependencies and their order") == "Use create_app"
    for task in ("Learn which routes there are", "Maintain an application", "Einen Shop betreiben"):
        assert titled(task) == task


def test_what_only_names_files_is_no_task_and_no_summary() -> None:
    facts = facts_of(pack_texts(FILES))
    name = next(row["name"] for row in facts["component_pages"] if "shop/a/one.py" in row["files"])
    parts = [{"component": name, "summary": "It has the files one.py, two.py."}]
    tasks = [
        guide("Read the README.md to understand it", "shop/a/one.py::used"),
        guide("Call what two.py offers", "shop/a/two.py::call"),
    ]
    answers = {
        "parts": [CheckedAnswer(None, {"parts": parts})],
        "guides": [CheckedAnswer(None, {"guides": tasks})],
    }
    outline = components_and_guides(answers, facts)
    assert outline["parts"] == {}
    assert [row["task"] for row in outline["guides"]] == ["Use used", "Call what two.py offers"]


def test_without_an_answer_guides_are_about_what_most_files_use() -> None:
    facts = facts_of(pack_texts(FILES))
    answers = {"parts": [], "guides": [CheckedAnswer(None, None, "empty")]}
    outline = components_and_guides(answers, facts)
    assert outline["guides"][0] == {"definition": "shop/a/one.py::used", "task": "Use used"}
    assert with_guides(None, facts)["guide_pages"]
