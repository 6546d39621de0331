"""A release, from its base to its gate, with the embedded engine and its real model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.notes import NOTES
from support.repositories import commit_all, git, make_repository, write_files

from scout_codebase.engines.base import Engine

pytestmark = pytest.mark.embedded

MENDED = {
    "notes/store.py": NOTES["notes/store.py"]
    .replace('f"SELECT', '"SELECT')
    .replace("BY {order}", "BY created")
}
WEAKENED = {
    "notes/export.py": (
        "import subprocess\n\n"
        "from flask import request\n\n"
        "from notes.web import app\n\n\n"
        '@app.post("/export")\n'
        "def export():\n"
        '    target = request.form["target"]\n'
        '    subprocess.run(f"tar czf {target}.tar.gz notes.db", shell=True, check=True)\n'
        '    return "exported"\n'
    )
}


@dataclass(frozen=True)
class Reviewed:
    code: int
    said: str
    out: Path

    @property
    def result(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads((self.out / "result.json").read_text())
        return value


def review(repository: Path, out: Path, *options: str | Path) -> Reviewed:
    command = ["review", repository, "--report", "security-review", "--engine", "embedded"]
    done = subprocess.run(
        [sys.executable, "-m", "scout_codebase", *map(str, command), "--out", out, *options],
        capture_output=True,
        text=True,
        env=os.environ,
        timeout=1_200,
        check=False,
    )
    return Reviewed(done.returncode, done.stderr, out)


def test_a_release_says_what_is_new_and_what_is_fixed(
    embedded_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert embedded_engine.identity.embedded
    repository = make_repository(tmp_path / "notes", NOTES)
    git(repository, "tag", "v1.0.0")

    base = review(repository, tmp_path / "base", "--rev", "v1.0.0")
    assert base.code == 0, base.said
    assert [row["rule"] for row in base.result["findings"]] == ["CWE-89"]

    write_files(repository, MENDED)
    commit_all(repository, "The order is fixed")
    write_files(repository, WEAKENED)
    commit_all(repository, "Notes can be exported")
    accepted = tmp_path / "accepted.json"
    compared = ("--since", "v1.0.0", "--baseline", base.out / "result.json", "--fail-on", "high")
    release = review(repository, tmp_path / "release", *compared, "--write-baseline", accepted)
    assert release.code == 1, release.said
    assert "1 new, 1 fixed" in release.said
    assert [(row["rule"], row["state"]) for row in release.result["findings"]] == [
        ("CWE-78", "new")
    ]
    sarif = json.loads((release.out / "security-review.sarif").read_text())
    states = {row["ruleId"]: row["baselineState"] for row in sarif["runs"][0]["results"]}
    assert states == {"CWE-78": "new", "CWE-89": "absent"}

    gate = review(repository, tmp_path / "gate", *compared, "--baseline", accepted)
    assert gate.code == 0, gate.said
    assert gate.result["questions"]["kept_from_earlier"] == gate.result["questions"]["asked"] > 0
