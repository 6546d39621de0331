"""What is taken from control tokens and frame tags is their force, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.vocabulary import llama4_special_tokens

from scout_codebase.neutralise import (
    FRAME_TAGS,
    MARK,
    disarm,
    neutralise,
    neutralised_form,
    restore,
)

SPECIAL = llama4_special_tokens()
FRAME = [
    *(f"</{tag}>" for tag in FRAME_TAGS),
    *(f"<{tag}>" for tag in FRAME_TAGS),
    '<file path="a.py">',
]
ACTIVE = re.compile("|".join(map(re.escape, (*SPECIAL, *FRAME[:-1], '<file path="'))))

fragments = st.sampled_from(
    ["<", "|", MARK, ">", "/", "\n", "a", '"', " ", f"<{MARK}", *FRAME, *SPECIAL[:20], "<|im_end|>"]
)
texts = (
    st.text(alphabet=f'<|{MARK}>/file path="_0\n', max_size=60)
    | st.lists(fragments, max_size=20).map("".join)
    | st.text(max_size=60)
)
examples = settings(deadline=None, max_examples=500)


@examples
@given(texts)
def test_restoring_undoes_neutralising(text: str) -> None:
    assert restore(neutralise(text)[0]) == text


@examples
@given(texts)
def test_nothing_that_is_left_is_active(text: str) -> None:
    assert not ACTIVE.search(neutralise(text)[0])


@examples
@given(texts)
def test_each_rewriting_is_one_mark_and_is_counted(text: str) -> None:
    harmless, found = neutralise(text)
    assert len(harmless) - len(text) == found.total()
    assert harmless.replace(MARK, "") == text.replace(MARK, "")
    assert all(neutralised_form(original) == f"<{MARK}{original[1:]}" for original in found)


@examples
@given(texts)
def test_lines_keep_their_numbers(text: str) -> None:
    before, after = text.split("\n"), neutralise(text)[0].split("\n")
    assert [neutralise(line)[0] for line in before] == after


@examples
@given(texts)
def test_disarm_leaves_marked_text_alone(text: str) -> None:
    marked = neutralise(text)[0]
    assert disarm(marked) == marked
    assert not ACTIVE.search(disarm(text))
    assert disarm(disarm(text)) == disarm(text)


def test_all_special_tokens_of_the_vocabulary_are_rewritten() -> None:
    assert len(SPECIAL) == 2048
    for token in SPECIAL:
        harmless, found = neutralise(f"a{token}b")
        assert token not in harmless, token
        assert found == {token: 1}
        assert restore(harmless) == f"a{token}b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<|eot|>", f"<{MARK}|eot|>"),
        ("<|im_start|>user", f"<{MARK}|im_start|>user"),
        (f"<{MARK}|eot|>", f"<{MARK}{MARK}|eot|>"),
        ("</file>", f"<{MARK}/file>"),
        ('<file path="x">', f'<{MARK}file path="x">'),
        ("</question>", f"<{MARK}/question>"),
        ("<|eot|><|eot|>", f"<{MARK}|eot|><{MARK}|eot|>"),
        ("<<|eot|>", f"<<{MARK}|eot|>"),
    ],
)
def test_what_is_rewritten(text: str, expected: str) -> None:
    assert neutralise(text)[0] == expected
    assert neutralised_form(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "a < b", "a <| b |> c", "<||>", "<|two words|>", "<files>", "</filer>", "x <- y", MARK],
)
def test_what_is_left_alone(text: str) -> None:
    assert neutralise(text) == (text, {})
    assert disarm(text) == text


def test_half_marked_text_is_marked_where_it_was_not() -> None:
    mixed = f"<{MARK}|eot|> and <|eot|>"
    assert disarm(mixed) == f"<{MARK}|eot|> and <{MARK}|eot|>"
