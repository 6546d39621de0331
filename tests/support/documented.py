"""A small repository, and a model that documents it: soundly, with a few names that are nowhere."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engines.scripted_server import PROMPT_TOKENS, Chat, ScriptedServer

INVENTED = "made_up.never_defined"
FILES = {
    "README.md": (
        "# Shop\n\nSells things.\n\n## Install\n\n```sh\npip install .\nshop --limit 3\n```\n"
    ),
    "pyproject.toml": (
        '[project]\nname = "shop"\nrequires-python = ">=3.11"\n'
        'dependencies = ["flask"]\n\n[project.scripts]\nshop = "shop.web.app:main"\n'
    ),
    "Makefile": "test:\n\tpython -m pytest\n",
    "shop/__init__.py": "",
    "shop/report/__init__.py": "",
    "shop/store/__init__.py": "",
    "shop/web/app.py": (
        "import argparse\nimport os\n\nfrom flask import Flask\n\n"
        "from shop.store.orders import Orders\n\n\ndef main() -> None:\n"
        "    parser = argparse.ArgumentParser()\n"
        '    parser.add_argument("--limit", type=int, default=10, help="how many are shown")\n'
        "    arguments = parser.parse_args()\n"
        '    print(Orders(os.environ.get("SHOP_DATA", "data")).find("open", arguments.limit))\n'
    ),
    "shop/store/orders.py": (
        '"""Orders."""\n\n\nclass Orders:\n    """All orders of a folder."""\n\n'
        "    def __init__(self, folder: str) -> None:\n        self.folder = folder\n\n"
        "    def find(self, status: str, most: int) -> list[str]:\n"
        "        # NOTE: the order of the result is not defined\n"
        "        return [self.folder, status][:most]\n"
    ),
    "shop/report/totals.py": (
        "def total(cents: list[int]) -> int:\n    return sum(cents)\n\n\n"
        "def average(cents: list[int]) -> float:\n    return total(cents) / len(cents)\n"
    ),
    "tests/test_orders.py": (
        "from shop.store.orders import Orders\n\n\n"
        'def test_find():\n    assert Orders("a").find("open", 1) == ["a"]\n'
    ),
}
PAGES = {
    "index.md",
    "getting-started.md",
    "configuration.md",
    "how-to/find-the-open-orders.md",
    "how-to/add-up-amounts.md",
    *(f"components/{name}.md" for name in ("root", "shop", "shop-report", "shop-store")),
    *(f"components/{name}.md" for name in ("shop-web", "tests")),
    *(f"reference/{name}.md" for name in ("shop-report", "shop-store", "shop-web")),
}
"""What the model of ``documenting`` and the graph make of it."""
_GUIDES = (
    ("Find the open orders", "shop/store/orders.py::Orders"),
    ("Find the open orders", "shop/web/app.py::main"),
    ("Add up amounts.", "shop/report/totals.py::total"),
    ("Add up amounts", "shop/report/totals.py::average"),
)


def documenting(*, fails_on: str = "") -> ScriptedServer:
    """A model that documents; questions with ``fails_on`` in them are answered with nothing."""

    def answer(chat: Chat) -> None:
        question = chat.body["messages"][-1]["content"].rpartition("<question>")[2]
        wanted = chat.body["response_format"]
        text = json.dumps(_value("", wanted["json_schema"]["schema"]))
        chat.begin()
        chat.say(" " if fails_on and fails_on in question else text, "stop")
        chat.usage(10)
        chat.end()

    return ScriptedServer(
        answers=answer,
        models=[{"id": "m", "owned_by": "vllm", "max_model_len": 65_536}],
        routes={"/tokenize": {"count": PROMPT_TOKENS}},
    )


_PROSE = (
    f"A shop whose `Orders` are found by `Orders.find` and by `{INVENTED}`, over `flask`; see "
    "`shop/web/app.py`, [this](https://evil.example) and `--limit`."
)


def _value(name: str, schema: Mapping[str, Any]) -> Any:
    if name == "guides":
        return [{"task": task, "definition": definition} for task, definition in _GUIDES]
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "object":
        return {key: _value(key, part) for key, part in schema["properties"].items()}
    if schema["type"] == "array":
        return [_value(name, schema["items"])]
    words = {
        "overview": _PROSE,
        "quote": "return [self.folder, status][:most]",
        "command": "pip install .",
    }
    return words.get(name, f"Keeps `Orders`, not `{INVENTED}()` nor `x = {INVENTED}`")[
        : schema["maxLength"]
    ]


def build(site: Path) -> subprocess.CompletedProcess[str]:
    """The strict build of the site generator."""
    command = (sys.executable, "-m", "properdocs", "build", "--strict", "-f", "mkdocs.yml")
    return subprocess.run(command, cwd=site, capture_output=True, text=True, check=False)
