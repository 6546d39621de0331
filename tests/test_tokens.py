"""Counts are exact: held to the vocabulary as Meta's own package loads it."""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.vocabulary import llama4_reference, llama4_special_tokens

from scout_codebase import tokens
from scout_codebase.tokens import count_tokens, encode

MILLIONS = 2_000_000

# What a split of blank runs could get wrong: each kind of blank that a regular expression or
# Python knows, newlines, what takes a blank with it (letters, punctuation) and what does not.
CHARACTERS = " \t\x0b\x0c\x1c\x1f\x85\xa0\u2003\u2028\u3000\r\nabXé好1'!(</\u0301\U0001f600\0"
texts = st.text(alphabet=CHARACTERS, max_size=40) | st.text(max_size=40)
blank_texts = st.text(alphabet=" \t\x0b\x1c\x85\xa0\u2028\r\na1(<", max_size=24)

relaxed = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300
)


def reference(text: str) -> list[int]:
    return llama4_reference().encode_ordinary(text)


ORDINARY = {
    "nothing": "",
    "a space": " ",
    "a newline": "\n",
    "Python": "def total(orders: list[Order]) -> int:\n    return sum(o.price for o in orders)\n",
    "CRLF": "line one\r\n\tline two\r\n\r\n",
    "contractions": "I'LL say we've what he'd said, 'tis",
    "numbers": "1 12 123 1234 12345.6789e-10",
    "Chinese": "这个函数返回订单的总数。\n",
    "Arabic": "هذه الدالة تعيد مجموع الطلبات",
    "emoji": "ok 👍🏽 family 👨‍👩‍👧‍👦",
    "control characters": "a\x00b\x1b[0m\x7f",
    "trailing blanks": "a   \n   b   ",
    "slashes": "//// comment\n/* x */\n<p>a</p>\n",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_text_is_encoded_as_by_the_reference(text: str) -> None:
    assert encode(text) == reference(text)
    assert count_tokens(text) == len(encode(text))


def test_real_source_is_encoded_as_by_the_reference() -> None:
    library = Path(sysconfig.get_paths()["stdlib"])
    for name in ("argparse.py", "textwrap.py", "encodings/cp1252.py", "turtle.py"):
        text = (library / name).read_text(encoding="utf-8")
        assert encode(text) == reference(text), name
        assert count_tokens(text) == len(encode(text)), name


@relaxed
@given(texts)
def test_any_text_is_encoded_as_by_the_reference(text: str) -> None:
    assert encode(text) == reference(text)
    assert count_tokens(text) == len(encode(text))


# --- long runs of blanks ------------------------------------------------------------------------


@pytest.fixture
def short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cuts runs from two blanks on, so that small texts meet the cut."""
    shortened = tokens._LONG_BLANK_RUN.pattern.replace("65536", "2")
    assert shortened != tokens._LONG_BLANK_RUN.pattern
    monkeypatch.setattr(tokens, "_LONG_BLANK_RUN", re.compile(shortened))


@settings(relaxed, max_examples=1500)
@given(blank_texts | texts)
def test_the_cut_around_blank_runs_changes_no_token(short_runs: None, text: str) -> None:
    assert encode(text) == reference(text)
    assert count_tokens(text) == len(reference(text))


@pytest.mark.usefixtures("short_runs")
@pytest.mark.parametrize(
    "text",
    [
        "a   b",
        "a   ",
        "   ",
        "a  \n  b",
        "a \t \t(",
        "\n   \n   x",
        "a  \r\n\r\n  1",
        "a \x1c b",
        "a  \x1c",
        "\x85\x85x",
        "  \u2028  x",
        "a   'll",
    ],
)
def test_the_cut_is_where_the_split_pattern_cuts(text: str) -> None:
    assert encode(text) == reference(text)


@pytest.mark.parametrize(
    ("before", "blank", "after"),
    [
        ("", " ", ""),
        ("x", " ", "y"),
        ("(", " ", "("),
        ("1", " ", "\n"),
        ("x", "\t", ""),
        ("\n", "\t", "1"),
        ("\n<", "\t", "\r\n<"),
    ],
    ids=repr,
)
def test_two_million_blanks_are_counted(before: str, blank: str, after: str) -> None:
    """The widest token holds 64 spaces or 32 tabs, so that many more blanks are one token more;
    how a few thousand are counted, the reference can say."""
    width = {" ": 64, "\t": 32}[blank]
    fewer = MILLIONS % width + 40 * width
    expected = len(reference(before + blank * fewer + after)) + (MILLIONS - fewer) // width
    assert count_tokens(before + blank * MILLIONS + after) == expected


@pytest.mark.parametrize("unit", ["\x85", "\x1c", "0", " \n", "\u0301"], ids=repr)
def test_two_million_of_anything_else_are_counted(unit: str) -> None:
    text = unit * (MILLIONS // len(unit))
    assert 0 < count_tokens(text) <= MILLIONS


# --- what is not ordinary -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "as_received"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udfff", "\ufffd"),
        ("x\udc80", "x\ufffd"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\ud800\ud800\n", "\ufffd\ufffd\n"),
    ],
    ids=ascii,
)
def test_lone_surrogates_count_as_what_a_server_receives(text: str, as_received: str) -> None:
    assert encode(text) == reference(as_received)
    assert count_tokens(text) == len(reference(as_received))


def test_special_tokens_count_as_plain_text() -> None:
    control = set(llama4_reference()._special_tokens.values())
    assert len(control) == 2048
    text = " ".join(llama4_special_tokens())
    ids = encode(text)
    assert control.isdisjoint(ids)
    assert llama4_reference().decode(ids) == text
    assert count_tokens("<|eot|>") == len(reference("<|eot|>")) > 1


# --- sections -----------------------------------------------------------------------------------


@settings(relaxed, max_examples=600)
@given(texts, texts)
def test_sections_add_up(short_runs: None, one: str, other: str) -> None:
    """A section ends in a newline and the next begins with ``<``: no token spans the border."""
    first, second = f"{one}\n", f"<{other}\n"
    assert count_tokens(first) + count_tokens(second) == count_tokens(first + second)
