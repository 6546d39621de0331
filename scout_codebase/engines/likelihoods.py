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
    to 1. None where no token does, or none says how likely it was. ``logprobs`` is the field of
    that name of a choice; whatever else it holds is passed over."""
    tokens = mapping(logprobs).get("content")
    rows = [mapping(token) for token in tokens] if isinstance(tokens, list) else []
    begun = [row for row in rows if _chosen(row, choices)]
    return _scaled(begun[-1], choices) if begun else None


def _chosen(row: Mapping[str, Any], choices: Sequence[str]) -> str:
    """The choice that a token begins, "" for none: the first letters of a word may be a token."""
    text = str(row.get("token") or "").strip(_BLANKS).lower()
    return next((choice for choice in choices if text and choice.lower().startswith(text)), "")


def _scaled(row: Mapping[str, Any], choices: Sequence[str]) -> Mapping[str, float] | None:
    """Of the token and of those that it was chosen from, which list it again or not. None where
    none of them tells how likely it was."""
    weights = dict.fromkeys(choices, 0.0)
    others = row.get("top_logprobs")
    told: set[Any] = set()
    for one in [row, *(map(mapping, others) if isinstance(others, list) else ())]:
        choice, logprob = _chosen(one, choices), one.get("logprob")
        if choice and _is_logprob(logprob) and one["token"] not in told:
            told.add(one["token"])
            weights[choice] += math.exp(logprob)
    if not any(weights.values()):
        return None
    whole = sum(weights.values()) + _LEAST * len(choices)
    return {choice: (weight + _LEAST) / whole for choice, weight in weights.items()}


def _is_logprob(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value <= 0
