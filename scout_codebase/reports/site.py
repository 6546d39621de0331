"""A report that is a site: the outline, then page by page what is asked for it, then the pages.

What a page is made from is recorded with it, so that it can be told later, without a model, whether
it would still be written in the same way (``freshness.py``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scout_codebase.errors import UsageError
from scout_codebase.records import (
    Ask,
    Page,
    PageRecord,
    Report,
    Site,
    SiteRecord,
)
from scout_codebase.reports.ask import CheckedAnswer, Interview, build_question, interview
from scout_codebase.reports.definition import PageDefinition, QuestionDefinition, ReportDefinition
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import LinkTo, filters
from scout_codebase.reports.outline import OUTLINE_MAKERS
from scout_codebase.reports.site_facts import Facts, Row
from scout_codebase.reports.site_text import PageText
from scout_codebase.reports.tidy import tidy
from scout_codebase.templates import TemplateLibrary

PageLinks = Callable[[str], LinkTo]
"""Of the path of a page, what links from it to lines of the source."""
PAGES_FOLDER = "docs"
"""Where the pages lie, in the folder of the site."""
_SHARED = ("_shared/macros.md.j2", "_shared/preamble.md")


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


def questions_of(
    definition: ReportDefinition, page: PlannedPage, facts: Facts
) -> Iterator[tuple[QuestionDefinition, Row]]:
    """The questions that are asked for a page, each with its item."""
    for row in definition.questions:
        if row.page == page.definition.id:
            yield from ((row, item) for item in facts[row.each] if item["page"] == page.path)


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
        wanted that is none. A section whose answer cannot be used stands as failed in its page."""

        def asked(rows: Sequence[QuestionDefinition], facts: Facts) -> Interview:
            part = replace(self._definition, questions=tuple(rows))
            return interview(part, facts, self._checker, self._library, ask, on_question, at_once)

        first, outline = self._outline(asked)
        facts = facts_with_pages(self._definition, self._facts, outline)
        planned = planned_pages(self._definition, facts)
        chosen = self._chosen(planned)
        wanted = {page.path for page in chosen}
        rows = [row for row in self._definition.questions if row.page]
        fewer = {
            row.each: [item for item in facts[row.each] if item["page"] in wanted] for row in rows
        }
        second = asked(rows, {**facts, **fewer})
        pages = self._pages(chosen, planned, facts, second)
        return self._report(_joined(first, second), facts, planned, pages, outline)

    def _outline(
        self, asked: Callable[[Sequence[QuestionDefinition], Facts], Interview]
    ) -> tuple[Interview, Mapping[str, Any]]:
        """The one that is there, else one that is asked for."""
        if self._plan.earlier is not None:
            return Interview(), self._plan.earlier.outline
        result = asked([row for row in self._definition.questions if not row.page], self._facts)
        if not self._definition.outline:
            return result, {}
        maker = OUTLINE_MAKERS[self._definition.outline]
        return result, maker.of(result.answers, self._facts)

    def _chosen(self, planned: Sequence[PlannedPage]) -> list[PlannedPage]:
        if self._plan.only is None:
            return list(planned)
        known = {page.path: page for page in planned}
        unknown = [name for name in self._plan.only if _path_of(name) not in known]
        if unknown:
            raise UsageError(
                f"There is no page {unknown[0]}",
                remedy=f"The pages are: {', '.join(path.removesuffix('.md') for path in known)}.",
            )
        wanted = set(map(_path_of, self._plan.only))
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
        body = render_page(self._library, page, facts, _answers_for(page, result), text)
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
        values = {
            "facts": facts,
            "pages": kept,
            "written": {page.record.path for page in pages},
            "folder": f"{self._folder(result)}/{PAGES_FOLDER}",
            "names": sum(page.names for page in kept),
            "unmarked": sum(page.unmarked for page in kept),
        }
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
            measured={"pages": [_as_data(page) for page in kept]},
            site=Site(site, tuple(pages), keeps=self._plan.earlier is not None),
        )

    def _folder(self, result: Interview) -> str:
        """Where the site will be, in the report folder."""
        failed = any(question.failure for question in result.asked)
        kept = self._plan.earlier is not None or self._plan.allow_partial
        return (
            f"{self._definition.name}.incomplete" if failed and not kept else self._definition.name
        )


class Stamps:
    """What the pages of a site are made from, as digests that change when it does."""

    def __init__(
        self,
        definition: ReportDefinition,
        facts: Facts,
        checker: EvidenceChecker,
        library: TemplateLibrary,
        planned: Sequence[PlannedPage],
    ) -> None:
        self._definition, self._facts, self._library = definition, facts, library
        self._checker, self._targets = checker, {page.path for page in planned}

    def objects(self, paths: set[str]) -> dict[str, str]:
        known = self._facts["objects"]
        return {path: known[path] for path in sorted(paths) if path in known}

    def templates(self, page: PlannedPage) -> str:
        """Of the texts of its templates and schemas."""
        rows = [row for row in self._definition.questions if row.page == page.definition.id]
        schemas = [json.dumps(row.schema, sort_keys=True) for row in rows]
        files = [page.definition.template, *(row.template for row in rows), *_SHARED]
        limits = [f"{row.id} {row.max_tokens}" for row in rows]
        return _digest([*map(self._library.text, files), *schemas, *limits])

    def shown(self, page: PlannedPage) -> str:
        """Of its questions, and of what it shows without any answer: paths and lines, but no
        addresses, which name the revision."""
        rows = list(questions_of(self._definition, page, self._facts))
        questions = [
            build_question(self._definition, row, self._facts, item, None, self._library)
            for row, item in rows
            if not row.after
        ]
        answers: dict[str, list[CheckedAnswer]] = {}
        for row, item in rows:
            answers.setdefault(row.id, []).append(CheckedAnswer(item, None))
        packages = self._facts["package_names"]
        text = PageText(page.path, self._targets, self._checker, lambda *_: "", packages)
        body = render_page(self._library, page, self._facts, answers, text)
        asked = [json.dumps([row.text, row.schema], sort_keys=True) for row in questions]
        return _digest([page.item["title"], page.definition.section, *asked, body])


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


def _answers_for(page: PlannedPage, result: Interview) -> dict[str, list[CheckedAnswer]]:
    return {
        name: [row for row in rows if row.item is not None and row.item["page"] == page.path]
        for name, rows in result.answers.items()
    }


def _failed(page: PlannedPage, result: Interview) -> bool:
    rows = (row for answers in _answers_for(page, result).values() for row in answers)
    return any(row.failure for row in rows)


def _path_of(name: str) -> str:
    return name if name.endswith(".md") else f"{name}.md"


def _joined(first: Interview, second: Interview) -> Interview:
    return Interview(
        answers={**first.answers, **second.answers},
        asked=first.asked + second.asked,
        evidence=first.evidence + second.evidence,
        dropped=first.dropped + second.dropped,
    )


def _summary(body: str) -> str:
    """The first paragraph that is running text, and leads nowhere."""
    for block in body.split("\n\n"):
        if block[:1].isalpha() and "](" not in block:
            return " ".join(block.split())
    return ""


def _as_data(page: PageRecord) -> dict[str, Any]:
    return {"path": page.path, "title": page.title, "names": page.names, "unmarked": page.unmarked}


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
