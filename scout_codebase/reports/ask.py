"""Asks the questions of a report and turns the answers into checked data.

An answer that cannot be used, or of which nothing is in the source, is asked for once more, with
what was wrong said. One that can still not be used makes its section count as failed. Where the
first questions of a report all fail, the model is not up to the work and nothing more is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from scout_codebase.errors import (
    LimitError,
    TemplateError,
    TruncatedAnswerError,
    UnusableAnswerError,
)
from scout_codebase.neutralise import disarm
from scout_codebase.records import (
    Answer,
    Ask,
    AskedQuestion,
    DroppedClaim,
    Evidence,
    Question,
)
from scout_codebase.reports.claims import Claims, unsupported
from scout_codebase.reports.definition import QuestionDefinition, ReportDefinition
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.schema import bind, parse, wanted_lists
from scout_codebase.reports.together import in_order
from scout_codebase.reports.verdicts import VERDICTS
from scout_codebase.templates import STYLE_TEMPLATE, TemplateLibrary

HOPELESS_AFTER = 3
_SHORTEST_PROSE = 40  # characters
_CUT_OFF = "the answer was cut off at its token limit"


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """The answer to one question about one item. ``value`` is prose, or data in which every claim
    (``claims.py``) also has its ``evidence``; None where the question failed (``failure`` says
    why), where the whole answer is a claim that is not in the source (``unsupported`` says why), or
    where the question was not asked (both are "")."""

    item: Any
    value: Any
    failure: str = ""
    unsupported: str = ""


@dataclass(slots=True)
class Interview:
    """What came of the questions of one report. ``stopped`` is the limit that ended it before all
    were asked, "" for none."""

    answers: dict[str, list[CheckedAnswer]] = field(default_factory=dict)
    asked: list[AskedQuestion] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    dropped: list[DroppedClaim] = field(default_factory=list)
    stopped: str = ""


def planned_questions(
    definition: ReportDefinition, facts: Mapping[str, Any], library: TemplateLibrary
) -> list[Question]:
    """Every question that is certain to be asked, in order: those that depend on an earlier
    answer are left out. For the window check, the plan and the progress. Raises TemplateError
    where any schema, those of later questions too, asks for a list that there is not."""
    for row in definition.questions:
        for item in items_of(row, facts)[:1]:
            _check_lists(row, _choices(facts, item), library)
    return [
        build_question(definition, row, facts, item, None, library)
        for row in definition.questions
        if not row.after
        for item in items_of(row, facts)
    ]


def _check_lists(
    row: QuestionDefinition, choices: Mapping[str, Sequence[str]], library: TemplateLibrary
) -> None:
    """Raises TemplateError, naming file and line, for a list that there is not."""
    for name in sorted(wanted_lists(row.schema or {}) - choices.keys()):
        place = row.template
        if row.schema_file:
            before = library.text(row.schema_file).partition(f'"{name}"')[0]
            place = f"{row.schema_file}:{before.count(chr(10)) + 1}"
        raise TemplateError(
            f"{place}: there is no list {name}",
            remedy=f"There are: {', '.join(sorted(choices))}.",
        )


def items_of(row: QuestionDefinition, facts: Mapping[str, Any]) -> Sequence[Any]:
    if row.each and row.each not in facts:
        raise TemplateError(
            f"{row.place}: {row.id} is asked for each of {row.each}, which there is not"
        )
    if row.each and not isinstance(facts[row.each], list):
        raise TemplateError(f"{row.place}: {row.each} is no list, to ask {row.id} for each of it")
    return facts[row.each] if row.each else (None,)


def build_question(
    definition: ReportDefinition,
    row: QuestionDefinition,
    facts: Mapping[str, Any],
    item: Any,
    earlier: Any,
    library: TemplateLibrary,
) -> Question:
    """Renders one question. The template sees ``facts``, ``item`` and ``earlier``."""
    values = {"facts": facts, "item": item, "earlier": earlier}
    text = disarm(_styled(library.render(row.template, values), row, library))
    label = item.get("id", item.get("name", "")) if isinstance(item, Mapping) else ""
    return Question(
        id="/".join(part for part in (definition.name, row.id, str(label)) if part),
        text=f"<question>\n{text}\n</question>\n",
        max_tokens=row.max_tokens,
        schema=bind(row.schema, _choices(facts, item)) if row.schema is not None else None,
        choices=row.choices,
    )


def _styled(text: str, row: QuestionDefinition, library: TemplateLibrary) -> str:
    """With how the answer is to be written, where it is more than a choice of words."""
    style = "" if row.choices else library.render(STYLE_TEMPLATE, {})
    return f"{text.strip()}\n\n{style.strip()}".strip()


def _choices(facts: Mapping[str, Any], item: Any) -> dict[str, Sequence[str]]:
    """``@paths`` is the fact of that name, ``@item.symbols`` the field of the item; lists of
    strings only."""
    rows = {f"@{name}": value for name, value in facts.items()}
    if isinstance(item, Mapping):
        rows |= {f"@item.{name}": value for name, value in item.items()}
    return {
        name: value
        for name, value in rows.items()
        if isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    }


def interview(
    definition: ReportDefinition,
    facts: Mapping[str, Any],
    checker: EvidenceChecker,
    library: TemplateLibrary,
    ask: Ask,
    on_question: Callable[[str], None],
    at_once: int = 1,
    result: Interview | None = None,
) -> Interview:
    """Asks everything the definition asks, up to ``at_once`` questions at a time; what comes of it
    stands in the order of the definition, behind what is in ``result`` already. Raises EngineError
    or WindowError where the server fails, UnusableAnswerError where the model is hopeless, and
    LimitError where a limit is reached before anything is answered; a section that fails is
    recorded."""
    result = result or Interview()
    claims = Claims(checker, result.evidence, result.dropped)
    for rows in _waves(definition.questions):
        turns = [turn for row in rows for turn in _turns(definition, row, facts, result, library)]
        tasks = [
            partial(_ask_twice, turn.question, ask, on_question, checker)
            for turn in turns
            if turn.question
        ]
        replies = in_order(tasks, at_once)
        for turn in turns:
            answers = result.answers.setdefault(turn.row, [])
            if turn.question is None:
                answers.append(CheckedAnswer(turn.item, None))
                continue
            answers.append(_checked_answer(turn.question, turn, next(replies), claims, result))
            _give_up_where_hopeless(result)
    if result.stopped and all(row.failure for row in result.asked):
        raise LimitError(result.stopped)
    return result


@dataclass(frozen=True, slots=True)
class _Turn:
    """One item of one row; ``question`` is None where an earlier answer makes it needless."""

    row: str
    item: Any
    question: Question | None
    verdict: str = ""


def _waves(rows: Sequence[QuestionDefinition]) -> Iterator[list[QuestionDefinition]]:
    """The rows in order, cut where one depends on the answers of another before it."""
    wave: list[QuestionDefinition] = []
    for row in rows:
        if row.after in {other.id for other in wave}:
            yield wave
            wave = []
        wave.append(row)
    if wave:
        yield wave


def _turns(
    definition: ReportDefinition,
    row: QuestionDefinition,
    facts: Mapping[str, Any],
    result: Interview,
    library: TemplateLibrary,
) -> Iterator[_Turn]:
    earlier = result.answers.get(row.after, [])
    result.answers.setdefault(row.id, [])
    for number, item in enumerate(items_of(row, facts)):
        before = earlier[number].value if row.after else None
        needless = row.after and not _wanted(row, before)
        question = (
            None if needless else build_question(definition, row, facts, item, before, library)
        )
        yield _Turn(row.id, item, question, row.verdict)


def _wanted(row: QuestionDefinition, before: Any) -> bool:
    return bool(before and before[row.only_if] if row.only_if else before)


def _give_up_where_hopeless(result: Interview) -> None:
    first = result.asked[:HOPELESS_AFTER]
    if (
        not result.stopped
        and len(result.asked) == HOPELESS_AFTER
        and all(row.failure for row in first)
    ):
        raise UnusableAnswerError(
            f"The model's first {HOPELESS_AFTER} answers cannot be used: {first[-1].failure}",
            remedy="Use a larger model, or a server with structured output.",
        )


@dataclass(frozen=True, slots=True)
class _Reply:
    """The answer, its value, and why it failed ("" where it did not). ``stopped``: the failure is
    a limit of the user's."""

    answer: Answer | None
    value: Any
    failure: str = ""
    stopped: bool = False


