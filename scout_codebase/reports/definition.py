"""What a report asks: ``report.toml`` and the files beside it, read and checked before anything
is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from scout_codebase.errors import TemplateError
from scout_codebase.reports.markdown import PAGE_FILTERS, SITE_FILTERS
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
SITE_VARIABLES = ("facts", "folder", "names", "pages", "unmarked", "written")
"""What the template of a report with several pages sees, that lists them."""
SITE_PAGE_VARIABLES = ("answers", "facts", "page")
"""What the template of each of them sees."""
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
OUTLINES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "components-and-guides": {"parts": ("parts",), "guides": ("guides",)}
}
"""What turns answers into pages, and the questions that it needs, with what it reads of them."""


@dataclass(frozen=True, slots=True)
class QuestionDefinition:
    """One ``[[question]]``. ``each`` names a list of facts: the question is asked once for every
    item of it; "" asks once. ``schema`` is None for an answer in prose. ``only_if`` names a
    field of an earlier answer to the same item that must be true. Of ``choices``, the words of an
    answer, it is asked how likely the model held each. ``verdict`` is the row of ``VERDICTS`` that
    adds to an answer what follows from it, "" where nothing does. ``page`` names the row of pages
    that the answers are for; the items of ``each`` say by their ``page`` which of them. ``place``
    is the file and the line that define it."""

    id: str
    template: str
    max_tokens: int
    each: str = ""
    after: str = ""
    only_if: str = ""
    schema: Mapping[str, Any] | None = None
    choices: tuple[str, ...] = ()
    verdict: str = ""
    page: str = ""
    place: str = ""
    schema_file: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """What an answer holds, so far as that is known before."""
        adds = VERDICTS[self.verdict].adds if self.verdict else ()
        return frozenset((*(self.schema or {}).get("properties", {}), *adds))


@dataclass(frozen=True, slots=True)
class PageDefinition:
    """One ``[[page]]``: a page for every item of the list of facts ``each``, under ``section`` of
    the navigation ("" at its top). An item has a ``page`` (its path in the site), a ``title``, and
    the ``files`` that it is made from. ``place`` is as that of a question."""

    id: str
    each: str
    template: str
    section: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class ReportDefinition:
    """A report by name: its title, one sentence on what it is, and its questions in order.
    ``finder`` names what turns the answers into findings, "" for a report without any. ``data`` are
    the facts that the report's JSON holds. A report with ``pages`` is a site; ``outline`` names
    what makes them of the answers to those questions that belong to no page."""

    name: str
    title: str
    summary: str
    questions: tuple[QuestionDefinition, ...]
    finder: str = ""
    data: tuple[str, ...] = ()
    pages: tuple[PageDefinition, ...] = ()
    outline: str = ""

    @property
    def page(self) -> str:
        return f"{self.name}/{PAGE_TEMPLATE}"

    @property
    def longest_reply(self) -> int:
        return max((question.max_tokens for question in self.questions), default=0)


_FIELDS = frozenset(("title", "summary", "data", "findings", "outline", "page", "question"))
_PAGE_FIELDS = frozenset(row.name for row in fields(PageDefinition)) - {"place"}
_QUESTION_FIELDS = frozenset(row.name for row in fields(QuestionDefinition)) - {
    "place",
    "schema_file",
}


def fields_of() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """What a ``report.toml`` may hold: above its questions, in each of them, in each page."""
    return _FIELDS, _QUESTION_FIELDS, _PAGE_FIELDS


def load_definition(library: TemplateLibrary, name: str) -> ReportDefinition:
    """Reads ``name/report.toml``. Raises TemplateError, naming the file, where it or any template
    or schema it names is missing or broken."""
    file = f"{name}/report.toml"
    data = library.toml(file)
    text = library.text(file)
    _refuse_unknown(_Row(file, text, None), data, _FIELDS)
    questions = tuple(
        _question(library, name, row, _Row(file, text, number))
        for number, row in enumerate(_tables(file, data, "question"))
    )
    definition = ReportDefinition(
        name=name,
        title=_text(file, data, "title"),
        summary=_text(file, data, "summary"),
        questions=questions,
        finder=str(data.get("findings", "")),
        data=_words(file, data, "data"),
        pages=tuple(
            _page(library, name, row, _Row(file, text, number, "page"))
            for number, row in enumerate(_tables(file, data, "page"))
        ),
        outline=str(data.get("outline", "")),
    )
    _check_references(file, questions)
    _check_finder(file, definition)
    _check_pages(file, definition)
    seen = SITE_VARIABLES if definition.pages else PAGE_VARIABLES
    library.compile(definition.page, PAGE_FILTERS, seen)
    return definition


def _tables(file: str, data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TemplateError(f"{file}: the {name}s must be tables called [[{name}]]")
    return rows


@dataclass(frozen=True, slots=True)
class _Row:
    """Where a ``[[question]]`` or a ``[[page]]`` stands: in the text of a file, by its number
    from 0."""

    file: str
    text: str
    number: int | None
    table: str = "question"

    def at(self, key: str = "") -> str:
        return f"{self.file}:{toml_line(self.text, self.number, key, self.table)}"


def _refuse_unknown(where: _Row, data: Mapping[str, Any], known: frozenset[str]) -> None:
    for key in data.keys() - known:
        near = get_close_matches(key, known, n=1)
        raise TemplateError(
            f"{where.at(key)}: there is no field '{key}'",
            remedy=f"Did you mean {near[0]}?"
            if near
            else f"There are: {', '.join(sorted(known))}.",
        )


def _page(
    library: TemplateLibrary, report: str, row: Mapping[str, Any], where: _Row
) -> PageDefinition:
    file = where.at()
    _refuse_unknown(where, row, _PAGE_FIELDS)
    template = f"{report}/{_text(file, row, 'template')}"
    library.compile(template, SITE_FILTERS, SITE_PAGE_VARIABLES)
    return PageDefinition(
        id=_text(file, row, "id"),
        each=_text(file, row, "each"),
        template=template,
        section=str(row.get("section", "")),
        place=file,
    )


def _check_finder(file: str, definition: ReportDefinition) -> None:
    if definition.finder:
        needs = _needs(file, "findings", definition.finder, FINDERS)
        for needed, question in _check_needed(file, definition, definition.finder, needs).items():
            if question.each != "places":
                raise TemplateError(f"{file}: {needed} must be asked of each of the places")


def _check_pages(file: str, definition: ReportDefinition) -> None:
    pages = {page.id for page in definition.pages}
    for question in definition.questions:
        if question.page and question.page not in pages:
            raise TemplateError(f"{file}: {question.id} is for {question.page}, which is no page")
        if question.page and not question.each:
            raise TemplateError(f"{file}: {question.id} is for a page and needs an 'each'")
    if definition.outline:
        needs = _needs(file, "an outline", definition.outline, OUTLINES)
        _check_needed(file, definition, definition.outline, needs)


_Needs = Mapping[str, tuple[str, ...]]


def _needs(file: str, what: str, name: str, table: Mapping[str, _Needs]) -> _Needs:
    if name not in table:
        raise TemplateError(f"{file}: nothing makes {what} by the name {name}")
    return table[name]


def _check_needed(
    file: str, definition: ReportDefinition, reader: str, needs: _Needs
) -> dict[str, QuestionDefinition]:
    """The questions that ``reader`` needs, by their names."""
    asked = {question.id: question for question in definition.questions}
    for needed, fields_needed in needs.items():
        if needed not in asked:
            raise TemplateError(f"{file}: {reader} needs a question called {needed}")
        _check_fields(f"{file}: {reader}", asked[needed], fields_needed)
    return {needed: asked[needed] for needed in needs}


def _check_fields(reader: str, question: QuestionDefinition, wanted: Sequence[str]) -> None:
    for field in wanted:
        if field not in question.fields:
            raise TemplateError(f"{reader} needs a field '{field}' of the answer to {question.id}")


def _question(
    library: TemplateLibrary, report: str, row: Mapping[str, Any], where: _Row
) -> QuestionDefinition:
    file = where.at()
    _refuse_unknown(where, row, _QUESTION_FIELDS)
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
        page=str(row.get("page", "")),
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
