"""What the pages of a site are made from, as digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from scout_codebase.reports.ask import CheckedAnswer, build_question
from scout_codebase.reports.definition import ReportDefinition
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.site_facts import Facts
from scout_codebase.reports.site_pages import PlannedPage, questions_of, render_page
from scout_codebase.reports.site_text import PageText
from scout_codebase.templates import TemplateLibrary

_SHARED = ("_shared/macros.md.j2", "_shared/preamble.md")


class Stamps:
    """What the pages of a site are made from, as digests that change when it does. For whom and in
    what language they are written is no part of it."""

    def __init__(
        self,
        definition: ReportDefinition,
        facts: Facts,
        checker: EvidenceChecker,
        library: TemplateLibrary,
        planned: Sequence[PlannedPage],
    ) -> None:
        self._definition, self._facts, self._library = definition, facts, library.unstyled()
        self._reply_factor = library.style.reply_factor
        self._checker, self._targets = checker, {page.path for page in planned}

    def objects(self, paths: set[str]) -> dict[str, str]:
        known = self._facts["objects"]
        return {path: known[path] for path in sorted(paths) if path in known}

    def templates(self, page: PlannedPage) -> str:
        """Of the texts of its templates and schemas."""
        rows = [row for row in self._definition.questions if row.page == page.definition.id]
        schemas = [json.dumps(row.schema, sort_keys=True) for row in rows]
        files = [page.definition.template, *(row.template for row in rows), *_SHARED]
        limits = [f"{row.id} {row.max_tokens // self._reply_factor}" for row in rows]
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


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
