"""A packed repository -> window check -> questions -> reports -> files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from scout_codebase import __version__
from scout_codebase.budget import LARGEST_CHAT_TEMPLATE
from scout_codebase.comparing import gate, what_was_before
from scout_codebase.costs import check_session_cost, note_server
from scout_codebase.earlier import Baselines, read_baselines
from scout_codebase.engines.base import Engine
from scout_codebase.engines.kept import KeptAnswers
from scout_codebase.errors import LimitError, RepositoryError
from scout_codebase.limits import Limits
from scout_codebase.opening import kept_answers, known_servers, opened_engine
from scout_codebase.pack import tokens_by_path
from scout_codebase.pipeline import Packed, describe_pack, pack_repository, refuse_empty
from scout_codebase.probing import (
    PROBE,
    TITLE,
    PlannedProbe,
    ask_probe,
    describe_recall,
    planned_probe,
    probe_report,
)
from scout_codebase.progress import Reporter
from scout_codebase.publishing import Publisher
from scout_codebase.records import Question, Report, RunRecord
from scout_codebase.render.c4 import c4_diagrams
from scout_codebase.render.files import RUN_FILES, ReportFiles
from scout_codebase.render.html import Overview
from scout_codebase.render.links import base_link_maker, link_maker
from scout_codebase.reports.ask import planned_questions
from scout_codebase.reports.changes import State, change_facts
from scout_codebase.reports.comparison import Before
from scout_codebase.reports.definition import ReportDefinition, load_definition
from scout_codebase.reports.facts import Facts, brief, collect_facts
from scout_codebase.reports.markdown import filters, no_link
from scout_codebase.reports.rehearsal import rehearse
from scout_codebase.reports.suppressions import Allowed
from scout_codebase.reports.weaknesses import load_weaknesses
from scout_codebase.reports.write import write_report
from scout_codebase.session import Session
from scout_codebase.settings import (
    CHANGES,
    EngineSettings,
    ReviewSettings,
    cache_folder,
)
from scout_codebase.suppressing import allowed_suppressions, tell_of_suppressions
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens
from scout_codebase.turns import own_turn


@dataclass(frozen=True, slots=True)
class Review:
    """What a review wrote. ``files`` maps each report's name to its page."""

    reports: tuple[Report, ...]
    files: Mapping[str, Path]
    run: RunRecord


EngineOf = Callable[[int, int], AbstractContextManager[EngineSettings]]
"""Of the tokens of the pack, and of what is needed besides, who is asked."""


def review(
    settings: ReviewSettings,
    reporter: Reporter,
    engine_of: EngineOf | None = None,
    show: Callable[[str], None] = lambda _: None,
) -> Review:
    """Reads the repository, asks the model and writes the reports. ``engine_of`` takes the place
    of the engine in ``settings`` where that has to be started for what was read. ``show`` is given
    what goes to standard output, also of a review that is incomplete.

    Raises ScoutError. A report is written only when all its questions were put to the model; one
    with failed sections is written as incomplete, and raises UnusableAnswerError at the end unless
    ``allow_partial``; one that a limit ended is written as incomplete, and raises LimitError."""
    publisher = Publisher(settings, reporter, show)
    limits = Limits(settings.max_tokens, settings.max_minutes)
    with ExitStack() as stack:
        with limits.interrupting():
            prepared = _prepared(settings, reporter)
            engine, choice = _opened(settings, prepared, engine_of, reporter, stack)
        if is_brief(settings, embedded=engine.identity.embedded):
            prepared = replace(prepared, facts=brief(prepared.facts))
        kept = kept_answers(settings.selection, prepared.packed, engine.identity, reporter)
        session = Session(prepared.packed, engine, reporter, kept, limits)
        reports, run, stop = _reports(settings, prepared, session, choice, kept)
    result = Review(tuple(reports), prepared.files.pages, run)
    stopped = _stopped(stop, result, settings, kept) if stop else None
    snapshot, known = prepared.packed.snapshot, prepared.known
    publisher.conclude(result.reports, run, snapshot, known, prepared.files, stopped)
    return result


def _opened(
    settings: ReviewSettings,
    prepared: _Prepared,
    engine_of: EngineOf | None,
    reporter: Reporter,
    stack: ExitStack,
) -> tuple[Engine, str]:
    """The engine, which the stack closes, and how it was chosen."""
    asked = settings.engine
    if engine_of is not None:
        besides = largest_question_and_reply(
            prepared.definitions, prepared.facts, prepared.library, probe=prepared.probe
        )
        tokens = prepared.packed.pack.tokens
        asked = stack.enter_context(engine_of(tokens, sum(besides) + LARGEST_CHAT_TEMPLATE))
    return stack.enter_context(opened_engine(asked, reporter))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """All that a review knows before anything is sent."""

    library: TemplateLibrary
    definitions: Sequence[ReportDefinition]
    allowed: Allowed
    known: Baselines
    before: Before | None
    packed: Packed
    facts: Facts
    probe: PlannedProbe | None
    files: ReportFiles


