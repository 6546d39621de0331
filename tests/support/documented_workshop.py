"""Where the documented command lines are run: a folder that has what they name, and stand-ins for
what no test machine has."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from engines.scripted_server import PROMPT_TOKENS, Chat, ScriptedServer
from planning.test_architecture import DENSE

from scout_codebase.cli import main
from support.command_line import SHOP, server_of, sound
from support.documented import FILES as DOCUMENTED
from support.documented_lines import TypedLine
from support.probed import invented
from support.repositories import (
    add_submodule,
    commit_all,
    git,
    isolate,
    make_repository,
    write_files,
)
from support.secrets import SAMPLES

SECRET = SAMPLES[0]
TOTALS = "shop/report/totals.py"
SUBMODULE = "vendor/paper"
FILES = {
    **invented(3, 3),
    **SHOP,
    TOTALS: DOCUMENTED[TOTALS],
    "shop/report/__init__.py": "",
    "shop/settings.py": f"LIMIT = 10\n{SECRET.text}\n",
    "docs/legacy/old.md": "# How it was\n",
    "fixtures/orders.csv": "1,2\n",
    "services/billing/bills.py": "def bill(order):\n    return order * 2\n",
    "services/billing/README.md": "# Billing\n",
    "pyproject.toml": (
        '[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask>=3"]\n\n'
        '[tool.scout-review]\nexclude = ["docs/legacy/"]\n'
    ),
}
"""One weakness, of a severity above high, has been there since the first release."""
CITING = "It is evaluated in `find` (shop/store.py:2 `return eval(key)[:limit]`).\n"
GUIDE = {"task": "Add up amounts", "definition": f"{TOTALS}::total"}
SCOUT_REVIEW = f'exec "{sys.executable}" -m scout_codebase "$@"'
NVIDIA_SMI = "for _ in 1 2 3 4 5 6 7 8; do echo 'NVIDIA H100 80GB HBM3, 81559'; done"


def answers(chat: Chat) -> None:
    """Soundly, and with a citation where prose is wanted."""
    wanted: Any = chat.body.get("response_format")
    value = sound(wanted["json_schema"]["schema"]) if wanted else None
    if isinstance(value, dict) and "guides" in value and GUIDE["definition"] in str(wanted):
        value["guides"] = [GUIDE]
    chat.begin()
    chat.say(json.dumps(value) if wanted else CITING, "stop")
    chat.usage(10, PROMPT_TOKENS)
    chat.end()


def answering() -> ScriptedServer:
    server = server_of("none")
    server.answers = answers
    return server


def make_workshop(folder: Path) -> Path:
    """A folder with all that the pages name: ``repo`` with its releases, a documentation of it
    that a later commit made stale in part, and files beside it; and ``here``, a copy of ``repo``
    with these files in it."""
    repo = make_releases(folder)
    with answering().running() as server, pytest.MonkeyPatch.context() as patch:
        _nobody(patch, folder)
        patch.setenv("SCOUT_REVIEW_BASE_URL", server.base_url)
        patch.setenv("SCOUT_REVIEW_JOBS", "1")
        _review("--report", "documentation")
        totals = repo / TOTALS
        write_files(repo, {TOTALS: totals.read_text().replace("sum(cents)", "sum(cents[:9])")})
        commit_all(repo, "Totals are those of nine")
        security = ("--report", "security-review", "--out")
        _review(*security, "today", "--write-baseline", "accepted.json")
        _review(*security, "release", "--rev", "v1.2.0")
    shutil.rmtree(folder / "nobody")
    here = shutil.copytree(repo, folder / "here", symlinks=True)
    for source, target in (
        ("accepted.json", "accepted.json"),
        ("accepted.json", ".ci/accepted.json"),
        ("release/result.json", "release/result.json"),
    ):
        (here / target).parent.mkdir(exist_ok=True)
        shutil.copy(folder / source, here / target)
    return folder


def make_releases(folder: Path) -> Path:
    """The repository alone, with the small files and programs beside it."""
    repo = make_repository(folder / "repo", FILES)
    paper = make_repository(folder / "paper", {"paper.py": "def sheet():\n    return 'A4'\n"})
    add_submodule(repo, paper, SUBMODULE)
    git(repo, "tag", "v1.2.0")
    write_files(repo, {"services/billing/bills.py": "def bill(order):\n    return order * 3\n"})
    commit_all(repo, "Bills are higher")
    git(repo, "tag", "v2.1")
    (folder / "question.txt").write_text("What is a bill?\n")
    (folder / "config.json").write_text(json.dumps(DENSE))
    (folder / "models/scout-w4a16").mkdir(parents=True)
    (folder / "bin").mkdir()
    for name, script in (("nvidia-smi", NVIDIA_SMI), ("scout-review", SCOUT_REVIEW)):
        program = folder / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    return repo


def _nobody(patch: pytest.MonkeyPatch, folder: Path) -> None:
    isolate(patch)
    for name in [name for name in os.environ if name.startswith("SCOUT_REVIEW")]:
        patch.delenv(name)
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        patch.setenv(name, str(folder / "nobody"))
    patch.chdir(folder)


def _review(*options: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["review", "./repo", "--quiet", *options])
    assert left.value.code == 0


@dataclass
class Workspace:
    """A copy of the workshop for the lines of one block. ``stand_ins`` are words of the pages
    with what takes their place."""

    folder: Path
    stand_ins: Mapping[str, str]

    def of(self, line: TypedLine) -> Path:
        """The folder in which a reader would be who types it."""
        return self.folder / "here" if "." in line.words else self.folder

    def words(self, line: TypedLine) -> list[str]:
        return [self.stand_ins.get(word, word) for word in line.words]

    def text(self, line: TypedLine) -> str:
        return self.stood_in(line.text)

    def stood_in(self, text: str) -> str:
        for word, stand_in in self.stand_ins.items():
            text = text.replace(word, stand_in)
        return text
