"""Engines of known recall: the probe measures exactly what they recall."""

from __future__ import annotations

import hashlib

import pytest
from support.probed import invented, packed_texts, planned, probed, reply, wrong

from scout_codebase.errors import TruncatedAnswerError, TruncatedPromptError, UnusableAnswerError
from scout_codebase.probe import measure_recall
from scout_codebase.probing import describe_probe, describe_recall
from scout_codebase.records import Answer, Probe, ProbeAnswer

TEXTS = invented(24)


def test_all_right() -> None:
    recall, asked, engine = probed(TEXTS, 24, lambda probe: reply(probe.answer))
    assert [(band.score.right, band.score.asked) for band in recall.bands] == [(4, 4)] * 6
    assert (recall.score.right, recall.score.asked, recall.score.recall) == (24, 24, 1.0)
    assert recall.weak == ()
    assert describe_recall(recall) == "24 of 24 facts recalled, 100% corrected for guessing"
    assert len(asked) == len(engine.asked) == 24
    assert len(set(engine.prompts)) == 1


def test_all_wrong() -> None:
    recall, _, _ = probed(TEXTS, 24, lambda probe: reply(wrong(probe)))
    assert [(band.score.right, band.score.asked) for band in recall.bands] == [(0, 4)] * 6
    assert (recall.score.right, recall.score.recall) == (0, 0.0)
    assert recall.weak == recall.bands


def test_right_in_the_first_half_only() -> None:
    plan = planned(TEXTS, 24).plan
    middle = plan.borders[3]
    recall, _, _ = probed(
        TEXTS, 24, lambda probe: reply(probe.answer if probe.depth < middle else wrong(probe))
    )
    assert [band.score.right for band in recall.bands] == [4, 4, 4, 0, 0, 0]
    assert recall.weak == recall.bands[3:]
    assert recall.score.right == 12


def test_guesses_have_no_recall() -> None:
    """Guesses that a digest draws: what they get right is known, and near what chance says."""

    def guess(probe: Probe) -> str:
        digest = hashlib.sha256(probe.question.id.encode()).digest()
        return probe.choices[digest[0] % len(probe.choices)]

    recall, _, _ = probed(invented(40), 160, lambda probe: reply(guess(probe)))
    plan = planned(invented(40), 160).plan
    assert recall.score.asked == len(plan.probes)
    assert recall.score.right == sum(guess(row) == row.answer for row in plan.probes)
    assert recall.score.low < recall.score.chance < recall.score.high
    assert recall.score.recall < 0.2
    assert len(recall.weak) >= 8


def test_the_files_of_a_weak_stretch_are_named() -> None:
    weak = {"shop/kk.py", "shop/ll.py", "shop/mm.py", "shop/nn.py"}
    recall, _, _ = probed(
        TEXTS, 48, lambda probe: reply(wrong(probe) if probe.path in weak else probe.answer)
    )
    named = {path for band in recall.weak for path in band.paths}
    assert {row.probe.path for row in recall.answers if not row.is_right} == weak
    assert weak <= named
    assert len(named) < len(TEXTS) / 2
    packed = packed_texts(TEXTS)
    order = [section.path for section in packed.pack.sections if section.path]
    assert [path for band in recall.bands for path in band.paths if path in order]
    for band in recall.bands:
        assert list(band.paths) == [path for path in order if path in band.paths]


def test_answers_are_the_same_in_whatever_order_they_come() -> None:
    probe = planned(TEXTS, 24)
    answers = [ProbeAnswer(row, row.answer) for row in probe.plan.probes]
    backwards = measure_recall(probe.plan, answers[::-1], probe.source)
    assert backwards == measure_recall(probe.plan, answers, probe.source)


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("", "the answer is empty"),
        ("I do not know.", "the answer is not JSON"),
        ('{"answer": "something else"}', "is not one of"),
    ],
)
def test_an_answer_that_cannot_be_used_is_wrong_and_told(text: str, failure: str) -> None:
    bad = {row.question.id for row in planned(TEXTS, 24).plan.probes[3:5]}

    def says(probe: Probe) -> str:
        return text if probe.question.id in bad else reply(probe.answer)

    recall, asked, engine = probed(TEXTS, 24, says)
    assert recall.score.right == 22
    assert {row.id for row in asked if failure in row.failure} == bad
    failed = [row for row in recall.answers if row.failure]
    assert {row.probe.question.id for row in failed} == bad
    assert not any(row.is_right or row.given for row in failed)
    assert len(engine.asked) == 24  # nothing is asked twice


def test_an_answer_cut_at_its_own_limit_is_wrong() -> None:
    late = planned(TEXTS, 24).plan.probes[7].question.id

    def says(probe: Probe) -> str:
        runs_on = "x" * 4 * (probe.question.max_tokens + 1)
        return reply(runs_on) if probe.question.id == late else reply(probe.answer)

    recall, _, _ = probed(TEXTS, 24, says)
    assert [row.probe.question.id for row in recall.answers if row.failure] == [late]


def test_a_server_that_cuts_answers_short_ends_the_probe() -> None:
    packed = packed_texts(TEXTS)

    def says(probe: Probe) -> Answer:
        prompt = packed.pack.text + probe.question.text
        return Answer('{"ans', "length", -(-len(prompt) // 4), 0, 2, 0.1, 0.1)

    with pytest.raises(TruncatedAnswerError):
        probed(TEXTS, 24, says)


def test_a_prompt_that_was_not_read_whole_ends_the_probe() -> None:
    def says(probe: Probe) -> Answer:
        return Answer(reply(probe.answer), "stop", 100, 0, 9, 0.1, 0.1)

    with pytest.raises(TruncatedPromptError):
        probed(TEXTS, 24, says)


def test_a_hopeless_model_is_asked_three_times_and_no_more() -> None:
    with pytest.raises(UnusableAnswerError, match="first 3 answers"):
        probed(TEXTS, 24, lambda probe: "")


def test_what_would_be_asked_is_told_by_depth() -> None:
    probe = planned(TEXTS, 24)
    first, *rows = describe_probe(probe).splitlines()
    assert first.startswith(
        "probe: 24 questions (6 defines, 6 imports, 6 line-after, 6 parameters)"
    )
    assert len(rows) == 24
    assert rows == sorted(rows)
    few = planned({"a.py": TEXTS["shop/aa.py"]}, 40)
    assert "40 were wanted" in describe_probe(few).splitlines()[0]
