"""Which pages a report has that is a site, what is asked for each, and how one is rendered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from scout_codebase.errors import TemplateError, UsageError
from scout_codebase.records import PageRecord, Question, SiteRecord
from scout_codebase.reports.ask import CheckedAnswer, Interview, items_of, planned_questions
from scout_codebase.reports.definition import PageDefinition, QuestionDefinition, ReportDefinition
from scout_codebase.reports.outline import OUTLINE_MAKERS
from scout_codebase.reports.site_facts import Facts, Row
from scout_codebase.reports.site_text import PageText
from scout_codebase.reports.tidy import tidy
from scout_codebase.templates import TemplateLibrary

_OF_A_PAGE = frozenset(("page", "title", "files"))


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A page that is to be in the site; ``item`` is its item of facts."""

    definition: PageDefinition
    item: Row

    @property
    def path(self) -> str:
        return str(self.item["page"])


def facts_with_pages(
    definition: ReportDefinition, facts: Facts, outline: Mapping[str, Any] | None
) -> Facts:
    """The facts with the items that follow from an outline; of none, those that need no model."""
    if not definition.outline:
        return facts
    return OUTLINE_MAKERS[definition.outline].pages(outline, facts)


def planned_pages(definition: ReportDefinition, facts: Facts) -> list[PlannedPage]:
    """Every page, in the order of the navigation."""
    return [PlannedPage(page, item) for page in definition.pages for item in facts[page.each]]


def refuse_unknown_pages(
    definition: ReportDefinition, facts: Facts, earlier: SiteRecord | None, names: Sequence[str]
) -> None:
    """Before anything is asked. Raises UsageError for a name that no page has, or that no page has
    yet: the pages that the model proposes are known once there is a site (``earlier``)."""
    outline = earlier.outline if earlier else None
    pages = planned_pages(definition, facts_with_pages(definition, facts, outline))
    if definition.outline and earlier is None:
        proposed = OUTLINE_MAKERS[definition.outline].proposed
        pages = [page for page in pages if page.definition.each not in proposed]
        refuse_unknown(names, pages, " Others are proposed when the whole report is written.")
    else:
        refuse_unknown(names, pages)


def refuse_unknown(names: Sequence[str], pages: Sequence[PlannedPage], more: str = "") -> None:
    """Raises UsageError for a name that none of the pages has."""
    known = [page.path for page in pages]
    unknown = [name for name in names if path_of(name) not in known]
    if unknown:
        there = ", ".join(path.removesuffix(".md") for path in known)
        raise UsageError(f"There is no page {unknown[0]}", remedy=f"The pages are: {there}.{more}")


def questions_of(
    definition: ReportDefinition, page: PlannedPage, facts: Facts
) -> Iterator[tuple[QuestionDefinition, Row]]:
    """The questions that are asked for a page, each with its item."""
    for row in definition.questions:
        if row.page == page.definition.id:
            yield from ((row, item) for item in facts[row.each] if item["page"] == page.path)


def certain_questions_of(
    definition: ReportDefinition,
    facts: Facts,
    library: TemplateLibrary,
    only: tuple[str, ...] | None,
    earlier: SiteRecord | None,
) -> list[Question]:
    """Every question that is certain to be asked of a report; of a site, ``only`` and ``earlier``
    are as in its plan. Guides that the outline is yet to name are counted as those without one."""
    if only is None and earlier is None:
        return planned_questions(definition, facts, library)
    facts = facts_with_pages(definition, facts, earlier.outline if earlier else None)
    wanted = None if only is None else set(map(path_of, only))
    pages = planned_pages(definition, facts)
    chosen = [page for page in pages if wanted is None or page.path in wanted]
    rows = [row for row in definition.questions if row.page or earlier is None]
    part = replace(definition, questions=tuple(rows))
    return planned_questions(part, facts_for(definition, facts, chosen), library)


def facts_for(definition: ReportDefinition, facts: Facts, pages: Sequence[PlannedPage]) -> Facts:
    """With those items alone that the questions for these pages are asked of."""
    wanted = {page.path for page in pages}
    fewer = {
        row.each: [item for item in facts[row.each] if item["page"] in wanted]
        for row in definition.questions
        if row.page
    }
    return {**facts, **fewer}


def check_items(definition: ReportDefinition, facts: Facts) -> None:
    """Raises TemplateError, naming file and line, where what pages or their questions are made for
    is no list of items of pages."""
    for page in definition.pages:
        rows = facts.get(page.each)
        if not _have(rows, _OF_A_PAGE):
            raise TemplateError(
                f"{page.place}: {page.each} is no list of pages, to make {page.id} of each"
            )
    for question in definition.questions:
        if question.page and not _have(items_of(question, facts), {"page"}):
            raise TemplateError(
                f"{question.place}: the items of {question.each} do not say for which page they are"
            )


def _have(rows: Any, wanted: Set[str]) -> bool:
    return isinstance(rows, Sequence) and all(
        isinstance(row, Mapping) and wanted <= row.keys() for row in rows
    )


def render_page(
    library: TemplateLibrary,
    page: PlannedPage,
    facts: Facts,
    answers: Mapping[str, Sequence[CheckedAnswer]],
    text: PageText,
) -> str:
    values = {"facts": facts, "page": page.item, "answers": _WithNone(answers)}
    return tidy(library.render(page.definition.template, values, text.filters))


class _WithNone(dict[str, Sequence[CheckedAnswer]]):
    """No answers where a question was not asked for this page."""

    def __missing__(self, key: str) -> Sequence[CheckedAnswer]:
        return ()


def list_values(
    facts: Facts, pages: Sequence[PageRecord], written: Set[str], folder: str
) -> dict[str, Any]:
    """What the template sees that lists the pages; ``folder`` is where they are, from there."""
    return {
        "facts": facts,
        "pages": pages,
        "written": written,
        "folder": folder,
        "names": sum(page.names for page in pages),
        "unmarked": sum(page.unmarked for page in pages),
    }


def answers_for(page: PlannedPage, result: Interview) -> dict[str, list[CheckedAnswer]]:
    return {
        name: [row for row in rows if row.item is not None and row.item.get("page") == page.path]
        for name, rows in result.answers.items()
    }


def path_of(name: str) -> str:
    return name if name.endswith(".md") else f"{name}.md"
