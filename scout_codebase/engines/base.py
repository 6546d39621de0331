"""What the pipeline needs of a model server, and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from scout_codebase.records import Answer, AnswerEvent, EngineIdentity, Question

OnEvent = Callable[[AnswerEvent], None]


class Engine(Protocol):
    """A server that is ready to answer. Every method raises only EngineError or WindowError."""

    @property
    def identity(self) -> EngineIdentity:
        """Who answers: known after the engine was opened, constant until it is closed."""

    def count_tokens(self, prompt: str) -> int | None:
        """The tokens that the server will read for a chat of one user message, the chat template
        included, by the server's own count; None where the server cannot count."""

    def reserve(self, tokens: int) -> int | None:
        """Has the server make room for that many tokens, prompt and reply. The window that it then
        has, which may be smaller; None where that cannot be known."""

    def ask(self, prompt: str, question: Question, on_event: OnEvent) -> Answer:
        """Sends ``prompt + question.text`` as one user message at temperature 0 and streams the
        answer. Returns whatever finish reason the server gives; judging it is the caller's. May be
        called from several threads at once."""

    def close(self) -> None:
        """Ends connections and processes. May be called twice."""
