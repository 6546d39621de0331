"""The report on what has changed since a base. Only the model is scripted."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from engines.scripted_server import FAULTS, Chat
from support.command_line import SOUND_ANSWERS, Run, assert_one_line, pages, server_of
from support.page import rendered
from support.repositories import commit_all, git, make_repository, write_files

GOLDEN = Path(__file__).parent / "golden" / "changes.md"

STORE = '''"""Orders by key."""


class Store:
    def __init__(self, path, readonly=False):
        self.path = path

    def get(self, key):
        return self.path, key


def find(key, limit):
    return Store("orders").get(key)[:limit]


def _sort(rows):
    return sorted(rows)
'''
BEFORE: dict[str, str | bytes] = {
    "README.md": "# Shop\n\nSells things.\n",
    "logo.png": b"\x89PNG\r\n\x1a\n\0\0",
    "pyproject.toml": (
        '[project]\nname = "shop"\nrequires-python = ">=3.9"\n'
        'dependencies = ["flask>=2", "simplejson"]\n'
    ),
    "settings.ini": "[shop]\nlimit = 10\nmode = fast\n",
    "shop/__init__.py": "from shop.store import find\n",
    "shop/store.py": STORE,
    "shop/words.py": "def clean(text):\n    return text.strip()\n",
    "web/__init__.py": "",
    "web/app.py": (
        "import os\n\nfrom shop.store import find\n\n\ndef show(key):\n"
        '    return find(key, os.environ["SHOP_LIMIT"])\n'
    ),
    "web/main.py": "from web.app import show\n\nshow('a')\n",
    "tests/test_store.py": "from shop.store import find\n\n\ndef test_find():\n    find('a', 1)\n",
}


@pytest.fixture
def release(own_user: None, tmp_path: Path) -> Path:
    """With a tag, and behind it a commit that changes something of every kind."""
    root = make_repository(tmp_path / "shop", BEFORE)
    git(root, "tag", "v1.0.0")
    (root / "shop/words.py").rename(root / "shop/text.py")
    (root / "web/main.py").unlink()
    store = STORE.replace("readonly=False", "*, readonly=False, cache=None")
    store = (
        store.partition("def find")[0] + "def search(term, limit=10):\n    return term[:limit]\n"
    )
    write_files(
        root,
        {
            "pyproject.toml": '[project]\nname = "shop"\nrequires-python = ">=3.11"\n'
            'dependencies = ["flask>=3", "httpx"]\n',
            "settings.ini": "[shop]\nlimit = 20\n",
            "shop/store.py": store,
            "shop/__init__.py": "from shop.store import search\nfrom web import app\n",
            "web/cli.py": "import argparse\n\nparser = argparse.ArgumentParser()\n"
            'parser.add_argument("--limit")\n',
        },
    )
    commit_all(root)
    return root


ANSWERS: dict[str, list[dict[str, Any]]] = {
    "brings": [
        {
            "brings": "It brings a search by term with a limit of ten.",
            "alters": "The lookup by key is gone, and the store takes readonly by its name alone.",
            "matters_to": "Whoever called `find` has to call `search` before they upgrade.",
            "path": "shop/store.py",
            "quote": "def search(term, limit=10):",
        }
    ],
    "does": [
        {
            "does": "It looks orders up by a term now, no longer by their key.",
            "path": "shop/store.py",
            "quote": "return term[:limit]",
        },
        {
            "does": "A command line takes the place of the program.",
            "path": "web/cli.py",
            "quote": "parser = argparse.ArgumentParser()",
        },
    ],
    "risks": [
        {
            "what_breaks": "The page of an order still calls what is gone, and fails.",
            "for_whom": "everyone who opens an order",
            "path": "web/app.py",
            "quote": 'return find(key, os.environ["SHOP_LIMIT"])',
        },
        {
            "what_breaks": "Something that stands nowhere in the source at all.",
            "for_whom": "nobody",
            "path": "web/cli.py",
            "quote": "this_line = was_made_up()",
        },
    ],
    "notes": [
        {
            "change": "shop/store.py::find",
            "what_to_do": "Call search with a term instead.",
            "path": "shop/store.py",
            "quote": "def search(term, limit=10):",
        }
    ],
}
"""By a field of the question, what it is answered with where its schema allows the path."""


def told(chat: Chat) -> None:
    fields = chat.body["response_format"]["json_schema"]["schema"]["properties"]
    name = next(name for name in fields if name in ANSWERS)
    of_list = name in ("risks", "notes")
    paths = (fields[name]["items"]["properties"] if of_list else fields)["path"]["enum"]
    rows = [row for row in ANSWERS[name] if row["path"] in paths]
    chat.begin()
    chat.say(json.dumps({name: rows} if of_list else rows[0]), "stop")
    chat.usage(10)
    chat.end()


def fails_for_risks(chat: Chat) -> None:
    properties = chat.body["response_format"]["json_schema"]["schema"]["properties"]
    (FAULTS["none"] if "risks" in properties else told)(chat)


@pytest.fixture(autouse=True)
def _answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in {**SOUND_ANSWERS, "told": told, "no risks": fails_for_risks}.items():
        monkeypatch.setitem(FAULTS, name, answer)


def body(page: str) -> str:
    """Without the head, which names the server's port and the time it took."""
    return page.split("\n\n", 2)[2]


