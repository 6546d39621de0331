"""What a report asks: ``report.toml`` and the files beside it, read and checked before anything
is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from scout_codebase.errors import TemplateError
from scout_codebase.reports.markdown import PAGE_FILTERS
from scout_codebase.reports.schema import check_schema, tokens_of_longest
from scout_codebase.reports.verdicts import VERDICTS
from scout_codebase.templates import TemplateLibrary
from scout_codebase.templates.positions import toml_line

QUESTION_VARIABLES = ("earlier", "facts", "item")
"""What the template of a question sees, besides how to write (``templates/style.py``)."""
PAGE_VARIABLES = (
    *("answers", "dismissed", "facts", "failed", "finding_counts", "findings", "judged"),
    *("comparison", "states_line", "summary_line", "suppressed", "suppressions"),
)
"""What the template of a page sees besides."""
FEWEST_PROSE_TOKENS = 20
"""An answer in prose has forty characters at least (``ask.py``)."""
PAGE_TEMPLATE = "report.md.j2"
FINDERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "judged-places": {
        "judge": ("answer", "vulnerable", "score"),
        "refute": ("refuted", "guard", "reached_by", "stands"),
    }
}
"""What turns answers into findings, and the questions that it needs, with what it reads of them."""


@dataclass(frozen=True, slots=True)
class QuestionDefinition:
    """One ``[[question]]``. ``each`` names a list of facts: the question is asked once for every
    item of it; "" asks once. ``schema`` is None for an answer in prose. ``only_if`` names a
    field of an earlier answer to the same item that must be true. Of ``choices``, the words of an
    answer, it is asked how likely the model held each. ``verdict`` is the row of ``VERDICTS`` that
    adds to an answer what follows from it, "" where nothing does. ``place`` is the file and the
    line that define it."""

    id: str
    template: str
    max_tokens: int
    each: str = ""
    after: str = ""
    only_if: str = ""
    schema: Mapping[str, Any] | None = None
    choices: tuple[str, ...] = ()
    verdict: str = ""
    place: str = ""
    schema_file: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """What an answer holds, so far as that is known before."""
        adds = VERDICTS[self.verdict].adds if self.verdict else ()
        return frozenset((*(self.schema or {}).get("properties", {}), *adds))


@dataclass(frozen=True, slots=True)
class ReportDefinition:
    """A report by name: its title, one sentence on what it is, and its questions in order.
    ``finder`` names what turns the answers into findings, "" for a report without any. ``data`` are
    the facts that the report's JSON holds."""

    name: str
    title: str
    summary: str
    questions: tuple[QuestionDefinition, ...]
    finder: str = ""
    data: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        return f"{self.name}/{PAGE_TEMPLATE}"

    @property
    def longest_reply(self) -> int:
        return max((question.max_tokens for question in self.questions), default=0)


_FIELDS = frozenset(("title", "summary", "data", "findings", "question"))
_QUESTION_FIELDS = frozenset(row.name for row in fields(QuestionDefinition)) - {
    "place",
    "schema_file",
}


def fields_of() -> tuple[frozenset[str], frozenset[str]]:
    """What a ``report.toml`` may hold: above its questions, and in each of them."""
    return _FIELDS, _QUESTION_FIELDS


