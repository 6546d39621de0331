"""One engine and one pack: questions are asked, and every answer is checked to come from a prompt
that was read whole."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cached_property, partial

from scout_codebase.budget import (
    LARGEST_CHAT_TEMPLATE,
    Budget,
    ExpectedRead,
    ReadGuard,
    check_held,
    check_window,
    expect_about,
    expect_exactly,
    expect_with_template,
)
from scout_codebase.engines.base import Engine
from scout_codebase.engines.kept import KeptAnswers
from scout_codebase.engines.table import Family, family_named
from scout_codebase.errors import UnusableAnswerError, UsageError
from scout_codebase.limits import Limits
from scout_codebase.pack import tokens_by_folder
from scout_codebase.pipeline import Packed
from scout_codebase.progress import Listener, Reporter
from scout_codebase.records import Answer, Question
from scout_codebase.reports.ask import usable_value
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.tokens import count_tokens

_SENT_AT_ONCE = 64_000_000  # characters; the client holds a few copies of each prompt it sends
_OTHER_VOCABULARY = 1.3  # tokens for one of Llama 4's, in vocabularies that are not known
_LEAST_UNCACHED = 0.5  # of the first prompt, for its time to tell a rate
_MOST = 0.5  # of a prompt, for its prefix to count as found in the cache


class Session:
    """Asks questions of one pack, several at once where the server's family is good at that. The
    first question that is sent goes alone: it fills the prefix cache for the others. Where tokens
    are limited so does the second, which shows whether the server kept it."""

    def __init__(
        self,
        packed: Packed,
        engine: Engine,
        reporter: Reporter,
        kept: KeptAnswers | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.packed, self.engine = packed, engine
        self.family: Family = family_named(engine.identity.family)
        self.prefill_rate: float | None = None
        self.keeps_prefix: bool | None = None
        self.limits = limits or Limits()
        self.reporter, self._kept = reporter, kept
        self.checker = EvidenceChecker(packed.pack, packed.graph.analyses)
        self._text = packed.pack.text
        self._guard: ReadGuard | None = None
        self._first = threading.Lock()
        self._alone = 1 if self.limits.max_tokens is None else 2
        self._answered = 0

    @property
    def at_once(self) -> int:
        return max(1, min(self.family.requests_at_once, _SENT_AT_ONCE // max(1, len(self._text))))

    def worded(self, question: Question) -> Question:
        return worded(question, self.family)

    def open_window(self, question_tokens: int, reply_tokens: int) -> int:
        """The window, once it is known that the pack, the longest question and the longest reply
        fit, and that the server holds them. Raises UsageError or WindowError."""
        address = self.engine.identity.address
        window = self.engine.identity.context_window
        if window is None:
            raise UsageError(
                f"{address} does not tell its context window",
                remedy=f"Give it with --context-window. {self.family.window_remedy}",
            )
        budget = Budget(window, self.pack_tokens, question_tokens, reply_tokens)
        check_window(budget, tokens_by_folder(self.packed.pack), self._window_remedy())
        wanted = min(window, int(budget.needed * self._vocabulary_factor()))
        held = check_held(budget, self.engine.reserve(wanted), address, self.family.window_remedy)
        self._guard = ReadGuard(
            address, held, self.family.truncation_remedy, self.family.answer_remedy
        )
        self.reporter.say(f"Window: {budget.needed:,} of {held:,} tokens needed")
        return held

    def open_room(self, least: int, most: int, reply_tokens: int) -> int:
        """Opens the window for questions of up to ``most`` tokens, or of as many as it leaves. How
        many these are, by ``question_tokens``. Raises UsageError, and WindowError where it leaves
        less than ``least``."""
        window = self.engine.identity.context_window or 0
        left = window - self.pack_tokens - reply_tokens - LARGEST_CHAT_TEMPLATE
        room = max(least, min(most, left))
        self.open_window(room, reply_tokens)
        return room

    def question_tokens(self, question: Question) -> int:
        """At most how many tokens the server reads of a question."""
        tokens = count_tokens(question.text)
        if self.engine.identity.llama4_vocabulary:
            return tokens
        return int(tokens * _OTHER_VOCABULARY) + 1

    def ask(self, question: Question, listener: Listener) -> Answer:
        """One answer whose prompt was read whole, or that was kept from an earlier run. Raises
        EngineError, WindowError where it was not read whole, and LimitError."""
        worded = self.worded(question)
        try:
            answer = self._kept.find(worded) if self._kept else None
            if answer is None:
                with self._turn():
                    answer = self._asked(worded, listener)
                if self._kept and _is_usable(answer, question):
                    self._kept.keep(worded, answer)
        finally:
            listener.answered(question.id)
        return answer

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Everyone waits for the first."""
        with self._first if self._goes_alone() else nullcontext():
            alone = self._goes_alone()
            if alone:
                yield
        if not alone:
            yield

    def _goes_alone(self) -> bool:
        return self._answered < self._alone

    def _asked(self, question: Question, listener: Listener) -> Answer:
        assert self._guard is not None  # noqa: S101  # the window is opened first
        expected = self._expected(question)
        on_event = partial(listener.event, question.id)
        with self.limits.spending(self._most(question)) as spent:
            ask = partial(self.engine.ask, self._text, question, on_event)
            answer = self.limits.in_time(ask)
            spent(self._taken(answer))
        self._guard.verify(expected, answer, question.max_tokens)
        self._learn(answer)
        return answer

    def _learn(self, answer: Answer) -> None:
        """From the first answer how fast the server reads, from the second what it kept."""
        if self._answered == 0:
            self.prefill_rate = _prefill_rate(answer)
        elif self.keeps_prefix is None:
            self.keeps_prefix = _found_prefix(answer)
        self._answered += 1

    def _most(self, question: Question) -> int:
        """What it may take of the tokens that a run may cost."""
        text = int(count_tokens(question.text) * self.tokens_each) + LARGEST_CHAT_TEMPLATE
        return text + question.max_tokens + (0 if self._is_prefix_kept() else self.pack_tokens)

    def _taken(self, answer: Answer) -> int:
        """A server that does not tell what it found in its cache is taken at its family's word."""
        read, found = answer.prompt_tokens or 0, answer.cached_tokens
        if found is None and self._is_prefix_kept():
            found = min(read, self.pack_tokens)
        return read - (found or 0) + (answer.completion_tokens or 0)

    def _is_prefix_kept(self) -> bool:
        if self._answered == 0:
            return False
        return self.family.keeps_prefix if self.keeps_prefix is None else self.keeps_prefix

    def _expected(self, question: Question) -> ExpectedRead:
        tokens = self.packed.pack.tokens + count_tokens(question.text)
        if self.engine.identity.llama4_vocabulary:
            return expect_with_template(tokens)
        exact = self.engine.count_tokens(self._text + question.text)
        return expect_exactly(exact) if exact is not None else expect_about(tokens)

    @cached_property
    def pack_tokens(self) -> int:
        """As the server counts where it can, else Llama 4's."""
        if self.engine.identity.llama4_vocabulary:
            return self.packed.pack.tokens
        return self.engine.count_tokens(self._text) or self.packed.pack.tokens

    @property
    def tokens_each(self) -> float:
        """At most how many of the server's tokens one of Llama 4's is."""
        counted = self.pack_tokens / max(1, self.packed.pack.tokens)
        return max(self._vocabulary_factor(), counted)

    def _vocabulary_factor(self) -> float:
        exact = self.engine.identity.llama4_vocabulary or self.family.counter is not None
        return 1.0 if exact else _OTHER_VOCABULARY

    def _window_remedy(self) -> str:
        if not self.engine.identity.embedded:
            return (
                f"{self.family.window_remedy} Or name a folder of the repository, or leave folders "
                "out with --exclude."
            )
        return (
            "The embedded model is for small repositories: name a folder of this one, leave "
            "folders out with --exclude, or serve Llama 4 Scout and name it with --base-url."
        )


