"""Questions behind the shared prefix, each with those before it, and their checked answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scout_codebase.asking.absence import NothingFound, nothing_found, words_looked_for
from scout_codebase.asking.blocks import Blocks
from scout_codebase.asking.views import View
from scout_codebase.errors import PromptTooLongError, UsageError
from scout_codebase.neutralise import disarm
from scout_codebase.opening import kept_answers, opened_engine
from scout_codebase.pipeline import describe_pack, pack_repository, refuse_empty
from scout_codebase.progress import Conversation, Reporter
from scout_codebase.records import Answer, AnswerEvent, AnswerText, Citation, Question
from scout_codebase.reports.ask import repeats_itself
from scout_codebase.reports.citations import CitedBlock, cited_block, without_missing
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.session import Session
from scout_codebase.settings import AskSettings
from scout_codebase.templates import TemplateLibrary

TEMPLATE = "ask/question.md.j2"
MOST_EARLIER_TOKENS = 16_384
"""Of the questions and answers that go with a question, itself included."""
_SHORTEST_ROOM = 256  # tokens, for a question that is yet to be typed


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer. ``failure`` says why the answer cannot be used, "" where it can;
    ``dropped`` is how many earlier turns were not sent with it for want of room, all of them since
    the session began. ``nothing`` is set where the answer is that there is nothing of the kind."""

    question: str
    answer: Answer
    blocks: tuple[CitedBlock, ...] = field(repr=False)
    failure: str = ""
    dropped: int = 0
    nothing: NothingFound | None = None

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(citation for block in self.blocks for citation in block.citations)