def test_the_page_reads_as_it_should(run: Run, release: Path, tmp_path: Path) -> None:
    """Set SCOUT_TEST_REGENERATE=1 to write the golden file anew; then read what changed."""
    out = tmp_path / "out"
    with server_of("told").running() as server:
        options = ("--since", "v1.0.0", "--report", "changes", "--out", out)
        result = run(release, *options, "--base-url", server.base_url)
    assert result.code == 0, result.err
    text = body((out / "changes.md").read_text())
    if os.environ.get("SCOUT_TEST_REGENERATE"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()
    page = rendered(text)
    assert page.strange == []
    assert "this_line" not in page.text
    data = json.loads((out / "changes.json").read_text())
    assert data["changes"]["totals"]["files"] == 7
    assert [row["claim"]["for_whom"] for row in data["dropped"]] == ["nobody"]


def test_it_comes_first_and_the_others_link_to_it(run: Run, release: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with server_of("sound").running() as server:
        options = ("--since", "v1.0.0", "--out", out, "--allow-partial")
        result = run(release, *options, "--base-url", server.base_url)
    assert result.code == 0, result.err
    written = [line.partition(":")[0] for line in result.err.splitlines() if str(out) in line]
    assert written == ["Changes", "Architecture", "Security review", "Documentation"]
    for name in ("architecture", "security-review", "documentation"):
        (row,) = (
            line for line in (out / f"{name}.md").read_text().split("\n") if "| Base |" in line
        )
        assert row.endswith("([what changed](changes.md)) |")
    assert "[what changed]" not in (out / "changes.md").read_text()


def test_without_a_base_there_is_none(run: Run, release: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    refused = run(release, "--report", "changes", "--out", out)
    assert_one_line(refused, 2, "what has changed since a base", "--since REV")
    planned = run(release, "--dry-run").out.decode()
    assert "changes:" not in planned
    assert "architecture:" in planned
    assert pages(out) == []


def test_others_can_be_named_in_its_place(run: Run, release: Path) -> None:
    planned = run(release, "--since", "v1.0.0", "--report", "architecture", "--dry-run").out
    assert b"changes:" not in planned


def test_nothing_changed_asks_nothing_and_says_so(run: Run, release: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with server_of("told").running() as server:
        options = ("--since", "HEAD", "--report", "changes", "--out", out)
        result = run(release, *options, "--base-url", server.base_url)
        assert server.chats == []
    assert result.code == 0, result.err
    assert body((out / "changes.md").read_text()).startswith("**Nothing has changed** since HEAD")


def test_a_section_that_failed_says_so(run: Run, release: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with server_of("no risks").running() as server:
        options = ("--since", "v1.0.0", "--report", "changes", "--out", out)
        result = run(release, *options, "--base-url", server.base_url)
    assert result.code == 4
    text = (out / "changes.incomplete.md").read_text()
    risks = text.partition("## What could break")[2].partition("\n## ")[0]
    assert risks.count("**This section failed.** Risks of") == 2
    assert "It brings a search by term" in text
    assert "removed function `find`" in text.replace("**", "")


def test_briefly_fewer_questions_are_asked(run: Run, own_user: None, tmp_path: Path) -> None:
    files = {f"part_{name}/{name}.py": f"def {name}(a): pass\n" for name in "abcdefgh"}
    root = make_repository(tmp_path / "parts", files)
    write_files(root, {name: text.replace("(a)", "()") for name, text in files.items()})
    commit_all(root)
    asked = {}
    for depth in ("brief", "full"):
        options = ("--since", "HEAD~1", "--report", "changes", "--depth", depth, "--dry-run")
        planned = run(root, *options).out.decode()
        (line,) = (line for line in planned.split("\n") if line.startswith("changes: "))
        asked[depth] = int(line.split()[1])
    assert asked == {"brief": 1 + 2 + 2 + 1, "full": 1 + 8 + 8 + 2}