def worded(question: Question, family: Family) -> Question:
    """The question as it is sent: with its schema, where the server does not decode by it."""
    if family.constrains or question.schema is None:
        return question
    schema = json.dumps(question.schema, separators=(",", ":"))
    note = f"Answer with nothing but one JSON value that this JSON Schema allows: {schema}"
    body = question.text.removesuffix("</question>\n")
    return replace(question, text=f"{body}{note}\n</question>\n")


def _is_usable(answer: Answer, question: Question) -> bool:
    """An answer that cannot be used is not kept: the next run asks again."""
    try:
        usable_value(answer, question.schema)
    except UnusableAnswerError:
        return False
    return True


def _prefill_rate(answer: Answer) -> float | None:
    """Tokens a second, of those that did not come from the prefix cache; None where these were too
    few to tell."""
    if answer.prompt_tokens is None or answer.seconds_to_first_token <= 0:
        return None
    uncached = answer.prompt_tokens - (answer.cached_tokens or 0)
    if uncached < _LEAST_UNCACHED * answer.prompt_tokens:
        return None
    return uncached / answer.seconds_to_first_token


def _found_prefix(answer: Answer) -> bool | None:
    """Whether most of the prompt came from the prefix cache; None where it does not tell."""
    if answer.cached_tokens is None or not answer.prompt_tokens:
        return None
    return answer.cached_tokens >= _MOST * answer.prompt_tokens
