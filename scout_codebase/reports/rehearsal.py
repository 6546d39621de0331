"""The pages of a report, and the questions that follow others, rendered before anything is asked:
once as if each answer were there, once as if none were. What is broken shows here, and not after
hours of answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scout_codebase.records import Evidence, Grade, Pack, PageRecord
from scout_codebase.reports.ask import CheckedAnswer, Interview, build_question, items_of
from scout_codebase.reports.claims import EVIDENCE
from scout_codebase.reports.definition import ReportDefinition
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import filters
from scout_codebase.reports.schema import bind, sample
from scout_codebase.reports.site_facts import Facts
from scout_codebase.reports.site_pages import (
    PlannedPage,
    answers_for,
    check_items,
    list_values,
    planned_pages,
    questions_of,
    render_page,
)
from scout_codebase.reports.site_text import PageText
from scout_codebase.reports.suppressions import COMMENTS_ALLOWED, screen
from scout_codebase.reports.verdicts import VERDICTS
from scout_codebase.reports.write import page_values
from scout_codebase.templates import TemplateLibrary

_PROSE = "It keeps what it is given and finds it again."
_FAILURE = "the answer is empty"


def rehearse(
    definition: ReportDefinition, facts: Mapping[str, Any], library: TemplateLibrary, pack: Pack
) -> None:
    """Raises TemplateError, with ``file:line``, for a page or a question that cannot be
    rendered."""
    if definition.pages:
        check_items(definition, dict(facts))
    nothing = EvidenceChecker(replace(pack, sections=()), {})
    answered, failed = Interview(), Interview()
    for row in definition.questions:
        items = items_of(row, facts)
        values = [_sample(definition, row.id, facts, item) for item in items]
        if row.after:
            for item, earlier in list(zip(items, answered.answers[row.after], strict=True))[:1]:
                build_question(definition, row, facts, item, earlier.value, library)
        answered.answers[row.id] = [
            CheckedAnswer(item, value) for item, value in zip(items, values, strict=True)
        ]
        failed.answers[row.id] = [CheckedAnswer(item, None, _FAILURE) for item in items]
    if definition.pages:
        for result in (answered, failed, Interview()):
            _render_site(definition, dict(facts), result, library, nothing)
    else:
        for result in (answered, failed):
            _render_page(definition, dict(facts), result, library, nothing)


def _link_to(path: str, line: int) -> str:
    return f"{path}#L{line}"


def _render_page(
    definition: ReportDefinition,
    facts: Facts,
    result: Interview,
    library: TemplateLibrary,
    checker: EvidenceChecker,
) -> None:
    screened = screen((), facts, COMMENTS_ALLOWED)
    values = page_values(definition, facts, result, screened, ())
    library.render(definition.page, values, filters(checker, _link_to))


def _render_site(
    definition: ReportDefinition,
    facts: Facts,
    result: Interview,
    library: TemplateLibrary,
    checker: EvidenceChecker,
) -> None:
    """Of each row of pages the first, and the first for which something is asked; then the page
    that lists them, with all of them and with none."""
    pages = planned_pages(definition, facts)
    there = {page.path for page in pages}
    for row in definition.pages:
        own = [page for page in pages if page.definition is row]
        asked = [page for page in own if any(True for _ in questions_of(definition, page, facts))]
        for page in (*own[:1], *asked[:1]):
            text = PageText(page.path, there, checker, _link_to, facts["package_names"])
            render_page(library, page, facts, answers_for(page, result), text)
    records = [_record(page) for page in pages]
    for kept in (records, []):
        values = list_values(facts, kept, there, definition.name)
        library.render(definition.page, values, filters(checker, _link_to))


def _record(page: PlannedPage) -> PageRecord:
    title, section = page.item["title"], page.definition.section
    return PageRecord(page.path, title, section, _PROSE, "x", "x", {}, "", "", names=2, unmarked=1)


def _sample(definition: ReportDefinition, name: str, facts: Mapping[str, Any], item: Any) -> Any:
    row = next(row for row in definition.questions if row.id == name)
    if row.schema is None:
        return _PROSE
    lists = {f"@{key}": ("x",) for key in facts}
    if isinstance(item, Mapping):
        lists |= {f"@item.{key}": ("x",) for key in item}
    value = _with_evidence(sample(bind(row.schema, lists)))
    if row.verdict and isinstance(value, dict):
        value |= dict.fromkeys(VERDICTS[row.verdict].adds, True)
    return value


def _with_evidence(value: Any) -> Any:
    """As ``claims.py`` leaves an answer of which all is in the source."""
    if isinstance(value, list):
        return [_with_evidence(row) for row in value]
    if not isinstance(value, dict):
        return value
    checked = {key: _with_evidence(row) for key, row in value.items()}
    if ("path" in value and ("quote" in value or "symbol" in value)) or "definition" in value:
        checked[EVIDENCE] = Evidence("x", "x", Grade.VERIFIED, "x", 1, 1, 1, 2, 1)
    return checked
