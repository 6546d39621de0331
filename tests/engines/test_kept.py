"""Answers that are kept from run to run."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from support.command_line import SOUND_ANSWERS, Result, Run, assert_one_line, pages, server_of

from engines.scripted import IDENTITY
from engines.scripted_server import FAULTS, Chat, ScriptedServer
from scout_codebase.engines.kept import KeptAnswers
from scout_codebase.records import Answer, EngineIdentity, Question

ANSWER = Answer("It finds.", "stop", 100, 64, 3, 0.5, 1.0)
QUESTION = Question("r/q", "What?", 50, {"type": "object"})


def store(path: Path, prompt: str = "a", identity: EngineIdentity = IDENTITY) -> KeptAnswers:
    return KeptAnswers(path / "answers.sqlite3", prompt, identity, pytest.fail)


def test_an_answer_is_found_again_and_marked(tmp_path: Path) -> None:
    store(tmp_path).keep(QUESTION, ANSWER)
    assert store(tmp_path).find(QUESTION) == replace(ANSWER, earlier=True)


@pytest.mark.parametrize(
    "other",
    [
        replace(QUESTION, text="Why?"),
        replace(QUESTION, max_tokens=51),
        replace(QUESTION, schema=None),
        replace(QUESTION, schema={"type": "string"}),
    ],
)
def test_another_question_is_not_answered_by_it(tmp_path: Path, other: Question) -> None:
    store(tmp_path).keep(QUESTION, ANSWER)
    assert store(tmp_path).find(other) is None
    assert store(tmp_path).find(replace(QUESTION, id="r/renamed")) is not None


@pytest.mark.parametrize(
    "other",
    [
        replace(IDENTITY, family="b"),
        replace(IDENTITY, model="b"),
        replace(IDENTITY, address="b"),
    ],
)
def test_another_engine_is_not_answered_by_it(tmp_path: Path, other: EngineIdentity) -> None:
    store(tmp_path).keep(QUESTION, ANSWER)
    assert store(tmp_path, identity=other).find(QUESTION) is None


def test_another_prompt_is_not_answered_by_it(tmp_path: Path) -> None:
    store(tmp_path).keep(QUESTION, ANSWER)
    assert store(tmp_path, prompt="b").find(QUESTION) is None


def test_several_threads_keep_at_once(tmp_path: Path) -> None:
    kept = store(tmp_path)
    questions = [replace(QUESTION, text=str(number)) for number in range(20)]
    threads = [threading.Thread(target=kept.keep, args=(one, ANSWER)) for one in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(kept.find(question) for question in questions)


def test_a_damaged_file_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "answers.sqlite3").write_bytes(b"not a database, but as long as its header" * 100)
    warnings: list[str] = []
    kept = KeptAnswers(tmp_path / "answers.sqlite3", "a", IDENTITY, warnings.append)
    assert kept.find(QUESTION) is None
    kept.keep(QUESTION, ANSWER)
    assert kept.find(QUESTION) is not None
    assert len(warnings) == 1


# --- a run that a dying server ended --------------------------------------------------------------


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> ScriptedServer:
    """Dies with its fifth answer, once."""
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)
    server = server_of("sound")
    server.models[0]["owned_by"] = "somebody"  # one question at a time
    server.models[0]["max_model_len"] = None
    died: list[bool] = []

    def answers(chat: Chat) -> None:
        if len(chat.server.chats) == 5 and not died:
            died.append(True)
            chat.begin()
            chat.say("{")
            chat.reset()
        else:
            FAULTS["sound"](chat)

    server.answers = answers
    return server


def _review(run: Run, shop: Path, server: ScriptedServer, *more: str) -> Result:
    given = ("--context-window", "65536", "--report", "architecture", *more)
    return run(shop, "--base-url", server.base_url, *given)


@pytest.fixture
def about_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted server counts every prompt as a hundred tokens."""
    monkeypatch.setattr("scout_codebase.budget.ReadGuard._bounds", lambda *_: (0, 1_000))


@pytest.mark.usefixtures("about_right")
def test_the_next_run_continues_where_the_server_died(
    run: Run, shop: Path, dying: ScriptedServer
) -> None:
    with dying.running():
        assert_one_line(_review(run, shop, dying), 4)
        assert pages(Path()) == []
        assert len(dying.chats) == 5
        asked = {chat["messages"][0]["content"] for chat in dying.chats[:4]}
        result = _review(run, shop, dying)
    assert result.code == 0
    assert not asked & {chat["messages"][0]["content"] for chat in dying.chats[5:]}
    page = Path("scout-report/architecture.md").read_text()
    assert "4 answers taken from an earlier run" in page


@pytest.mark.usefixtures("about_right")
def test_no_cache_asks_everything_again(run: Run, shop: Path, dying: ScriptedServer) -> None:
    with dying.running():
        assert _review(run, shop, dying, "--no-cache").code == 4
        before = len(dying.chats)
        assert _review(run, shop, dying, "--no-cache").code == 0
        assert len(dying.chats) - before >= 5
    assert "earlier run" not in Path("scout-report/architecture.md").read_text()


@pytest.mark.usefixtures("about_right")
def test_nothing_is_kept_of_a_prompt_that_is_not_masked(
    run: Run, shop: Path, tmp_path: Path, dying: ScriptedServer
) -> None:
    with dying.running():
        assert _review(run, shop, dying, "--no-mask").code == 4
    assert not list((tmp_path / "cache").rglob("answers.sqlite3"))
