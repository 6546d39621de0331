"""No secret of a repository leaves it: not to the server, not to a file, not to the terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from engines.scripted_server import FAULTS, ScriptedServer
from support.command_line import SOUND_ANSWERS, server_of
from support.repositories import ISOLATION, make_repository
from support.secrets import SAMPLES

VALUES = sorted({value for sample in SAMPLES for value in sample.values})
PASSWORD = next(sample.values[0] for sample in SAMPLES if sample.name == "password")
TOKEN = next(sample.values[0] for sample in SAMPLES if sample.name == "GitHub token")
# Everything that a report quotes of code: places, inputs, callers, signatures, docstrings,
# constants, imports that lead nowhere, names of environment variables.
CODE = f'''"""The shop. Log in with {TOKEN}."""

import os

from shop.missing import {"x"}

API_TOKEN = "{TOKEN}"


def find(db, name, password="{PASSWORD}"):
    """Finds with {TOKEN}."""
    return db.execute("SELECT '{TOKEN}' FROM t WHERE name = '" + name + "'")


def page(request, db):
    token = request.args["{TOKEN}"]
    os.environ["{TOKEN}"]
    return eval(find(db, token, "{PASSWORD}"))


class Store:
    PASSWORD = "{PASSWORD}"

    def find(self, key="{TOKEN}"):
        """Not {PASSWORD}."""
        return key
'''
FILES = {
    "shop/store.py": "def find(key, limit):\n    return eval(key)[:limit]\n",
    "shop/app.py": CODE,
    "shop/app.js": f"import x from './{TOKEN}';\neval('{TOKEN}' + x);\nconst token = '{TOKEN}';\n",
    "notes.txt": f"The password is {PASSWORD}, the token {TOKEN}.\n",
    **{f"samples/{number}/{sample.path}": f"{sample.text}\n"
       for number, sample in enumerate(SAMPLES)},
}  # fmt: skip

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "shop", FILES)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCOUT_")}
    homes = {name: str(tmp_path / name) for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME")}

    def run_tool(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "scout_codebase", *map(str, arguments)],
            cwd=tmp_path,
            env=kept | homes | ISOLATION | environment,
            capture_output=True,
        )

    return run_tool


@pytest.fixture(autouse=True)
def _sound_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)


def reviewed(
    run: Run, shop: Path, out: Path, *options: str, **environment: str
) -> tuple[ScriptedServer, subprocess.CompletedProcess[bytes]]:
    """The server after a review with all reports, and what the tool printed."""
    with server_of("sound").running() as server:
        done = run(
            "review", shop, "--base-url", server.base_url, "--out", out, *options, **environment
        )
    assert done.returncode == 0, done.stderr.decode()
    assert server.chats
    return server, done


def in_text(text: str) -> list[str]:
    return [value for value in VALUES if value in text or json.dumps(value)[1:-1] in text]


def in_folder(folder: Path) -> dict[str, list[str]]:
    texts = {path: path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert len(texts) >= 6
    return {str(path): found for path, text in texts.items() if (found := in_text(text))}


def test_no_secret_leaves_with_a_review(run: Run, shop: Path, tmp_path: Path) -> None:
    server, done = reviewed(run, shop, tmp_path / "out")
    sent = json.dumps(server.chats, ensure_ascii=False)
    assert in_text(sent) == []
    assert "MASKED_GITHUB_PAT_1" in sent
    assert in_folder(tmp_path / "out") == {}
    assert in_text(done.stdout.decode() + done.stderr.decode()) == []
    assert b"secrets masked" in done.stderr
    assert in_text("".join(path.read_text() for path in tmp_path.rglob("*.log"))) == []


def test_the_review_says_where_each_secret_is(run: Run, shop: Path, tmp_path: Path) -> None:
    """Even if the model, as here, says nothing of them."""
    reviewed(run, shop, tmp_path / "out")
    page = (tmp_path / "out" / "security-review.md").read_text()
    head, _, section = page.partition("## Secrets in the source")
    assert "replaced by a label before anything was sent" in head
    listed = section.partition("\n## ")[0]
    for number, sample in enumerate(SAMPLES):
        before = sample.text.partition(sample.values[0])[0]
        line = 1 + before.count("\n") - ("-----BEGIN" in before and before.count("\n") > 0)
        assert f"samples/{number}/{sample.path}:{line}`" in listed, sample.name
    assert "CWE-798" in listed
    assert "notes.txt:1" in listed


def test_no_mask_sends_them_and_says_so(run: Run, shop: Path, tmp_path: Path) -> None:
    for place, (options, environment) in enumerate(
        ((("--no-mask",), {}), ((), {"SCOUT_REVIEW_NO_MASK": "1"}))
    ):
        server, done = reviewed(run, shop, tmp_path / str(place), *options, **environment)
        assert in_text(server.chats[0]["messages"][0]["content"]) == VALUES
        assert b"they are sent and shown as they are" in done.stderr
        page = (tmp_path / str(place) / "security-review.md").read_text()
        assert "**not masked**" in page
        assert "Secrets in the source" not in page


def test_no_secret_leaves_with_the_other_commands(run: Run, shop: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    for arguments in (
        ("pack", shop, "--manifest", manifest),
        ("tokens", shop, "--format", "json"),
        ("graph", shop),
        ("review", shop, "--dry-run"),
    ):
        done = run(*arguments)
        assert done.returncode == 0
        assert in_text(done.stdout.decode() + done.stderr.decode()) == []
    assert in_text(manifest.read_text()) == []
    places = {
        (row["path"], row["start_line"]) for row in json.loads(manifest.read_text())["masked"]
    }
    assert {("shop/app.py", 1), ("shop/app.js", 1), ("notes.txt", 1)} <= places
    assert run("pack", shop).stdout == run("pack", shop, PYTHONHASHSEED="7", LC_ALL="C").stdout
