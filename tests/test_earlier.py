"""Earlier reviews: what one writes is read, what is broken or foreign is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.findings import RUN, report_of
from support.packing import Packed, pack_texts

from scout_codebase.baseline import baseline_text
from scout_codebase.earlier import read_baselines
from scout_codebase.errors import UsageError
from scout_codebase.records import (
    Comparison,
    EarlierFinding,
    FindingState,
    FormerFinding,
    Gate,
    Outcome,
)
from scout_codebase.render.json import render_json
from scout_codebase.render.result import render_result
from scout_codebase.render.sarif import render_sarif

PATHS = ("shop/store.py", "sp ace/é#%.py", 'q"\\.py', "<|eot|>.py", "\udce4.py")
CODE = "class Store:\n    def run(self, x):\n        eval(x)\n"
Value = dict[str, Any]


@pytest.fixture(scope="module")
def packed() -> Packed:
    packed = pack_texts(dict.fromkeys(PATHS, CODE))
    return replace(packed, snapshot=replace(packed.snapshot, folder="services/a b"))


@pytest.fixture(scope="module")
def outcome(packed: Packed) -> Outcome:
    old = EarlierFinding("v1:" + "a" * 32, "CWE-95", "gone.py", 7, "f", "v1:" + "b" * 32, "open")
    other = replace(old, fingerprint="v1:" + "c" * 32, path="who/knows.py")
    former = (FormerFinding(old, True, "gone"), FormerFinding(other, False, "omitted"))
    compared = Comparison("before.json", "1" * 40, former=former)
    report = report_of(packed)
    found = (replace(one, state=FindingState.NEW) for one in report.findings)
    report = replace(report, findings=tuple(found), comparison=compared)
    return Outcome((report,), RUN, packed.snapshot, {}, Gate(), 0, compared)


@pytest.fixture
def result(outcome: Outcome) -> Value:
    value: Value = json.loads(render_result(outcome))
    return value


@pytest.fixture
def sarif(outcome: Outcome) -> Value:
    value: Value = json.loads(render_sarif(outcome.reports[0], RUN, outcome.snapshot))
    return value


def written(tmp_path: Path, value: object, name: str = "before") -> Path:
    path = tmp_path / name
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def read(path: Path) -> dict[str, EarlierFinding]:
    known = read_baselines([path])
    assert known.accepted is None
    assert known.earlier is not None
    assert (known.earlier.name, known.earlier.revision) == (str(path), "1" * 40)
    return {row.fingerprint: row for row in known.earlier.findings}


def test_both_files_tell_the_same_findings(
    tmp_path: Path, outcome: Outcome, result: Value, sarif: Value
) -> None:
    by_result, by_sarif = read(written(tmp_path, result)), read(written(tmp_path, sarif))
    found = {one.fingerprint: one for one in outcome.reports[0].findings}
    assert len(found) == len(PATHS)
    assert by_sarif.keys() == found.keys()
    assert {key: by_result[key] for key in found} == by_sarif
    for fingerprint, row in by_sarif.items():
        one = found[fingerprint]
        assert row.path == f"services/a b/{one.evidence[-1].path}"
        assert (row.rule, row.line, row.symbol) == (one.rule, 3, "Store.run")
        assert row.code_fingerprint == one.code_fingerprint
        assert (row.standing, row.severity) == (one.standing, "critical")


def test_what_was_not_looked_at_is_remembered_and_what_was_fixed_is_not(
    tmp_path: Path, result: Value, sarif: Value
) -> None:
    assert any(row.get("baselineState") == "absent" for row in sarif["runs"][0]["results"])
    known = read(written(tmp_path, result))
    assert known["v1:" + "c" * 32].path == "who/knows.py"
    assert "v1:" + "a" * 32 not in known
    assert "v1:" + "a" * 32 not in read(written(tmp_path, sarif))


def test_without_the_newer_fields_a_sarif_file_is_read_all_the_same(
    tmp_path: Path, sarif: Value
) -> None:
    for row in sarif["runs"][0]["results"]:
        row["partialFingerprints"].pop("scoutReviewCode/v1", None)
        row.pop("properties")
    for row in read(written(tmp_path, sarif)).values():
        assert (row.code_fingerprint, row.standing, row.severity) == ("", "", "")


def removed(*keys: Any) -> Callable[[Value], Value]:
    """The value without what stands at the end of these keys."""

    def without(value: Value) -> Value:
        part: Any = copy.deepcopy(value)
        whole = part
        for key in keys[:-1]:
            part = part[key]
        del part[keys[-1]]
        return dict(whole)

    return without


def changed(to: object, *keys: Any) -> Callable[[Value], Value]:
    def with_it(value: Value) -> Value:
        whole: Value = copy.deepcopy(value)
        part: Any = whole
        for key in keys[:-1]:
            part = part[key]
        part[keys[-1]] = to
        return whole

    return with_it


@pytest.mark.parametrize(
    "damage",
    [
        removed("findings"),
        removed("former"),
        removed("repository"),
        removed("findings", 0, "fingerprint"),
        changed(2, "format_version"),
        changed("v1:0", "findings", 0, "fingerprint"),
        changed(["x"], "findings", 0, "symbol"),
        changed(-1, "findings", 0, "start_line"),
        changed("a\ud800.py", "findings", 0, "path"),
        changed("a\x1b[2J.py", "findings", 0, "path"),
        changed("none", "findings"),
        changed([1], "findings"),
        changed(None, "former", "unconfirmed"),
    ],
)
def test_a_damaged_result_is_refused(
    tmp_path: Path, result: Value, damage: Callable[[Value], Value]
) -> None:
    path = written(tmp_path, damage(result))
    with pytest.raises(UsageError, match="before"):
        read_baselines([path])


RESULT = ("runs", 0, "results", 0)


@pytest.mark.parametrize(
    "damage",
    [
        changed("other", "runs", 0, "tool", "driver", "name"),
        removed("runs", 0, "tool"),
        removed(*RESULT, "locations"),
        removed(*RESULT, "partialFingerprints"),
        changed({}, *RESULT, "partialFingerprints"),
        changed([], "runs"),
        changed("x", *RESULT, "locations", 0, "physicalLocation", "region", "startLine"),
    ],
)
def test_a_damaged_or_foreign_sarif_is_refused(
    tmp_path: Path, sarif: Value, damage: Callable[[Value], Value]
) -> None:
    path = written(tmp_path, damage(sarif))
    with pytest.raises(UsageError, match="before"):
        read_baselines([path])


def test_the_data_of_a_report_accepts_nothing(tmp_path: Path, outcome: Outcome) -> None:
    """It looks like a baseline: taken for one, it would suppress all that it holds."""
    path = written(tmp_path, render_json(outcome.reports[0], RUN))
    with pytest.raises(UsageError, match=r"result\.json"):
        read_baselines([path])


def test_what_a_file_is_its_content_says(tmp_path: Path, outcome: Outcome, result: Value) -> None:
    accepted = written(tmp_path, baseline_text(outcome.reports[0].findings, None), "result.json")
    earlier = written(tmp_path, result, "accepted.json")
    known = read_baselines([accepted, earlier, earlier])
    assert known.accepted is not None
    assert len(known.accepted.entries) == len(PATHS)
    assert known.earlier is not None
    assert known.earlier.name == str(earlier)
    assert read_baselines([]).accepted is None
    with pytest.raises(UsageError, match="2 accepted baselines"):
        read_baselines([accepted, written(tmp_path, accepted.read_text(), "b.json")])
