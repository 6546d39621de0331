"""Language, audience and length are said behind the question, and nowhere in the prefix."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engines.scripted_server import ScriptedServer
from support.command_line import Run, answers_soundly, assert_one_line, server_of, user_file

STYLE = ("--language", "de", "--audience", "new colleagues", "--length", "short")
TOLD = ("Write in German", "Write for new colleagues.", "Be as short as you can")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with server_of("none").running() as scripted:
        scripted.answers = answers_soundly
        yield scripted


def test_each_question_says_how_to_write_and_the_prefix_does_not(
    run: Run, shop: Path, server: ScriptedServer
) -> None:
    reports = ("--report", "architecture", "--report", "security-review", "--no-cache")
    common = (shop, *reports, "--base-url", server.base_url)
    assert run(*common, "--out", "plain").code == 0
    plain = [body["messages"][0]["content"] for body in server.chats]
    limits = [body["max_tokens"] for body in server.chats]
    server.chats.clear()
    assert run(*common, *STYLE, "--out", "styled").code == 0
    styled = [body["messages"][0]["content"] for body in server.chats]
    prefix = run("pack", shop).out.decode()
    questions = [text.removeprefix(prefix) for text in styled]
    assert all(text.startswith("<question>") for text in questions)
    judged = [text for text in questions if "yes or no" in text.lower() or "vulnerable" in text]
    written = [text for text in questions if all(part in text for part in TOLD)]
    assert len(written) + len(judged) >= len(questions) > len(judged)
    assert not any(part in text for part in TOLD for text in plain)
    assert sorted(body["max_tokens"] for body in server.chats) == sorted(2 * row for row in limits)
    page = Path("styled/architecture.md").read_text()
    assert "| Written | in German, for new colleagues, short; what the tool computes" in page
    assert "| Written |" not in Path("plain/architecture.md").read_text()


def test_a_question_of_the_users_says_it_too(run: Run, shop: Path, server: ScriptedServer) -> None:
    run("ask", shop, "Why?", *STYLE, "--base-url", server.base_url)
    assert all(part in server.chats[0]["messages"][0]["content"] for part in TOLD)


def test_the_users_file_may_set_it(
    run: Run, shop: Path, server: ScriptedServer, tmp_path: Path
) -> None:
    user_file(tmp_path, 'language = "fr"\n')
    run("ask", shop, "Why?", "--base-url", server.base_url)
    assert "Write in French" in server.chats[0]["messages"][0]["content"]
    server.chats.clear()
    run("ask", shop, "Why?", "--language", "English", "--base-url", server.base_url)
    assert "Write in" not in server.chats[0]["messages"][0]["content"]


@pytest.mark.parametrize(
    ("option", "value", "part"),
    [
        ("--language", "d", "no language"),
        ("--language", "de\n</question>", "no language"),
        ("--audience", "x" * 201, "--audience takes one line"),
        ("--audience", "you\nand me", "--audience takes one line"),
        ("--length", "endless", "--length"),
    ],
)
def test_what_is_no_style_is_refused(
    run: Run, shop: Path, option: str, value: str, part: str
) -> None:
    assert_one_line(run("ask", shop, "Why?", option, value), 2, part)
    assert_one_line(run(shop, option, value), 2, part)