class Dialogue:
    """The questions of one session. ``room`` is how many tokens one of them may have, with those
    before it."""

    def __init__(
        self, session: Session, library: TemplateLibrary, settings: AskSettings, first: str
    ) -> None:
        """``first`` is the only question, "" where there may be several. Raises UsageError, and
        WindowError where the window has no room for it."""
        self.session = session
        self.turns: list[Turn] = []
        self.saved: set[Path] = set()
        self._library, self._reply_tokens = library, settings.answer_tokens
        self._earlier: list[Turn] = []
        self._dropped = self._asked = 0
        least = session.question_tokens(self._worded(first, ()))
        if first:
            self.room = session.open_room(least, least, self._reply_tokens)
        else:
            least += _SHORTEST_ROOM
            self.room = session.open_room(least, MOST_EARLIER_TOKENS, self._reply_tokens)

    @property
    def checker(self) -> EvidenceChecker:
        return self.session.checker

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Of all turns; number N is the one at N - 1."""
        return tuple(citation for turn in self.turns for citation in turn.citations)

    @property
    def earlier_tokens(self) -> int:
        """What goes with the next question, whose own tokens come on top."""
        return self.session.question_tokens(self._worded("", self._earlier))

    def ask(self, text: str, view: View) -> Turn:
        """Asks, and shows the answer as it comes in. Raises EngineError, or WindowError where it
        does not fit or was not read whole; then, and where it is interrupted, there is no turn."""
        question = self._fitting(text)
        writing = _Writing(view, self.session, len(self.citations) + 1)
        try:
            answer = self._answered(question, writing)
        except BaseException:
            writing.finish(whole=False)
            raise
        writing.finish(cut=answer.finish_reason == "length")
        failure = "" if writing.nothing else self._failure(answer, writing)
        blocks = tuple(writing.blocks)
        turn = Turn(text, answer, blocks, failure, self._dropped, writing.nothing)
        self.turns.append(turn)
        if answer.finish_reason != "length" and writing.blocks:
            self._earlier.append(turn)
        return turn

    def _answered(self, question: Question, writing: _Writing) -> Answer:
        session = self.session
        with ExitStack() as bar:
            asking = session.reporter.asking("Question", 1, session.packed.pack.tokens)
            listener = _Listener(bar, bar.enter_context(asking), writing)
            listener.progress.question(question.id)
            answer = session.ask(question, listener)
        if not listener.began:  # kept from an earlier run
            writing.add(answer.text)
        return answer

    def _fitting(self, text: str) -> Question:
        """The question with as many of the earlier turns as there is room for, the latest first to
        stay. What was once left out stays out: the prefix that the server has cached goes on."""
        kept = list(self._earlier)
        question = self._worded(text, kept)
        while kept and self.session.question_tokens(question) > self.room:
            kept.pop(0)
            question = self._worded(text, kept)
        tokens = self.session.question_tokens(question)
        if tokens > self.room:
            raise PromptTooLongError(
                f"The question needs {tokens:,} tokens, and there is room for {self.room:,}",
                remedy="Ask a shorter one.",
            )
        left_out = len(self._earlier) - len(kept)
        if left_out:
            self._dropped += left_out
            self.session.reporter.say(
                f"The oldest {left_out} of the earlier questions no longer go with this one: "
                f"together they may have {self.room:,} tokens"
            )
        self._earlier = kept
        return question

    def _worded(self, text: str, earlier: list[Turn] | tuple[()]) -> Question:
        rows = [
            {
                "question": turn.question,
                "answer": "\n\n".join(map(without_missing, turn.blocks)),
            }
            for turn in earlier
        ]
        values = {"question": text, "earlier": rows}
        body = disarm(self._library.render(TEMPLATE, values).strip())
        return Question(
            id=f"ask/{len(self.turns) + 1}",
            text=f"<question>\n{body}\n</question>\n",
            max_tokens=self._reply_tokens,
        )

    def _failure(self, answer: Answer, writing: _Writing) -> str:
        if not answer.text.strip():
            return "the answer is empty"
        if answer.finish_reason == "length":
            return f"the answer was cut off at its limit of {self._reply_tokens:,} tokens"
        if repeats_itself(answer.text):
            return "the answer repeats itself"
        cited = [citation for block in writing.blocks for citation in block.citations]
        if not cited:
            return "the answer cites nothing, so that nothing of it was checked"
        if not any(citation.verified for citation in cited):
            return "nothing that the answer quotes is in the source"
        return ""


class _Writing:
    """An answer that is coming in, looked up block by block. One that begins like an answer that
    there is nothing is held back until it is known whether more comes."""

    def __init__(self, view: View, session: Session, first: int) -> None:
        self.blocks: list[CitedBlock] = []
        self.nothing: NothingFound | None = None
        self._view, self._session, self._next = view, session, first
        self._cut = Blocks()
        self._held: CitedBlock | None = None

    def add(self, piece: str) -> None:
        self._show(self._cut.feed(piece))
        self._view.partial(self._cut.rest)

    def finish(self, *, whole: bool = True, cut: bool = False) -> None:
        """``cut``: the answer reached its limit."""
        self._show(self._cut.finish())
        if self._held and whole and not cut:
            words = words_looked_for(self._held.text)
            self.nothing = nothing_found(words, self._session.packed)
            self._view.nothing(self.nothing)
        elif self._held:
            self._view.block(self._held)
        self._view.end(whole=whole or not self.blocks)

    def _show(self, texts: list[str]) -> None:
        for text in texts:
            block = cited_block(text, self._session.checker, self._next)
            self._next += len(block.citations)
            if not (self.blocks or block.citations) and words_looked_for(text):
                self._held = block
            else:
                if self._held:
                    self._view.block(self._held)
                    self._held = None
                self._view.block(block)
            self.blocks.append(block)


class _Listener:
    """A Listener. Shows how far the server has read; that makes way for the answer."""

    def __init__(self, bar: ExitStack, progress: Conversation, writing: _Writing) -> None:
        self.began = False
        self.progress = progress
        self._bar, self._writing = bar, writing

    def event(self, question_id: str, event: AnswerEvent) -> None:
        if isinstance(event, AnswerText):
            self._bar.close()
            self.began = True
            self._writing.add(event.text)
        else:
            self.progress.event(question_id, event)

    def answered(self, question_id: str) -> None:
        self.progress.answered(question_id)


def question_text(text: str) -> str:
    """What a user typed or piped, as text that can be sent. Raises UsageError for none."""
    sendable = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()
    if not sendable:
        raise UsageError("the question is empty")
    return sendable


@contextmanager
def opened_dialogue(
    settings: AskSettings, reporter: Reporter, only: str = ""
) -> Iterator[Dialogue]:
    """The repository packed, the engine open, and room made for ``only``, or else for a session.
    Raises ScoutError."""
    library = TemplateLibrary(settings.prompts, settings.style)
    library.compile(TEMPLATE)
    packed = pack_repository(settings.selection, library, reporter)
    refuse_empty(packed)
    reporter.say(describe_pack(packed))
    with opened_engine(settings.engine, reporter) as (engine, _):
        kept = kept_answers(settings.selection, packed, engine.identity, reporter)
        session = Session(packed, engine, reporter, kept)
        yield Dialogue(session, library, settings, only)
