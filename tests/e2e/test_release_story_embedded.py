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
from support.repositories import commit_all, git, make_repository, write_files

from scout_codebase.engines.base import Engine

pytestmark = pytest.mark.embedded

BEFORE = {
    "README.md": "# Notes\n\nKeeps notes of a user in SQLite. Run it with `python -m notes`.\n",
    "notes/__init__.py": '"""Notes."""\n',
    "notes/store.py": (
        "import sqlite3\n\n\n"
        "class NoteStore:\n"
        "    def __init__(self, path):\n"
        "        self.db = sqlite3.connect(path)\n\n"
        "    def search(self, user, order):\n"
        '        query = f"SELECT text FROM notes WHERE user = ? ORDER BY {order}"\n'
        "        return self.db.execute(query, (user,)).fetchall()\n"
    ),
    "notes/web.py": (
        "import os\n\n"
        "from flask import Flask, request\n\n"
        "from notes.store import NoteStore\n\n"
        "app = Flask(__name__)\n"
        'store = NoteStore(os.environ["NOTES_DB"])\n\n\n'
        '@app.get("/notes/<user>")\n'
        "def list_notes(user):\n"
        '    return store.search(user, request.args["order"])\n'
    ),
}
MENDED = {
    "notes/store.py": BEFORE["notes/store.py"]
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
    repository = make_repository(tmp_path / "notes", BEFORE)
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
