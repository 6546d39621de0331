"""What has changed between two states, computed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.changes import api_rows, changes_between, facts_between, file_rows

from scout_codebase.records import Omission, OmissionReason
from scout_codebase.reports.changes.line_counts import changed_lines
from scout_codebase.reports.changes.signatures import Weight, difference

LINES = st.lists(st.sampled_from("abcd"), max_size=9)


def longest_common(old: list[str], new: list[str]) -> int:
    """By the textbook's table."""
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, one in enumerate(old):
        for j, other in enumerate(new):
            best = max(table[i][j + 1], table[i + 1][j])
            table[i + 1][j + 1] = table[i][j] + 1 if one == other else best
    return table[-1][-1]


@settings(deadline=None)
@given(LINES, LINES)
def test_lines_are_those_of_a_shortest_edit_script(old: list[str], new: list[str]) -> None:
    common = longest_common(old, new)
    texts = "".join(f"{line}\n" for line in old), "".join(f"{line}\n" for line in new)
    assert changed_lines(*texts) == (len(new) - common, len(old) - common)


def test_a_file_turned_over_from_end_to_end_is_counted_in_bounded_time() -> None:
    rows = [f"{number}\n" for number in range(20_000)]
    added, removed = changed_lines("".join(rows), "".join(reversed(rows)) + "x\n")
    assert (added, removed) == (1, 0)  # a lower bound: lines that only moved are in neither


# --- symmetry ------------------------------------------------------------------------------------

FUNCTIONS = ("", "a", "a, b", "a, b=1", "a: int")
MODULE = st.lists(
    st.tuples(st.sampled_from(["f", "g", "_h", "A", "B"]), st.sampled_from(FUNCTIONS)),
    max_size=4,
    unique_by=lambda row: row[0],
)
PATHS = ("shop/a.py", "shop/b.py", "tests/test_a.py")
REQUIRED = st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["", ">=1", ">=2"]))
STATES = st.tuples(st.tuples(*[MODULE] * len(PATHS)), REQUIRED, st.sets(st.sampled_from("PQ")))


def texts_of(state: Any) -> dict[str, str]:
    modules, required, variables = state
    texts = {}
    for path, rows in zip(PATHS, modules, strict=True):
        texts[path] = "".join(
            f"class {name}:\n    def m(self, {taken}):\n        pass\n"
            if name.isupper()
            else f"def {name}({taken}):\n    pass\n"
            for name, taken in rows
        )
    texts["requirements.txt"] = "".join(f"{name}{wanted}\n" for name, wanted in required.items())
    texts["shop/env.py"] = "import os\n" + "".join(
        f"os.environ['{name}']\n" for name in sorted(variables)
    )
    return texts


def swapped(kind: str) -> str:
    return {"added": "removed", "removed": "added"}.get(kind, kind)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(STATES, STATES)
def test_swapping_the_states_swaps_what_came_and_what_went(before: Any, after: Any) -> None:
    there = changes_between(texts_of(before), texts_of(after))
    back = changes_between(texts_of(after), texts_of(before))
    for one, other in ((there, back), (back, there)):
        assert one["totals"]["added"] == other["totals"]["removed"]
        assert sorted((row["change"], row["name"], row["members"]) for row in api_rows(one)) == (
            sorted((swapped(row["change"]), row["name"], row["members"]) for row in api_rows(other))
        )
        for name in ("requirements", "settings"):
            assert sorted((row["name"], str(row["was"]), str(row["now"])) for row in one[name]) == (
                sorted((row["name"], str(row["now"]), str(row["was"])) for row in other[name])
            )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(STATES, STATES)
def test_definitions_that_came_and_went_account_for_the_difference(before: Any, after: Any) -> None:
    changes = changes_between(texts_of(before), texts_of(after))
    counts = {"added": 0, "removed": 0}
    for row in api_rows(changes):
        if row["change"] in counts:
            counts[row["change"]] += 1 + row["members"]
    assert counts["added"] - counts["removed"] == public(after) - public(before)


def public(state: Any) -> int:
    """A class counts with its method."""
    names = [name for rows in state[0][:2] for name, _ in rows]
    return sum(2 if name.isupper() else not name.startswith("_") for name in names)


# --- files ---------------------------------------------------------------------------------------

BODY = "".join(f"def part_{number}():\n    return {number}\n\n\n" for number in range(10))


