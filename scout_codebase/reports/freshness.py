"""Which pages of a site are no longer what would be written now, and why: from the record of what
each was made from, without a model."""

from __future__ import annotations

from collections.abc import Iterator

from scout_codebase.records import PageRecord, SiteRecord, StalePage
from scout_codebase.reports.definition import ReportDefinition
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.facts import brief
from scout_codebase.reports.site_facts import Facts
from scout_codebase.reports.site_pages import PlannedPage, facts_with_pages, planned_pages
from scout_codebase.reports.stamps import Stamps
from scout_codebase.templates import TemplateLibrary


def stale_pages(
    definition: ReportDefinition,
    record: SiteRecord,
    facts: Facts,
    checker: EvidenceChecker,
    library: TemplateLibrary,
    model: str = "",
) -> list[StalePage]:
    """In the order of the navigation, those that are no longer wanted last. ``facts`` are full;
    ``model`` is who would be asked now, "" where that does not matter."""
    facts = brief(facts) if record.depth == "brief" else facts
    facts = facts_with_pages(definition, facts, record.outline)
    planned = planned_pages(definition, facts)
    stamps = Stamps(definition, facts, checker, library, planned)
    written = {page.path: page for page in record.pages}
    found = []
    for page in planned:
        known = written.pop(page.path, None)
        reasons = (
            ["it is not written yet"]
            if known is None
            else list(_reasons(page, known, facts, stamps, model))
        )
        if reasons:
            found.append(StalePage(page.path, tuple(reasons)))
    gone = "what it is about is no longer there"
    return [*found, *(StalePage(path, (gone,), gone=True) for path in written)]


def _reasons(
    page: PlannedPage, known: PageRecord, facts: Facts, stamps: Stamps, model: str
) -> Iterator[str]:
    objects = facts["objects"]
    changed = [path for path, object_id in known.objects.items() if objects.get(path) != object_id]
    for path in changed:
        yield f"{path} has changed" if path in objects else f"{path} is gone"
    if known.templates != stamps.templates(page):
        yield "its templates have changed"
    elif known.shown != stamps.shown(page) and not changed:
        yield "what it shows of the repository as a whole has changed"
    if model and model != known.model:
        yield f"it was written by {known.model}"
