"""From judged places to findings.

The place itself is evidence that the tool found, so it is verified by construction; the source
that the model names is looked up like any quote, and only shown where it was found. Confidence
says what supports the verdict: ``high`` where the source was found in the code and differs from
the place, ``medium`` where the place stands alone, ``low`` where the account of it failed.

A place that is called safe although the model could name no check that makes it so is neither a
finding nor cleared: it is undecided, and the report says that a person has to look.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from scout_codebase.records import Dismissed, Evidence, Finding, Severity
from scout_codebase.reports.ask import CheckedAnswer
from scout_codebase.reports.evidence import EvidenceChecker

# What models write where they found no check.
_NO_CHECK = re.compile(r"\W*(?:none|no|nothing|not|null|n/?a|unknown)\b", re.IGNORECASE)

Answers = Mapping[str, Sequence[CheckedAnswer]]


def judged_places(
    answers: Answers, checker: EvidenceChecker
) -> tuple[tuple[Finding, ...], tuple[Dismissed, ...]]:
    """Findings gravest first, and what was judged and did not become one."""
    findings, dismissed = [], []
    for judged, detail in zip(answers["judge"], answers["detail"], strict=True):
        if judged.value is None:
            continue
        if judged.value["vulnerable"]:
            findings.append(_finding(judged, detail, checker))
        else:
            dismissed.append(_dismissed(judged))
    findings.sort(key=_gravest_first)
    return tuple(findings), tuple(dismissed)


def _gravest_first(finding: Finding) -> tuple[int, str, int]:
    place = finding.evidence[-1]
    return finding.severity.rank, place.path, place.start_line


def _finding(judged: CheckedAnswer, detail: CheckedAnswer, checker: EvidenceChecker) -> Finding:
    item, account = judged.item, detail.value or {}
    place = _place_evidence(item, checker)
    source: Evidence | None = account.get("source", {}).get("evidence")
    shown = source is not None and _is_code(source) and _where(source) != _where(place)
    weakness = item["weakness"]
    return Finding(
        rule=weakness["cwe"],
        title=account.get("title") or _capitalised(weakness["title"]),
        severity=Severity(weakness["severity"]),
        confidence="low" if not account else "high" if shown else "medium",
        explanation=_explanation(judged.value),
        exploit=account.get("exploit", ""),
        fix=account.get("fix", ""),
        evidence=(source, place) if shown and source is not None else (place,),
        symbol=item["symbol"],
    )


def _is_code(evidence: Evidence) -> bool:
    """A comment may say where a value comes from; only code brings it."""
    return evidence.found and not evidence.comment


def _where(evidence: Evidence) -> tuple[str, int]:
    return evidence.path, evidence.start_line


def _capitalised(title: str) -> str:
    return title[:1].upper() + title[1:]


def _place_evidence(item: Mapping[str, Any], checker: EvidenceChecker) -> Evidence:
    """The place as evidence: the whole line, where the syntax tree has it."""
    return checker.check_line(item["path"], item["line"])


def _dismissed(judged: CheckedAnswer) -> Dismissed:
    item, verdict = judged.item, judged.value
    return Dismissed(
        rule=item["weakness"]["cwe"],
        path=item["path"],
        line=item["line"],
        reason=_explanation(verdict),
        undecided=not _names_a_check(verdict),
    )


def _names_a_check(verdict: Mapping[str, Any]) -> bool:
    return _NO_CHECK.match(verdict["check"]) is None


def _explanation(verdict: Mapping[str, Any]) -> str:
    origin = str(verdict["value_comes_from"]).strip(" .")
    check = str(verdict["check"]).strip(" .") if _names_a_check(verdict) else "none named"
    return f"Comes from: {origin}. Check: {check}."
