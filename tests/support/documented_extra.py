"""A command line for each option and command that the pages name outside of their blocks, and
what has to hold once it has run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.scripted_server import ScriptedServer

from support.command_line import Result
from support.documented_workshop import SECRET
from support.results import result_in


@dataclass(frozen=True)
class Done:
    result: Result
    folder: Path
    server: ScriptedServer

    @property
    def data(self) -> Any:
        return json.loads(self.result.out)

    @property
    def said(self) -> str:
        return self.result.out.decode() + self.result.err

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Extra:
    """``fault`` is the row of ``scripted_server.FAULTS`` that answers."""

    line: str
    holds: Callable[[Done], bool]
    code: int = 0
    fault: str = ""


_H100 = "scout-review plan --tokens 400000 --gpu h100 --count 8"
_ASK = 'scout-review ask ./repo "Where is user input evaluated?"'
_ARCHITECTURE = "scout-review ./repo --report architecture"


def _is_cached(done: Done) -> bool:
    return any(path.is_file() for path in (done.folder.parent / "cache").rglob("*"))


OPTIONS = {
    "--allow-partial": Extra(
        f"{_ARCHITECTURE} --allow-partial",
        lambda done: result_in(done.folder / "scout-report")["status"] == "incomplete",
        fault="sound but once",
    ),
    "--allow-remote": Extra(
        f"{_ASK} --base-url http://scout.invalid/v1 --allow-remote",
        lambda done: "scout.invalid" in done.result.err and "--allow-remote" not in done.result.err,
        code=4,
    ),
    "--answer-tokens": Extra(
        f"{_ASK} --answer-tokens 64",
        lambda done: [row["max_tokens"] for row in done.server.chats] == [64],
    ),
    "--api-key": Extra(
        f"{_ASK} --api-key k3y",
        lambda done: {row.get("authorization") for row in done.server.headers} == {"Bearer k3y"},
    ),
    "--cache": Extra(
        "scout-review tokens ./repo --cache",
        lambda done: "store.py" in done.said and _is_cached(done),
    ),
    "--fail-on-existing": Extra(
        "scout-review ./repo --report security-review --since v1.2.0 --fail-on high "
        "--fail-on-existing",
        lambda done: result_in(done.folder / "scout-report")["gate"]["existing_count"],
        code=1,
    ),
    "--help": Extra("scout-review review --help", lambda done: "--fail-on" in done.said),
    "--include": Extra(
        "scout-review pack ./repo --include docs/legacy/",
        lambda done: '<file path="docs/legacy/old.md"' in done.said,
    ),
    "--jobs": Extra(
        "scout-review tokens ./repo --jobs 2 --no-cache --format json",
        lambda done: any(row["path"] == "shop/store.py" for row in done.data["files"]),
    ),
    "--kv-cache": Extra(
        f"{_H100} --kv-cache fp8 --format json",
        lambda done: {row["kv"] for row in done.data["choices"]} == {"fp8"},
    ),
    "--level": Extra(
        "scout-review graph ./repo --format dot --level component",
        lambda done: '"shop/report"' in done.said and "store.py" not in done.said,
    ),
    "--manifest": Extra(
        "scout-review pack ./repo -o pack.txt --manifest manifest.json",
        lambda done: (
            {row["path"] for row in json.loads(done.read("manifest.json"))["files"]}
            >= {"shop/store.py", "services/billing/bills.py"}
        ),
    ),
    "--no-cache": Extra(
        f"{_ASK} --no-cache",
        lambda done: "shop/store.py:2" in done.said and not _is_cached(done),
    ),
    "--no-history": Extra(
        "scout-review ask ./repo --no-history",
        lambda done: not (done.folder.parent / "state").exists(),
    ),
    "--no-hybrid": Extra(
        f"{_H100} --no-hybrid --format json",
        lambda done: "0" in done.data["commands"][0]["environment"].values(),
    ),
    "--no-mask": Extra(
        "scout-review pack ./repo --no-mask", lambda done: SECRET.values[0] in done.said
    ),
    "--path": Extra(
        "scout-review config --path",
        lambda done: Path(done.result.out.decode().strip()).name == "config.toml",
    ),
    "--port": Extra(
        "scout-review serve --tokens 1000 --port 8123",
        lambda done: done.result.err.startswith("Starting vLLM 0.32.0 at http://127.0.0.1:"),
    ),
    "--priority": Extra(
        f"{_ARCHITECTURE} --priority 10",
        lambda done: {row.get("priority") for row in done.server.chats} == {10},
    ),
    "--quantization": Extra(
        f"{_H100} --quantization fp8 --format json",
        lambda done: {row["weights"] for row in done.data["choices"]} == {"fp8"},
    ),
    "--questions": Extra(
        f"{_H100} --questions 7",
        lambda done: "3 reports of 7 questions" in done.said,
    ),
    "--ready-within": Extra(
        "scout-review serve --tokens 1000 --ready-within 1",
        lambda done: "was not ready within 1 s" in done.result.err,
        code=4,
        fault="never",
    ),
    "--rebase-above": Extra(
        "scout-review pack ./repo --since v1.2.0 --rebase-above 1 -o prompt.txt",
        lambda done: "a newer base would save prefill" in done.result.err,
    ),
    "--reports": Extra(
        f"{_H100} --reports 2",
        lambda done: "2 reports of 10 questions" in done.said,
    ),
    "--server": Extra(
        "scout-review plan --tokens 300000 --gpu m3-ultra --memory 96 --kv-cache q8_0 "
        "--server ollama",
        lambda done: "ollama serve" in done.said,
    ),
    "--timeout": Extra(
        f"{_ASK} --timeout 1",
        lambda done: "1 s" in done.result.err,
        code=4,
        fault="stall",
    ),
    "--usable-memory": Extra(
        "scout-review plan --tokens 50000 --gpu m3-ultra --memory 64 --usable-memory 56",
        lambda done: "iogpu.wired_limit_mb=57344" in done.said,
    ),
}
COMMANDS = {
    "completion": Extra(
        "scout-review completion bash", lambda done: "_scout_review_completion" in done.said
    ),
    "doctor": Extra("scout-review doctor", lambda done: "git" in done.said),
    "graph": Extra(
        "scout-review graph ./repo --format json",
        lambda done: (
            ("shop/app.py", "shop/store.py")
            in {(row["source"], row["target"]) for row in done.data["edges"]}
        ),
    ),
    "languages": Extra(
        "scout-review languages --format json",
        lambda done: any(row["language"] == "python" for row in done.data),
    ),
    "prompts export": Extra(
        "scout-review prompts export mine",
        lambda done: (done.folder / "mine/security-review/report.toml").is_file(),
    ),
    "prompts list": Extra(
        "scout-review prompts list", lambda done: "\nsecurity-review: " in done.said
    ),
    "prompts show": Extra(
        "scout-review prompts show ask/question.md.j2", lambda done: "{{ question }}" in done.said
    ),
    "tokens": Extra("scout-review tokens ./repo", lambda done: "store.py" in done.said),
}
