"""``result.json`` and ``--format`` as a pipeline meets them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
from engines.scripted_server import FAULTS
from support.command_line import SOUND_ANSWERS, Result, Run, assert_one_line, pages, server_of
from support.repositories import make_repository, write_files
from support.results import result_in, valid_result

from scout_codebase.cli import cli
from scout_codebase.render.files import ReportFiles
from scout_codebase.render.formats import FORMATS

OUT = Path("scout-report")
EVAL = "def find(key, limit):\n    return eval(key)[:limit]\n"
SECRET = "ghp_" + "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"


@pytest.fixture(autouse=True)
def sound_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)


def review(
    run: Run, repository: Path, *options: str | Path, answers: str = "sound", **server: Any
) -> Result:
    with server_of(answers, **server).running() as running:
        return run(
            *(repository, "--base-url", running.base_url, "--report", "security-review"),
            *("--jobs", "1", *options),
        )


def test_every_format_has_a_row() -> None:
    (option,) = (row for row in cli.commands["review"].params if row.name == "output_format")
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(FORMATS)


def test_text_prints_nothing_and_every_review_has_a_result(run: Run, shop: Path) -> None:
    result = review(run, shop)
    assert (result.code, result.out) == (0, b"")
    value = result_in(OUT)
    assert (value["status"], value["exit_code"], value["counts"]["new"]) == ("complete", 0, 1)
    (report,) = value["reports"]
    assert set(pages(OUT)) == {*report["files"], "index.html", "result.json"}
    assert value["prompt"]["files"] == 3
    assert value["findings"][0]["path"] == "shop/store.py"
    assert value["questions"]["asked"] == report["questions"] > 0


def test_json_prints_the_result_and_nothing_else(run: Run, shop: Path) -> None:
    result = review(run, shop, "--format", "json", "--fail-on", "low")
    assert result.code == 1
    assert result.out == (OUT / "result.json").read_bytes()
    assert valid_result(result.out)["gate"]["counted"] == 1


@pytest.mark.parametrize("name", FORMATS)
def test_an_incomplete_review_says_so_in_every_format(run: Run, shop: Path, name: str) -> None:
    write_files(shop, {"shop/other.py": EVAL})
    options = ("--format", name, "--no-cache")
    assert_one_line(review(run, shop, *options, answers="sound but once"), 4, "--allow-partial")
    value = result_in(OUT)
    assert (value["status"], value["exit_code"]) == ("incomplete", 4)
    assert value["reports"][0]["files"][0].startswith("security-review.incomplete.")
    assert len(value["reports"][0]["failures"]) == 1
    if name == "gitlab":
        assert not (OUT / "gl-code-quality-report.json").exists()
        scan = json.loads((OUT / "gl-sast-report.json").read_text())["scan"]
        assert scan["status"] == "failure"


def test_github_gets_an_annotation_for_a_finding_and_for_a_failure(run: Run, shop: Path) -> None:
    write_files(shop, {"shop/other.py": EVAL})
    options = ("--format", "github", "--no-cache")
    lines = review(run, shop, *options, answers="sound but once").out.decode().splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::error"]
    assert lines[0].startswith("::error file=shop/")
    assert lines[1].startswith("::error title=scout-review::1 answers could not be used")


@pytest.mark.parametrize(
    ("window", "options", "code"),
    [
        (65_536, ("--rev", "nowhere"), 2),
        (64, (), 3),
        (65_536, ("--base-url", "http://127.0.0.1:9/v1"), 4),
    ],
)
def test_a_review_that_was_not_made_leaves_no_result_and_tells_github(
    run: Run, shop: Path, window: int, options: tuple[str, ...], code: int
) -> None:
    assert review(run, shop, "--format", "gitlab").code == 0
    assert len(pages(OUT)) == 8
    result = review(run, shop, "--format", "github", *options, window=window)
    assert result.code == code, result.err
    assert result.out.startswith(b"::error title=scout-review::")
    assert len(result.out.splitlines()) == 1
    if code > 2:
        assert {"result.json", "gl-sast-report.json"} <= set(pages(OUT / "previous"))
        assert not (OUT / "result.json").exists()
        assert not (OUT / "gl-sast-report.json").exists()


def test_gitlab_gets_its_files(run: Run, shop: Path) -> None:
    result = review(run, shop, "--format", "gitlab", "--fail-on", "low")
    assert (result.code, result.out) == (1, b"")
    (row,) = json.loads((OUT / "gl-code-quality-report.json").read_text())
    assert row["location"] == {"path": "shop/store.py", "lines": {"begin": 2, "end": 2}}
    sast = json.loads((OUT / "gl-sast-report.json").read_text())
    assert sast["scan"]["start_time"] <= sast["scan"]["end_time"]
    assert sast["vulnerabilities"][0]["location"]["file"] == "shop/store.py"


def test_paths_are_from_the_top_of_the_repository(run: Run, own_user: None, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "services/a b/store.py": EVAL,
        "services/a b/logo.png": b"\x89PNG\0\0",
        "x.py": EVAL,
    }
    root = make_repository(tmp_path / "one", files)
    result = review(run, root / "services/a b", "--format", "github")
    assert result.out.startswith(b"::error file=services/a b/store.py,line=2,endLine=2,title=")
    value = result_in(OUT)
    assert value["repository"]["folder"] == "services/a b"
    assert [row["path"] for row in value["prompt"]["omissions"]] == ["services/a b/logo.png"]
    assert {row["path"] for row in value["findings"][0]["evidence"]} == {"services/a b/store.py"}


def test_no_secret_stands_in_what_is_written_or_printed(
    run: Run, own_user: None, tmp_path: Path
) -> None:
    code = f'TOKEN = "{SECRET}"\n\n\ndef find(key):\n    return eval("{SECRET}" + key)\n'
    root = make_repository(tmp_path / "one", {"shop/store.py": code})
    for name in ("github", "gitlab"):
        result = review(run, root, "--format", name)
        assert result.code == 0, result.err
        assert SECRET.encode() not in result.out
        for page in OUT.iterdir():
            if page.is_file():
                assert SECRET not in page.read_text(), page
    value = result_in(OUT)
    assert value["prompt"]["masked_values"] == 1
    assert "MASKED_" in value["findings"][0]["evidence"][-1]["quote"]


def test_a_result_states_the_base_and_the_recall(run: Run, shop: Path) -> None:
    options = ("--probe", "--probe-questions", "4", "--since", "HEAD", "--allow-partial")
    result = review(run, shop, *options)
    assert result.code == 0, result.err
    value = result_in(OUT)
    assert (value["base"]["name"], value["base"]["changes"]) == ("HEAD", {})
    assert value["recall"]["wanted"] == 4
    assert {row["name"] for row in value["reports"]} == {"probe", "security-review"}


@pytest.mark.parametrize("name", FORMATS)
def test_the_index_names_every_file_that_was_written(run: Run, shop: Path, name: str) -> None:
    options = ("--format", name, "--probe", "--probe-questions", "4", "--since", "HEAD")
    result = review(run, shop, *options, "--report", "changes", "--allow-partial")
    assert result.code == 0, result.err
    links = re.findall(r'href="(?:\./)?([^"#:]+)"', (OUT / "index.html").read_text())
    assert set(links) == set(pages(OUT)) - {"index.html"}
    assert {"result.json", "security-review.sarif", "changes.md", "probe.html"} <= set(links)
    assert set(FORMATS[name].files) <= set(links)


def test_a_probe_alone_leaves_the_result_of_a_review(run: Run, shop: Path) -> None:
    assert review(run, shop).code == 0
    before = (OUT / "result.json").read_bytes()
    with server_of("sound").running() as server:
        options = ("--base-url", server.base_url, "--probe-questions", "4", "--allow-partial")
        run("probe", shop, *options)
    assert "probe.md" in pages(OUT)
    assert (OUT / "result.json").read_bytes() == before


def test_a_dry_run_has_no_result_to_print(run: Run, shop: Path) -> None:
    assert_one_line(run(shop, "--dry-run", "--format", "json"), 2, "--format json")
    assert run(shop, "--dry-run", "--format", "github", "--jobs", "1").code == 0


def test_no_report_may_have_the_name_of_the_result(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="cannot be called 'result'"):
        ReportFiles(tmp_path).set_aside(["result"])
