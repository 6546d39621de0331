"""Names in code font: known where the repository or its dependencies have them, else unmarked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.packing import pack_texts
from support.page import rendered

from scout_codebase.records import Evidence, Grade
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import escape
from scout_codebase.reports.names import NameCheck
from scout_codebase.reports.site_text import (
    different_steps,
    whole_sentences,
    whole_words,
    without_references,
)

FILES = {
    "shop/store/orders.py": (
        "import yaml\n\n\nclass Orders:\n"
        "    def find(self, most=10):\n        return self.rows[:most]\n"
    ),
    "README.md": "Run shop --limit 3.\n",
}
_PACKED = pack_texts(FILES)
CHECKER = EvidenceChecker(_PACKED.pack, _PACKED.graph.analyses)


def names() -> NameCheck:
    return NameCheck(CHECKER, ["PyYAML", "@scope/package"])


@pytest.mark.parametrize(
    "code",
    [
        *("Orders", "Orders.find", "find()", "self.rows", "shop/store/orders.py", "orders.py"),
        *("--limit", "find(self, most=10)", "shop.store.orders.Orders", "orders.Orders.find"),
        *("shop/store/orders.py::Orders.find", "PyYAML", "@scope/package", "self.rows[:most]"),
        *("most=10", "shop --limit 3", "3", "https://made.up/x", "ada@made.up"),
    ],
)
def test_names_that_are_known(code: str) -> None:
    check = names()
    assert check.keep_known(f"a `{code}` b") == f"a `{code}` b"
    assert check.unmarked == 0


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("Customer", "Customer"),
        ("Orders.sort", "Orders.sort"),
        ("store.rows", "store.rows"),
        ("find_all()", r"find\_all()"),
        ("find(nothing)", "find(nothing)"),
        ("shop/store/users.py", "shop/store/users.py"),
        ("pip install shop", "“pip install shop”"),
        ("--sort", "“--sort”"),
        ("<b>x</b>", "“&lt;b>x&lt;/b>”"),
        ("# x", "“# x”"),
    ],
)
def test_names_that_are_nowhere_lose_their_font(code: str, text: str) -> None:
    check = names()
    assert check.keep_known(f"`{code}` and `Orders`") == f"{text} and `Orders`"
    assert check.unmarked == 1


@settings(max_examples=200, deadline=None)
@given(st.text("`ab_*<>[](){}#-!|\\ .:/&;\n1\"'", max_size=40))
def test_what_is_unmarked_is_still_only_text(text: str) -> None:
    page = rendered(names().keep_known(escape(text)))
    assert page.strange == []
    assert page.links == []
    assert "strong" not in page.tags or "**" in text or "__" in text


def test_each_name_of_a_page_counts_once() -> None:
    page = (
        "# `Orders`\n\n`Orders`, `find`, `3`\n\n| a |\n| --- |\n| `self.rows` |\n\n```\n`x`\n```\n"
    )
    assert names().count(page) == 3


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("It finds the orders of a day. It also", "It finds the orders of a day."),
        ("It finds the orders of a day. It sorts.", "It finds the orders of a day. It sorts."),
        ("It finds orders,", "It finds orders"),
        ("It finds `a.b`. By", "It finds `a.b`. By"),
        ("", ""),
    ],
)
def test_a_sentence_that_was_only_begun_is_left_out(text: str, whole: str) -> None:
    assert whole_sentences(text) == whole


def test_code_that_is_cut_ends_with_a_whole_name() -> None:
    assert whole_words("f(" + "a" * 200) == "f(…"
    assert whole_words("f(abc, de…") == "f(abc, …"
    assert whole_words("f(abc)\n -> b") == "f(abc) -> b"
    assert len(whole_words("a, " * 99)) <= 160


def test_a_step_has_a_line_of_its_own() -> None:
    def step(what: str, path: str, line: int) -> dict[str, object]:
        return {"what": what, "evidence": Evidence(path, "", Grade.VERIFIED, path, line)}

    steps = [
        step("it begins", "a.py", 3),
        step("it reads", "a.py", 5),
        step("it reads again", "a.py", 5),
        step("it stores", "b.py", 3),
    ]
    shown = different_steps(steps, {"path": "a.py", "line": 3})
    assert [row["what"] for row in shown] == ["it reads", "it stores"]


def test_links_of_documentation_to_names_are_the_names() -> None:
    text = "Into a [`itoa::Buffer`][Buffer], a [`Row`] or [`find`](crate::find); see [1], `a[0]`."
    wanted = "Into a `itoa::Buffer`, a `Row` or `find`; see [1], `a[0]`."
    assert without_references(text) == wanted
