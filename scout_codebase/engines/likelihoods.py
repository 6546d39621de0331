"""How likely a model held each of a few words, from the log-probabilities of OpenAI's protocol."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from scout_codebase.engines.table import mapping

_BLANKS = " \t\n\"'`Ġ▁"
# Of a word that is not among the likeliest tokens: below the least that such a list shows.
_LEAST = 1e-6


def read_likelihoods(logprobs: Any, choices: Sequence[str]) -> Mapping[str, float] | None:
    """Of the last token that begins one of the choices: the probability of each, scaled to add up
    to 1. None where no token does. ``logprobs`` is the field of that name of a choice; whatever
    else it holds is passed over."""
    tokens = mapping(logprobs).get("content")
    rows = [mapping(token) for token in tokens] if isinstance(tokens, list) else []
    begun = [row for row in rows if _chosen(row, choices)]
    return _scaled(begun[-1], choices) if begun else None


def _chosen(row: Mapping[str, Any], choices: Sequence[str]) -> str:
    """The choice that a token begins, "" for none: the first letters of a word may be a token."""
    text = str(row.get("token") or "").strip(_BLANKS).lower()
    return next((choice for choice in choices if text and choice.lower().startswith(text)), "")


def _scaled(row: Mapping[str, Any], choices: Sequence[str]) -> Mapping[str, float]:
    weights = dict.fromkeys(choices, _LEAST)
    others = row.get("top_logprobs")
    for other in [mapping(entry) for entry in others] if isinstance(others, list) else [row]:
        choice, logprob = _chosen(other, choices), other.get("logprob")
        if choice and isinstance(logprob, (int, float)) and logprob <= 0:
            weights[choice] += math.exp(logprob)
    whole = sum(weights.values())
    return {choice: weight / whole for choice, weight in weights.items()}
