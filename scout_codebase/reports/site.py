"""A report that is a site: the outline, then page by page what is asked for it, then the pages.

What a page is made from is recorded with it, so that it can be told later, without a model, whether
it would still be written in the same way (``freshness.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scout_codebase.records import Ask, Page, PageRecord, Report, Site, SiteRecord
from scout_codebase.reports.ask import Interview, interview
from scout_codebase.reports.definition import QuestionDefinition, ReportDefinition
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import LinkTo, filters
from scout_codebase.reports.outline import OUTLINE_MAKERS
from scout_codebase.reports.site_facts import Facts
from scout_codebase.reports.site_pages import (
    PlannedPage,
    answers_for,
    facts_for,
    facts_with_pages,
    list_values,
    path_of,
    planned_pages,
    refuse_unknown,
    render_page,
)
from scout_codebase.reports.site_text import PageText
from scout_codebase.reports.stamps import Stamps
from scout_codebase.reports.tidy import tidy
from scout_codebase.templates import TemplateLibrary

PageLinks = Callable[[str], LinkTo]
"""Of the path of a page, what links from it to lines of the source."""
PAGES_FOLDER = "docs"
"""Where the pages lie, in the folder of the site."""


@dataclass(frozen=True, slots=True)
class SitePlan:
    """What of a site is to be written, and by whom. ``only`` names pages (their paths, with or
    without ``.md``), None for all; ``earlier`` is the site that stands there, whose outline and
    other pages are kept, None for none. ``link_from`` makes the links of each page. Unless
    ``allow_partial``, a new site with failed sections goes into a folder that says so."""

    link_from: PageLinks
    model: str = ""
    depth: str = "full"
    tool_version: str = ""
    only: tuple[str, ...] | None = None
    earlier: SiteRecord | None = None
    allow_partial: bool = False


class SiteWriter:
    """Writes the pages of one report. Of a site that is there, a page of which a section fails is
    left as it was."""

    def __init__(
        self,
        definition: ReportDefinition,
        facts: Facts,
        checker: EvidenceChecker,
        library: TemplateLibrary,
        plan: SitePlan,
    ) -> None:
        self._definition, self._facts = definition, facts
        self._checker, self._library, self._plan = checker, library, plan

    def write(self, ask: Ask, on_question: Callable[[str], None], at_once: int) -> Report:
        """Raises EngineError or WindowError where the server fails, UsageError where a page is
        wanted that is none, LimitError where a limit was reached before anything was answered. A
        section whose answer cannot be used stands as failed in its page."""
        result = Interview()

        def asked(rows: Sequence[QuestionDefinition], facts: Facts) -> None:
            part = replace(self._definition, questions=tuple(rows))
            interview(part, facts, self._checker, self._library, ask, on_question, at_once, result)

        outline = self._outline(asked, result)
        facts = facts_with_pages(self._definition, self._facts, outline)
        planned = planned_pages(self._definition, facts)
        chosen = self._chosen(planned)
        rows = [row for row in self._definition.questions if row.page]
        asked(rows, facts_for(self._definition, facts, chosen))
        pages = self._pages(chosen, planned, facts, result)
        return self._report(result, facts, planned, pages, outline)

    def _outline(
        self, asked: Callable[[Sequence[QuestionDefinition], Facts], None], result: Interview
    ) -> Mapping[str, Any]:
        """The one that is there, else one that is asked for."""
        if self._plan.earlier is not None:
            return self._plan.earlier.outline
        asked([row for row in self._definition.questions if not row.page], self._facts)
        if not self._definition.outline:
            return {}
        return OUTLINE_MAKERS[self._definition.outline].of(result.answers, self._facts)

    def _chosen(self, planned: Sequence[PlannedPage]) -> list[PlannedPage]:
        if self._plan.only is None:
            return list(planned)
        refuse_unknown(self._plan.only, planned)
        wanted = set(map(path_of, self._plan.only))
        return [page for page in planned if page.path in wanted]

    def _pages(
        self,
        chosen: Sequence[PlannedPage],
        planned: Sequence[PlannedPage],
        facts: Facts,
        result: Interview,
    ) -> list[Page]:
        there = {page.path for page in chosen} | {
            page.path for page in (self._plan.earlier.pages if self._plan.earlier else ())
        }
        targets = there & {page.path for page in planned}
        stamps = Stamps(self._definition, facts, self._checker, self._library, planned)
        return [
            self._page(page, targets, facts, result, stamps)
            for page in chosen
            if not (self._plan.earlier and _failed(page, result))
        ]

    def _page(
        self,
        page: PlannedPage,
        targets: set[str],
        facts: Facts,
        result: Interview,
        stamps: Stamps,
    ) -> Page:
        link_to = self._plan.link_from(page.path)
        text = PageText(page.path, targets, self._checker, link_to, facts["package_names"])
        body = render_page(self._library, page, facts, answers_for(page, result), text)
        record = PageRecord(
            path=page.path,
            title=page.item["title"],
            section=page.definition.section,
            summary=_summary(body),
            revision=facts["repository"]["revision"],
            model=self._plan.model,
            objects=stamps.objects({*page.item["files"], *text.cited}),
            templates=stamps.templates(page),
            shown=stamps.shown(page),
            names=text.names.count(body),
            unmarked=text.names.unmarked,
        )
        return Page(record, body, tuple(sorted(text.cited)))

    def _report(
        self,
        result: Interview,
        facts: Facts,
        planned: Sequence[PlannedPage],
        pages: Sequence[Page],
        outline: Mapping[str, Any],
    ) -> Report:
        records = {
            page.path: page for page in (self._plan.earlier.pages if self._plan.earlier else ())
        }
        records |= {page.record.path: page.record for page in pages}
        kept = [records[page.path] for page in planned if page.path in records]
        site = SiteRecord(self._plan.tool_version, self._plan.depth, outline, tuple(kept))
        written = {page.record.path for page in pages}
        folder = self._folder(result)
        values = list_values(facts, kept, written, f"{folder}/{PAGES_FOLDER}")
        link_to = self._plan.link_from("")
        body = self._library.render(self._definition.page, values, filters(self._checker, link_to))
        return Report(
            name=self._definition.name,
            title=self._definition.title,
            body=tidy(body),
            findings=(),
            dismissed=(),
            evidence=tuple(result.evidence),
            asked=tuple(result.asked),
            dropped=tuple(result.dropped),
            stopped=result.stopped,
            measured={"pages": [_as_data(page) for page in kept]},
            site=Site(site, tuple(pages), folder),
        )

    def _folder(self, result: Interview) -> str:
        """Where the site will be, in the report folder."""
        failed = any(question.failure for question in result.asked)
        incomplete = result.stopped or (failed and not self._plan.allow_partial)
        name = self._definition.name
        return f"{name}.incomplete" if incomplete and self._plan.earlier is None else name


def _failed(page: PlannedPage, result: Interview) -> bool:
    rows = (row for answers in answers_for(page, result).values() for row in answers)
    return any(row.failure for row in rows)


def _summary(body: str) -> str:
    """The first paragraph that is running text, and leads nowhere."""
    for block in body.split("\n\n"):
        if block[:1].isalpha() and "](" not in block:
            return " ".join(block.split())
    return ""


def _as_data(page: PageRecord) -> dict[str, Any]:
    return {"path": page.path, "title": page.title, "names": page.names, "unmarked": page.unmarked}
