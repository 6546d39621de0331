"""What follows from an answer by rule: how sure the model is, weighed with what was computed.

A weak model says yes to everything that looks like an example of the class, a little less surely
where something stands on the way. Its log-odds carry that; its word alone does not.
The constants are fitted on the tuning repositories of ``benchmarks/security`` (docs/quality.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Likelihoods = Mapping[str, float] | None

YES, NO = "yes", "no"
_UNTOLD = 4.0  # of a server that does not tell: more than any standing, so that its word decides
_LEAN = 1.5  # log-odds by which a weak model says yes to whatever looks like the class
_MOST = 6.0  # log-odds beyond which more certainty counts for nothing
_PRIOR: Mapping[str, float] = {"exposed": 2.0, "open": 0.0, "guarded": -2.0, "own": -3.0}
_NO_GUARD = re.compile(r"\W*(?:none|no|nothing|not|null|n/?a|unknown)\b", re.IGNORECASE)
"""What models write where they found no guard."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``follows`` gives the fields that it ``adds``, from the item that was asked about, the
    answer, and how likely its words were."""

    adds: tuple[str, ...]
    follows: Callable[[Mapping[str, Any], Mapping[str, Any], Likelihoods], dict[str, Any]]


def log_odds(word: str, likelihoods: Likelihoods) -> float:
    """Of yes against no, between -6 and 6."""
    if not likelihoods or YES not in likelihoods or NO not in likelihoods:
        return _UNTOLD if word == YES else -_UNTOLD
    odds = math.log(likelihoods[YES]) - math.log(likelihoods[NO])
    return max(-_MOST, min(_MOST, odds))


def suspicion(
    item: Mapping[str, Any], answer: Mapping[str, Any], likelihoods: Likelihoods
) -> dict[str, Any]:
    """Whether a place is vulnerable: the model's log-odds beyond its lean, and what the computed
    standing of the place is worth, together above nought."""
    model = log_odds(answer["answer"], likelihoods) - (_LEAN if likelihoods else 0)
    score = model + _PRIOR[item.get("standing", "open")]
    return {"vulnerable": score > 0, "score": round(score, 2), "model": round(model, 2)}


def refutation(
    item: Mapping[str, Any], answer: Mapping[str, Any], likelihoods: Likelihoods
) -> dict[str, Any]:
    """Whether a candidate stands. It falls where the model says that a guard stops the attack, and
    the guard that it names is in the code shown and not the danger itself."""
    del likelihoods
    return {"stands": answer["refuted"] != YES or not _is_guard(answer["guard"], item)}


def _is_guard(text: str, item: Mapping[str, Any]) -> bool:
    danger = _plain(item.get("danger", ""))
    guard = _plain(text).removesuffix("()")
    steps = (step["code"] for row in item.get("origins", ()) for step in row["steps"])
    code = _plain("\n".join([item.get("excerpt", ""), *steps]))
    return names_a_guard(text) and guard in code and not (danger and danger in guard)


def _plain(text: str) -> str:
    """Without what models change when they copy code: blanks, quotes and a closing mark."""
    return re.sub(r"[\s`'\"]+", "", text).rstrip(".;:{")


def names_a_guard(text: str) -> bool:
    return _NO_GUARD.match(text) is None


VERDICTS: Mapping[str, Verdict] = {
    "suspicion": Verdict(("vulnerable", "score", "model"), suspicion),
    "refutation": Verdict(("stands",), refutation),
}