def test_a_file_that_was_moved_and_edited_is_one_renamed_file() -> None:
    edited = BODY.replace("return 3", "return 33")
    changes = changes_between({"old/parts.py": BODY}, {"new/pieces.py": edited, "new/b.py": "b\n"})
    rows = file_rows(changes)
    assert {path: row["kind"] for path, row in rows.items()} == {
        "new/b.py": "new",
        "new/pieces.py": "renamed",
    }
    moved = rows["new/pieces.py"]
    assert (moved["was"], moved["added"], moved["removed"]) == ("old/parts.py", 1, 1)
    assert moved["tokens"] > 0  # its new text is sent
    assert api_rows(changes) == []
    assert [row["was"] for row in changes["api"]["renamed_files"]] == ["old/parts.py"]


def test_a_file_that_was_moved_as_it_is_costs_nothing() -> None:
    rows = file_rows(changes_between({"a.py": BODY}, {"b.py": BODY}))
    assert {path: (row["kind"], row["tokens"]) for path, row in rows.items()} == {
        "b.py": ("renamed", 0)
    }


def test_what_is_hidden_in_one_of_the_states_is_neither_new_nor_gone() -> None:
    hidden = (Omission("a.py", OmissionReason.TOO_LARGE),)
    for before, after, kind in (((), hidden, "no longer shown"), (hidden, (), "shown now")):
        texts = [{"b.py": ""} if side else {"a.py": BODY, "b.py": ""} for side in (before, after)]
        changes = facts_between(texts[0], texts[1], before, after)["changes"]
        row = file_rows(changes)["a.py"]
        assert (row["kind"], row["added"], row["removed"]) == (kind, None, None)
        assert api_rows(changes) == []


def test_every_changed_file_stands_in_one_component_and_the_sums_add_up() -> None:
    before = {f"{part}/{name}.py": BODY for part in ("one", "two") for name in "abc"}
    after = {**before, "one/a.py": "", "two/d.py": "x = 1\n"}
    del after["two/b.py"]
    changes = changes_between(before, after)
    paths = [row["path"] for part in changes["components"] for row in part["rows"]]
    assert sorted(paths) == ["one/a.py", "two/b.py", "two/d.py"]
    for name in ("files", "added", "removed", "tokens"):
        assert changes["totals"][name] == sum(row[name] for row in changes["components"])
    assert changes["totals"]["removed"] == 2 * BODY.count("\n")


# --- definitions ---------------------------------------------------------------------------------

STORE = (
    "class Store:\n    def get(self, key):\n        return key\n\n\n"
    "def find(key, limit):\n    pass\n"
)


def test_what_is_gone_is_named_with_those_who_still_use_it() -> None:
    user = "from shop.store import find\n\nprint(find(1, 2))\n"
    before = {"shop/__init__.py": "", "shop/store.py": STORE, "app.py": user}
    after = {**before, "shop/store.py": STORE.partition("def find")[0]}
    (row,) = api_rows(changes_between(before, after))
    assert (row["change"], row["kind"], row["name"], row["breaks"]) == (
        *("removed", "function", "find"),
        True,
    )
    assert [(use["path"], use["line"]) for use in row["uses"]] == [("app.py", 1), ("app.py", 3)]
    assert (row["was"][0]["path"], row["was"][0]["line"]) == ("shop/store.py", 6)


def test_who_imported_a_file_that_is_gone_still_uses_what_was_in_it() -> None:
    user = "from shop.store import find\n\nprint(find(1, 2))\n"
    before = {"shop/__init__.py": "", "shop/store.py": STORE, "shop/app.py": user}
    after = {name: text for name, text in before.items() if name != "shop/store.py"}
    rows = {row["name"]: row for row in api_rows(changes_between(before, after))}
    assert {name: row["members"] for name, row in rows.items()} == {"Store": 1, "find": 0}
    assert [use["line"] for use in rows["find"]["uses"]] == [1, 3]


def test_a_name_that_others_have_too_is_not_looked_for() -> None:
    before = {
        "a.py": "class A:\n    def run(self): ...\n",
        "b.py": "class B:\n    def run(self): ...\n",
    }
    after = {**before, "a.py": "class A:\n    pass\n", "c.py": "import a\n\na.A().run()\n"}
    (row,) = (row for row in api_rows(changes_between(before, after)) if row["name"] == "A.run")
    assert (row["change"], row["same_name"], row["uses"]) == ("removed", 1, [])


