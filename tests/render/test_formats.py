"""What the formats print and write: escaped as their readers demand, and honest."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from support.findings import RUN, report_of
from support.packing import Packed, pack_texts
from support.results import valid_result

from scout_codebase.records import (
    Comparison,
    EarlierFinding,
    Finding,
    FindingState,
    FormerFinding,
    Gate,
    Outcome,
    Report,
    Severity,
    SourceFile,
)
from scout_codebase.render.formats import FORMATS
from scout_codebase.render.github import MOST_SHOWN, command, workflow_commands
from scout_codebase.render.gitlab import code_quality, sast
from scout_codebase.render.result import render_result

CODE = "import os\n\n\ndef run(x):\n    eval(x)\n    os.system(x)\n"
HOSTILE = (
    "::error::x\r\n%0A::set-output name=a::b, <img src=x> ![](//evil.example) @all ``` \x1b[2J"
)
COMMAND = re.compile(r"::(error|warning|notice) ([^\r\n:]*)::([^\r\n]*)")


@pytest.fixture(scope="module")
def packed() -> Packed:
    return pack_texts({"shop/a,b:c%.py": CODE})


def outcome_of(packed: Packed, report: Report, **more: Any) -> Outcome:
    settings: dict[str, Any] = {
        "files": {report.name: (f"{report.name}.md",)},
        "gate": Gate(),
        "exit_code": 0,
        "started": "2026-01-31T12:00:00",
        "finished": "2026-01-31T12:00:07",
        **more,
    }
    return Outcome((report,), RUN, packed.snapshot, **settings)


def hostile(finding: Finding) -> Finding:
    return replace(finding, title=HOSTILE, explanation=HOSTILE, exploit=HOSTILE, fix=HOSTILE)


def commands_of(text: str) -> list[tuple[str, dict[str, str], str]]:
    """As the runner of GitHub Actions reads them: a kind, properties and a message."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        if match:
            told = dict(part.split("=", 1) for part in match[2].split(","))
            properties = {name: unquote(value) for name, value in told.items()}
            found.append((match[1], properties, unquote(match[3])))
    return found


# --- GitHub -------------------------------------------------------------------------------------


def test_each_finding_is_an_annotation_in_its_line(packed: Packed) -> None:
    found = commands_of(workflow_commands(outcome_of(packed, report_of(packed))))
    assert [(kind, row["file"], row["line"], row["endLine"]) for kind, row, _ in found] == [
        ("error", "shop/a,b:c%.py", "5", "5"),
        ("error", "shop/a,b:c%.py", "6", "6"),
    ]
    assert found[0][1]["title"] == "A title of code (CWE-95, critical)"
    assert found[0][2].endswith("Fix: Do not.")


def test_what_a_model_says_ends_no_command_and_begins_none(packed: Packed) -> None:
    report = report_of(packed)
    report = replace(report, findings=tuple(map(hostile, report.findings)))
    text = workflow_commands(outcome_of(packed, report))
    assert len(text.splitlines()) == len(commands_of(text)) == 2
    assert "\x1b" not in text
    assert "%0A::set-output name=a::b" in commands_of(text)[0][2]


@given(st.text(), st.text())
def test_a_command_says_what_it_was_given(message: str, title: str) -> None:
    line = command("error", message, title=title)
    assert "\n" not in line
    assert "\r" not in line
    head, _, data = line.removeprefix("::error title=").partition("::")
    assert not {":", ","} & set(head)
    for escaped, plain in ((data, message), (head, title)):
        decoded = re.sub("%(25|0D|0A|3A|2C)", lambda code: chr(int(code[1], 16)), escaped)
        assert decoded == plain


