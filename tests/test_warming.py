"""A prefix cache that is filled ahead of the review."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.scripted_server import FAULTS
from support.command_line import SOUND_ANSWERS, Run, assert_one_line, server_of


@pytest.fixture(autouse=True)
def _sound_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)


def test_the_prompt_that_a_review_sends_is_read_once(run: Run, shop: Path) -> None:
    with server_of("sound").running() as server:
        result = run("warm", shop, "--base-url", server.base_url)
        assert result.code == 0, result.err
        assert "The server has read " in result.err.splitlines()[-1]
        (chat,) = server.chats
        assert run(shop, "--report", "architecture", "--base-url", server.base_url).code == 0
        prefix = run("pack", shop, "--no-cache").out.decode()
        sent = [row["messages"][0]["content"] for row in server.chats]
    assert chat["max_tokens"] == 1
    assert all(text.startswith(prefix) for text in sent)
    assert len(sent) > 2


def test_a_prompt_that_was_not_read_whole_is_refused(run: Run, shop: Path) -> None:
    with server_of("sound", window=100).running() as server:
        assert_one_line(run("warm", shop, "--base-url", server.base_url), 3, "window")


@pytest.mark.parametrize("engine", ["embedded", "vllm-offline"])
def test_an_engine_that_ends_with_the_command_is_refused(run: Run, shop: Path, engine: str) -> None:
    result = run("warm", shop, "--engine", engine)
    assert_one_line(result, 2, f"--engine {engine} ends with this command", "--base-url")
