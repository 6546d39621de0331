"""The recall probe with the embedded engine and its real model."""

from __future__ import annotations

import pytest
from support.probed import invented, packed_texts

from scout_codebase.engines.base import Engine
from scout_codebase.probing import ask_probe, describe_recall, planned_probe
from scout_codebase.progress import Reporter
from scout_codebase.session import Session
from scout_codebase.templates import TemplateLibrary

pytestmark = pytest.mark.embedded


def test_a_real_model_answers_every_question_with_one_of_its_choices(
    embedded_engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prints its curve: how much a model of this size recalls is what it shows, not what is
    demanded of it."""
    packed, reporter = packed_texts(invented(4)), Reporter(quiet=True)
    probe = planned_probe(packed, 12, TemplateLibrary())
    session = Session(packed, embedded_engine, reporter)
    longest = max(session.engine.count_tokens(row.text) or 0 for row in probe.questions)
    session.open_window(longest, max(row.max_tokens for row in probe.questions))
    with reporter.asking("Recall probe", len(probe.questions), packed.pack.tokens) as conversation:
        recall, asked = ask_probe(probe, session, conversation)
    with capsys.disabled():
        print(f"\n{describe_recall(recall)}, chance {recall.score.chance:.0%}")
        for band in recall.bands:
            bar = "#" * round(20 * band.score.share)
            print(f"{band.start:4.0%} {bar:<20} {band.score.right} of {band.score.asked}")
        for row in recall.answers:
            print(f"  {row.probe.kind:<10} {row.given} {'' if row.is_right else '(wrong)'}")
    assert not any(row.failure for row in asked)
    assert recall.score.asked == len(probe.questions) == 12
    assert all(row.given in row.probe.choices for row in recall.answers)
    assert all((row.cached_tokens or 0) > 0.5 * row.prompt_tokens for row in asked[1:])
