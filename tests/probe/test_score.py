"""From answers to recall: the figures of the papers, and what must hold for all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scout_codebase.probe.score import score, wilson_interval
from scout_codebase.records import Probe, ProbeAnswer, Question

COUNTS = st.integers(1, 500).flatmap(lambda asked: st.tuples(st.integers(0, asked), st.just(asked)))


@pytest.mark.parametrize(
    ("right", "asked", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_that_of_published_examples(
    right: int, asked: int, low: float, high: float
) -> None:
    """Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine
    17 (1998), table I, method 3."""
    assert wilson_interval(right, asked) == pytest.approx((low, high), abs=5e-5)


@given(COUNTS)
def test_the_interval_holds_the_share_and_mirrors_itself(counts: tuple[int, int]) -> None:
    right, asked = counts
    low, high = wilson_interval(right, asked)
    assert 0 <= low <= right / asked <= high <= 1
    assert high - low > 0
    mirrored = wilson_interval(asked - right, asked)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high))


@given(COUNTS)
def test_more_answers_of_the_same_share_narrow_the_interval(counts: tuple[int, int]) -> None:
    right, asked = counts
    few, many = wilson_interval(right, asked), wilson_interval(right * 4, asked * 4)
    assert many[1] - many[0] < few[1] - few[0]


def test_of_nothing_nothing_is_known() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    assert score([]).recall == 0.0


def answer(choices: int, *, right: bool, failure: str = "") -> ProbeAnswer:
    rows = tuple(map(str, range(choices)))
    probe = Probe("defines", "a.py", 1, 0.5, "x", rows, "0", Question("q", "", 1))
    return ProbeAnswer(probe, "" if failure else rows[0 if right else 1], failure)


@pytest.mark.parametrize(
    ("rights", "recall"),
    [
        ([True] * 6, 1.0),
        ([False] * 6, 0.0),
        ([True, *[False] * 5], 0.0),  # what guessing among six gives
        ([True, True, True, False, False, False], (0.5 - 1 / 6) / (1 - 1 / 6)),
    ],
)
def test_recall_is_corrected_for_guessing(rights: list[bool], recall: float) -> None:
    assert score([answer(6, right=right) for right in rights]).recall == pytest.approx(recall)


def test_chance_is_the_mean_over_the_questions() -> None:
    both = score([answer(2, right=True), answer(6, right=False)])
    assert (both.asked, both.right, both.share) == (2, 1, 0.5)
    assert both.chance == pytest.approx((1 / 2 + 1 / 6) / 2)


def test_an_answer_that_cannot_be_used_is_wrong() -> None:
    assert score([answer(2, right=True, failure="the answer is empty")]).right == 0


@given(st.lists(st.tuples(st.integers(2, 6), st.booleans()), min_size=1, max_size=60))
def test_the_interval_of_recall_holds_it(rows: list[tuple[int, bool]]) -> None:
    found = score([answer(choices, right=right) for choices, right in rows])
    assert 0 <= found.recall_low <= found.recall <= found.recall_high <= 1
