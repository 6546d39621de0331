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

from scout_codebase.reports.known_calls import CONVERSION, MEMBERSHIP
from scout_codebase.reports.source_text import says_enough
from scout_codebase.reports.statements import is_condition

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
    answer, which has the fields that it ``reads``, and how likely its words were."""

    reads: tuple[str, ...]
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
    return {"vulnerable": score > 0, "score": round(score, 2)}


def refutation(
    item: Mapping[str, Any], answer: Mapping[str, Any], likelihoods: Likelihoods
) -> dict[str, Any]:
    """Whether a candidate stands. It falls where the model says that a guard stops the attack, and
    the guard that it names is code that is shown, and neither the danger nor the place itself."""
    del likelihoods
    return {"stands": answer["refuted"] != YES or not _is_guard(answer["guard"], item)}


def _is_guard(text: str, item: Mapping[str, Any]) -> bool:
    guard, danger = _plain(text).removesuffix("()"), _plain(item.get("danger", ""))
    if not (names_a_guard(text) and says_enough(text) and guard):
        return False
    steps = (step["code"] for row in item.get("origins", ()) for step in row["steps"])
    code = _plain("\n".join([item.get("plain_excerpt", ""), *steps]))
    if guard not in code or (danger and danger in guard):
        return False
    return _is_known(text, item) or not _is_of_the_place(text, item)


def _is_known(text: str, item: Mapping[str, Any]) -> bool:
    """Whether it is what guards against the class, or against any."""
    pattern = item.get("weakness", {}).get("guards", "")
    known = re.search(pattern, text) if pattern else None
    return bool(known or MEMBERSHIP.search(text) or CONVERSION.search(text.partition("(")[0] + "("))


def _is_of_the_place(text: str, item: Mapping[str, Any]) -> bool:
    """Whether it is the line in question or a part of it, or only says what the value is."""
    guard, value = _plain(text), _plain(item.get("value", ""))
    if guard in _plain(item.get("code", "")) or _plain(item.get("code", "")) in guard:
        return bool(item.get("code"))
    return bool(value) and value in guard and not is_condition(text)


def _plain(text: str) -> str:
    """Without what models change when they copy code: blanks, quotes and a closing mark."""
    return re.sub(r"[\s`'\"]+", "", text).rstrip(".;:{")


def names_a_guard(text: str) -> bool:
    return _NO_GUARD.match(text) is None


VERDICTS: Mapping[str, Verdict] = {
    "suspicion": Verdict(("answer",), ("vulnerable", "score"), suspicion),
    "refutation": Verdict(("refuted", "guard", "reached_by"), ("stands",), refutation),
}
