"""How the questions of a run are put to a server."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from engines.scripted_server import Chat, ScriptedServer
from support.command_line import Run, answers_soundly, server_of


@dataclass
class Timed:
    """A server of a family that is good at several requests; when each of them came and went."""

    spans: list[tuple[float, float]] = field(default_factory=list)
    now: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self, family: str = "vllm") -> Iterator[ScriptedServer]:
        server = server_of("sound")
        server.models[0]["owned_by"] = family
        server.answers = self._answer
        with server.running():
            yield server

    def _answer(self, chat: Chat) -> None:
        began = time.monotonic()
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.1)
        answers_soundly(chat)
        with self.lock:
            self.now -= 1
            self.spans.append((began, time.monotonic()))


def test_the_first_question_goes_alone_and_the_rest_together(run: Run, shop: Path) -> None:
    timed = Timed()
    with timed.running() as server:
        result = run(shop, "--base-url", server.base_url, "--report", "architecture")
    assert result.code == 0, result.err
    spans = sorted(timed.spans)
    assert 1 < timed.most <= 8
    assert spans[0][1] <= spans[1][0] + 0.05  # the answer is read before the server is done with it


def test_a_family_that_answers_one_at_a_time_is_asked_one_at_a_time(run: Run, shop: Path) -> None:
    timed = Timed()
    with timed.running("llamacpp") as server:
        server.models[0]["meta"] = {"n_ctx": 65_536}
        server.routes["/v1/chat/completions/input_tokens"] = {"input_tokens": 100}
        result = run(shop, "--base-url", server.base_url, "--report", "architecture")
    assert result.code == 0, result.err
    assert len(timed.spans) > 2
    assert timed.most == 1


def test_a_report_is_the_same_whenever_its_answers_come(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = []
    for family, at_once in (("vllm", 8), ("openai", 1)):
        timed = Timed()
        with timed.running() as server:
            monkeypatch.setattr("scout_codebase.session.Session.at_once", at_once)
            arguments = ("--base-url", server.base_url, "--report", "security-review", "--no-cache")
            assert run(shop, *arguments, "--out", family).code == 0
        data = json.loads(Path(family, "security-review.json").read_text())
        pages.append([data["findings"], [row["id"] for row in data["questions"]]])
    assert pages[0] == pages[1]
