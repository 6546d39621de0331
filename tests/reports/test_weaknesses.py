"""The table of weaknesses: its scores are those of its vectors, its severities their ratings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cvss import CVSS4
from support.packing import shipped_weaknesses

from scout_codebase.errors import TemplateError
from scout_codebase.records import Severity
from scout_codebase.reports.ratings import rating, rules_of
from scout_codebase.reports.weaknesses import FILE, load_weaknesses
from scout_codebase.templates import TemplateLibrary

ROW = next(row for row in shipped_weaknesses() if row["category"] == "sql")


@pytest.mark.parametrize("row", shipped_weaknesses(), ids=lambda row: row["category"])
def test_the_score_is_that_of_the_vector_and_the_severity_its_rating(row: dict[str, Any]) -> None:
    """By the calculator that Red Hat keeps."""
    computed = CVSS4(row["cvss"])
    assert row["score"] == float(computed.base_score)
    assert row["severity"] == computed.severity.lower() == rating(row["score"])


@pytest.mark.parametrize("row", shipped_weaknesses(), ids=lambda row: row["category"])
def test_github_gives_the_same_rating(row: dict[str, Any]) -> None:
    """Its critical begins above 9.0, where that of CVSS includes it."""
    assert row["score"] != 9.0


@pytest.mark.parametrize(
    ("score", "severity"),
    [
        (10, Severity.CRITICAL),
        (9.0, Severity.CRITICAL),
        (8.9, Severity.HIGH),
        (7.0, Severity.HIGH),
        (6.9, Severity.MEDIUM),
        (4.0, Severity.MEDIUM),
        (3.9, Severity.LOW),
        (0.1, Severity.LOW),
    ],
)
def test_ratings(score: float, severity: Severity) -> None:
    assert rating(score) is severity


def test_one_rule_a_cwe() -> None:
    rules = rules_of([ROW, {**ROW, "category": "orm", "title": "Another"}, *shipped_weaknesses()])
    assert len({rule.id for rule in rules}) == len(rules) == len(rules_of(shipped_weaknesses()))
    assert (rules[0].id, rules[0].title, rules[0].score) == ("CWE-89", "SQL injection", 8.8)


def overlay(folder: Path, **changes: Any) -> TemplateLibrary:
    row = {key: value for key, value in {**ROW, **changes}.items() if value is not None}
    (folder / "security-review").mkdir()
    lines = (f"{key} = {json.dumps(value)}" for key, value in row.items())
    (folder / FILE).write_text("[[weakness]]\n" + "\n".join(lines) + "\n")
    return TemplateLibrary(folder)


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    assert load_weaknesses(overlay(tmp_path)) == (ROW,)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"cvss": None}, "'cvss' must be a CVSS 4.0 base vector"),
        ({"cwe": "89"}, "no CWE"),
        ({"cwe": "CWE-089"}, "no CWE"),
        ({"severity": "worst"}, "no severity"),
        ({"severity": "low"}, "8.8 is rated high, not low"),
        ({"score": None}, "'score' must be"),
        ({"score": "8.8"}, "'score' must be"),
        ({"score": 11}, "'score' must be"),
        (
            {"cvss": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
            "must be a CVSS 4.0 base vector",
        ),
        ({"cvss": ROW["cvss"] + "/E:A"}, "must be a CVSS 4.0 base vector"),
    ],
)
def test_a_broken_row_is_refused(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(TemplateError, match=why):
        load_weaknesses(overlay(tmp_path, **changes))