@pytest.mark.parametrize(("exit_code", "shown"), [(1, MOST_SHOWN), (4, MOST_SHOWN - 1)])
def test_beyond_what_github_shows_the_rest_is_counted_and_the_new_come_first(
    packed: Packed, exit_code: int, shown: int
) -> None:
    report = report_of(packed)
    first = replace(report.findings[0], state=FindingState.EXISTING)
    new = replace(first, state=FindingState.NEW, title="Brand new")
    report = replace(report, findings=(*[first] * 14, new), comparison=Comparison(base="v1"))
    outcome = outcome_of(packed, report, exit_code=exit_code, comparison=report.comparison)
    text = workflow_commands(outcome)
    found = commands_of(text)
    assert len(found) == shown
    assert found[0][1]["title"] == "Brand new (CWE-95, critical, new)"
    assert f"\n{15 - shown} more of the kind error stand in the reports" in text


@pytest.mark.parametrize(
    ("severity", "kind"),
    [("critical", "error"), ("high", "error"), ("medium", "warning"), ("low", "notice")],
)
def test_kinds_of_annotations(packed: Packed, severity: str, kind: str) -> None:
    report = report_of(packed)
    one = replace(report.findings[0], severity=Severity(severity))
    text = workflow_commands(outcome_of(packed, replace(report, findings=(one,))))
    assert [row[0] for row in commands_of(text)] == [kind]


def test_a_failure_is_an_error_in_the_github_format_alone() -> None:
    told = {name: row.failure("no server\n::x") for name, row in FORMATS.items()}
    assert told.pop("github") == "::error title=scout-review::no server ::x\n"
    assert set(told.values()) == {""}


# --- GitLab -------------------------------------------------------------------------------------

_TEXT = {"type": "string", "minLength": 1}
_SCANNER = {
    "type": "object",
    "required": ["id", "name", "version", "vendor"],
    "properties": {
        **dict.fromkeys(("id", "name", "version"), _TEXT),
        "vendor": {"type": "object", "required": ["name"], "properties": {"name": _TEXT}},
    },
}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
SAST_RULES = {
    "type": "object",
    "required": ["scan", "version", "vulnerabilities"],
    "properties": {
        "version": {"type": "string", "pattern": r"^15\.\d+\.\d+$"},
        "scan": {
            "type": "object",
            "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
            "properties": {
                "analyzer": _SCANNER,
                "scanner": _SCANNER,
                "type": {"const": "sast"},
                "status": {"enum": ["success", "failure"]},
                "start_time": _TIME,
                "end_time": _TIME,
                "messages": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["level", "value"],
                        "properties": {
                            "level": {"enum": ["info", "warn", "fatal"]},
                            "value": _TEXT,
                        },
                    },
                },
            },
        },
        "vulnerabilities": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "identifiers", "location"],
                "properties": {
                    "id": _TEXT,
                    "name": {"type": "string", "maxLength": 255},
                    "description": {"type": "string", "maxLength": 1_048_576},
                    "solution": {"type": "string", "maxLength": 7_000},
                    "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
                    "identifiers": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["type", "name", "value"],
                            "properties": dict.fromkeys(("type", "name", "value"), _TEXT),
                        },
                    },
                    "location": {
                        "type": "object",
                        "required": ["file", "start_line"],
                        "properties": {
                            "file": _TEXT,
                            "start_line": {"type": "number"},
                            "end_line": {"type": "number"},
                            "method": {"type": "string"},
                        },
                    },
                },
            },
        },
    },
}
"""What GitLab's security report schemas 15.2 demand of a SAST report and of the fields in ours."""
QUALITY_RULES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            **dict.fromkeys(("description", "check_name", "fingerprint"), _TEXT),
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What GitLab's documentation of the Code Quality report format demands."""


def valid(text: str, rules: dict[str, Any]) -> Any:
    value = json.loads(text)
    jsonschema.Draft202012Validator(rules).validate(value)
    return value


