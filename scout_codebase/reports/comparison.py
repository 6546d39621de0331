"""Which findings are new, and what became of those of an earlier review.

A finding *exists* if it has the fingerprint of one that was there before. It has *moved* if its
code was there before and the definition around that is gone: the code then stands in the same
definition of another file, or in another definition of the same file. The definition has to be
gone, as else a weakness that is mended in one place and made in another would pass for a move.
Everything else is *new*. A line number alone is no move.

Two things tell what was there before: the findings of an earlier review, and the places of the
base, which nobody judged. A place of the base counts where what was computed of it was no better
then: the same line without the check that stood before it is a new weakness. What cannot be
computed has to be the same: a place of the base that was not exposed counts only if the definition
around it has not changed, as what was changed there may be a check that the tool does not know.
Either is enough, as both answer whether what is reviewed brought the weakness: a model that finds
today what it missed in the same code last time has not found anything new.

Only an earlier review can tell what is fixed, and only where its code was looked at again.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scout_codebase.records import (
    Comparison,
    Dismissed,
    EarlierFinding,
    EarlierReview,
    Finding,
    FindingState,
    FormerFinding,
)
from scout_codebase.reports.former import Outcomes
from scout_codebase.reports.places import BasePlaces
from scout_codebase.reports.present import PresentCode
from scout_codebase.reports.suspicion import Standing

Row = Mapping[str, Any]
Key = tuple[str, ...]

_RANKS = {Standing.GUARDED: 0, Standing.OWN: 0, Standing.OPEN: 1, Standing.EXPOSED: 2}


@dataclass(frozen=True, slots=True)
class Before:
    """What findings are compared with: an earlier review, the places of the base that is called
    ``base``, or both."""

    present: PresentCode
    review: EarlierReview | None = None
    base: str = ""
    base_places: BasePlaces | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What a place was before, and whether it has moved since."""

    earlier: EarlierFinding
    state: FindingState


def compare(
    found: Sequence[Finding], dismissed: Sequence[Dismissed], facts: Row, before: Before | None
) -> tuple[tuple[Finding, ...], Comparison | None]:
    """The findings with their states. Uses the facts ``known_places``, ``places`` and
    ``weaknesses``."""
    if before is None:
        return tuple(found), None
    places, present = facts["known_places"], before.present
    around = {row["fingerprint"]: row["plain_excerpt"] for row in facts["places"]}
    reviewed = matches(before.review.findings if before.review else (), places, present)
    based = matches(before.base_places.places if before.base_places else (), places, present)
    marked = tuple(_marked(one, reviewed, based, around, before) for one in found)
    outcomes = Outcomes(marked, dismissed, facts, present)
    return marked, Comparison(
        baseline=before.review.name if before.review else "",
        baseline_revision=before.review.revision if before.review else "",
        base=before.base,
        former=tuple(_former(before.review, reviewed, outcomes)),
    )


def matches(
    earlier: Iterable[EarlierFinding], places: Sequence[Row], present: PresentCode
) -> dict[str, Match]:
    """What each place was before, by its fingerprint; each earlier one is at most one of them."""
    unmatched = {row.fingerprint: row for row in earlier}
    found = {}
    for place in places:
        if place["fingerprint"] in unmatched:
            same = unmatched.pop(place["fingerprint"])
            found[place["fingerprint"]] = Match(same, FindingState.EXISTING)
    gone = {
        row.fingerprint: row
        for row in sorted(unmatched.values(), key=lambda row: (row.path, row.line, row.fingerprint))
        if row.code_fingerprint and present.is_gone(row.path, row.symbol)
    }
    left = [place for place in places if place["fingerprint"] not in found]
    for place, moved in _moved(gone, sorted(left, key=lambda row: (row["path"], row["line"]))):
        found[place["fingerprint"]] = Match(moved, FindingState.MOVED)
    return found


def _moved(
    gone: dict[str, EarlierFinding], places: Sequence[Row]
) -> Iterator[tuple[Row, EarlierFinding]]:
    """Each place with what it was before, the first with the first; takes that out of ``gone``."""
    left = list(places)
    for key_before, key_now in _SAME_CODE:
        waiting: dict[Key, deque[EarlierFinding]] = defaultdict(deque)
        for row in gone.values():
            waiting[key_before(row)].append(row)
        still_left = []
        for place in left:
            same = waiting.get(key_now(place))
            if same:
                row = same.popleft()
                del gone[row.fingerprint]
                yield place, row
            else:
                still_left.append(place)
        left = still_left


_SAME_CODE: tuple[tuple[Callable[[EarlierFinding], Key], Callable[[Row], Key]], ...] = (
    (
        lambda row: (row.code_fingerprint, row.symbol),
        lambda place: (place["code_fingerprint"], place["symbol"]),
    ),
    (
        lambda row: (row.code_fingerprint, row.path),
        lambda place: (place["code_fingerprint"], place["path"]),
    ),
)
"""The same definition elsewhere, then another definition of the same file."""


def _marked(
    finding: Finding,
    reviewed: Mapping[str, Match],
    based: Mapping[str, Match],
    around: Mapping[str, str],
    before: Before,
) -> Finding:
    """``around`` is the code around each place that was judged."""
    match = reviewed.get(finding.fingerprint)
    in_base = based.get(finding.fingerprint)
    if match is None and in_base and before.base_places:
        code = around.get(finding.fingerprint, "")
        match = _stood_in_base(finding, code, in_base, before.base_places)
    if match is None:
        return replace(finding, state=FindingState.NEW)
    return replace(finding, state=match.state, before=match.earlier)


def _stood_in_base(finding: Finding, code: str, match: Match, places: BasePlaces) -> Match | None:
    """The match, if the weakness stood there in the same way."""
    earlier = match.earlier
    standing = places.standing(earlier.fingerprint)
    if _rank(finding.standing) > _rank(standing):
        return None
    before = _words(places.plain_excerpt(earlier.fingerprint), earlier.symbol)
    if standing != Standing.EXPOSED and before != _words(code, finding.symbol):
        return None
    return Match(replace(earlier, standing=standing), match.state)


def _words(code: str, symbol: str) -> list[str]:
    """The words and marks of a definition but its own name."""
    name = symbol.rpartition(".")[2]
    return [word for word in re.findall(r"\w+|[^\w\s]", code) if word != name]


def _rank(standing: str) -> int:
    """How far what was computed speaks for a weakness."""
    return _RANKS[Standing(standing)] if standing else _RANKS[Standing.OPEN]


def _former(
    review: EarlierReview | None, matched: Mapping[str, Match], outcomes: Outcomes
) -> Iterator[FormerFinding]:
    """The findings of the earlier review that are none of this one."""
    now = {match.earlier.fingerprint: place for place, match in matched.items()}
    for row in review.findings if review else ():
        place = now.get(row.fingerprint)
        if place is None:
            yield outcomes.of_changed(row)
        elif not outcomes.is_finding(place):
            yield outcomes.of_unchanged(row, place)
