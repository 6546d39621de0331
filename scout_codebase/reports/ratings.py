"""How grave a class of weakness is: a CVSS 4.0 base vector, its score, and the rating of that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from scout_codebase.records import Rule, Severity

_CWE = re.compile(r"CWE-[1-9]\d{0,5}")
_BASE_VECTOR = re.compile(
    "CVSS:4.0/AV:[NALP]/AC:[LH]/AT:[NP]/PR:[NLH]/UI:[NPA]"
    "/VC:[HLN]/VI:[HLN]/VA:[HLN]/SC:[HLN]/SI:[HLN]/SA:[HLN]"
)
_RATINGS = (
    (9.0, Severity.CRITICAL),
    (7.0, Severity.HIGH),
    (4.0, Severity.MEDIUM),
    (0.1, Severity.LOW),
)
"""The least score of each rating (CVSS 4.0 specification, section 6)."""


def wrong_rating(row: Mapping[str, Any]) -> str:
    """What is wrong with the CWE, the vector, the score or the severity of a row of the table;
    empty for a sound one. The score is not computed: the tests do that for the shipped table."""
    cwe, vector, score = row["cwe"], row.get("cvss"), row.get("score")
    if not _CWE.fullmatch(cwe):
        return f"'{cwe}' is no CWE, such as CWE-89"
    if not isinstance(vector, str) or not _BASE_VECTOR.fullmatch(vector):
        return f"'cvss' must be a CVSS 4.0 base vector, not {vector!r}"
    if not isinstance(score, int | float) or not 0.1 <= score <= 10:
        return "'score' must be a number from 0.1 to 10"
    if row["severity"] != rating(score):
        return f"a score of {score} is rated {rating(score)}, not {row['severity']}"
    return ""


def rating(score: float) -> Severity:
    """What CVSS 4.0 calls a score of at least 0.1."""
    return next(severity for least, severity in _RATINGS if score >= least)


def rules_of(weaknesses: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """One rule a CWE, in the order of the table; of several rows with the same the first."""
    rules: dict[str, Rule] = {}
    for row in weaknesses:
        rule = Rule(
            id=row["cwe"],
            title=row["title"],
            severity=Severity(row["severity"]),
            vector=row["cvss"],
            score=float(row["score"]),
            question=row["ask"],
            unsafe=row["unsafe"],
            safe=row["safe"],
        )
        rules.setdefault(rule.id, rule)
    return tuple(rules.values())
