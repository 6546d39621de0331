"""The window before anything is sent, and what the server says it read after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scout_codebase.budget import (
    LARGEST_CHAT_TEMPLATE,
    Budget,
    ExpectedRead,
    ReadGuard,
    check_held,
    check_window,
    expect_about,
    expect_exactly,
    expect_with_template,
    largest_folders,
)
from scout_codebase.errors import (
    PromptTooLongError,
    ScoutError,
    TruncatedAnswerError,
    TruncatedPromptError,
)
from scout_codebase.records import Answer

SLACK = LARGEST_CHAT_TEMPLATE


def answer(prompt_tokens: int | None) -> Answer:
    return Answer("text", "stop", prompt_tokens, 0, 1, 0.1, 0.2)


@pytest.mark.parametrize(
    ("window", "pack", "question", "reply", "left"),
    [
        (1_000 + SLACK, 800, 150, 50, 0),
        (999 + SLACK, 800, 150, 50, -1),
        (10_485_760, 2_658_263, 400, 420, 10_485_760 - 2_659_083 - SLACK),
        (SLACK, 0, 0, 0, 0),
        (0, 1, 1, 1, -3 - SLACK),
    ],
)
def test_window_arithmetic(window: int, pack: int, question: int, reply: int, left: int) -> None:
    budget = Budget(window, pack, question, reply)
    assert budget.left == left
    assert budget.needed + budget.left == window
    if left >= 0:
        check_window(budget, {})
    else:
        with pytest.raises(PromptTooLongError):
            check_window(budget, {})


def test_the_message_says_how_many_too_many_and_which_folders_hold_them() -> None:
    folders = {".": 900_000, "src": 600_000, "src/api": 200_000, "docs": 300_000}
    with pytest.raises(PromptTooLongError) as caught:
        check_window(Budget(window=100_000, pack=900_000, question=400, reply=420), folders)
    text = str(caught.value)
    assert caught.value.exit_code == 3
    assert "\n" not in text
    assert f"{800_820 + SLACK:,} too many" in text
    for part in ("900,000", "100,000", "src/ 600,000", "docs/ 300,000", "--exclude"):
        assert part in text


def test_the_remedy_is_the_callers_where_it_has_one() -> None:
    with pytest.raises(PromptTooLongError, match="Serve Scout"):
        check_window(Budget(1, 2, 0, 0), {}, remedy="Serve Scout.")


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        ({}, "none"),
        ({".": 10}, "none"),
        ({".": 10, "a": 4, "b": 6}, "b/ 6, a/ 4"),
        ({".": 6, "a": 6, "a/b": 6, "a/b/c": 6}, "a/b/c/ 6"),
        ({".": 9, "a": 9, "a/b": 6, "ab": 6}, "a/ 9, a/b/ 6, ab/ 6"),
        (
            {str(number): number for number in range(1, 9)},
            "8/ 8, 7/ 7, 6/ 6, 5/ 5, 4/ 4",
        ),
        ({"b": 5, "a": 5}, "a/ 5, b/ 5"),
    ],
)
def test_largest_folders(folders: dict[str, int], expected: str) -> None:
    assert largest_folders(folders) == expected


# --- after an answer ----------------------------------------------------------------------------


def guard(window: int = 100_000) -> ReadGuard:
    return ReadGuard("http://server/v1", window, "Serve it whole.", "Let it write more.")


@pytest.mark.parametrize(
    ("expected", "read", "error"),
    [
        (expect_exactly(100), 100, None),
        (expect_exactly(100), 99, TruncatedPromptError),
        (expect_exactly(100), 101, TruncatedPromptError),
        (expect_exactly(100), None, TruncatedPromptError),
        (expect_exactly(100), 0, TruncatedPromptError),
        (expect_with_template(100), 100, None),
        (expect_with_template(100), 100 + SLACK, None),
        (expect_with_template(100), 99, TruncatedPromptError),
        (expect_with_template(100), 101 + SLACK, TruncatedPromptError),
        (expect_with_template(100), None, TruncatedPromptError),
        (expect_about(1_000), 750, None),
        (expect_about(1_000), 1_600, None),
        (expect_about(8_000), 2_050, TruncatedPromptError),  # what Ollama does
        (expect_about(1_000), 699, TruncatedPromptError),
        (expect_about(1_000), 2_001 + SLACK, TruncatedPromptError),
        (expect_about(1_000), None, TruncatedPromptError),
    ],
)
def test_what_the_server_says_it_read(
    expected: ExpectedRead, read: int | None, error: type[ScoutError] | None
) -> None:
    if error is None:
        guard().verify(expected, answer(read), 50)
        return
    with pytest.raises(error) as caught:
        guard().verify(expected, answer(read), 50)
    assert "http://server/v1" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_the_message_names_both_counts_and_the_remedy_of_the_server() -> None:
    with pytest.raises(TruncatedPromptError, match=r"2,050 tokens of the 8,000 that") as caught:
        guard().verify(expect_exactly(8_000), answer(2_050), 50)
    assert str(caught.value).endswith("Serve it whole.")


@given(
    sent=st.integers(1, 10_000_000),
    template=st.integers(0, SLACK),
    more=st.integers(-500, 500),
    lost=st.integers(1, 64),
)
def test_after_the_first_answer_one_lost_token_is_noticed(
    sent: int, template: int, more: int, lost: int
) -> None:
    """The template adds the same to every prompt."""
    sent += 1_000
    judge = guard(20_000_000)
    judge.verify(expect_with_template(sent), answer(sent + template), 50)
    whole = sent + more + template
    judge.verify(expect_with_template(sent + more), answer(whole), 50)
    for read in (whole - lost, whole + lost):
        with pytest.raises(TruncatedPromptError):
            judge.verify(expect_with_template(sent + more), answer(read), 50)


@given(
    sent=st.integers(10_000, 1_000_000),
    ratio=st.floats(0.75, 1.6),
    more=st.integers(-500, 500),
)
def test_another_vocabulary_is_held_to_its_first_answer(sent: int, ratio: float, more: int) -> None:
    judge = guard(20_000_000)
    judge.verify(expect_about(sent), answer(int(sent * ratio)), 50)
    judge.verify(expect_about(sent + more), answer(int((sent + more) * ratio)), 50)
    with pytest.raises(TruncatedPromptError):
        judge.verify(expect_about(sent + more), answer(int(sent * ratio) - 1_200), 50)


@pytest.mark.parametrize(
    ("finish_reason", "wrote", "error"),
    [
        ("stop", 3, None),
        ("length", 50, None),  # what it was granted: the caller judges the text
        ("length", 49, None),
        ("length", 40, TruncatedAnswerError),
        ("stop", 901, TruncatedPromptError),  # 100 + 901 do not fit 1,000: the beginning is gone
        ("stop", 900, None),
        ("length", None, None),
    ],
)
def test_an_answer_that_the_server_cut_short(
    finish_reason: str, wrote: int | None, error: type[ScoutError] | None
) -> None:
    cut = Answer("text", finish_reason, 100, 0, wrote, 0.1, 0.2)
    judge = guard(998)
    if error is None:
        judge.verify(expect_exactly(100), cut, 50)
        return
    with pytest.raises(error) as caught:
        judge.verify(expect_exactly(100), cut, 50)
    assert caught.value.exit_code == 3
    assert caught.value.remedy in ("Serve it whole.", "Let it write more.")


@pytest.mark.parametrize("held", [None, 999])
def test_a_server_that_holds_less_than_it_claims(held: int | None) -> None:
    budget = Budget(window=2_000, pack=800, question=150, reply=50)
    with pytest.raises(PromptTooLongError, match=r"Give it more") as caught:
        check_held(budget, held, "http://server/v1", "Give it more.")
    assert caught.value.exit_code == 3
    assert check_held(budget, 1_000 + SLACK, "http://server/v1", "") == 1_000 + SLACK