def test_what_moved_to_another_file_has_moved() -> None:
    before = {"a.py": STORE, "b.py": "x = 1\n"}
    first, find = STORE.split("\n\n\n")
    after = {"a.py": f"{find}", "b.py": f"x = 1\n\n\n{first}\n"}
    (row,) = api_rows(changes_between(before, after))
    assert (row["change"], row["name"], row["members"]) == ("moved", "Store", 1)
    assert (row["was"][0]["path"], row["now"][0]["path"]) == ("a.py", "b.py")


def test_layout_and_comments_change_no_signature() -> None:
    before = {"a.py": "def f(a, b=1):\n    pass\n"}
    after = {"a.py": "# new\ndef f(\n    a,  # noqa: B902\n    b=1,\n):\n    return 1\n"}
    assert api_rows(changes_between(before, after)) == []


def test_a_change_behind_the_limit_of_a_signature_is_seen() -> None:
    """The shown form of a signature ends after 300 characters."""
    many = ", ".join(f"parameter_number_{number}=None" for number in range(40))
    before, after = f"def f({many}, z=1): pass\n", f"def f({many}): pass\n"
    (row,) = api_rows(changes_between({"a.py": before}, {"a.py": after}))
    assert (row["change"], row["breaks"]) == ("changed", True)
    assert row["notes"] == [["removes", "z=1"]]


def test_tests_examples_documentation_and_what_is_hidden_are_no_api() -> None:
    code = "def f():\n    pass\n"
    places = ("tests/test_a.py", "examples/a.py", "docs/conf.py", ".github/run.py", "p/_x.py")
    after = {**dict.fromkeys(places, code), "a.py": "def _f():\n    def g(): pass\n"}
    assert api_rows(changes_between({"b.py": ""}, {**after, "b.py": ""})) == []


@pytest.mark.parametrize(
    ("path", "hidden", "visible"),
    [
        ("a.go", "package a\nfunc run() {}\nfunc (e *engine) Run() {}\n", "func Run() {}\n"),
        ("a.rs", "fn run() {}\npub(crate) fn go() {}\n", "pub fn Run() {}\n"),
        ("a.c", "static int run(void) { return 1; }\n", "int Run(void) { return 1; }\n"),
        ("a.ts", "function run() {}\n", "export function Run() {}\n"),
        ("a.js", "function run() {}\n", "exports.Run = function () {};\n"),
        ("A.java", "class A { void a() {} }\n", "public class Run { private void b() {} }\n"),
    ],
)
def test_each_language_says_what_is_visible(path: str, hidden: str, visible: str) -> None:
    changes = changes_between({path: ""}, {path: hidden + visible})
    names = {row["name"].removeprefix("exports.") for row in api_rows(changes)}
    assert names - {"A"} == {"Run"}


ORDER = "puts the parameters in another order"


@pytest.mark.parametrize(
    ("language", "was", "now", "weight", "note"),
    [
        ("python", "def f(a)", "def f(a, b)", Weight.BREAKS, "now requires"),
        ("python", "def f(a)", "def f(a, b=1)", Weight.COMPATIBLE, "adds"),
        ("python", "def f(a, b=1)", "def f(a, x=None, b=1)", Weight.BREAKS, "before b adds"),
        ("python", "def f(a, b)", "def f(b, a)", Weight.BREAKS, ORDER),
        ("python", "def f(a, b=1)", "def f(a, *, b=1)", Weight.BREAKS, "takes by its name alone"),
        ("python", "def f(a=1)", "def f(a)", Weight.BREAKS, "no longer has a default"),
        ("python", "def f(a=1)", "def f(a=2)", Weight.COMPATIBLE, "has another default"),
        ("python", "def f(a)", "def f(b)", Weight.BREAKS, "renames"),
        ("python", "def f(a: int)", "def f(a: str)", Weight.TYPES, "is declared otherwise"),
        ("go", "func f(a int)", "func f(a int64)", Weight.BREAKS, "is declared otherwise"),
        ("go", "func f(a int)", "func f(b int)", Weight.TYPES, "renames"),
        ("go", "func f(a int)", "func f(a int, o ...Option)", Weight.COMPATIBLE, "adds"),
        ("go", "func f() int", "func f() error", Weight.BREAKS, "has another result or modifier"),
        ("typescript", "f(a: string)", "f(a: string, b?: number)", Weight.COMPATIBLE, "adds"),
    ],
)  # fmt: skip
def test_what_a_change_of_a_signature_asks_of_callers(
    language: str, was: str, now: str, weight: Weight, note: str
) -> None:
    found = difference("f", "function", was, now, language)
    assert found.weight is weight
    assert [what for what, _ in found.notes] == [note]
