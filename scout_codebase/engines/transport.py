"""What differs between the protocols that servers speak: how a question is sent and its answer
comes back. Everything else is in ``server``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from scout_codebase.engines.table import Json
from scout_codebase.records import Question

SEED = 4


class FailedAnswerError(Exception):
    """The server reports an error in mid-answer, under a status of 200; ``body`` is its report."""

    def __init__(self, body: Json) -> None:
        super().__init__("failed in mid-answer")
        self.body = body


class ChunkStream(Protocol):
    """One answer that is coming in. What it raises is translated by ``faults.translated``."""

    def __iter__(self) -> Iterator[Json]:
        """Chunks in the shape of ``chat.completion.chunk``; ``{}`` for one that is none."""

    def cut(self) -> None:
        """Ends a read that is under way in another thread. May be called twice."""

    def close(self) -> None:
        """Frees the connection."""


class Transport(Protocol):
    """The protocol of one server. It never retries."""

    def send(self, content: str, question: Question, seconds: float) -> ChunkStream:
        """Sends ``content`` as one user message, bounded by the question's schema and length.
        Waits ``seconds`` for the first byte."""

    def reserve(self, tokens: int, seconds: float) -> int | None:
        """Has the server make room for that many tokens, prompt and reply. The window that it
        then has; None where that cannot be known."""

    def close(self) -> None:
        """Ends the connections."""
