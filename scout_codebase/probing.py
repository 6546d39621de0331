"""The recall probe of a run: planned from a packed repository, asked in its session, reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from scout_codebase.errors import UnusableAnswerError
from scout_codebase.pipeline import Packed
from scout_codebase.probe import PackSource, measure_recall, plan_probe
from scout_codebase.progress import Conversation
from scout_codebase.records import (
    AskedQuestion,
    Probe,
    ProbeAnswer,
    ProbePlan,
    Question,
    Recall,
    Report,
    display_path,
)
from scout_codebase.render.curve import recall_curve
from scout_codebase.render.recall import recall_data, recall_values
from scout_codebase.reports.ask import HOPELESS_AFTER, asked_question, usable_value
from scout_codebase.reports.markdown import PAGE_FILTERS
from scout_codebase.reports.tidy import tidy
from scout_codebase.reports.together import in_order
from scout_codebase.session import Session
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens

PROBE = "probe"
"""The name of its report."""
TITLE = "Recall probe"
_PAGE = "probe/page.md.j2"
_PICTURE = "probe.svg"


@dataclass(frozen=True, slots=True)
class PlannedProbe:
    """What is asked of one pack."""

    source: PackSource
    plan: ProbePlan

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(probe.question for probe in self.plan.probes)


def planned_probe(packed: Packed, wanted: int, library: TemplateLibrary) -> PlannedProbe:
    """Raises TemplateError: what is broken shows before anything is sent."""
    library.compile(_PAGE, PAGE_FILTERS)
    source = PackSource(packed.pack, packed.graph)
    return PlannedProbe(source, plan_probe(source, wanted, library))


def describe_probe(probe: PlannedProbe) -> str:
    """What would be asked, one line a question, in the order of their depths."""
    plan, questions = probe.plan, probe.questions
    tokens = sum(count_tokens(question.text) for question in questions)
    replies = sum(question.max_tokens for question in questions)
    kinds = Counter(row.kind for row in plan.probes)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none"
    first = (
        f"{PROBE}: {len(questions)} questions ({told}) of {tokens:,} tokens in all behind the "
        f"shared prefix, answers of at most {replies:,} tokens{_fewer(plan.wanted, len(questions))}"
    )
    rows = (
        f"  {row.depth:4.0%} {row.kind:<10} {display_path(row.path)}:{row.line}, "
        f"{len(row.choices)} choices"
        for row in sorted(plan.probes, key=lambda row: row.depth)
    )
    return "\n".join((first, *rows))


def describe_recall(recall: Recall) -> str:
    score = recall.score
    told = f"{score.right} of {score.asked} facts recalled"
    corrected = f"{score.recall:.0%} corrected for guessing"
    return f"{told}, {corrected}{_fewer(recall.wanted, score.asked)}"


def _fewer(wanted: int, asked: int) -> str:
    if asked == wanted:
        return ""
    return f"; {wanted} were wanted, no more have exactly one right answer at such a depth"


def ask_probe(
    probe: PlannedProbe, session: Session, conversation: Conversation
) -> tuple[Recall, tuple[AskedQuestion, ...]]:
    """Asks every question once: what another try would make of an unusable answer says nothing of
    recall. Raises EngineError or WindowError where the server fails, and UnusableAnswerError where
    the first answers are all unusable."""
    tasks = [partial(_ask, one, session, conversation) for one in probe.plan.probes]
    answers, asked = [], []
    for answer, row in in_order(tasks, session.at_once):
        answers.append(answer)
        asked.append(row)
        if len(asked) == HOPELESS_AFTER and all(one.failure for one in asked):
            raise UnusableAnswerError(
                f"The model's first {HOPELESS_AFTER} answers cannot be used: {row.failure}",
                remedy="Use a larger model, or a server with structured output.",
            )
    return measure_recall(probe.plan, answers, probe.source), tuple(asked)


def _ask(
    probe: Probe, session: Session, conversation: Conversation
) -> tuple[ProbeAnswer, AskedQuestion]:
    question, answer, given, failure = probe.question, None, "", ""
    conversation.question(question.id)
    try:
        answer = session.ask(question, conversation)
        given = usable_value(answer, question.schema)["answer"]
    except UnusableAnswerError as error:
        failure = error.message
    return ProbeAnswer(probe, given, failure), asked_question(question, answer, failure)


def probe_report(
    recall: Recall,
    asked: Sequence[AskedQuestion],
    library: TemplateLibrary,
    filters: Mapping[str, Callable[..., Any]],
) -> Report:
    """The page of the probe, with its picture."""
    values = {"recall": recall_values(recall), "picture": _PICTURE}
    return Report(
        name=PROBE,
        title=TITLE,
        body=tidy(library.render(_PAGE, values, filters)),
        findings=(),
        dismissed=(),
        evidence=(),
        asked=tuple(asked),
        measured={"probe": recall_data(recall)},
        pictures={_PICTURE: recall_curve(recall)} if recall.answers else {},
        counts_unusable=True,
    )
