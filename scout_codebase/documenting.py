"""Reports that are sites, as they stand in the report folder: which of their pages are stale, and
which a run is to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scout_codebase.errors import UsageError
from scout_codebase.pipeline import Packed
from scout_codebase.records import Question, Report, Site, SiteRecord, StalePage
from scout_codebase.render.site import PAGES, read_record
from scout_codebase.reports.definition import ReportDefinition
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.facts import Facts
from scout_codebase.reports.freshness import stale_pages
from scout_codebase.reports.site_pages import certain_questions_of, refuse_unknown_pages
from scout_codebase.settings import ReviewSettings
from scout_codebase.templates import TemplateLibrary


@dataclass(frozen=True, slots=True)
class WantedPages:
    """``only`` are those that are to be written, None for all; ``earlier`` is the site that is kept
    besides, None for none."""

    only: tuple[str, ...] | None = None
    earlier: SiteRecord | None = None

    @property
    def nothing(self) -> bool:
        return self.only == ()


ALL_PAGES = WantedPages()


def keeps_sites(settings: ReviewSettings) -> bool:
    """Whether the pages that are there are kept."""
    return settings.refresh or bool(settings.only)


def with_recorded_depth(
    settings: ReviewSettings, definitions: Sequence[ReportDefinition]
) -> ReviewSettings:
    """Pages that are written beside others are asked for as those were. Raises UsageError where
    single pages are wanted of no report that has any."""
    if not keeps_sites(settings):
        return settings
    sites = [definition for definition in definitions if definition.pages]
    if not sites:
        raise UsageError(
            "--only and --refresh are for reports with several pages",
            remedy="Add --report documentation.",
        )
    records = [read_record(settings.out / site.name) for site in sites]
    depths = {"brief": "brief", "full": "full"}
    known = [depths[record.depth] for record in records if record and record.depth in depths]
    if settings.depth != "auto" or not known:
        return settings
    return replace(settings, depth="brief" if known[0] == "brief" else "full")


def wanted_pages(
    settings: ReviewSettings,
    definitions: Sequence[ReportDefinition],
    packed: Packed,
    facts: Facts,
    library: TemplateLibrary,
) -> Mapping[str, WantedPages]:
    """For each report that is a site, by name. Where there is no site yet, all pages are wanted of
    a refresh. Raises UsageError where a page is named that there is not."""
    wanted: dict[str, WantedPages] = {}
    for definition in definitions:
        if not (definition.pages and keeps_sites(settings)):
            continue
        record = read_record(settings.out / definition.name)
        refuse_unknown_pages(definition, facts, record, settings.only)
        only = settings.only or None
        if settings.refresh and record is not None:
            stale = stale_in(settings.out, definition, record, packed, facts, library)
            paths = [page.path for page in stale if not page.gone]
            only = tuple(path for path in paths if not only or _named(path, only))
        wanted[definition.name] = WantedPages(only, record)
    return wanted


def report_as_it_is(definition: ReportDefinition, wanted: WantedPages) -> Report | None:
    """That of a site of which no page is wanted: nothing was asked, and every page is kept. None
    where there are pages to write."""
    if not wanted.nothing or wanted.earlier is None:
        return None
    site = Site(wanted.earlier, (), definition.name)
    return Report(definition.name, definition.title, "", (), (), (), (), site=site)


def certain_questions(
    definition: ReportDefinition,
    facts: Facts,
    library: TemplateLibrary,
    wanted: WantedPages | None = None,
) -> list[Question]:
    """Every question that is certain to be asked for the pages that are wanted, None for all."""
    pages = wanted or ALL_PAGES
    return certain_questions_of(definition, facts, library, pages.only, pages.earlier)


def _named(path: str, names: Sequence[str]) -> bool:
    return path in names or path.removesuffix(".md") in names


def stale_in(
    out: Path,
    definition: ReportDefinition,
    record: SiteRecord,
    packed: Packed,
    facts: Facts,
    library: TemplateLibrary,
    model: str = "",
) -> list[StalePage]:
    """The stale pages of the site in a report folder; a page whose file is missing is one."""
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    stale = stale_pages(definition, record, facts, checker, library, model)
    named = {page.path for page in stale}
    folder = out / definition.name / PAGES
    missing = [
        StalePage(page.path, ("its file is missing",))
        for page in record.pages
        if page.path not in named and not (folder / page.path).is_file()
    ]
    return [*stale, *missing]
