"""A packed repository -> window check -> questions -> reports -> files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scout_codebase import __version__
from scout_codebase.budget import (
    LARGEST_CHAT_TEMPLATE,
    Budget,
    ExpectedRead,
    check_window,
    expect_about,
    expect_exactly,
    expect_with_template,
    verify_read,
)
from scout_codebase.engines.base import Engine
from scout_codebase.engines.open import EngineChoice, open_engine
from scout_codebase.errors import RepositoryError, UnusableAnswerError, UsageError
from scout_codebase.pack import tokens_by_folder, tokens_by_path
from scout_codebase.pipeline import Packed, describe_pack, pack_repository
from scout_codebase.progress import Conversation, Reporter
from scout_codebase.records import (
    Answer,
    Question,
    Report,
    RunRecord,
)
from scout_codebase.render.files import ReportFiles
from scout_codebase.render.graph_formats import to_mermaid
from scout_codebase.render.links import link_maker
from scout_codebase.reports.ask import planned_questions
from scout_codebase.reports.definition import ReportDefinition, load_definition
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.facts import Facts, brief, collect_facts
from scout_codebase.reports.markdown import filters
from scout_codebase.reports.weaknesses import load_weaknesses
from scout_codebase.reports.write import write_report
from scout_codebase.settings import (
    EngineSettings,
    ReviewSettings,
    cache_folder,
)
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens


@dataclass(frozen=True, slots=True)
class Review:
    """What a review wrote. ``files`` maps each report's name to its page."""

    reports: tuple[Report, ...]
    files: Mapping[str, Path]
    run: RunRecord


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
    library = TemplateLibrary(settings.prompts)
    definitions = [load_definition(library, name) for name in settings.reports]
    packed = _packed(settings, library, reporter)
    reporter.say(describe_pack(packed))
    facts = review_facts(packed, library)
    for definition in definitions:
        planned_questions(
            definition, facts, library
        )  # what is broken shows before anything is sent
    files = ReportFiles(settings.out)
    files.set_aside([definition.name for definition in definitions])
    with ExitStack() as stack:
        asked = settings.engine
        if engine_of is not None:
            besides = sum(largest_question_and_reply(definitions, facts, library))
            tokens = packed.pack.tokens
            asked = stack.enter_context(engine_of(tokens, besides + LARGEST_CHAT_TEMPLATE))
        engine, choice = stack.enter_context(opened_engine(asked, reporter))
        if _is_brief(settings, embedded=engine.identity.embedded):
            facts = brief(facts)
        session = _Session(packed, engine, reporter, library, facts)
        window = session.check_window(definitions)
        run = _run_record(settings, packed, engine, choice, window)
        reports = [_write(definition, session, settings, run, files) for definition in definitions]
    result = Review(tuple(reports), files.pages, run)
    _refuse_incomplete(result, settings)
    return result


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


def _is_brief(settings: ReviewSettings, *, embedded: bool) -> bool:
    return settings.depth == "brief" or (settings.depth == "auto" and embedded)


def fails(result: Review, settings: ReviewSettings) -> bool:
    """Whether there is a finding of the severity ``--fail-on`` or graver."""
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
    facts = review_facts(packed, library)
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
    return "\n".join(lines)


def review_facts(packed: Packed, library: TemplateLibrary) -> Facts:
    """The computed facts, with the diagram that is drawn from the graph."""
    weaknesses = load_weaknesses(library)
    facts = collect_facts(packed.snapshot, packed.graph, tokens_by_path(packed.pack), weaknesses)
    facts["diagram"] = to_mermaid(packed.graph, packed.snapshot, level="component").strip()
    return facts


def largest_question_and_reply(
    definitions: Sequence[ReportDefinition], facts: Facts, library: TemplateLibrary
) -> tuple[int, int]:
    """In tokens, over all reports: what the window has to hold besides the pack."""
    questions = (
        count_tokens(question.text)
        for definition in definitions
        for question in planned_questions(definition, facts, library)
    )
    replies = (definition.longest_reply for definition in definitions)
    return max(questions, default=0), max(replies, default=0)


