"""Source as HTML: every character of it, and nothing that acts."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.packing import snapshot_of

from scout_codebase.records import Evidence, Grade
from scout_codebase.render.html.excerpts import Excerpts
from scout_codebase.render.html.highlight import Highlighted

SOURCE = '''import os  # why


def find(key, limit=3):
    """Prose < of
    two lines."""
    return "<b>" + str(limit) if None else eval(key)
'''


def read(markup: str) -> str:
    """What is shown, with control characters as themselves."""
    named = re.sub(r'<span class="x">U\+([0-9A-F]+)</span>', lambda m: chr(int(m[1], 16)), markup)
    assert re.sub(r'</?span(?: class="[sckfn]")?>', "", named).count("<") == 0
    return html.unescape(re.sub(r"<[^>]*>", "", named))


def test_comments_strings_keywords_numbers_and_calls_are_told_apart() -> None:
    lines = [Highlighted("a.py", SOURCE).line(number) for number in range(1, 8)]
    assert lines[0] == '<span class="k">import</span> os  <span class="c"># why</span>'
    assert '<span class="k">def</span> <span class="f">find</span>(key' in lines[3]
    assert '<span class="n">3</span>' in lines[3]
    assert lines[5] == '<span class="s">    two lines."""</span>', "it began on another line"
    assert '<span class="s">"&lt;b&gt;"</span>' in lines[6]
    assert Highlighted("a.py", SOURCE).line_count == 7


def test_prose_has_no_keywords() -> None:
    assert Highlighted("README.md", "if this is for you (or not)\n").line(1) == (
        "if this is for you (or not)"
    )


@settings(deadline=None)
@given(
    st.text(st.sampled_from("ab1 \t\"'#/*<>&=(){}\\\u202e\x1b`\n"), max_size=120),
    st.sampled_from(["a.py", "a.js", "a.rs", "a.sh", "a.txt", "a"]),
)
def test_every_line_reads_as_it_is(source: str, path: str) -> None:
    shown = Highlighted(path, source)
    lines = source.split("\n")
    assert [read(shown.line(number)) for number in range(1, len(lines) + 1)] == lines


def test_what_turns_a_line_around_is_named() -> None:
    line = Highlighted("a.py", "x = 1 # \u202e } \u2066\n").line(1)
    assert '<span class="x">U+202E</span>' in line
    assert "\u202e" not in line


def test_a_very_long_line_is_cut() -> None:
    assert len(Highlighted("a.py", "x" * 100_000).line(1)) < 1_000


def excerpts(text: str = SOURCE, address: str = "../shop/a.py#L4") -> Excerpts:
    return Excerpts(snapshot_of({"a.py": text}), lambda path, line: address)


PLACE = Evidence("a.py", "eval(key)", Grade.VERIFIED, "a.py", 7, 7, 40, 49, 1)


def test_an_excerpt_marks_the_lines_of_its_evidence() -> None:
    shown = excerpts().of_finding([replace(PLACE, start_line=1, end_line=1), PLACE])
    assert re.findall(r'data-no="(\d+)"', shown) == ["1", "4", "5", "6", "7"]
    assert len(re.findall(r'class="line hit"', shown)) == 2
    assert re.findall(r'class="step">([a-z]+)', shown) == ["source", "place"]


@pytest.mark.parametrize(
    ("address", "linked"), [("https://github.com/o/r/blob/c/a.py#L7", True), ("../a.py#L7", False)]
)
def test_a_place_is_linked_where_it_is_hosted(address: str, linked: bool) -> None:
    assert ("<a href=" in excerpts(address=address).where("a.py", 7)) is linked


def test_many_steps_and_long_evidence_are_bounded() -> None:
    long = "x = 1\n" * 5_000
    steps = [replace(PLACE, start_line=1, end_line=5_000)] * 500
    assert len(excerpts(long).of_finding(steps)) < 50_000
    assert "<li>487 more steps before</li>" in excerpts(long).of_finding(steps)


def test_evidence_in_a_file_that_is_not_packed_has_no_code() -> None:
    assert "<pre" not in excerpts().of_finding([replace(PLACE, path="gone.py")])
