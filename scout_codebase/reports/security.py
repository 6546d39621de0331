"""From judged places to findings.

The place itself is evidence that the tool found, so it is verified by construction, and so is the
way that its values were followed; where there is none, the source that the model names is looked
up like any quote, and only shown where it was found. Confidence says what supports the verdict:
``high`` where a source stands in the code and differs from the place, ``medium`` where the place
stands alone, ``low`` where the account of it failed. A definition may leave the account out.

A place that is called safe although nothing that was computed makes it so is neither a finding nor
cleared, whatever guard a model names: it is undecided, and the report says that a person must look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scout_codebase.records import Dismissed, Evidence, Finding, Severity
from scout_codebase.reports.ask import CheckedAnswer
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.verdicts import names_a_guard

Answers = Mapping[str, Sequence[CheckedAnswer]]


def judged_places(
    answers: Answers, checker: EvidenceChecker
) -> tuple[tuple[Finding, ...], tuple[Dismissed, ...]]:
    """Findings gravest first, and what was judged and did not become one."""
    findings, dismissed = [], []
    unasked = [None] * len(answers["judge"])
    rows = zip(answers["judge"], answers["refute"], answers.get("detail", unasked), strict=True)
    for judged, refuted, detail in rows:
        if judged.value is None:
            continue
        if not judged.value["vulnerable"]:
            dismissed.append(_not_vulnerable(judged))
        elif refuted.value is not None and not refuted.value["stands"]:
            dismissed.append(_refuted(judged, refuted.value))
        else:
            findings.append(_finding(judged, refuted, detail, checker))
    findings.sort(key=_gravest_first)
    return tuple(findings), tuple(dismissed)


def _gravest_first(finding: Finding) -> tuple[int, str, int]:
    place = finding.evidence[-1]
    return finding.severity.rank, place.path, place.start_line


def _finding(
    judged: CheckedAnswer,
    refuted: CheckedAnswer,
    detail: CheckedAnswer | None,
    checker: EvidenceChecker,
) -> Finding:
    item, account = judged.item, (detail.value if detail else None) or {}
    place = _line_evidence(item, checker)
    followed = any(_is_exposed(row) for row in item.get("origins", ()))
    way = _way(item, account, place, checker)
    weakness = item["weakness"]
    return Finding(
        rule=weakness["cwe"],
        title=account.get("title") or _capitalised(weakness["title"]),
        severity=Severity(weakness["severity"]),
        confidence="low" if detail and not account else "high" if followed else "medium",
        explanation=_explanation(item, refuted.value),
        exploit=account.get("exploit", ""),
        fix=account.get("fix", ""),
        evidence=(*way, place),
        symbol=item["symbol"],
        fingerprint=item["fingerprint"],
        code_fingerprint=item.get("code_fingerprint", ""),
        standing=item.get("standing", ""),
    )


def _way(
    item: Mapping[str, Any],
    account: Mapping[str, Any],
    place: Evidence,
    checker: EvidenceChecker,
) -> tuple[Evidence, ...]:
    """From the source to before the place: as it was followed, else the source that the model
    names, where that was found."""
    exposed = next((row for row in item.get("origins", ()) if _is_exposed(row)), None)
    steps = [_line_evidence(step, checker) for step in exposed["steps"]] if exposed else []
    followed = tuple(step for step in steps if _where(step) != _where(place))
    if exposed:
        return followed
    source: Evidence | None = account.get("source", {}).get("evidence")
    shown = source is not None and _is_code(source) and _where(source) != _where(place)
    return (source,) if shown and source is not None else ()


def _is_exposed(origin: Mapping[str, Any]) -> bool:
    return origin["kind"] == "outside" and not origin["guard"]


def _is_code(evidence: Evidence) -> bool:
    """A comment may say where a value comes from; only code brings it."""
    return evidence.found and not evidence.comment


def _where(evidence: Evidence) -> tuple[str, int]:
    return evidence.path, evidence.start_line


def _capitalised(title: str) -> str:
    return title[:1].upper() + title[1:]


def _line_evidence(item: Mapping[str, Any], checker: EvidenceChecker) -> Evidence:
    """A line that the tool found as evidence: the whole of it, where the syntax tree has it."""
    return checker.check_line(item["path"], item["line"])


def _not_vulnerable(judged: CheckedAnswer) -> Dismissed:
    item, verdict = judged.item, judged.value
    said = f"The model says {verdict['answer']}, score {verdict['score']}."
    return _dismissed(item, f"{_computed(item)} {said}")


def _refuted(judged: CheckedAnswer, refutation: Mapping[str, Any]) -> Dismissed:
    item = judged.item
    guard = str(refutation["guard"]).strip(" .")
    return _dismissed(item, f"Refuted by a second question: {guard}. {_computed(item)}")


def _dismissed(item: Mapping[str, Any], reason: str) -> Dismissed:
    return Dismissed(
        rule=item["weakness"]["cwe"],
        path=item["path"],
        line=item["line"],
        reason=reason,
        undecided=_is_undecided(item),
        fingerprint=item.get("fingerprint", ""),
    )


def _is_undecided(item: Mapping[str, Any]) -> bool:
    """Whether a model's word alone makes a place safe."""
    return item.get("standing", "open") in ("exposed", "open")


def _computed(item: Mapping[str, Any]) -> str:
    """What was computed of a place, as a sentence."""
    sentences = _FOLLOWED if item["weakness"].get("follow") else _NEAR
    return sentences[item.get("standing", "open")].format(
        guard=item.get("guard", ""),
        source=next((row["source"] for row in item.get("origins", ())), ""),
        danger=item.get("danger", ""),
    )


_FOLLOWED: Mapping[str, str] = {
    "exposed": "Nothing known stands in the way of {source}.",
    "guarded": "Made harmless by {guard}.",
    "own": "In this repository only constants and the program's own values reach it.",
    "open": "Where its value comes from could not be followed to the end.",
}
_NEAR: Mapping[str, str] = {
    "exposed": "{danger} stands there, and nothing known that makes it harmless.",
    "guarded": "Made harmless by {guard}.",
    "open": "Nothing known stands near it that speaks for or against a weakness.",
}
"""Of a class whose places are not followed to a source."""


def _explanation(item: Mapping[str, Any], refutation: Mapping[str, Any] | None) -> str:
    if refutation is None:
        return _computed(item)
    origin, guard = (str(refutation[key]).strip(" .") for key in ("reached_by", "guard"))
    check = guard if names_a_guard(guard) else "none named"
    return f"{_computed(item)} Reached by: {origin}. Check: {check}."
