"""A packed repository -> window check -> questions -> reports -> files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from scout_codebase import __version__
from scout_codebase.budget import LARGEST_CHAT_TEMPLATE
from scout_codebase.documenting import (
    ALL_PAGES,
    WantedPages,
    keeps_sites,
    wanted_pages,
    with_recorded_depth,
)
from scout_codebase.engines.base import Engine
from scout_codebase.engines.kept import KeptAnswers
from scout_codebase.errors import RepositoryError, UnusableAnswerError
from scout_codebase.opening import opened_engine
from scout_codebase.pack import tokens_by_path
from scout_codebase.pipeline import Packed, describe_pack, pack_repository
from scout_codebase.probing import (
    PROBE,
    TITLE,
    PlannedProbe,
    ask_probe,
    describe_probe,
    describe_recall,
    planned_probe,
    probe_report,
)
from scout_codebase.progress import Reporter
from scout_codebase.records import (
    Question,
    Report,
    RunRecord,
)
from scout_codebase.render.c4 import c4_diagrams
from scout_codebase.render.files import ReportFiles
from scout_codebase.render.links import link_maker
from scout_codebase.render.site import links_from
from scout_codebase.reports.ask import planned_questions
from scout_codebase.reports.definition import ReportDefinition, load_definition
from scout_codebase.reports.facts import Facts, brief, collect_facts
from scout_codebase.reports.markdown import filters
from scout_codebase.reports.site import SitePlan, facts_with_pages
from scout_codebase.reports.site_facts import site_facts
from scout_codebase.reports.suppressions import Allowed
from scout_codebase.reports.weaknesses import load_weaknesses
from scout_codebase.reports.write import write_report
from scout_codebase.session import Session
from scout_codebase.settings import (
    EngineSettings,
    ReviewSettings,
    cache_folder,
)
from scout_codebase.suppressing import (
    allowed_suppressions,
    keep_baseline,
    tell_of_suppressions,
)
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens


@dataclass(frozen=True, slots=True)
class Review:
    """What a review wrote. ``files`` maps each report's name to its page; ``run`` is None where
    there was nothing to ask."""

    reports: tuple[Report, ...]
    files: Mapping[str, Path]
    run: RunRecord | None


EngineOf = Callable[[int, int], AbstractContextManager[EngineSettings]]
"""Of the tokens of the pack, and of what is needed besides, who is asked."""


def review(
    settings: ReviewSettings, reporter: Reporter, engine_of: EngineOf | None = None
) -> Review:
    """Reads the repository, asks the model and writes the reports. ``engine_of`` takes the place
    of the engine in ``settings`` where that has to be started for what was read.

    Raises ScoutError. A report is written only when all its questions were put to the model; one
    with failed sections is written as incomplete, and raises UnusableAnswerError at the end unless
    ``allow_partial``."""
    prepared = _prepared(settings, reporter)
    settings = prepared.settings
    definitions, facts, library = prepared.definitions, prepared.facts, prepared.library
    if not (definitions or prepared.probe):
        reporter.say("Every page is as it would be written now; nothing is asked")
        return Review((), {}, None)
    with ExitStack() as stack:
        asked = settings.engine
        if engine_of is not None:
            besides = largest_question_and_reply(definitions, facts, library, probe=prepared.probe)
            tokens = prepared.packed.pack.tokens
            asked = stack.enter_context(engine_of(tokens, sum(besides) + LARGEST_CHAT_TEMPLATE))
        engine, choice = stack.enter_context(opened_engine(asked, reporter))
        if _is_brief(settings, embedded=engine.identity.embedded):
            prepared = replace(prepared, facts=brief(facts))
        reports, run = _reports(settings, prepared, engine, choice, reporter)
    result = Review(tuple(reports), prepared.files.pages, run)
    _refuse_incomplete(result, settings)
    keep_baseline(settings, result.reports, prepared.allowed.baseline, reporter)
    return result


@dataclass(frozen=True, slots=True)
class _Prepared:
    """All that a review knows before anything is sent. ``wanted`` says of each report that is a
    site which pages are to be written, where that is not all."""

    settings: ReviewSettings
    library: TemplateLibrary
    definitions: Sequence[ReportDefinition]
    allowed: Allowed
    packed: Packed
    facts: Facts
    probe: PlannedProbe | None
    files: ReportFiles
    wanted: Mapping[str, WantedPages]


def _prepared(settings: ReviewSettings, reporter: Reporter) -> _Prepared:
    """What is broken shows here. Reports of an earlier run are set aside."""
    library = TemplateLibrary(settings.prompts)
    definitions = [load_definition(library, name) for name in settings.reports]
    settings = with_recorded_depth(settings, definitions)
    allowed = allowed_suppressions(settings, definitions)
    packed = _packed(settings, library, reporter)
    reporter.say(describe_pack(packed))
    facts = review_facts(packed, library, definitions)
    for definition in definitions:
        planned_questions(definition, facts, library)
    probe = _planned_probe(settings, packed, library)
    wanted = wanted_pages(settings, definitions, packed, facts, library)
    definitions = [row for row in definitions if not wanted.get(row.name, ALL_PAGES).nothing]
    files = ReportFiles(settings.out)
    names = [*(row.name for row in definitions), *([PROBE] if probe else [])]
    files.set_aside(names, keep_sites=keeps_sites(settings))
    return _Prepared(settings, library, definitions, allowed, packed, facts, probe, files, wanted)


def _reports(
    settings: ReviewSettings, prepared: _Prepared, engine: Engine, choice: str, reporter: Reporter
) -> tuple[list[Report], RunRecord]:
    """Asked and written, the probe first."""
    packed, library, facts = prepared.packed, prepared.library, prepared.facts
    kept = _kept_answers(settings, packed, engine, reporter)
    session = Session(packed, engine, reporter, kept)
    longest = largest_question_and_reply(
        prepared.definitions, facts, library, session.worded, prepared.probe
    )
    run = _run_record(settings, session, choice, session.open_window(*longest))
    files, allowed, wanted = prepared.files, prepared.allowed, prepared.wanted
    writer = _Writer(settings, session, library, facts, files, allowed, wanted)
    probed, run = writer.probe(prepared.probe, run) if prepared.probe else ([], run)
    return [*probed, *(writer.write(definition, run) for definition in prepared.definitions)], run


def _packed(settings: ReviewSettings, library: TemplateLibrary, reporter: Reporter) -> Packed:
    """Raises RepositoryError where no file is left to read: a review of nothing would pass for a
    clean one."""
    packed = pack_repository(settings.selection, library, reporter, detailed=True)
    if not packed.snapshot.files:
        raise RepositoryError(
            f"{packed.snapshot.name} has no file to review: all of its "
            f"{len(packed.snapshot.omissions):,} paths are omitted",
            remedy="'scout-review pack' with --manifest says why; --include brings files back.",
        )
    return packed


def _planned_probe(
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


def _is_brief(settings: ReviewSettings, *, embedded: bool) -> bool:
    return settings.depth == "brief" or (settings.depth == "auto" and embedded)


def fails(result: Review, settings: ReviewSettings) -> bool:
    """Whether there is a finding of the severity ``--fail-on`` or graver that is not suppressed."""
    return settings.fail_on is not None and any(
        finding.severity.rank <= settings.fail_on.rank
        for report in result.reports
        for finding in report.findings
    )


def dry_run(settings: ReviewSettings, reporter: Reporter) -> str:
    """What a review would send, without opening an engine."""
    library = TemplateLibrary(settings.prompts)
    definitions = [load_definition(library, name) for name in settings.reports]
    packed = _packed(settings, library, reporter)
    facts = review_facts(packed, library, definitions)
    if _is_brief(settings, embedded=settings.engine.engine == "embedded"):
        facts = brief(facts)
    lines = [describe_pack(packed)]
    for definition in definitions:
        planned = planned_questions(definition, facts, library)
        tokens = sum(count_tokens(question.text) for question in planned)
        replies = sum(question.max_tokens for question in planned)
        lines.append(
            f"{definition.name}: {len(planned)} questions of {tokens:,} tokens in all behind the "
            f"shared prefix, answers of at most {replies:,} tokens"
        )
    probe = _planned_probe(settings, packed, library)
    return "\n".join([*lines, *([describe_probe(probe)] if probe else [])])


def review_facts(
    packed: Packed, library: TemplateLibrary, definitions: Sequence[ReportDefinition] = ()
) -> Facts:
    """The computed facts, with the diagrams that are drawn from them and, where one of the reports
    is a site, the items of its pages."""
    weaknesses = load_weaknesses(library)
    facts = collect_facts(packed.snapshot, packed.graph, tokens_by_path(packed.pack), weaknesses)
    facts = {**facts, **c4_diagrams(facts)}
    for definition in definitions:
        if definition.pages:
            facts = site_facts(packed.snapshot, packed.graph, facts)
            facts = facts_with_pages(definition, facts, None)
    return facts


def largest_question_and_reply(
    definitions: Sequence[ReportDefinition],
    facts: Facts,
    library: TemplateLibrary,
    worded: Callable[[Question], Question] = lambda question: question,
    probe: PlannedProbe | None = None,
) -> tuple[int, int]:
    """In tokens, over all reports and the probe: what the window has to hold besides the pack.
    ``worded`` makes of a question what is sent."""
    questions = [
        question
        for definition in definitions
        for question in planned_questions(definition, facts, library)
    ]
    probed = probe.questions if probe else ()
    replies = [definition.longest_reply for definition in definitions]
    return (
        max((count_tokens(worded(row).text) for row in (*questions, *probed)), default=0),
        max((*replies, *(row.max_tokens for row in probed)), default=0),
    )


def _kept_answers(
    settings: ReviewSettings, packed: Packed, engine: Engine, reporter: Reporter
) -> KeptAnswers | None:
    """None where nothing is to be kept: an answer to an unmasked prompt may hold a secret."""
    if not (settings.selection.cache and settings.selection.mask):
        return None
    path = cache_folder() / "answers.sqlite3"
    return KeptAnswers(path, packed.pack.sha256, engine.identity, reporter.say)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the reports of one run."""

    settings: ReviewSettings
    session: Session
    library: TemplateLibrary
    facts: Facts
    files: ReportFiles
    allowed: Allowed
    wanted: Mapping[str, WantedPages]

    def write(self, definition: ReportDefinition, run: RunRecord) -> Report:
        session, reporter = self.session, self.session.reporter
        planned = planned_questions(definition, self.facts, self.library)
        link_to = link_maker(session.packed.snapshot, self.settings.out)
        with reporter.asking(definition.title, len(planned), run.pack_tokens) as conversation:
            report = write_report(
                definition,
                self.facts,
                session.checker,
                self.library,
                ask=lambda question: session.ask(question, conversation),
                link_to=link_to,
                on_question=conversation.question,
                at_once=session.at_once,
                allowed=self.allowed,
                site=self._site_plan(definition.name),
            )
        self._file(report, run)
        return report

    def _site_plan(self, name: str) -> SitePlan:
        """For reports that are sites."""
        session, settings = self.session, self.settings
        wanted = self.wanted.get(name, ALL_PAGES)
        identity = session.engine.identity
        return SitePlan(
            link_from=partial(links_from, session.packed.snapshot, settings.out),
            model=identity.model,
            depth="brief" if _is_brief(settings, embedded=identity.embedded) else "full",
            tool_version=__version__,
            only=wanted.only,
            earlier=wanted.earlier,
            allow_partial=settings.allow_partial,
        )

    def probe(self, probe: PlannedProbe, run: RunRecord) -> tuple[list[Report], RunRecord]:
        """The report of the probe, and the run with the recall that the other reports state."""
        session, reporter = self.session, self.session.reporter
        with reporter.asking(TITLE, len(probe.questions), run.pack_tokens) as conversation:
            recall, asked = ask_probe(probe, session, conversation)
        reporter.say(describe_recall(recall))
        link_to = link_maker(session.packed.snapshot, self.settings.out)
        report = probe_report(recall, asked, self.library, filters(session.checker, link_to))
        run = replace(run, recall=recall)
        page = self._file(report, run)
        return [report], replace(run, recall_page=page.name)

    def _file(self, report: Report, run: RunRecord) -> Path:
        session = self.session
        link_to = link_maker(session.packed.snapshot, self.settings.out)
        page = self.files.write(
            report,
            replace(run, prefill_rate=session.prefill_rate),
            session.packed.snapshot,
            self.facts["repository"],
            self.library,
            filters(session.checker, link_to),
            allow_partial=self.settings.allow_partial,
        )
        session.reporter.say(f"{report.title}: {page}")
        tell_of_suppressions(report, session.reporter)
        return page


def _run_record(settings: ReviewSettings, session: Session, choice: str, window: int) -> RunRecord:
    snapshot = session.packed.snapshot
    return RunRecord(
        tool_version=__version__,
        command=settings.command,
        identity=session.engine.identity,
        engine_choice=choice,
        window=window,
        pack_tokens=session.packed.pack.tokens,
        files_packed=len(snapshot.files),
        omissions=snapshot.omissions,
        text_bytes=sum(file.size for file in snapshot.files),
        cache_remedy=session.family.cache_remedy,
        base=session.packed.pack.base,
    )


def _refuse_incomplete(result: Review, settings: ReviewSettings) -> None:
    failed = [report for report in result.reports if report.failures]
    if not failed or settings.allow_partial:
        return
    count = sum(len(report.failures) for report in failed)
    pages = ", ".join(str(result.files[report.name]) for report in failed)
    raise UnusableAnswerError(
        f"{count} answers could not be used ({failed[0].failures[0].failure}); see {pages}",
        remedy="Use a larger model, or --allow-partial to accept reports with failed sections.",
    )
