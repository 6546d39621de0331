"""Reads one streamed answer: watches the clock, looks for loops, and checks that it is whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from scout_codebase.engines.base import OnEvent
from scout_codebase.engines.likelihoods import read_likelihoods
from scout_codebase.engines.repetition import LoopDetector
from scout_codebase.engines.table import mapping
from scout_codebase.errors import ServerError, TruncatedPromptError, UnusableAnswerError
from scout_codebase.records import Answer, AnswerText, PrefillProgress

_CHARACTERS_A_TOKEN = 128  # the longest tokens of known vocabularies are runs of 128 spaces
_LEEWAY = 64  # tokens that a server may write beyond max_tokens before it counts as endless


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long the server may be silent, in seconds: before its first event, and between two.
    Keep-alive comments do not count as events."""

    first_event: float
    between_events: float = 180.0


class Watchdog:
    """Calls ``cut`` once when ``extend`` was not called for too long."""

    def __init__(self, cut: Callable[[], None], seconds: float) -> None:
        self.expired = False
        self._cut = cut
        self._deadline = time.monotonic() + seconds
        self._condition = threading.Condition()
        self._finished = False
        self._thread = threading.Thread(target=self._run, name="answer-watchdog", daemon=True)

    def extend(self, seconds: float) -> None:
        with self._condition:
            deadline = time.monotonic() + seconds
            if deadline < self._deadline:
                self._condition.notify()
            self._deadline = deadline

    def __enter__(self) -> Watchdog:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._condition:
            self._finished = True
            self._condition.notify()
        self._thread.join()

    def _run(self) -> None:
        with self._condition:
            while not self._finished:
                left = self._deadline - time.monotonic()
                if left <= 0:
                    self.expired = True
                    break
                self._condition.wait(left)
        if self.expired:
            self._cut()


@dataclass(slots=True)
class Transcript:
    """An answer while it comes in. Feed it every chunk, then take ``answer()``. Nothing is taken
    for granted about what a chunk holds."""

    url: str
    max_tokens: int
    text_is_tokens: bool
    on_event: OnEvent
    choices: tuple[str, ...] = ()
    started: float = field(default_factory=time.monotonic)
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0
    _finish_reason: str = ""
    _usage: Mapping[str, Any] = field(default_factory=dict)
    _first_token: float | None = None
    _likelihoods: Mapping[str, float] | None = None
    _loops: LoopDetector = field(default_factory=LoopDetector)

    @property
    def has_begun(self) -> bool:
        """Whether the prompt has been read and the answer is being written."""
        return self._first_token is not None

    def feed(self, chunk: Mapping[str, Any]) -> None:
        """Raises ServerError for a chunk that is none, UnusableAnswerError for a loop."""
        choices, usage = chunk.get("choices"), mapping(chunk.get("usage"))
        if not isinstance(choices, list) and not usage:
            raise ServerError(
                f"The server at {self.url} sent an event that is no part of an answer"
            )
        if usage:
            self._usage = usage
        self._note_progress(mapping(chunk.get("prompt_progress")))
        for choice in choices if isinstance(choices, list) else ():
            self._note_choice(mapping(choice))

    def answer(self) -> Answer:
        """Raises ServerError where the stream ended before the answer did, TruncatedPromptError
        where the server does not tell how many tokens it read."""
        if not self._finish_reason:
            raise ServerError(
                f"The answer of the server at {self.url} broke off",
                remedy="Look at the server's log; it may have crashed or run out of memory.",
            )
        prompt, completion = self._read_tokens(), _count(self._usage.get("completion_tokens"))
        if self.text_is_tokens and len(self._pieces) > (completion or 0):
            raise ServerError(
                f"The server at {self.url} sent {len(self._pieces)} pieces of text for "
                f"{completion or 0} tokens: parts of the answer came twice"
            )
        now = time.monotonic()
        return Answer(
            text="".join(self._pieces),
            finish_reason=self._finish_reason,
            prompt_tokens=prompt,
            cached_tokens=self._cached_tokens(),
            completion_tokens=completion,
            seconds_to_first_token=(self._first_token or now) - self.started,
            seconds=now - self.started,
            likelihoods=self._likelihoods,
        )

    def _note_progress(self, progress: Mapping[str, Any]) -> None:
        done, total = progress.get("processed"), progress.get("total")
        if isinstance(done, int) and isinstance(total, int):
            self.on_event(PrefillProgress(done, total))

    def _note_choice(self, choice: Mapping[str, Any]) -> None:
        delta = mapping(choice.get("delta"))
        text = str(delta.get("content") or "")
        if self._first_token is None and (text or delta.get("reasoning_content")):
            self._first_token = time.monotonic()
        if text:
            self._note_text(text)
        if self.choices:
            told = read_likelihoods(choice.get("logprobs"), self.choices)
            self._likelihoods = told or self._likelihoods
        self._finish_reason = str(choice.get("finish_reason") or self._finish_reason)

    def _note_text(self, text: str) -> None:
        if self._finish_reason:
            raise ServerError(f"The server at {self.url} went on after the end of its answer")
        self._pieces.append(text)
        self._length += len(text)
        self.on_event(AnswerText(text))
        if unit := self._loops.feed(text):
            raise UnusableAnswerError(f"The model repeats itself for ever: {unit.strip()[:80]!r}")
        limit = self.max_tokens + _LEEWAY
        too_many = self.text_is_tokens and len(self._pieces) > limit
        if too_many or self._length > limit * _CHARACTERS_A_TOKEN:
            raise UnusableAnswerError(
                f"The answer goes on beyond the {self.max_tokens} tokens that were asked for"
            )

    def _read_tokens(self) -> int:
        value = _count(self._usage.get("prompt_tokens"))
        if value is None:
            raise TruncatedPromptError(
                f"The server at {self.url} does not tell how many tokens it read, so that a "
                "prompt that was cut short cannot be told from a whole one",
                remedy="Use a server that reports usage in streams (stream_options.include_usage).",
            )
        return value

    def _cached_tokens(self) -> int | None:
        return _count(mapping(self._usage.get("prompt_tokens_details")).get("cached_tokens"))


def _count(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None
