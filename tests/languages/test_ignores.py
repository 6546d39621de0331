"""Comments that ask for suppressions: only comments, only with a class and a reason."""

from __future__ import annotations

import pytest

from scout_codebase.languages.analyse import analyse
from scout_codebase.records import IgnoreComment

WISH = "scout-review: ignore CWE-89 -- a fixed list"


def ignores(path: str, text: str) -> list[IgnoreComment]:
    analysis = analyse(path, text)
    assert analysis is not None
    return list(analysis.ignores)


@pytest.mark.parametrize(
    ("path", "before", "behind"),
    [
        ("a.py", "#", ""),
        ("a.js", "//", ""),
        ("a.ts", "/*", "*/"),
        ("a.go", "//", ""),
        ("A.java", "/*", "*/"),
        ("a.c", "/*", " */"),
        ("a.cpp", "//", ""),
        ("a.cs", "//", ""),
        ("a.rb", "#", ""),
        ("a.rs", "//", ""),
        ("a.kt", "//", ""),
        ("a.swift", "/*", "*/"),
        ("a.scala", "//", ""),
        ("a.sh", "#", ""),
        ("a.lua", "--", ""),
        ("a.ex", "#", ""),
        ("a.hs", "--", ""),
        ("a.jl", "#", ""),
        ("a.zig", "//", ""),
        ("a.tf", "#", ""),
        ("a.html", "<!--", "-->"),
        ("a.css", "/*", "*/"),
    ],
)
def test_in_every_language(path: str, before: str, behind: str) -> None:
    found = ignores(path, f"\n{before} {WISH} {behind}\n")
    assert found == [IgnoreComment(2, 3, ("CWE-89",), "a fixed list")]


def test_php_has_comments_only_within_code() -> None:
    assert ignores("a.php", f"# {WISH}\n<?php\nf(); // {WISH}\n") == [
        IgnoreComment(3, 3, ("CWE-89",), "a fixed list")
    ]


@pytest.mark.parametrize(
    "code",
    [
        f'x = "# {WISH}"\n',
        f"x = '''\n# {WISH}\n'''\n",
        f'def f():\n    """\n    # {WISH}\n    """\n',
        f"f'{{x}} # {WISH}'\n",
        f"scout_review = 1\n{WISH}\n",
    ],
)
def test_a_string_is_no_comment(code: str) -> None:
    assert ignores("a.py", code) == []


def test_a_template_string_is_no_comment() -> None:
    assert ignores("a.js", f"const x = `\n// {WISH}\n`;\n") == []


@pytest.mark.parametrize(
    ("code", "covers"),
    [
        (f"eval(x)  # {WISH}\n", 1),
        (f"# {WISH}\neval(x)\n", 2),
        (f"    # {WISH}\n\neval(x)\n", 2),
        (f"def f():  # {WISH}\n    eval(x)\n", 1),
        (f"# {WISH}", 2),
        (f"f(\n    eval(x),  # {WISH}\n)\n", 2),
    ],
)
def test_which_line_a_comment_speaks_of(code: str, covers: int) -> None:
    assert [row.covers for row in ignores("a.py", code)] == [covers]


@pytest.mark.parametrize(
    ("code", "line", "covers"),
    [
        (f"/* {WISH} */ f(x);\n", 1, 1),
        (f"/*\n * {WISH}\n * and more\n */\nf(x);\n", 2, 5),
        (f"g(); /* {WISH}\n */\nf(x);\n", 1, 1),
        (f"/* one\n {WISH} */ f(x);\n", 2, 2),
        (f"/* {WISH} */\r\nf(x);\r\n", 1, 2),
    ],
)
def test_a_comment_of_several_lines(code: str, line: int, covers: int) -> None:
    assert [(row.line, row.covers) for row in ignores("a.js", code)] == [(line, covers)]


@pytest.mark.parametrize(
    ("wish", "rules", "reason"),
    [
        ("ignore CWE-89 -- it is safe", ("CWE-89",), "it is safe"),
        ("ignore cwe-89, CWE-22 -- two of them", ("CWE-89", "CWE-22"), "two of them"),
        ("ignore CWE-89 -- a -- b", ("CWE-89",), "a -- b"),
        ("ignore   CWE-89\t--\tx", ("CWE-89",), "x"),
    ],
)
def test_classes_and_reason(wish: str, rules: tuple[str, ...], reason: str) -> None:
    (found,) = ignores("a.py", f"# scout-review: {wish}\n")
    assert (found.rules, found.reason, found.refused) == (rules, reason, "")


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ("ignore", "it names no CWE"),
        ("ignore all -- trust me", "it names no CWE"),
        ("ignore CWE -- trust me", "it names no CWE"),
        ("ignore -- CWE-89", "it names no CWE"),
        ("ignore CWE-89", "it gives no reason behind '--'"),
        ("ignore CWE-89 --", "it gives no reason behind '--'"),
        ("ignore CWE-89 -- …!", "it gives no reason behind '--'"),
        ("ignore CWE-89 because I say so", "it gives no reason behind '--'"),
    ],
)
def test_a_wish_without_class_or_reason_is_refused(wish: str, why: str) -> None:
    (found,) = ignores("a.py", f"# scout-review: {wish}\n")
    assert (found.refused, found.reason) == (why, "")


def test_no_reason_in_a_closed_comment() -> None:
    (found,) = ignores("a.js", "/* scout-review: ignore CWE-89 -- */ f(x); // not the reason\n")
    assert found.refused


def test_a_reason_is_cut_and_comments_are_counted() -> None:
    (found,) = ignores("a.py", f"# scout-review: ignore CWE-89 -- {'x' * 5_000}\n")
    assert len(found.reason) == 200
    assert len(ignores("a.py", f"# {WISH}\n" * 3_000)) == 1000
