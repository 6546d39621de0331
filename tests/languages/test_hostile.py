"""Text made to keep a grammar busy: every language records it, within limits that are numbers."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping

import pytest

from scout_codebase.languages import syntax
from scout_codebase.languages.analyse import analyse
from scout_codebase.languages.spec import LanguageSpec
from scout_codebase.languages.table import LANGUAGES
from scout_codebase.records import FileAnalysis

LENGTH = 6_000
WHOLE = 250_000
PIECES: Mapping[str, str] = {
    "calls": "f(",
    "indexes": "a[",
    "blocks": "a {",
    "assigned blocks": "x={",
    "brackets that are wrong": "([{",
    "closing brackets": ")]}",
    "type arguments": "a<",
    "tags": "<a b=",
    "comments of C": "/* ",
    "comments of Haskell": "{- ",
    "comments of Lua": "--[[",
    "comments of markup": "<!-- ",
    "quotes": '"a ',
    "strings of three quotes": '""" ',
    "apostrophes": "'a ",
    "templates": "`${",
    "interpolations": '"#{',
    "word lists": "%w(",
    "heredocs": "<<A\n",
    "raw strings": 'r#"',
    "continued lines": "\\\n",
    "sums": "a+",
    "chains of members": "a.b.",
    "arrows": "a=>",
    "conditions": "a?b:",
    "calls on one line": "x = f(a, b); ",
    "lines of many languages": "func f() { `x` }\n#include <a>\ndef f(:\n<p class='a'>it's</p>\n",
}


def path_for(spec: LanguageSpec) -> str:
    return f"a{spec.extensions[0]}"


def repeated(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def analysed(path: str, text: str) -> FileAnalysis:
    analysis = analyse(path, text)
    assert analysis is not None
    return analysis


@pytest.mark.parametrize(
    "spec",
    [spec for spec in LANGUAGES if spec.grammar and not spec.view and spec.name != "notebook"],
    ids=lambda spec: spec.name,
)
def test_hostile_text_in_every_language_is_recorded(
    spec: LanguageSpec, seconds_for_plain_source: float
) -> None:
    path = path_for(spec)
    analyse(path, "")  # loads the grammar and the queries
    for name, piece in PIECES.items():
        text = repeated(piece, LENGTH)
        started = time.thread_time()
        analysis = analysed(path, text)
        assert time.thread_time() - started < 8 * seconds_for_plain_source, name
        assert analysis.language == spec.name
        assert analysis.line_count == text.count("\n") + (not text.endswith("\n"))
        assert not analysis.timed_out, name


ENDLESS = [  # each took from four seconds to for ever, or all memory
    ("comments that Swift looks for the end of", "a.swift", "/* "),
    ("comments that Objective-C looks for the end of", "a.m", "/* "),
    ("comments that C looks for the end of", "a.c", "/* "),
    ("brackets that Lua looks for the end of", "a.lua", "["),
    ("readings of C that multiply", "a.c", "<!--"),
    ("strings in C# that do not end", "a.cs", '"a '),
    ("conditions of Ruby without an end", "a.rb", "a?b:"),
    ("tags in Swift", "a.swift", "<a b="),
    ("continued lines of Haskell", "a.hs", "\\\n"),
    ("brackets that C finds open at the end", "a.c", "%w("),
    ("braces that overflow the stack of C", "a.c", "{-"),
    ("tags that HTML never sees closed", "a.html", "<a>"),
    ("strings within strings of HCL", "a.tf", '""" '),
    ("braces that overflow the stack of C++", "a.cpp", "{-"),
]


@pytest.mark.parametrize(
    ("path", "piece"), [row[1:] for row in ENDLESS], ids=[r[0] for r in ENDLESS]
)
def test_what_a_grammar_would_read_for_ever_is_given_up_by_number(
    path: str, piece: str, seconds_for_plain_source: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the net of processor time, which would let the machine decide."""
    analyse(path, "")
    clock = time.thread_time
    started = clock()
    monkeypatch.setattr(syntax.Deadline, "passed", False)
    analysis = analysed(path, repeated(piece, WHOLE))
    assert clock() - started < 20 * seconds_for_plain_source
    assert (analysis.complete, analysis.timed_out) == (False, False)
    assert (analysis.imports, analysis.symbols, analysis.places) == ((), (), ())
    assert analysis.syntax_errors > 0


def test_assignments_left_open_at_the_end_of_a_short_file_are_given_up(
    seconds_for_plain_source: float,
) -> None:
    """Ten thousand bytes took ten seconds, in one step that nothing interrupts."""
    for path in ("a.c", "a.m", "a.java"):
        analyse(path, "")
        started = time.thread_time()
        assert not analysed(path, repeated("a=>", 10_000)).complete
        assert time.thread_time() - started < 8 * seconds_for_plain_source


CRASHING = ("{-", "%w(", "(", "{", "[", "<", "a<", "f(", "{-/*}*/", "%w(/*)*/")


def test_no_small_text_ends_the_process_that_reads_it() -> None:
    """What is small is parsed in the process of the command itself."""
    code = (
        "from scout_codebase.languages.analyse import analyse\n"
        "for extension in ('.c', '.cpp', '.m', '.cs', '.hs'):\n"
        f"    for piece in {CRASHING!r}:\n"
        "        text = (piece * 20_000)[:20_000]\n"
        "        assert analyse('a' + extension, text) is not None\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_brackets_in_balance_are_not_taken_for_deep_ones() -> None:
    text = "import os\n" + "x = f((a), [b], {c})\n" * 5_000
    analysis = analysed("a.py", text)
    assert analysis.complete
    assert [one.module for one in analysis.imports] == ["os"]


def test_of_a_long_file_in_a_slow_language_the_head_is_analysed() -> None:
    text = "class C { int F() { return 1; } }\n" * 4_000
    analysis = analysed("a.cs", text)
    assert analysis.line_count == 4_000
    assert not analysis.complete
    assert 2_000 < len([one for one in analysis.symbols if one.kind == "class"]) < 4_000


def test_dangerous_calls_within_each_other_take_no_time(seconds_for_plain_source: float) -> None:
    """For each of them all that it holds was looked through, and all that holds it."""
    nested = "eval(" * 200 + "x" + ")" * 200 + "\n"
    analyse("a.py", nested)
    started = time.thread_time()
    analysis = analysed("a.py", nested * 200)
    assert time.thread_time() - started < 30 * seconds_for_plain_source
    assert not analysis.timed_out
    assert {place.category for place in analysis.places} == {"code"}
