"""What the tests of the command line share: what a run gave, and a server whose answers are what
the schema of the question demands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.scripted_server import FAULTS, PROMPT_TOKENS, Chat, ScriptedServer

SHOP = {
    "README.md": "# Shop\n",
    "shop/app.py": (
        "import os\n\nfrom shop.store import find\n\n\ndef show(key):\n"
        '    return find(key, os.environ["SHOP_LIMIT"])\n'
    ),
    "shop/store.py": "def find(key, limit):\n    return eval(key)[:limit]\n",
}
"""The repository of the fixture ``shop``."""


TEMPLATE_TOKENS = 10
"""What Llama 4's chat template puts around a message."""


@dataclass
class Result:
    code: int
    out: bytes
    err: str

    @property
    def errors(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.startswith("scout-review: ")]


Run = Callable[..., Result]
"""The fixture ``run``: the command line, called with these arguments."""


def user_file(tmp_path: Path, text: str) -> Path:
    """Writes the user's file of the fixture ``own_user``."""
    path = tmp_path / "config" / "scout-review" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def pages(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("[!.]*") if path.is_file())


def assert_one_line(result: Result, code: int, *parts: str) -> None:
    assert result.code == code, result.err
    assert result.errors == [result.err.splitlines()[-1]]
    assert "Traceback" not in result.err
    for part in parts:
        assert part in result.errors[0]


def sound(schema: Any) -> Any:
    if "enum" in schema:
        return "none" if "none" in schema["enum"] else schema["enum"][0]
    if schema["type"] == "object":
        value = {name: sound(part) for name, part in schema["properties"].items()}
        paths = schema["properties"].get("path", {}).get("enum", ["shop/store.py"])
        if "quote" in value and "shop/store.py" in paths:
            value |= {"path": "shop/store.py", "quote": "return eval(key)[:limit]"}
        return value
    if schema["type"] == "array":
        return [sound(schema["items"])] * max(1, schema.get("minItems", 0))
    if schema["type"] == "string":
        return "it keeps and finds the orders"[: schema["maxLength"]].ljust(
            schema.get("minLength", 0), "s"
        )
    return True


def answers_soundly(chat: Chat, prompt_tokens: int = PROMPT_TOKENS) -> None:
    wanted = chat.body.get("response_format")
    text = json.dumps(sound(wanted["json_schema"]["schema"])) if wanted else "It finds. " * 9
    chat.begin()
    chat.say(text, "stop")
    chat.usage(10, prompt_tokens)
    chat.end()


def answers_and_counts(chat: Chat) -> None:
    """As a server of Llama 4 that has read all of it."""
    from scout_codebase.tokens import count_tokens

    answers_soundly(chat, count_tokens(chat.body["messages"][0]["content"]) + TEMPLATE_TOKENS)


def answers_soundly_but_once(chat: Chat) -> None:
    """The first question fails, and when it is asked again."""
    first, now = (body["messages"][0]["content"] for body in (chat.server.chats[0], chat.body))
    if now.startswith(first.removesuffix("</question>\n")):
        FAULTS["none"](chat)
    else:
        answers_soundly(chat)


SOUND_ANSWERS: dict[str, Callable[[Chat], None]] = {
    "sound": answers_soundly,
    "sound and counted": answers_and_counts,
    "sound but once": answers_soundly_but_once,
}
"""Further rows for ``FAULTS``."""


def server_of(fault: str, *, window: int = 65_536, model: str = "m") -> ScriptedServer:
    return ScriptedServer(
        fault=fault,
        models=[{"id": model, "owned_by": "vllm", "max_model_len": window}],
        routes={"/tokenize": {"count": PROMPT_TOKENS}},
    )
