"""All that a review knows before anything is sent: the pack, the facts, and what is certain to be
asked. What is broken shows here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from scout_codebase.comparing import what_was_before
from scout_codebase.documenting import (
    ALL_PAGES,
    WantedPages,
    certain_questions,
    keeps_sites,
    report_as_it_is,
    wanted_pages,
    with_recorded_depth,
)
from scout_codebase.earlier import Baselines, read_baselines
from scout_codebase.errors import RepositoryError
from scout_codebase.pack import tokens_by_path
from scout_codebase.pipeline import Packed, describe_pack, pack_repository, refuse_empty
from scout_codebase.probing import PROBE, PlannedProbe, planned_probe
from scout_codebase.progress import Reporter
from scout_codebase.records import Question, Report
from scout_codebase.render.c4 import c4_diagrams
from scout_codebase.render.files import RUN_FILES, ReportFiles
from scout_codebase.reports.ask import planned_questions
from scout_codebase.reports.changes import State, change_facts
from scout_codebase.reports.comparison import Before
from scout_codebase.reports.definition import ReportDefinition, load_definition
from scout_codebase.reports.facts import Facts, collect_facts
from scout_codebase.reports.rehearsal import rehearse
from scout_codebase.reports.site_facts import site_facts
from scout_codebase.reports.site_pages import facts_with_pages
from scout_codebase.reports.suppressions import Allowed
from scout_codebase.reports.weaknesses import load_weaknesses
from scout_codebase.settings import ReviewSettings
from scout_codebase.suppressing import allowed_suppressions
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens

Wanted = Mapping[str, WantedPages]
"""Of each report that is a site, by name, which pages are to be written, where that is not all."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """``settings`` with the depth of the pages that are kept; ``definitions`` are the reports that
    have something to be written, ``kept`` those that have nothing, as they are."""

    settings: ReviewSettings
    library: TemplateLibrary
    definitions: Sequence[ReportDefinition]
    allowed: Allowed
    known: Baselines
    before: Before | None
    packed: Packed
    facts: Facts
    probe: PlannedProbe | None
    files: ReportFiles
    wanted: Wanted
    kept: Sequence[Report]

    @property
    def questions(self) -> list[Question]:
        return planned(self.definitions, self.facts, self.library, self.probe, self.wanted)


def prepare(settings: ReviewSettings, reporter: Reporter) -> Prepared:
    """Reports of an earlier run are set aside, where there is anything to write. Raises
    ScoutError."""
    library = TemplateLibrary(settings.prompts, settings.style)
    definitions = [load_definition(library, name) for name in settings.reports]
    settings = with_recorded_depth(settings, definitions)
    known = read_baselines(settings.baselines)
    allowed = allowed_suppressions(settings, definitions, known.accepted)
    packed = packed_for_review(settings, library, reporter)
    reporter.say(describe_pack(packed))
    facts = review_facts(packed, library, definitions)
    for definition in definitions:
        planned_questions(definition, facts, library)
        rehearse(definition, facts, library, packed.pack)
    probe = probe_of(settings, packed, library)
    wanted = wanted_pages(settings, definitions, packed, facts, library)
    kept = reports_as_they_are(definitions, wanted)
    definitions = with_pages_to_write(definitions, wanted)
    files = ReportFiles(settings.out)
    names = [*(row.name for row in definitions), *([PROBE] if probe else [])]
    of_run = RUN_FILES if settings.reports else ()
    files.set_aside(names, of_run, keep_sites=keeps_sites(settings))
    before = what_was_before(packed, known.earlier, definitions, library)
    return Prepared(
        *(settings, library, definitions, allowed, known, before, packed, facts),
        *(probe, files, wanted, kept),
    )


def packed_for_review(
    settings: ReviewSettings, library: TemplateLibrary, reporter: Reporter
) -> Packed:
    """Raises RepositoryError, also where no file is left to read: a review of nothing would pass
    for a clean one."""
    packed = pack_repository(settings.selection, library, reporter, detailed=True)
    refuse_empty(packed)
    return packed


def with_pages_to_write(
    definitions: Sequence[ReportDefinition], wanted: Wanted
) -> list[ReportDefinition]:
    return [row for row in definitions if not wanted.get(row.name, ALL_PAGES).nothing]


def reports_as_they_are(definitions: Sequence[ReportDefinition], wanted: Wanted) -> list[Report]:
    found = (report_as_it_is(row, wanted.get(row.name, ALL_PAGES)) for row in definitions)
    return [report for report in found if report is not None]


def probe_of(
    settings: ReviewSettings, packed: Packed, library: TemplateLibrary
) -> PlannedProbe | None:
    """None where none is wanted. Raises RepositoryError where nothing can be asked and nothing else
    is wanted."""
    if not settings.probe:
        return None
    probe = planned_probe(packed, settings.probe, library)
    if not (probe.questions or settings.reports):
        raise RepositoryError(
            f"No question with exactly one right answer can be asked of {packed.snapshot.name}",
            remedy="Name a larger folder or repository.",
        )
    return probe


def is_brief(settings: ReviewSettings, *, embedded: bool) -> bool:
    return settings.depth == "brief" or (settings.depth == "auto" and embedded)


def review_facts(
    packed: Packed, library: TemplateLibrary, definitions: Sequence[ReportDefinition] = ()
) -> Facts:
    """The computed facts, with the diagrams that are drawn from them and, where one of the reports
    is a site, the items of its pages."""
    weaknesses = load_weaknesses(library)
    tokens = tokens_by_path(packed.pack)
    facts = collect_facts(packed.snapshot, packed.graph, tokens, weaknesses)
    facts = {**facts, **c4_diagrams(facts), **_change_facts(packed, tokens)}
    sites = [definition for definition in definitions if definition.pages]
    if sites:
        facts = site_facts(packed.snapshot, packed.graph, facts)
    for definition in sites:
        facts = facts_with_pages(definition, facts, None)
    return facts


def _change_facts(packed: Packed, tokens: Mapping[str, int]) -> Facts:
    """None where the prompt begins with no other revision."""
    if packed.base is None or packed.pack.base is None:
        return {}
    before, now = (State(row.snapshot, row.graph) for row in (packed.base, packed))
    return change_facts(packed.pack.base, before, now, tokens)


def planned(
    definitions: Sequence[ReportDefinition],
    facts: Facts,
    library: TemplateLibrary,
    probe: PlannedProbe | None = None,
    wanted: Wanted | None = None,
) -> list[Question]:
    """Every question that is certain to be asked, those of the probe first."""
    probed = probe.questions if probe else ()
    rows = (
        certain_questions(definition, facts, library, (wanted or {}).get(definition.name))
        for definition in definitions
    )
    return [*probed, *chain.from_iterable(rows)]


def largest_question_and_reply(
    definitions: Sequence[ReportDefinition],
    facts: Facts,
    library: TemplateLibrary,
    worded: Callable[[Question], Question] = lambda question: question,
    probe: PlannedProbe | None = None,
) -> tuple[int, int]:
    """In tokens, over all reports and the probe: what the window has to hold besides the pack.
    ``worded`` makes of a question what is sent."""
    probed = probe.questions if probe else ()
    questions = planned(definitions, facts, library, probe)
    replies = [definition.longest_reply for definition in definitions]
    return (
        max((count_tokens(worded(row).text) for row in questions), default=0),
        max((*replies, *(row.max_tokens for row in probed)), default=0),
    )