def test_the_reports_of_gitlab_hold_what_it_demands(packed: Packed) -> None:
    outcome = outcome_of(packed, report_of(packed))
    rows = valid(code_quality(outcome), QUALITY_RULES)
    assert [(row["check_name"], row["severity"]) for row in rows] == [
        ("CWE-95", "blocker"),
        ("CWE-78", "blocker"),
    ]
    assert rows[0]["location"] == {"path": "shop/a,b:c%.py", "lines": {"begin": 5, "end": 5}}
    assert len({row["fingerprint"] for row in rows}) == 2
    value = valid(sast(outcome), SAST_RULES)
    assert value["scan"]["status"] == "success"
    assert [row["identifiers"][0]["value"] for row in value["vulnerabilities"]] == ["95", "78"]
    assert len({row["id"] for row in value["vulnerabilities"]}) == 2
    assert sast(outcome) == sast(outcome)


def test_a_review_that_failed_in_part_is_no_success_of_gitlab(packed: Packed) -> None:
    value = valid(sast(outcome_of(packed, report_of(packed, failure="it was empty"))), SAST_RULES)
    assert value["scan"]["status"] == "failure"
    assert value["scan"]["messages"] == [
        {"level": "warn", "value": "security-review/judge/two: it was empty"}
    ]


def test_what_a_model_says_is_code_to_gitlab(packed: Packed) -> None:
    report = report_of(packed)
    report = replace(report, findings=tuple(map(hostile, report.findings)))
    value = valid(sast(outcome_of(packed, report)), SAST_RULES)
    for row in value["vulnerabilities"]:
        tokens = MarkdownIt("commonmark", {"html": True}).parse(row["description"])
        assert [token.type for token in tokens] == [
            *("paragraph_open", "inline", "paragraph_close"),
            "fence",
        ]
        assert "evil.example" in tokens[3].content
        assert "evil.example" not in tokens[1].content
        assert "evil" not in row["name"] + row["solution"]
    for row in valid(code_quality(outcome_of(packed, report)), QUALITY_RULES):
        assert "\x1b" not in row["description"]


# --- result.json --------------------------------------------------------------------------------


def test_hostile_words_and_names_are_data(packed: Packed) -> None:
    files = (SourceFile("a\udce4.py", "0" * 40, 1, "x\n"), *packed.snapshot.files)
    packed = replace(packed, snapshot=replace(packed.snapshot, name="\udce4", files=files))
    report = report_of(packed, failure=HOSTILE)
    report = replace(report, findings=tuple(map(hostile, report.findings)))
    text = render_result(outcome_of(packed, report, exit_code=4))
    assert text.isascii()
    assert json.loads(text)["repository"]["name"] == "\ufffd"
    value = valid_result(text)
    assert value["status"] == "incomplete"
    assert value["findings"][0]["title"] == HOSTILE
    assert value["reports"][0]["failures"] == [
        {"question": "security-review/judge/two", "reason": HOSTILE}
    ]


def test_a_result_tells_the_states(packed: Packed) -> None:
    report = report_of(packed)
    earlier = EarlierFinding("v1:" + "0" * 32, "CWE-95", "old.py", 3, "f", severity="critical")
    gone = replace(earlier, fingerprint="v1:" + "1" * 32)
    comparison = Comparison(
        "before.json",
        "1" * 40,
        former=(FormerFinding(gone, True, "gone"), FormerFinding(earlier, False, "who knows")),
    )
    moved = replace(report.findings[0], state=FindingState.MOVED, before=earlier)
    new = replace(report.findings[1], state=FindingState.NEW)
    report = replace(report, findings=(moved, new), comparison=comparison)
    value = valid_result(render_result(outcome_of(packed, report, comparison=comparison)))
    names = ("findings", "new", "existing", "moved", "fixed", "unconfirmed")
    assert [value["counts"][name] for name in names] == [2, 1, 0, 1, 1, 1]
    assert [row["state"] for row in value["findings"]] == ["moved", "new"]
    assert value["findings"][0]["before"]["path"] == "old.py"
    assert value["former"]["fixed"][0]["fingerprint"] == gone.fingerprint
    assert value["former"]["unconfirmed"][0]["reason"] == "who knows"
