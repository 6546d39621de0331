"""The same code has the same fingerprint wherever it moves and however it is laid out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.scripted_server import Chat
from hypothesis import given, settings
from hypothesis import strategies as st
from support.command_line import Run, server_of, sound
from support.packing import build_graph, shipped_weaknesses, snapshot_of
from support.repositories import make_repository

from scout_codebase.records import Snapshot
from scout_codebase.reports.places import judged_places

STORE = """\
import os, pickle, sqlite3, subprocess

from shop.names import clean


class Store:
    def __init__(self, path):
        self.db = sqlite3.connect(path)

    def find(self, name, order, limit):
        rows = [tuple(row) for row in self.db.execute("SELECT id, title, price FROM orders WHERE name = '" + name + "' ORDER BY " + order + " LIMIT " + limit)]
        return rows

    def load(self, blob):
        if blob and pickle.loads(blob): return blob

    def export(self, target):
        return subprocess.run('tar cf ' + target + ' orders', shell=True, check=True, capture_output=True, cwd='/srv/shop')


def run(expression, names):
    first = eval(expression, {'names': names}); second = 2
    third = eval(expression, {'names': names})
    return first, second, third
"""  # noqa: E501


def rows_of(snapshot: Snapshot) -> list[dict[str, Any]]:
    facts = judged_places(snapshot, build_graph(snapshot), shipped_weaknesses())
    rows: list[dict[str, Any]] = facts["places"]
    return sorted(rows, key=lambda row: (row["path"], row["line"], row["category"]))


def fingerprints(text: str, path: str = "shop/store.py") -> list[str]:
    return [row["fingerprint"] for row in rows_of(snapshot_of({path: text}))]


def reformatted(text: str, *options: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", *options, "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return done.stdout


def test_they_are_all_different() -> None:
    found = fingerprints(STORE)
    assert len(found) == len(set(found)) >= 5
    assert all(len(one) == len("v1:") + 32 and one.startswith("v1:") for one in found)


def test_they_survive_a_formatter_and_thirty_lines() -> None:
    before = fingerprints(STORE)
    for options in ((), ("--line-length", "40"), ("--config", "indent-width=8")):
        text = reformatted(STORE, *options)
        assert text != STORE
        assert fingerprints("# moved\n" * 30 + text) == before


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=8, max_size=8))
def test_lines_between_definitions_do_not_count(gaps: list[int]) -> None:
    parts = STORE.split("\n    def ")
    moved = "".join(
        part + "\n" * gap + ("\n    def " if number < len(parts) - 1 else "")
        for number, (part, gap) in enumerate(zip(parts, gaps, strict=False))
    )
    assert fingerprints(moved) == fingerprints(STORE)


def test_equal_code_is_numbered_from_the_top() -> None:
    one = "def f(x):\n    eval(x)\n"
    two = "def f(x):\n    eval(x)\n    eval(x)\n"
    (first,) = fingerprints(one)
    assert fingerprints(two)[0] == first
    assert len(set(fingerprints(two))) == 2


def test_what_is_another_finding() -> None:
    """Another class, file, definition or piece of code."""
    first = fingerprints("def f(x):\n    eval(x)\n", "a.py")
    others = [
        fingerprints("def f(x):\n    os.system(x)\n", "a.py"),
        fingerprints("def f(x):\n    eval(x)\n", "b.py"),
        fingerprints("def g(x):\n    eval(x)\n", "a.py"),
        fingerprints("def f(x):\n    eval(y)\n", "a.py"),
        fingerprints("eval(x)\n", "a.py"),
    ]
    assert len({first[0], *(other[0] for other in others)}) == 6


def test_a_folder_and_the_whole_repository_agree() -> None:
    whole = rows_of(snapshot_of({"services/shop/store.py": STORE}))
    folder = rows_of(replace(snapshot_of({"shop/store.py": STORE}), folder="services"))
    assert [row["fingerprint"] for row in whole] == [row["fingerprint"] for row in folder]


def says(chosen: str, words: str) -> Callable[[Chat], None]:
    """A model that calls the lines vulnerable whose number matches, in those words."""

    def answer(chat: Chat) -> None:
        question = chat.body["messages"][-1]["content"].rpartition("<question>")[2]
        value = sound(chat.body["response_format"]["json_schema"]["schema"])
        value |= {key: f"{words} {key}" for key in ("title", "exploit", "fix") if key in value}
        if "source" in value:
            value["source"] = {"path": "a.py", "quote": f"def f(x):  # {words}"}
        if "answer" in value:
            value["answer"] = "yes" if re.search(rf", line (?:{chosen}),", question) else "no"
        chat.begin()
        chat.say(json.dumps(value), "stop")
        chat.usage(10)
        chat.end()

    return answer


def found_by(run: Run, tmp_path: Path, model: Callable[[Chat], None]) -> dict[int, tuple[str, str]]:
    """Title and fingerprint by line, of a review by that model."""
    code = "def f(x):\n    eval(x)\n    eval(x)\n    eval(x)\n"
    repository, out = tmp_path / "shop", tmp_path / "out"
    if not repository.exists():
        make_repository(repository, {"a.py": code})
    server = server_of("none")
    server.answers = model
    with server.running():
        options = ("--report", "security-review", "--no-cache", "--base-url", server.base_url)
        assert run("review", repository, "--out", out, *options).code == 0
    report = json.loads((out / "security-review.json").read_text())
    return {
        row["evidence"][-1]["start_line"]: (row["title"], row["fingerprint"])
        for row in report["findings"]
    }


def test_what_the_model_says_does_not_count(run: Run, tmp_path: Path) -> None:
    """Neither its words nor which of the places that look alike it dismisses."""
    first = found_by(run, tmp_path, says(".", "An account of the"))
    second = found_by(run, tmp_path, says("3|4", "Quite other words for"))
    assert (list(first), list(second)) == ([2, 3, 4], [3, 4])
    assert {title for title, _ in first.values()}.isdisjoint(title for title, _ in second.values())
    assert len({print_ for _, print_ in first.values()}) == 3
    assert [first[line][1] for line in (3, 4)] == [second[line][1] for line in (3, 4)]


def test_places_that_are_not_judged_are_numbered_like_all_others() -> None:
    many = "def f(x):\n" + "    eval(x)\n" * 100
    facts = judged_places(
        snapshot_of({"a.py": many}),
        build_graph(snapshot_of({"a.py": many})),
        shipped_weaknesses(),
    )
    assert len(set(facts["fingerprints"])) == 100
    assert len(facts["places"]) < 100


def test_two_of_a_kind_on_one_line_are_one_place() -> None:
    """An accepted finding does not hide what is added beside it."""
    alone = fingerprints("def f(a, b):\n    return eval(a)\n")
    together = fingerprints("def f(a, b):\n    return eval(a), eval(b)\n")
    assert len(together) == 1
    assert together != alone
