"""No secret of a repository leaves it: not to the server, not to a file, not to the terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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

Done = subprocess.CompletedProcess[bytes]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds the repository, the user's own folders and what is written."""
    folder = tmp_path_factory.mktemp("masking")
    make_repository(folder / "shop", FILES)
    return folder


def run(folder: Path, *arguments: str | Path, **environment: str) -> Done:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCOUT_")}
    homes = {name: str(folder / name) for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    return subprocess.run(
        [sys.executable, "-m", "scout_codebase", *map(str, arguments)],
        cwd=folder,
        env=kept | homes | ISOLATION | environment,
        capture_output=True,
    )


def reviewed(folder: Path, out: str, *options: str) -> tuple[ScriptedServer, Done]:
    """The server after a review with all reports, and what the tool printed."""
    with pytest.MonkeyPatch.context() as patch:
        for name, answer in SOUND_ANSWERS.items():
            patch.setitem(FAULTS, name, answer)
        with server_of("sound").running() as server:
            done = run(
                folder, "review", "shop", "--base-url", server.base_url, "--out", out, *options
            )
    assert done.returncode == 0, done.stderr.decode()
    assert server.chats
    return server, done


@pytest.fixture(scope="module")
def review(folder: Path) -> tuple[ScriptedServer, Done]:
    return reviewed(folder, "out")


def in_text(text: str) -> list[str]:
    return [value for value in VALUES if value in text or json.dumps(value)[1:-1] in text]


def by_file(folder: Path) -> dict[str, list[str]]:
    texts = {path: path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert len(texts) >= 6
    return {str(path): found for path, text in texts.items() if (found := in_text(text))}


def test_no_secret_leaves_with_a_review(folder: Path, review: tuple[ScriptedServer, Done]) -> None:
    server, done = review
    sent = json.dumps(server.chats, ensure_ascii=False)
    assert in_text(sent) == []
    assert "MASKED_GITHUB_PAT_1" in sent
    assert by_file(folder / "out") == {}
    assert in_text(done.stdout.decode() + done.stderr.decode()) == []
    assert b"secrets masked" in done.stderr


@pytest.mark.usefixtures("review")
def test_the_review_says_where_each_secret_is(folder: Path) -> None:
    """Even if the model, as here, says nothing of them."""
    page = (folder / "out" / "security-review.md").read_text()
    head, _, section = page.partition("## Secrets in the source")
    assert "replaced by a label before anything was sent" in head
    listed = section.partition("\n## ")[0]
    for number, sample in enumerate(SAMPLES):
        before = sample.text.partition(sample.values[0])[0]
        line = 1 + before.count("\n") - ("-----BEGIN" in before and before.count("\n") > 0)
        assert f"samples/{number}/{sample.path}:{line}`" in listed, sample.name
    assert "CWE-798" in listed
    assert "notes.txt:1" in listed


def test_no_mask_sends_them_and_says_so(folder: Path) -> None:
    server, done = reviewed(folder, "unmasked", "--no-mask", "--report", "security-review")
    assert in_text(server.chats[0]["messages"][0]["content"]) == VALUES
    assert b"they are sent and shown as they are" in done.stderr
    page = (folder / "unmasked" / "security-review.md").read_text()
    assert "**not masked**" in page
    assert "Secrets in the source" not in page
    packed = run(folder, "pack", "shop", SCOUT_REVIEW_NO_MASK="1")
    assert in_text(packed.stdout.decode()) == VALUES
    assert b"they are sent and shown as they are" in packed.stderr


def test_no_secret_leaves_with_the_other_commands(folder: Path) -> None:
    manifest = folder / "manifest.json"
    packed = run(folder, "pack", "shop", "--manifest", manifest)
    for done in (packed, run(folder, "graph", "shop"), run(folder, "review", "shop", "--dry-run")):
        assert done.returncode == 0
        assert in_text(done.stdout.decode() + done.stderr.decode()) == []
    assert in_text(manifest.read_text()) == []
    masked = json.loads(manifest.read_text())["masked"]
    places = {(row["path"], row["start_line"]) for row in masked}
    assert {("shop/app.py", 1), ("shop/app.js", 1), ("notes.txt", 1)} <= places
    again = run(folder, "pack", "shop", PYTHONHASHSEED="7", LC_ALL="C")
    assert again.stdout == packed.stdout


def test_a_value_that_another_file_gives_away_is_counted_when_that_file_is_gone(
    tmp_path: Path,
) -> None:
    """What is kept of a file that is masked only for what another one holds must not pass for the
    facts of its text as it is."""
    secret = next(sample for sample in SAMPLES if sample.name == "AWS pair")
    value = max(secret.values, key=len)
    texts = {"keys.ini": secret.text, "app.py": f"import os\n\nname = '{value}'\n", "b.py": ""}
    repository = make_repository(tmp_path / "repository", texts)
    environment = {**os.environ, **ISOLATION, "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def pack(*options: str) -> tuple[bytes, str]:
        command = [sys.executable, "-m", "scout_codebase", "pack", str(repository), *options]
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
        return done.stdout, done.stderr.decode().rpartition(": ")[2]

    for _ in range(2):
        masked = pack()
        assert value not in masked[0].decode()
        assert masked == pack("--no-cache")
    (repository / "keys.ini").unlink()
    for _ in range(2):
        assert pack() == pack("--no-cache")
