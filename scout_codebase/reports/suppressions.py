"""Which findings do not count, and why.

Two things keep a finding from counting: an entry of the user's baseline with its fingerprint, and a
comment in the source, as far as the user lets those count. A comment is written by whoever wrote
the code that is reviewed, so each is listed, whatever came of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scout_codebase.records import (
    Baseline,
    BaselineUse,
    Finding,
    IgnoreUse,
    StaleEntry,
    Suppression,
    SuppressionKind,
    Suppressions,
)

Row = Mapping[str, Any]

SWITCHED_OFF = "comments in the source are switched off"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the user lets suppress findings."""

    in_source: bool = True
    baseline: Baseline | None = None


COMMENTS_ALLOWED = Allowed()


@dataclass(frozen=True, slots=True)
class Screened:
    """Findings that count, those that do not, and what became of each wish."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    suppressions: Suppressions


def screen(findings: Sequence[Finding], facts: Mapping[str, Any], allowed: Allowed) -> Screened:
    """Uses the facts ``ignore_comments``, and ``fingerprints``, which are those of all places."""
    comments, fingerprints = facts.get("ignore_comments", ()), facts.get("fingerprints", ())
    heard = [row for row in comments if allowed.in_source and not row["refused"]]
    marked = [
        replace(one, suppressions=(*_by_comments(one, heard), *_by_baseline(one, allowed.baseline)))
        for one in findings
    ]
    suppressed = tuple(one for one in marked if one.suppressions)
    return Screened(
        findings=tuple(one for one in marked if not one.suppressions),
        suppressed=suppressed,
        suppressions=Suppressions(
            in_source=allowed.in_source,
            comments=tuple(_use(row, suppressed, allowed) for row in comments),
            baseline=_baseline_use(allowed.baseline, findings, fingerprints),
        ),
    )


def _by_comments(finding: Finding, comments: Sequence[Row]) -> Iterator[Suppression]:
    place = finding.evidence[-1]
    for row in comments:
        covered = (row["path"], row["covers"]) == (place.path, place.start_line)
        if covered and finding.rule in row["rules"]:
            yield Suppression(SuppressionKind.IN_SOURCE, row["reason"], row["path"], row["line"])


def _by_baseline(finding: Finding, baseline: Baseline | None) -> Iterator[Suppression]:
    for entry in baseline.entries if baseline else ():
        if baseline and entry.fingerprint == finding.fingerprint:
            yield Suppression(SuppressionKind.EXTERNAL, entry.reason, baseline.name)


def _use(row: Row, suppressed: Sequence[Finding], allowed: Allowed) -> IgnoreUse:
    count = sum(
        (by.kind, by.path, by.line) == (SuppressionKind.IN_SOURCE, row["path"], row["line"])
        for finding in suppressed
        for by in finding.suppressions
    )
    return IgnoreUse(
        path=row["path"],
        line=row["line"],
        rules=tuple(row["rules"]),
        reason=row["reason"],
        findings=count,
        refused=row["refused"] or ("" if allowed.in_source else SWITCHED_OFF),
    )


def _baseline_use(
    baseline: Baseline | None, findings: Sequence[Finding], fingerprints: Collection[str]
) -> BaselineUse | None:
    if baseline is None:
        return None
    reported, known = {finding.fingerprint for finding in findings}, set(fingerprints)
    stale = tuple(
        StaleEntry(entry, code_found=entry.fingerprint in known)
        for entry in baseline.entries
        if entry.fingerprint not in reported
    )
    return BaselineUse(baseline.name, len(baseline.entries), stale)
