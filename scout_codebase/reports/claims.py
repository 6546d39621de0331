"""The claims of an answer, each held against the source.

A claim is an object with evidence: a ``path`` and a ``quote``, a ``path`` and a ``symbol``, or a
``definition`` (``path::name``). What is not in the source is taken out of the answer, and kept
apart with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scout_codebase.records import DroppedClaim, Evidence, Grade
from scout_codebase.reports.evidence import EvidenceChecker

EVIDENCE = "evidence"


@dataclass(slots=True)
class Claims:
    """Checks the answers to the questions of one report. ``evidence`` and ``dropped`` are in the
    order of the questions."""

    checker: EvidenceChecker
    evidence: list[Evidence] = field(default_factory=list)
    dropped: list[DroppedClaim] = field(default_factory=list)

    def checked(self, question: str, value: Any) -> tuple[Any, str]:
        """The answer with the evidence of each claim beside it, and "". Claims that are items of a
        list are left out where they are not in the source; where the answer as a whole is one, it
        is None, and why. An object within another stays, with its evidence MISSING."""
        checked = self._checked(question, value)
        if _is_missing(checked):
            return None, checked[EVIDENCE].reason
        return checked, ""

    def _checked(self, question: str, value: Any) -> Any:
        if isinstance(value, list):
            rows = [self._checked(question, entry) for entry in value]
            return [row for row in rows if not _is_missing(row)]
        if not isinstance(value, dict):
            return value
        checked = {key: self._checked(question, entry) for key, entry in value.items()}
        found = look_up(value, self.checker)
        if found is not None:
            checked[EVIDENCE] = found = replace(found, question=question)
            self.evidence.append(found)
            if not found.found:
                self.dropped.append(DroppedClaim(question, value, found.reason))
        return checked


def _is_missing(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get(EVIDENCE), Evidence)
        and value[EVIDENCE].grade is Grade.MISSING
    )


def look_up(value: Mapping[str, Any], checker: EvidenceChecker) -> Evidence | None:
    """The evidence of one object, None for one that is no claim."""
    path, quote, symbol = (value.get(key) for key in ("path", "quote", "symbol"))
    if isinstance(path, str) and isinstance(quote, str):
        return checker.check(path, quote)
    if isinstance(path, str) and isinstance(symbol, str):
        return checker.check_symbol(f"{path}::{symbol}")
    if isinstance(value.get("definition"), str):
        return checker.check_symbol(value["definition"])
    return None


def unsupported(value: Any, checker: EvidenceChecker) -> str:
    """Why nothing would be left of an answer: of the first claim that is the whole of it or an item
    of a list, where none of these is in the source; "" where there is none, or one is."""
    reason = ""
    for claim in _claims(value):
        found = look_up(claim, checker)
        if found is not None and found.found:
            return ""
        if found is not None:
            reason = reason or found.reason
    return reason


def _claims(value: Any) -> Iterator[Mapping[str, Any]]:
    """The answer itself, and the items of its lists."""
    if not isinstance(value, dict):
        return
    yield value
    for entry in value.values():
        for row in entry if isinstance(entry, list) else ():
            yield from _claims(row)
