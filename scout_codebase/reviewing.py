"""A prepared review -> window check -> questions -> reports -> files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from scout_codebase import __version__
from scout_codebase.budget import LARGEST_CHAT_TEMPLATE
from scout_codebase.comparing import gate
from scout_codebase.costs import check_session_cost, note_server
from scout_codebase.documenting import ALL_PAGES, WantedPages, certain_questions
from scout_codebase.engines.base import Engine
from scout_codebase.engines.kept import KeptAnswers
from scout_codebase.errors import LimitError
from scout_codebase.limits import Limits
from scout_codebase.opening import kept_answers, known_servers, opened_engine
from scout_codebase.pack import tokens_by_path
from scout_codebase.preparing import (
    Prepared,
    is_brief,
    largest_question_and_reply,
    prepare,
)
from scout_codebase.probing import (
    PROBE,
    TITLE,
    PlannedProbe,
    ask_probe,
    describe_recall,
    probe_report,
)
from scout_codebase.progress import Reporter
from scout_codebase.publishing import Publisher
from scout_codebase.records import NOBODY, Report, RunRecord
from scout_codebase.render.html import Overview
from scout_codebase.render.links import base_link_maker, link_maker
from scout_codebase.render.site import links_from
from scout_codebase.reports.definition import ReportDefinition
from scout_codebase.reports.facts import brief
from scout_codebase.reports.markdown import filters, no_link
from scout_codebase.reports.site import SitePlan
from scout_codebase.reports.write import write_report
from scout_codebase.session import Session
from scout_codebase.settings import (
    CHANGES,
    EngineSettings,
    ReviewSettings,
    cache_folder,
)
from scout_codebase.suppressing import tell_of_suppressions
from scout_codebase.turns import own_turn


@dataclass(frozen=True, slots=True)
class Review:
    """What a review wrote. ``files`` maps each report's name to its page; ``run`` is None where
    there was nothing to write."""

    reports: tuple[Report, ...]
    files: Mapping[str, Path]
    run: RunRecord | None


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
            prepared = prepare(settings, reporter)
            for report in prepared.kept:
                reporter.say(f"{report.title}: every page is as it would be written now")
            if not (prepared.definitions or prepared.probe):
                reporter.say("Nothing is asked")
                return _concluded(prepared, publisher)
            engine, choice = _opened(settings, prepared, engine_of, reporter, stack)
        settings = prepared.settings
        if is_brief(settings, embedded=engine.identity.embedded):
            prepared = replace(prepared, facts=brief(prepared.facts))
        kept = kept_answers(settings.selection, prepared.packed, engine.identity, reporter)
        session = Session(prepared.packed, engine, reporter, kept, limits)
        reports, run, stop = _reports(prepared, session, choice, kept)
    result = Review(tuple(reports), prepared.files.pages, run)
    stopped = _stopped(stop, result, prepared, kept) if stop else None
    _conclude(prepared, publisher, result.reports, run, stopped)
    return result


def _concluded(prepared: Prepared, publisher: Publisher) -> Review:
    """A review that has nothing to ask and nothing to write."""
    _conclude(prepared, publisher, (), _run_record(prepared))
    return Review((), {}, None)


def _conclude(
    prepared: Prepared,
    publisher: Publisher,
    reports: Sequence[Report],
    run: RunRecord,
    stopped: LimitError | None = None,
) -> None:
    snapshot, known = prepared.packed.snapshot, prepared.known
    every = [*reports, *prepared.kept]
    publisher.conclude(every, run, snapshot, known, prepared.files, stopped)


def _opened(
    settings: ReviewSettings,
    prepared: Prepared,
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


def _reports(
    prepared: Prepared,
    session: Session,
    choice: str,
    kept: KeptAnswers | None,
) -> tuple[list[Report], RunRecord, LimitError | None]:
    """Asked and written, the probe first; with the limit that was reached before all were."""
    settings, definitions = prepared.settings, prepared.definitions
    longest = largest_question_and_reply(
        definitions, prepared.facts, prepared.library, session.worded, prepared.probe
    )
    with session.limits.interrupting():
        run = replace(
            _run_record(prepared),
            identity=session.engine.identity,
            engine_choice=choice,
            window=session.open_window(*longest),
            cache_remedy=session.family.cache_remedy,
        )
    writer = _Writer(prepared, session)
    reports: list[Report] = []
    questions = [session.worded(row) for row in prepared.questions]
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


def fails(result: Review, settings: ReviewSettings) -> bool:
    """Whether there is a finding that ``--fail-on`` counts."""
    return gate(result.reports, settings).counted > 0


@dataclass(frozen=True)
class _Writer:
    """Writes the reports of one run."""

    prepared: Prepared
    session: Session

    @cached_property
    def _overview(self) -> Overview:
        packed = self.session.packed
        link_to = link_maker(packed.snapshot, self.prepared.settings.out)
        return Overview(packed.snapshot, self.prepared.facts, tokens_by_path(packed.pack), link_to)

    def write(self, definition: ReportDefinition, run: RunRecord) -> Report:
        prepared, session, reporter = self.prepared, self.session, self.session.reporter
        facts, library = prepared.facts, prepared.library
        wanted = prepared.wanted.get(definition.name, ALL_PAGES)
        planned = certain_questions(definition, facts, library, wanted)
        link_to = link_maker(session.packed.snapshot, prepared.settings.out)
        base = session.packed.base
        with reporter.asking(definition.title, len(planned), run.pack_tokens) as conversation:
            report = write_report(
                definition,
                facts,
                session.checker,
                library,
                ask=lambda question: session.ask(question, conversation),
                link_to=link_to,
                on_question=conversation.question,
                at_once=session.at_once,
                allowed=prepared.allowed,
                before=prepared.before,
                link_to_base=base_link_maker(base.snapshot) if base else no_link,
                site=self._site_plan(wanted) if definition.pages else None,
            )
        self._file(report, run)
        return report

    def _site_plan(self, wanted: WantedPages) -> SitePlan:
        session, settings = self.session, self.prepared.settings
        identity = session.engine.identity
        return SitePlan(
            link_from=partial(links_from, session.packed.snapshot, settings.out),
            model=identity.model,
            depth="brief" if is_brief(settings, embedded=identity.embedded) else "full",
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
        link_to = link_maker(session.packed.snapshot, self.prepared.settings.out)
        report = probe_report(
            recall, asked, self.prepared.library, filters(session.checker, link_to)
        )
        run = replace(run, recall=recall)
        page = self._file(report, run)
        return [report], replace(run, recall_page=page.name)

    def _file(self, report: Report, run: RunRecord) -> Path:
        session = self.session
        link_to = link_maker(session.packed.snapshot, self.prepared.settings.out)
        page = self.prepared.files.write(
            report,
            replace(run, prefill_rate=session.prefill_rate),
            session.packed.snapshot,
            self.prepared.facts["repository"],
            self.prepared.library,
            filters(session.checker, link_to),
            self._overview,
            allow_partial=self.prepared.settings.allow_partial,
        )
        session.reporter.say(f"{report.title}: {page}")
        tell_of_suppressions(report, session.reporter)
        return page


def _run_record(prepared: Prepared) -> RunRecord:
    """Of a run in which nobody was asked yet."""
    snapshot, pack = prepared.packed.snapshot, prepared.packed.pack
    return RunRecord(
        tool_version=__version__,
        command=prepared.settings.command,
        identity=NOBODY,
        engine_choice="",
        window=0,
        pack_tokens=pack.tokens,
        files_packed=len(snapshot.files),
        omissions=snapshot.omissions,
        text_bytes=sum(file.size for file in snapshot.files),
        base=pack.base,
    )


def _stopped(
    stop: LimitError, result: Review, prepared: Prepared, kept: KeptAnswers | None
) -> LimitError:
    """What was written of a run that a limit ended."""
    wanted = [*([PROBE] if prepared.probe else []), *(row.name for row in prepared.definitions)]
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
