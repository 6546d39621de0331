"""Questions, answers and who answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EngineIdentity:
    """Who answers. ``family`` is a row of the engine table; ``context_window`` is None where the
    server does not tell it; ``address`` is what the report shows."""

    family: str
    model: str
    address: str
    context_window: int | None
    llama4_vocabulary: bool
    embedded: bool = False


NOBODY = EngineIdentity("", "", "", None, llama4_vocabulary=False)
"""Of a run that had nothing to ask."""


@dataclass(frozen=True, slots=True)
class Question:
    """A suffix to the pack. ``schema`` is a JSON Schema for an answer that is data, None for one
    that is prose. ``id`` is stable from run to run. Of ``choices``, words that the answer chooses
    between, it is asked how likely the model held each, where the server can tell."""

    id: str
    text: str
    max_tokens: int
    schema: Mapping[str, Any] | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sent back. Token counts are the server's own; None where it gives none.
    ``earlier``: it was sent in an earlier run, and kept. ``likelihoods`` are those of the
    question's choices, as they add up to 1; None where the server does not tell."""

    text: str
    finish_reason: str
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    seconds_to_first_token: float
    seconds: float
    earlier: bool = False
    likelihoods: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class PrefillProgress:
    """The server has read ``done`` of ``total`` tokens of the prompt."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class AnswerText:
    """A piece of the answer, as it streams."""

    text: str


AnswerEvent = PrefillProgress | AnswerText
Ask = Callable[[Question], Answer]
"""Asks one question of the pack; raises an EngineError or WindowError."""
