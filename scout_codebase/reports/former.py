"""What became of a finding of an earlier review that is none of this one.

It is fixed only where its code was looked at again and that shows it. Everything else is told
apart: to call a weakness fixed that nobody looked at is the worst that a review can say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scout_codebase.plain import plain
from scout_codebase.records import Dismissed, EarlierFinding, Finding, FormerFinding
from scout_codebase.reports.present import PresentCode
from scout_codebase.reports.suspicion import Standing

Row = Mapping[str, Any]

_ONLY_SAID = "and only the model's word makes it safe"
_SUSPICIOUS = (Standing.EXPOSED, Standing.OPEN)


class Outcomes:
    """What this review says of each place."""

    def __init__(
        self,
        findings: Sequence[Finding],
        dismissed: Sequence[Dismissed],
        facts: Row,
        present: PresentCode,
    ) -> None:
        self._findings = {one.fingerprint for one in findings}
        self._dismissed = {one.fingerprint: one for one in dismissed}
        self._asked = {row["fingerprint"] for row in facts["places"]}
        self._known = {row["fingerprint"]: row for row in facts["known_places"]}
        self._rules = {row["cwe"] for row in facts["weaknesses"]}
        self._present = present

    def is_finding(self, fingerprint: str) -> bool:
        return fingerprint in self._findings

    def of_unchanged(self, earlier: EarlierFinding, fingerprint: str) -> FormerFinding:
        """Of one whose code is still there, as the place ``fingerprint``, and was not found."""
        dismissed = self._dismissed.get(fingerprint)
        if dismissed is None:
            return _open(earlier, f"its code is still there: {self._why_not_judged(fingerprint)}")
        if dismissed.undecided:
            return _open(earlier, f"its code is still there, {_ONLY_SAID}")
        if earlier.standing not in _SUSPICIOUS:
            return _open(earlier, "its code is still there, and only the verdict on it is another")
        return _fixed(earlier, "its code is still there, and something now makes it safe")

    def of_changed(self, earlier: EarlierFinding) -> FormerFinding:
        """Of one whose code is not there as it was."""
        doubt = self._why_not_looked_at(earlier) or self._doubt_about_definition(earlier)
        if doubt:
            return _open(earlier, doubt)
        gone = not self._present.is_read(earlier.path)
        return _fixed(earlier, "its file is gone" if gone else "its code is gone or was changed")

    def _why_not_looked_at(self, earlier: EarlierFinding) -> str:
        path, present = earlier.path, self._present
        if earlier.rule not in self._rules:
            return "its class of weakness was not looked for"
        if not present.is_reviewed(path):
            return "it stands outside of the folder that was reviewed"
        if present.omission(path):
            return f"its file was not read: {present.omission(path)}"
        if present.is_read(path) and not present.is_parsed_whole(path):
            return "its file could not be parsed whole"
        return ""

    def _doubt_about_definition(self, earlier: EarlierFinding) -> str:
        """Where the code was changed and is still no good, the weakness is not fixed."""
        for fingerprint, row in self._known.items():
            if _where(row) != (earlier.rule, earlier.path, plain(earlier.symbol)):
                continue
            if fingerprint in self._findings:
                return "its code was changed, and there is a finding of its class in its definition"
            dismissed = self._dismissed.get(fingerprint)
            if dismissed is None:
                return f"its code was changed: {self._why_not_judged(fingerprint)}"
            if dismissed.undecided:
                return f"its code was changed, {_ONLY_SAID}"
        return ""

    def _why_not_judged(self, fingerprint: str) -> str:
        if self._known[fingerprint]["is_test"]:
            return "it stands in a test, which is not judged"
        if fingerprint in self._asked:
            return "the question about it failed"
        return "it is beyond the limit of places that are judged"


def _where(row: Row) -> tuple[str, str, str]:
    return row["rule"], row["path"], row["symbol"]


def _open(earlier: EarlierFinding, reason: str) -> FormerFinding:
    return FormerFinding(earlier, fixed=False, reason=reason)


def _fixed(earlier: EarlierFinding, reason: str) -> FormerFinding:
    return FormerFinding(earlier, fixed=True, reason=reason)
