"""The main job with the embedded engine and its real model: three reports of a real repository."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.notes import NOTES
from support.repositories import make_repository

from scout_codebase.engines.base import Engine
from scout_codebase.settings import REPORTS

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def reports(embedded_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one real run. The engine fixture has fetched the weights."""
    assert embedded_engine.identity.embedded
    base = tmp_path_factory.mktemp("embedded")
    repository = make_repository(base / "notes", NOTES)
    out = base / "report"
    command = [
        sys.executable,
        "-m",
        "scout_codebase",
        str(repository),
        "--engine",
        "embedded",
        "--no-cache",
    ]
    run = subprocess.run(
        [*command, "--out", str(out)], capture_output=True, text=True, env=os.environ, timeout=1_200
    )
    assert run.returncode == 0, run.stderr
    return out


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_complete_and_about_this_repository(reports: Path, name: str) -> None:
    page = (reports / f"{name}.md").read_text(encoding="utf-8")
    assert "INCOMPLETE" not in page
    assert "notes/store.py" in page
    assert json.loads((reports / f"{name}.json").read_text())["complete"]


def test_every_line_that_is_cited_is_what_the_page_says(reports: Path) -> None:
    """Whatever row or item cites a line and shows code: the code is in that line."""
    shown = 0
    for page in reports.glob("*.md"):
        for path, line, code in re.findall(
            r"\[`([\w/.]+):(\d+)`\]\([^)]*\)(?: \||:) `([^`]+)`", page.read_text()
        ):
            source = NOTES[path].splitlines()
            assert code.rstrip("…") in source[int(line) - 1]
            shown += 1
    assert shown


def test_questions_share_the_prefix(reports: Path) -> None:
    questions = json.loads((reports / "architecture.json").read_text())["questions"]
    assert all(row["cached_tokens"] > 0.5 * row["prompt_tokens"] for row in questions[1:])


def test_every_suspicious_place_was_judged(reports: Path) -> None:
    data = json.loads((reports / "security-review.json").read_text())
    judged = {row["id"] for row in data["questions"]}
    assert any("sql:notes/store.py" in row for row in judged)
    assert len(data["findings"]) + len(data["dismissed"]) == sum("/judge/" in row for row in judged)
