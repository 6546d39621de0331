"""Findings that somebody accepted: what they do to the exit code, the files and what is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engines.scripted_server import FAULTS, Chat
from support.command_line import SOUND_ANSWERS, Result, Run, assert_one_line, server_of
from support.findings import RUN, report_of
from support.packing import pack_texts
from support.repositories import commit_all, make_repository, write_files
from support.sarif import only_run

from scout_codebase.records import Severity
from scout_codebase.reviewing import Review, fails
from scout_codebase.settings import EngineSettings, ReviewSettings, SelectionSettings

pytestmark = pytest.mark.usefixtures("sound_answers")
OUT = Path("scout-report")
EVAL = "def find(key, limit):\n    return eval(key)[:limit]\n"
ACCEPTED = (
    "def find(key, limit):\n"
    "    # scout-review: ignore CWE-95 -- the key is a constant\n"
    "    return eval(key)[:limit]\n"
)


@pytest.fixture
def sound_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)


def review(run: Run, repository: Path, *options: str | Path, answers: str = "sound") -> Result:
    with server_of(answers).running() as server:
        return run(
            *(repository, "--base-url", server.base_url, "--report", "security-review"),
            *("--no-cache", "--fail-on", "low", *options),
        )


def answers_no(chat: Chat) -> None:
    chat.begin()
    chat.say('{"answer": "no"}', "stop")
    chat.usage(10)
    chat.end()


def data() -> dict[str, Any]:
    value: dict[str, Any] = json.loads((OUT / "security-review.json").read_text())
    return value


def sarif(name: str = "security-review.sarif") -> dict[str, Any]:
    """The only run of the file, which is valid."""
    return only_run((OUT / name).read_text())


def sarif_results() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sarif()["results"]
    return rows


def page() -> str:
    return (OUT / "security-review.md").read_text()


def test_a_baseline_accepts_what_it_was_made_of(run: Run, shop: Path) -> None:
    made = review(run, shop, "--write-baseline", "accepted.json")
    assert made.code == 1
    assert "Findings accepted in accepted.json: 1" in made.err
    assert "eval" in page()
    again = review(run, shop, "--baseline", "accepted.json")
    assert (again.code, again.errors) == (0, [])
    assert "Suppressed findings: 1" in again.err
    assert data()["findings"] == []
    (suppressed,) = data()["suppressed"]
    assert suppressed["suppressions"][0]["kind"] == "external"
    (result,) = sarif_results()
    assert [row["kind"] for row in result["suppressions"]] == ["external"]
    assert "| Suppressed | 1 finding (1 by the baseline) |" in page()
    assert "**No findings**, 1 suppressed" in page()
    assert "is suppressed: see below" in page()
    assert "| 1 | none, 1 suppressed |" in page()


def test_a_baseline_survives_an_edit_above_and_a_formatter(run: Run, shop: Path) -> None:
    review(run, shop, "--write-baseline", "accepted.json")
    moved = "# moved\n" * 30 + EVAL.replace(
        "eval(key)[:limit]", "eval(\n        key,\n    )[:limit]"
    )
    write_files(shop, {"shop/store.py": moved})
    assert review(run, shop, "--baseline", "accepted.json").code == 0
    assert data()["suppressed"][0]["evidence"][-1]["start_line"] == 32


def test_a_baseline_that_no_longer_matches_says_so(run: Run, shop: Path) -> None:
    review(run, shop, "--write-baseline", "accepted.json")
    write_files(shop, {"shop/store.py": EVAL.replace("key", "name")})
    result = review(run, shop, "--baseline", "accepted.json", "--write-baseline", "accepted.json")
    assert result.code == 1
    assert "accepted.json: 1 of 1 entries match no finding" in result.err
    assert "1 of 1 entries of the baseline match no finding" in page()
    assert "is gone or was changed" in page()
    assert review(run, shop, "--baseline", "accepted.json").code == 0
    assert "match no finding" not in page()


def test_what_the_model_calls_safe_this_time_stays_accepted(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    review(run, shop, "--write-baseline", "accepted.json")
    first = Path("accepted.json").read_text()
    monkeypatch.setitem(FAULTS, "sound", answers_no)
    result = review(run, shop, "--baseline", "accepted.json", "--write-baseline", "accepted.json")
    assert (result.code, data()["findings"], data()["suppressed"]) == (0, [], [])
    assert Path("accepted.json").read_text() == first
    assert "Findings accepted in accepted.json: 0, and 1 whose code is still there" in result.err


def test_a_comment_accepts_unless_the_user_says_no(run: Run, shop: Path) -> None:
    write_files(shop, {"shop/store.py": ACCEPTED})
    accepted = review(run, shop)
    assert accepted.code == 0
    assert "the key is a constant" in page()
    assert "1 finding (1 by comments in the source)" in page()
    (result,) = sarif_results()
    assert result["suppressions"][0]["justification"] == "the key is a constant"
    refused = review(run, shop, "--no-inline-suppressions")
    assert refused.code == 1
    assert len(data()["findings"]) == 1
    assert data()["suppressions"]["comments"][0]["refused"]
    assert "comments in the source are switched off" in page()
    assert sarif_results()[0]["suppressions"] == []


def test_the_variable_switches_comments_off(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(shop, {"shop/store.py": ACCEPTED})
    monkeypatch.setenv("SCOUT_REVIEW_INLINE_SUPPRESSIONS", "false")
    assert review(run, shop).code == 1


def test_the_repository_cannot_choose_a_baseline(run: Run, shop: Path) -> None:
    review(run, shop, "--write-baseline", "accepted.json")
    files = {
        "accepted.json": Path("accepted.json").read_text(),
        "scout-review.toml": 'baseline = "accepted.json"\n',
    }
    write_files(shop, files)
    commit_all(shop)
    assert review(run, shop).code == 1


def test_what_a_comment_accepts_is_not_written_to_the_baseline(run: Run, shop: Path) -> None:
    write_files(shop, {"shop/store.py": ACCEPTED})
    review(run, shop, "--write-baseline", "accepted.json")
    assert json.loads(Path("accepted.json").read_text())["findings"] == []
    review(run, shop, "--write-baseline", "accepted.json", "--no-inline-suppressions")
    assert len(json.loads(Path("accepted.json").read_text())["findings"]) == 1


@pytest.mark.parametrize("partial", [[], ["--allow-partial"]])
def test_no_baseline_is_made_of_half_a_review(run: Run, shop: Path, partial: list[str]) -> None:
    write_files(shop, {"shop/other.py": EVAL})
    Path("accepted.json").write_text("mine")
    options = ("--write-baseline", "accepted.json", *partial)
    result = review(run, shop, *options, answers="sound but once")
    assert_one_line(result, 4)
    assert Path("accepted.json").read_text() == "mine"


def test_half_a_review_is_no_success_in_sarif(run: Run, shop: Path) -> None:
    write_files(shop, {"shop/other.py": EVAL})
    result = review(run, shop, answers="sound but once")
    assert result.code == 4
    assert not (OUT / "security-review.sarif").exists()
    (invocation,) = sarif("security-review.incomplete.sarif")["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"]
    assert review(run, shop, "--allow-partial", answers="sound but once").code == 1
    assert sarif()["invocations"][0]["executionSuccessful"] is False


def test_a_broken_baseline_ends_the_run_before_anything_is_asked(run: Run, shop: Path) -> None:
    Path("broken.json").write_text("{}")
    with server_of("sound").running() as server:
        result = run(shop, "--base-url", server.base_url, "--baseline", "broken.json")
        assert server.chats == []
    assert_one_line(result, 2, "broken.json", "--write-baseline")


def test_a_baseline_needs_a_report_with_findings(run: Run, shop: Path) -> None:
    result = run(shop, "--report", "architecture", "--write-baseline", "b.json")
    assert_one_line(result, 2, "--report security-review")


def test_the_baseline_in_the_repository_is_not_read_as_its_code(
    run: Run, own_user: None, tmp_path: Path
) -> None:
    repository = make_repository(tmp_path / "one", {"shop/store.py": EVAL})
    baseline = repository / "accepted.json"
    assert review(run, repository, "--write-baseline", baseline).code == 1
    assert review(run, repository, "--baseline", baseline).code == 0
    first = sarif()["properties"]["promptTokens"]
    baseline.unlink()
    review(run, repository)
    assert sarif()["properties"]["promptTokens"] == first


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("fail_on", [*Severity, None])
def test_which_severities_fail(severity: Severity, fail_on: Severity | None) -> None:
    report = report_of(pack_texts({"a.py": "eval(x)\n"}))
    finding = replace(report.findings[0], severity=severity)
    settings = ReviewSettings(SelectionSettings("."), EngineSettings(), fail_on=fail_on)
    worse_than = {
        None: (),
        Severity.CRITICAL: ("critical",),
        Severity.HIGH: ("critical", "high"),
        Severity.MEDIUM: ("critical", "high", "medium"),
        Severity.LOW: ("critical", "high", "medium", "low"),
    }
    found = Review((replace(report, findings=(finding,)),), {}, RUN)
    assert fails(found, settings) is (severity in worse_than[fail_on])
    accepted = Review((replace(report, findings=(), suppressed=(finding,)),), {}, RUN)
    assert fails(accepted, settings) is False


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("eval(x)\n", "critical"),
        ("def f(db, x):\n    db.execute('SELECT ' + x)\n", "high"),
        ("import hashlib\n\n\ndef f(x):\n    return hashlib.md5(x)\n", "medium"),
        ("import tempfile\n\nname = tempfile.mktemp()\n", "low"),
    ],
)
def test_each_severity_by_the_command_line(
    run: Run, own_user: None, tmp_path: Path, code: str, severity: str
) -> None:
    repository = make_repository(tmp_path / "one", {"shop/store.py": code})
    order = [str(row) for row in Severity]
    for fail_on in (severity, order[max(0, order.index(severity) - 1)]):
        result = review(run, repository, "--fail-on", fail_on)
        assert result.code == (fail_on == severity), result.err
    assert {row["severity"] for row in data()["findings"]} == {severity}