def _checked_answer(
    question: Question, turn: _Turn, reply: _Reply, claims: Claims, result: Interview
) -> CheckedAnswer:
    answer, failure = reply.answer, reply.failure
    result.asked.append(asked_question(question, answer, failure))
    result.stopped = result.stopped or (failure if reply.stopped else "")
    if failure or answer is None:
        return CheckedAnswer(turn.item, None, failure)
    checked, why = claims.checked(question.id, reply.value)
    if turn.verdict and checked is not None:
        checked |= VERDICTS[turn.verdict].follows(turn.item, checked, answer.likelihoods)
    return CheckedAnswer(turn.item, checked, unsupported=why)


def _ask_twice(
    question: Question, ask: Ask, on_question: Callable[[str], None], checker: EvidenceChecker
) -> _Reply:
    """The first answer that can be used and of which something is in the source, else the first
    that can be used, else why the second one cannot."""
    on_question(question.id)
    answer, failure = None, ""
    usable: _Reply | None = None
    for attempt in range(2):
        try:
            answer = ask(question if attempt == 0 else _again(question, failure))
            reply = _Reply(answer, usable_value(answer, question.schema))
        except UnusableAnswerError as error:
            failure = error.message
            continue
        except LimitError as error:
            return usable or _Reply(answer, None, error.message, stopped=True)
        failure = unsupported(reply.value, checker)
        if not failure:
            return reply
        usable = usable or reply
    if usable:
        return usable
    if question.schema is not None and failure == _CUT_OFF:
        raise TruncatedAnswerError(
            f"The answer to {question.id} cannot be used: it was twice cut off at its limit of "
            f"{question.max_tokens} tokens, which its schema keeps it below",
            remedy="Use a larger model, or a server that holds to the schema and writes compact "
            "JSON (vLLM: --structured-outputs-config with disable_any_whitespace).",
        )
    return _Reply(answer, None, failure)


