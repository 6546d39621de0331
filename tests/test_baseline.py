"""The file of accepted findings: what is written is read, what is broken is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.findings import findings_of
from support.packing import pack_texts

from scout_codebase.baseline import baseline_text, read_baseline
from scout_codebase.errors import UsageError
from scout_codebase.records import Baseline, BaselineEntry, Finding


@pytest.fixture(scope="module")
def found() -> list[Finding]:
    texts = {"b.py": "def f(x):\n    eval(x)\n", 'a"\n.py': "import os\n\nos.system(x)\neval(x)\n"}
    return findings_of(pack_texts(texts))


def test_what_is_written_is_read(tmp_path: Path, found: list[Finding]) -> None:
    path = tmp_path / "accepted.json"
    path.write_text(baseline_text(found, None))
    baseline = read_baseline(path)
    assert baseline.name == str(path)
    assert {row.fingerprint for row in baseline.entries} == {row.fingerprint for row in found}
    assert [row.path for row in baseline.entries] == ['a\\"\\n.py', 'a\\"\\n.py', "b.py"]
    assert {(row.rule, row.symbol) for row in baseline.entries if row.path == "b.py"} == {
        ("CWE-95", "f")
    }


def test_the_order_of_findings_does_not_change_the_file(found: list[Finding]) -> None:
    assert baseline_text(found, None) == baseline_text(found[::-1], None)
    assert baseline_text([*found, found[0]], None) == baseline_text(found, None)


def test_reasons_are_kept(found: list[Finding]) -> None:
    earlier = Baseline(
        "b.json",
        (
            BaselineEntry(found[0].fingerprint, reason="a test fixture"),
            BaselineEntry("v1:" + "0" * 32, reason="gone"),
        ),
    )
    rows = json.loads(baseline_text(found, earlier))["findings"]
    reasons = {row["fingerprint"]: row["reason"] for row in rows}
    assert reasons[found[0].fingerprint] == "a test fixture"
    assert sorted(reasons.values()) == ["", "", "a test fixture"]


def test_only_the_fingerprint_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text('{"format_version": 1, "findings": [{"fingerprint": "v1:0"}], "note": 1}')
    assert read_baseline(path).entries == (BaselineEntry("v1:0"),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("\xff", "no JSON"),
        ("[]", "no list 'findings'"),
        ('{"findings": {}}', "no list 'findings'"),
        ('{"findings": []}', "format_version 1"),
        ('{"format_version": 2, "findings": []}', "format_version 1"),
        ('{"format_version": 1, "findings": [1]}', "finding 1 has no fingerprint"),
        ('{"format_version": 1, "findings": [{"rule": "x"}]}', "finding 1 has no fingerprint"),
        ('{"format_version": 1, "findings": [{"fingerprint": 1}]}', "'fingerprint' is not a text"),
        (
            '{"format_version": 1, "findings": [{"fingerprint": "v1:0", "reason": null}]}',
            "'reason' is not a text",
        ),
    ],
)
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(UsageError, match=why):
        read_baseline(path)


def test_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read") as caught:
        read_baseline(tmp_path / "b.json")
    assert "--write-baseline" in caught.value.remedy


def test_no_number_of_a_line_is_written(found: list[Finding]) -> None:
    rows: list[dict[str, Any]] = json.loads(baseline_text(found, None))["findings"]
    assert {key for row in rows for key in row} == {
        "fingerprint",
        "rule",
        "path",
        "symbol",
        "reason",
    }
