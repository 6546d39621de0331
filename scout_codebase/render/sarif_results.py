"""The findings of a security review as results of SARIF 2.1.0."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from scout_codebase.earlier import CODE_FINGERPRINT, FINGERPRINT
from scout_codebase.frame import prompt_path
from scout_codebase.plain import plain
from scout_codebase.records import (
    Evidence,
    Finding,
    FindingState,
    FormerFinding,
    Grade,
    Masked,
    Report,
    Snapshot,
    Suppression,
    SuppressionKind,
)
from scout_codebase.render.sarif_rules import LEVELS
from scout_codebase.render.sarif_text import encodable, message, sentences

Json = dict[str, Any]

ROOT = "SRCROOT"
_LONGEST_SNIPPET = 4_000  # characters


class Locations:
    """Makes locations of the files of one snapshot. Paths are given in the form that the model
    sees, and become URIs relative to the top of the repository, of the bytes that git has."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._files = {prompt_path(file.path): file for file in snapshot.files}
        self._masked: dict[str, list[Masked]] = defaultdict(list)
        for row in snapshot.masked:
            self._masked[row.path].append(row)
        self._folder = snapshot.folder

    def at(self, path: str, region: Json, says: str = "") -> Json:
        """A ``location``."""
        file = self._files[path]
        physical = {
            "artifactLocation": {"uri": uri(file.path, self._folder), "uriBaseId": ROOT},
            "region": region,
        }
        return {"physicalLocation": physical, **({"message": message(says)} if says else {})}

    def of(self, evidence: Evidence, says: str = "") -> Json:
        return self.at(evidence.path, self._region(evidence), says)

    def _region(self, evidence: Evidence) -> Json:
        """With its text as it was packed, so that secrets are labels in it."""
        return {
            "startLine": evidence.start_line,
            "startColumn": evidence.start_column,
            "endLine": evidence.end_line,
            "endColumn": evidence.end_column,
            "snippet": {"text": self._text(evidence)},
        }

    def _text(self, evidence: Evidence) -> str:
        text = encodable(self._files[evidence.path].text)
        lines = text.split("\n")[evidence.start_line - 1 : evidence.end_line]
        last = self._column(evidence.path, evidence.end_line, evidence.end_column)
        first = self._column(evidence.path, evidence.start_line, evidence.start_column)
        lines[-1] = lines[-1][: last - 1]
        lines[0] = lines[0][first - 1 :]
        return "\n".join(lines)[:_LONGEST_SNIPPET]

    def _column(self, path: str, line: int, column: int) -> int:
        """A column of the file in its text, where labels stand in place of the secrets before it:
        one within a secret is that of the end of its label."""
        longer = 0
        for row in sorted(self._masked[self._files[path].path], key=lambda row: row.start_column):
            if row.start_line == line == row.end_line and 0 < row.start_column < column:
                behind = max(column, row.start_column + row.width)
                longer += len(row.label) - row.width + (behind - column)
        return column + longer


def raw_paths(snapshot: Snapshot) -> dict[str, str]:
    """From the form of a path that the model sees to the path from the top of the repository."""
    folder = f"{snapshot.folder}/" if snapshot.folder else ""
    return {prompt_path(file.path): folder + file.path for file in snapshot.files}


def uri(path: str, folder: str = "") -> str:
    """A relative reference; bytes that are not UTF-8, a colon and the like are percent-encoded."""
    return quote(f"{folder}/{path}" if folder else path, safe="/", errors="surrogateescape")


def results(findings: Sequence[Finding], report: Report, locations: Locations) -> list[Json]:
    """In the order given, then what is fixed. One that is not suppressed says so, by an empty list
    (3.27.23). Only an earlier review is a baseline run (3.27.24): compared with the base alone, no
    result has a ``baselineState``."""
    order = {rule.id: number for number, rule in enumerate(report.rules)}
    told = report.comparison
    compared = told is not None and bool(told.baseline)
    rows = [
        _result(finding, order[finding.rule], locations)
        | ({"baselineState": _baseline_state(finding)} if compared else {})
        for finding in findings
    ]
    return [*rows, *(_absent(row, order[row.finding.rule]) for row in (told.fixed if told else ()))]


def _baseline_state(finding: Finding) -> str:
    """What the earlier review did not find is new to it, also where the base had its code."""
    if finding.before is None or not finding.before.reviewed:
        return "new"
    return "updated" if finding.state is FindingState.MOVED else "unchanged"


def _absent(row: FormerFinding, rule_index: int) -> Json:
    earlier = row.finding
    physical: Json = {"artifactLocation": {"uri": uri(earlier.path), "uriBaseId": ROOT}}
    if earlier.line:
        physical["region"] = {"startLine": earlier.line}
    located: Json = {"physicalLocation": physical}
    if earlier.symbol:
        located["logicalLocations"] = [{"fullyQualifiedName": earlier.symbol}]
    return {
        "ruleId": earlier.rule,
        "ruleIndex": rule_index,
        "message": message(sentences("Fixed", row.reason)),
        "locations": [located],
        "partialFingerprints": _fingerprints(earlier.fingerprint, earlier.code_fingerprint),
        "baselineState": "absent",
        "suppressions": [],
        "properties": {"state": FindingState.FIXED},
    }


def _result(finding: Finding, rule_index: int, locations: Locations) -> Json:
    *before, place = finding.evidence
    fix = f"Fix: {finding.fix}" if finding.fix else ""
    says = sentences(finding.title, finding.explanation, finding.exploit, fix)
    located = locations.of(place)
    if finding.symbol:
        located["logicalLocations"] = [{"fullyQualifiedName": plain(finding.symbol)}]
    result = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": LEVELS[finding.severity],
        "message": message(says),
        "locations": [located],
        "partialFingerprints": _fingerprints(finding.fingerprint, finding.code_fingerprint),
        "suppressions": [_suppression(by, locations) for by in finding.suppressions],
        "properties": _result_properties(finding),
    }
    if before:
        result["relatedLocations"] = [
            {"id": number, **locations.of(evidence, _source_note(evidence))}
            for number, evidence in enumerate(before, start=1)
        ]
        result["codeFlows"] = [{"threadFlows": [{"locations": _flow(finding, locations)}]}]
    return result


def _result_properties(finding: Finding) -> Json:
    standing = {"standing": finding.standing} if finding.standing else {}
    state = {"state": finding.state} if finding.state else {}
    told = {"severity": finding.severity, "confidence": finding.confidence}
    return {**told, **standing, **state}


def _fingerprints(fingerprint: str, of_code: str) -> Json:
    return {FINGERPRINT: fingerprint, **({CODE_FINGERPRINT: of_code} if of_code else {})}


def _source_note(evidence: Evidence) -> str:
    others = f" (one of {evidence.matches} such lines)" if evidence.grade is Grade.AMBIGUOUS else ""
    return f"The value comes from here{others}"


def _flow(finding: Finding, locations: Locations) -> list[Json]:
    *before, place = finding.evidence
    return [
        *(
            {"location": locations.of(evidence, _source_note(evidence)), "kinds": ["taint"]}
            for evidence in before
        ),
        {"location": locations.of(place, "It is used here"), "kinds": ["danger"]},
    ]


def _suppression(by: Suppression, locations: Locations) -> Json:
    found: Json = {"kind": by.kind, "status": "accepted"}
    if by.kind is SuppressionKind.IN_SOURCE:
        found["location"] = locations.at(by.path, {"startLine": by.line})
        found["justification"] = plain(by.reason)
    else:
        why = f": {by.reason}" if by.reason else ""
        found["justification"] = plain(f"In the baseline {by.path}{why}")
    return found
