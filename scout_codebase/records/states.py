"""What became of the findings of an earlier review, and which of today's were there before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class FindingState(StrEnum):
    """How a finding stands to what was there before. ``MOVED``: the same code, in another file or
    in another definition of its file. ``FIXED`` is the state of an earlier finding alone."""

    NEW = "new"
    EXISTING = "existing"
    MOVED = "moved"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class EarlierFinding:
    """A weakness as it was before: where an earlier review ``reviewed`` it, a finding of that, else
    a place of the base that nobody judged. ``path`` is from the top of the repository, in the form
    that the model sees; ``code_fingerprint`` and ``standing``, what was computed of it, are ""
    where the file does not tell them."""

    fingerprint: str
    rule: str
    path: str
    line: int
    symbol: str = ""
    code_fingerprint: str = ""
    standing: str = ""
    severity: str = ""
    reviewed: bool = True


@dataclass(frozen=True, slots=True)
class EarlierReview:
    """The findings of an earlier review. ``name`` is the file as the user named it, ``revision``
    the commit that was reviewed, "" where the file does not tell."""

    name: str
    revision: str
    findings: tuple[EarlierFinding, ...]


@dataclass(frozen=True, slots=True)
class FormerFinding:
    """A finding of an earlier review that is none of this one, and why. It is ``fixed`` only where
    that is known; otherwise nobody looked at its code again, or nothing supports that it is safe
    now."""

    finding: EarlierFinding
    fixed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the findings of a report were compared with: ``baseline`` is the file of an earlier
    review, ``base`` the revision that the prompt begins with, each "" where there was none."""

    baseline: str = ""
    baseline_revision: str = ""
    base: str = ""
    former: tuple[FormerFinding, ...] = ()

    @property
    def fixed(self) -> tuple[FormerFinding, ...]:
        return tuple(row for row in self.former if row.fixed)

    @property
    def unconfirmed(self) -> tuple[FormerFinding, ...]:
        """Neither found again nor known to be fixed."""
        return tuple(row for row in self.former if not row.fixed)


def states_line(states: Iterable[FindingState | None], comparison: Comparison | None) -> str:
    """``1 new, 2 existing, 1 fixed``, of the findings that are there and of what is fixed; "" where
    nothing was compared. How many are new is always told."""
    if comparison is None:
        return ""
    counts = Counter(states)
    counts[FindingState.FIXED] = len(comparison.fixed)
    parts = [
        f"{counts[state]} {state}"
        for state in FindingState
        if counts[state] or state is FindingState.NEW
    ]
    if comparison.unconfirmed:
        parts.append(f"{len(comparison.unconfirmed)} not known to be fixed")
    return ", ".join(parts)