def load_definition(library: TemplateLibrary, name: str) -> ReportDefinition:
    """Reads ``name/report.toml``. Raises TemplateError, naming the file, where it or any template
    or schema it names is missing or broken."""
    file = f"{name}/report.toml"
    data = library.toml(file)
    rows = data.get("question", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TemplateError(f"{file}: the questions must be tables called [[question]]")
    text = library.text(file)
    _refuse_unknown(file, text, data, _FIELDS, None)
    questions = tuple(
        _question(library, name, row, _Row(file, text, number)) for number, row in enumerate(rows)
    )
    definition = ReportDefinition(
        name=name,
        title=_text(file, data, "title"),
        summary=_text(file, data, "summary"),
        questions=questions,
        finder=str(data.get("findings", "")),
        data=_words(file, data, "data"),
    )
    _check_references(file, questions)
    _check_finder(file, definition)
    library.compile(definition.page, PAGE_FILTERS, PAGE_VARIABLES)
    return definition


@dataclass(frozen=True, slots=True)
class _Row:
    """Where a ``[[question]]`` stands: in the text of a file, by its number from 0."""

    file: str
    text: str
    number: int

    def at(self, key: str = "") -> str:
        return f"{self.file}:{toml_line(self.text, self.number, key)}"


def _refuse_unknown(
    file: str, text: str, data: Mapping[str, Any], known: frozenset[str], number: int | None
) -> None:
    for key in data.keys() - known:
        near = get_close_matches(key, known, n=1)
        raise TemplateError(
            f"{file}:{toml_line(text, number, key)}: there is no field '{key}'",
            remedy=f"Did you mean {near[0]}?"
            if near
            else f"There are: {', '.join(sorted(known))}.",
        )


def _check_finder(file: str, definition: ReportDefinition) -> None:
    if not definition.finder:
        return
    if definition.finder not in FINDERS:
        raise TemplateError(f"{file}: nothing makes findings by the name {definition.finder}")
    asked = {question.id: question for question in definition.questions}
    for needed, wanted in FINDERS[definition.finder].items():
        if needed not in asked:
            raise TemplateError(f"{file}: {definition.finder} needs a question called {needed}")
        if asked[needed].each != "places":
            raise TemplateError(f"{file}: {needed} must be asked of each of the places")
        _check_fields(f"{file}: {definition.finder}", asked[needed], wanted)


def _check_fields(reader: str, question: QuestionDefinition, wanted: Sequence[str]) -> None:
    for field in wanted:
        if field not in question.fields:
            raise TemplateError(f"{reader} needs a field '{field}' of the answer to {question.id}")


def _question(
    library: TemplateLibrary, report: str, row: Mapping[str, Any], where: _Row
) -> QuestionDefinition:
    file = where.at()
    _refuse_unknown(where.file, where.text, row, _QUESTION_FIELDS, where.number)
    template = f"{report}/{_text(file, row, 'template')}"
    library.compile(template, variables=QUESTION_VARIABLES)
    schema, schema_file = None, ""
    if "schema" in row:
        schema_file = f"{report}/{_text(file, row, 'schema')}"
        schema = library.json(schema_file)
        check_schema(schema_file, schema, library.text(schema_file))
    max_tokens = _limit(row, schema, where)
    question = QuestionDefinition(
        id=_text(file, row, "id"),
        template=template,
        max_tokens=max_tokens * library.style.reply_factor,
        each=str(row.get("each", "")),
        after=str(row.get("after", "")),
        only_if=str(row.get("only_if", "")),
        schema=schema,
        choices=_words(file, row, "choices"),
        verdict=_verdict(file, row),
        place=file,
        schema_file=schema_file,
    )
    if question.verdict:
        reads = VERDICTS[question.verdict].reads
        _check_fields(f"{file}: the verdict {question.verdict}", question, reads)
    return question


def _limit(row: Mapping[str, Any], schema: Mapping[str, Any] | None, where: _Row) -> int:
    """``max_tokens``, once it is known that the longest answer fits."""
    limit = row.get("max_tokens")
    place = where.at("max_tokens")
    if type(limit) is not int or limit < 1:
        raise TemplateError(f"{place}: question {row.get('id')} needs a max_tokens above 0")
    least = FEWEST_PROSE_TOKENS if schema is None else tokens_of_longest(schema)
    if limit < least:
        what = (
            "prose needs" if schema is None else "the longest answer that its schema allows needs"
        )
        raise TemplateError(
            f"{place}: {limit} tokens are too few for question {row.get('id')}: {what} {least}",
            remedy=f"Set max_tokens to {least}, or allow less.",
        )
    return limit


def _words(file: str, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    words = row.get(key, [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        whose = f"question {row['id']}: " if "id" in row else ""
        raise TemplateError(f"{file}: {whose}'{key}' must be a list of words")
    return tuple(words)


def _verdict(file: str, row: Mapping[str, Any]) -> str:
    name = str(row.get("verdict", ""))
    if name and (name not in VERDICTS or "schema" not in row):
        raise TemplateError(
            f"{file}: question {row.get('id')}: there is no verdict called {name} on its answer"
        )
    return name


def _check_references(file: str, questions: tuple[QuestionDefinition, ...]) -> None:
    known: dict[str, QuestionDefinition] = {}
    for question in questions:
        if question.id in known:
            raise TemplateError(f"{file}: two questions are called {question.id}")
        if question.after and question.after not in known:
            raise TemplateError(
                f"{file}: {question.id} comes after {question.after}, which is not above it"
            )
        if question.after and known[question.after].each != question.each:
            raise TemplateError(
                f"{file}: {question.id} and {question.after} must have the same 'each'"
            )
        fields = known[question.after].fields if question.after else frozenset()
        if question.only_if and question.only_if not in fields:
            raise TemplateError(
                f"{file}: {question.id} asks for {question.only_if}, which no answer before it has"
            )
        known[question.id] = question


def _text(file: str, row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise TemplateError(f"{file}: '{key}' is missing or is not a text")
    return value