@contextmanager
def opened_engine(settings: EngineSettings, reporter: Reporter) -> Iterator[tuple[Engine, str]]:
    """The engine and how it was chosen, closed whatever happens."""
    choice = EngineChoice(
        engine=settings.engine,
        cache_dir=cache_folder(),
        base_url=settings.base_url or None,
        model=settings.model or None,
        api_key=settings.api_key or None,
        context_window=settings.context_window,
        allow_remote=settings.allow_remote,
        weights_path=settings.weights,
    )
    with reporter.downloading() as download:
        engine = open_engine(choice, on_note=reporter.say, on_weights=download.update)
    try:
        how = _how_chosen(settings, engine)
        identity = engine.identity
        reporter.say(f"Model: {identity.model} on {identity.family} ({how})")
        yield engine, how
    finally:
        engine.close()


def _how_chosen(settings: EngineSettings, engine: Engine) -> str:
    if settings.origin:
        return settings.origin
    if settings.base_url:
        return "named by --base-url"
    if settings.engine != "auto":
        return "named by --engine"
    if engine.identity.embedded:
        return "no server was found on this machine"
    return "found on this machine"


class _Session:
    """One engine and one pack: asks questions and checks that the server read them whole."""

    def __init__(
        self,
        packed: Packed,
        engine: Engine,
        reporter: Reporter,
        library: TemplateLibrary,
        facts: Facts,
    ) -> None:
        self.packed, self.engine, self.reporter = packed, engine, reporter
        self.library, self.facts = library, facts
        self.checker = EvidenceChecker(packed.pack, packed.graph.analyses)
        self._text = packed.pack.text

    def check_window(self, definitions: list[ReportDefinition]) -> int:
        """The window, once it is known that everything fits."""
        window = self.engine.identity.context_window
        if window is None:
            raise UsageError(
                f"{self.engine.identity.address} does not tell its context window",
                remedy="Give it with --context-window.",
            )
        question, reply = largest_question_and_reply(definitions, self.facts, self.library)
        budget = Budget(window=window, pack=self._count_pack(), question=question, reply=reply)
        check_window(budget, tokens_by_folder(self.packed.pack), self._window_remedy())
        self.reporter.say(f"Window: {budget.needed:,} of {window:,} tokens needed")
        return window

    def _count_pack(self) -> int:
        if self.engine.identity.llama4_vocabulary:
            return self.packed.pack.tokens
        return self.engine.count_tokens(self._text) or self.packed.pack.tokens

    def _window_remedy(self) -> str:
        if not self.engine.identity.embedded:
            return ""
        return (
            "The embedded model is for small repositories: name a folder of this one, leave "
            "folders out with --exclude, or serve Llama 4 Scout and name it with --base-url."
        )

    def ask(self, question: Question, conversation: Conversation) -> Answer:
        """One answer whose prompt was read whole; raises TruncatedPromptError otherwise."""
        expected = self._expected(question)
        answer = self.engine.ask(self._text, question, conversation.event)
        verify_read(expected, answer, self.engine.identity.address)
        conversation.answered(answer)
        return answer

    def _expected(self, question: Question) -> ExpectedRead:
        tokens = self.packed.pack.tokens + count_tokens(question.text)
        if self.engine.identity.llama4_vocabulary:
            return expect_with_template(tokens)
        exact = self.engine.count_tokens(self._text + question.text)
        return expect_exactly(exact) if exact is not None else expect_about(tokens)


def _write(
    definition: ReportDefinition,
    session: _Session,
    settings: ReviewSettings,
    run: RunRecord,
    files: ReportFiles,
) -> Report:
    planned = planned_questions(definition, session.facts, session.library)
    link_to = link_maker(session.packed.snapshot, settings.out)
    with session.reporter.asking(definition.title, len(planned), run.pack_tokens) as conversation:
        report = write_report(
            definition,
            session.facts,
            session.checker,
            session.library,
            ask=lambda question: session.ask(question, conversation),
            link_to=link_to,
            on_question=conversation.question,
        )
    page = files.write(
        report,
        run,
        session.facts["repository"],
        session.library,
        filters(session.checker, link_to),
        allow_partial=settings.allow_partial,
    )
    session.reporter.say(f"{definition.title}: {page}")
    return report


def _run_record(
    settings: ReviewSettings, packed: Packed, engine: Engine, choice: str, window: int
) -> RunRecord:
    return RunRecord(
        tool_version=__version__,
        command=settings.command,
        identity=engine.identity,
        engine_choice=choice,
        window=window,
        pack_tokens=packed.pack.tokens,
        files_packed=len(packed.snapshot.files),
        omissions=packed.snapshot.omissions,
        text_bytes=sum(file.size for file in packed.snapshot.files),
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