def _again(question: Question, failure: str) -> Question:
    note = disarm(f"\nAn earlier answer could not be used: {failure}. Answer again, shorter.\n")
    body = question.text.removesuffix("</question>\n")
    return replace(question, text=f"{body}{note}</question>\n")


def usable_value(answer: Answer, schema: Mapping[str, Any] | None) -> Any:
    """The answer as data or prose; raises UnusableAnswerError where it is neither."""
    text = answer.text.strip()
    if not text:
        raise UnusableAnswerError("the answer is empty")
    if answer.finish_reason == "length":
        raise UnusableAnswerError(_CUT_OFF)
    if schema is not None:
        return parse(text, schema)
    if len(text) < _SHORTEST_PROSE:
        raise UnusableAnswerError("the answer says almost nothing")
    if repeats_itself(text):
        raise UnusableAnswerError("the answer repeats itself")
    return text


def repeats_itself(text: str) -> bool:
    """Whether one line or sentence of some length makes up more than half of a text."""
    parts = [part.strip() for part in re.split(r"\n+|(?<=[.!?])\s+", text)]
    parts = [part for part in parts if len(part) > 15]
    if len(parts) < 6:
        return False
    return max(parts.count(part) for part in set(parts)) * 2 > len(parts)


def asked_question(question: Question, answer: Answer | None, failure: str) -> AskedQuestion:
    """How the question went, for the record of the run."""
    if answer is None:
        return AskedQuestion(question.id, 0, 0, 0, 0.0, 0.0, failure or "no answer")
    return AskedQuestion(
        id=question.id,
        prompt_tokens=answer.prompt_tokens or 0,
        cached_tokens=answer.cached_tokens,
        completion_tokens=answer.completion_tokens or 0,
        seconds=answer.seconds,
        seconds_to_first_token=answer.seconds_to_first_token,
        failure=failure,
        earlier=answer.earlier,
    )


def values(answers: Sequence[CheckedAnswer]) -> Iterator[Any]:
    """The values of those that were answered."""
    return (answer.value for answer in answers if answer.value is not None)