def _prepared(settings: ReviewSettings, reporter: Reporter) -> _Prepared:
    """What is broken shows here. Reports of an earlier run are set aside."""
    library = TemplateLibrary(settings.prompts, settings.style)
    definitions = [load_definition(library, name) for name in settings.reports]
    known = read_baselines(settings.baselines)
    allowed = allowed_suppressions(settings, definitions, known.accepted)
    packed = packed_for_review(settings, library, reporter)
    reporter.say(describe_pack(packed))
    facts = review_facts(packed, library)
    for definition in definitions:
        planned_questions(definition, facts, library)
        rehearse(definition, facts, library, packed.pack)
    probe = probe_of(settings, packed, library)
    files = ReportFiles(settings.out)
    own = RUN_FILES if settings.reports else ()
    files.set_aside([*settings.reports, *([PROBE] if probe else [])], own)
    before = what_was_before(packed, known.earlier, definitions, library)
    return _Prepared(library, definitions, allowed, known, before, packed, facts, probe, files)


def _reports(
    settings: ReviewSettings,
    prepared: _Prepared,
    session: Session,
    choice: str,
    kept: KeptAnswers | None,
) -> tuple[list[Report], RunRecord, LimitError | None]:
    """Asked and written, the probe first; with the limit that was reached before all were."""
    definitions, library, facts = prepared.definitions, prepared.library, prepared.facts
    longest = largest_question_and_reply(
        definitions, facts, library, session.worded, prepared.probe
    )
    with session.limits.interrupting():
        run = _run_record(settings, session, choice, session.open_window(*longest))
    files, allowed, before = prepared.files, prepared.allowed, prepared.before
    writer = _Writer(settings, session, library, facts, files, allowed, before)
    reports: list[Report] = []
    questions = [
        session.worded(row) for row in planned(definitions, facts, library, prepared.probe)
    ]
    servers = known_servers(settings.selection, session.reporter)
    with own_turn(cache_folder() / "turns", session, questions, kept):
        check_session_cost(session, questions, kept, servers)
        try:
            if prepared.probe:
                probed, run = writer.probe(prepared.probe, run)
                reports += probed
            for definition in definitions:
                reports.append(writer.write(definition, run))
                if definition.name == CHANGES:
                    run = replace(run, changes_page=prepared.files.pages[CHANGES].name)
        except LimitError as error:
            return reports, run, error
        finally:
            note_server(session, servers)
    return reports, run, None


def packed_for_review(
    settings: ReviewSettings, library: TemplateLibrary, reporter: Reporter
) -> Packed:
    """Raises RepositoryError, also where no file is left to read: a review of nothing would pass
    for a clean one."""
    packed = pack_repository(settings.selection, library, reporter, detailed=True)
    refuse_empty(packed)
    return packed


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


def fails(result: Review, settings: ReviewSettings) -> bool:
    """Whether there is a finding that ``--fail-on`` counts."""
    return gate(result.reports, settings).counted > 0


def review_facts(packed: Packed, library: TemplateLibrary) -> Facts:
    """The computed facts, with the diagrams that are drawn from them."""
    weaknesses = load_weaknesses(library)
    tokens = tokens_by_path(packed.pack)
    facts = collect_facts(packed.snapshot, packed.graph, tokens, weaknesses)
    return {**facts, **c4_diagrams(facts), **_change_facts(packed, tokens)}


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
) -> list[Question]:
    """Every question that is certain to be asked, those of the probe first."""
    probed = probe.questions if probe else ()
    rows = (planned_questions(definition, facts, library) for definition in definitions)
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


@dataclass(frozen=True)
class _Writer:
    """Writes the reports of one run."""

    settings: ReviewSettings
    session: Session
    library: TemplateLibrary
    facts: Facts
    files: ReportFiles
    allowed: Allowed
    before: Before | None

    @cached_property
    def _overview(self) -> Overview:
        packed = self.session.packed
        link_to = link_maker(packed.snapshot, self.settings.out)
        return Overview(packed.snapshot, self.facts, tokens_by_path(packed.pack), link_to)

    def write(self, definition: ReportDefinition, run: RunRecord) -> Report:
        session, reporter = self.session, self.session.reporter
        planned = planned_questions(definition, self.facts, self.library)
        link_to = link_maker(session.packed.snapshot, self.settings.out)
        base = session.packed.base
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
                before=self.before,
                link_to_base=base_link_maker(base.snapshot) if base else no_link,
            )
        self._file(report, run)
        return report

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
            self._overview,
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


def _stopped(
    stop: LimitError, result: Review, settings: ReviewSettings, kept: KeptAnswers | None
) -> LimitError:
    """What was written of a run that a limit ended."""
    wanted = [*([PROBE] if settings.probe else []), *settings.reports]
    begun = {report.name: report for report in result.reports}
    parts = []
    for name in wanted:
        report, page = begun.get(name), result.files.get(name)
        if report is None:
            parts.append(f"{name} was not written")
        elif report.failures:
            parts.append(f"{page} lacks {len(report.failures)} of {len(report.asked)} answers")
        else:
            parts.append(f"{page} is whole")
    answers = sum(not row.failure for report in result.reports for row in report.asked)
    again = (
        f"Run it again: {answers} answers are kept and are not asked for anew; or raise the limit."
        if kept
        else "Raise the limit; without --no-cache and --no-mask answers are kept for another run."
    )
    return LimitError(f"{stop.message}: {', '.join(parts)}", remedy=again)
