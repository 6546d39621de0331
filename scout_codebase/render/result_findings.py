"""The findings of a review as rows of ``result.json``; paths are from the top of the repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scout_codebase.frame import prompt_path
from scout_codebase.records import (
    Comparison,
    Evidence,
    Finding,
    FindingState,
    FormerFinding,
    Report,
    Snapshot,
    Suppression,
    SuppressionKind,
)

Json = dict[str, Any]


def shown_path(path: str, folder: str = "") -> str:
    """The form of a raw path that the model sees."""
    return prompt_path(f"{folder}/{path}" if folder else path)


def finding_rows(reports: Sequence[Report], snapshot: Snapshot) -> list[Json]:
    """Those that count first, gravest first; then the suppressed ones."""
    paths = {
        prompt_path(file.path): shown_path(file.path, snapshot.folder) for file in snapshot.files
    }
    return [
        _finding(finding, report.name, paths)
        for of_report in (_counting, _suppressed)
        for report in reports
        for finding in of_report(report)
    ]


def _counting(report: Report) -> Iterator[Finding]:
    return iter(report.findings)


def _suppressed(report: Report) -> Iterator[Finding]:
    return iter(report.suppressed)


def _finding(finding: Finding, report: str, paths: Mapping[str, str]) -> Json:
    place, before = finding.evidence[-1], finding.before
    return {
        "report": report,
        "rule": finding.rule,
        "title": finding.title,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "state": finding.state or FindingState.NEW,
        "suppressed": bool(finding.suppressions),
        "suppressions": [_suppression(by, paths) for by in finding.suppressions],
        "fingerprint": finding.fingerprint,
        "code_fingerprint": finding.code_fingerprint,
        "path": paths[place.path],
        "start_line": place.start_line,
        "end_line": place.end_line,
        "start_column": place.start_column,
        "end_column": place.end_column,
        "symbol": finding.symbol,
        "standing": finding.standing,
        "explanation": finding.explanation,
        "exploit": finding.exploit,
        "fix": finding.fix,
        "evidence": [_evidence(row, paths) for row in finding.evidence],
        "before": {
            "path": before.path,
            "line": before.line,
            "symbol": before.symbol,
            "reviewed": before.reviewed,
        }
        if before
        else None,
    }


def _evidence(evidence: Evidence, paths: Mapping[str, str]) -> Json:
    return {
        "path": paths[evidence.path],
        "start_line": evidence.start_line,
        "end_line": evidence.end_line,
        "start_column": evidence.start_column,
        "end_column": evidence.end_column,
        "grade": evidence.grade,
        "quote": evidence.quote,
    }


def _suppression(by: Suppression, paths: Mapping[str, str]) -> Json:
    in_source = by.kind is SuppressionKind.IN_SOURCE
    return {
        "kind": by.kind,
        "reason": by.reason,
        "path": paths[by.path] if in_source else by.path,
        "line": by.line,
    }


def former_rows(comparison: Comparison | None) -> Json:
    """Findings of the earlier review that are none of this one."""
    fixed, unconfirmed = (comparison.fixed, comparison.unconfirmed) if comparison else ((), ())
    return {"fixed": list(map(_former, fixed)), "unconfirmed": list(map(_former, unconfirmed))}


def _former(row: FormerFinding) -> Json:
    earlier = row.finding
    return {
        "rule": earlier.rule,
        "severity": earlier.severity,
        "fingerprint": earlier.fingerprint,
        "code_fingerprint": earlier.code_fingerprint,
        "path": earlier.path,
        "line": earlier.line,
        "symbol": earlier.symbol,
        "standing": earlier.standing,
        "reason": row.reason,
    }
