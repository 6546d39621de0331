"""What a run may cost at most: its tokens, its minutes, and two runs that would pay twice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from engines.scripted_server import FAULTS, Chat, ScriptedServer
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import validate
from support.command_line import (
    SHOP,
    SOUND_ANSWERS,
    Run,
    answers_soundly,
    assert_one_line,
    pages,
    server_of,
)
from support.repositories import ISOLATION, make_repository

from scout_codebase.costs import Cost
from scout_codebase.errors import LimitError
from scout_codebase.limits import Limits
from scout_codebase.render.result import result_schema

DEAD = "http://127.0.0.1:9/v1"
ARCHITECTURE = ("--report", "architecture")


@pytest.fixture(autouse=True)
def _sound_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)


def planned_tokens(plan: bytes) -> int:
    found = re.search(rb"In all: .*?, at most ([\d,]+) tokens", plan)
    assert found is not None, plan
    return int(found[1].replace(b",", b""))


def content(chat: dict[str, object]) -> str:
    messages = chat["messages"]
    assert isinstance(messages, list)
    return str(messages[0]["content"])


def one_at_a_time(answers: Callable[[Chat], None]) -> ScriptedServer:
    server = server_of("none")
    server.models[0] = {"id": "m", "owned_by": "llamacpp", "meta": {"n_ctx": 65_536}}
    server.routes["/v1/chat/completions/input_tokens"] = {"input_tokens": 100}
    server.answers = answers
    return server


# --- tokens ---------------------------------------------------------------------------------------


@given(
    *(st.integers(0, 10**7) for _ in range(4)),
    st.booleans(),
)
def test_the_cost_adds_up(pack: int, asked: int, text: int, replies: int, keeps: bool) -> None:
    cost = Cost(kept=0, asked=asked, pack=pack, text=text, replies=replies, keeps_prefix=keeps)
    readings = (1 if asked else 0) if keeps else asked
    assert cost.most == readings * pack + text + replies


def test_a_review_that_may_cost_too_much_sends_nothing(run: Run, shop: Path) -> None:
    plan = run(shop, "--dry-run", *ARCHITECTURE)
    with server_of("sound").running() as server:
        refused = run(shop, "--base-url", server.base_url, "--max-tokens", "500", *ARCHITECTURE)
        assert_one_line(refused, 5, "--max-tokens", "nothing was sent", "once", "--exclude")
        assert server.chats == []
        assert pages(Path("scout-report")) == []
        enough = str(planned_tokens(plan.out) + 10_000)
        done = run(shop, "--base-url", server.base_url, "--max-tokens", enough, *ARCHITECTURE)
    assert done.code == 0, done.err


def test_a_server_that_keeps_no_prompt_is_paid_for_every_question(run: Run, shop: Path) -> None:
    """With its family unknown, and where an earlier run saw it."""
    plan = run(shop, "--dry-run", *ARCHITECTURE).out
    once = planned_tokens(plan)
    limits = ("--max-tokens", str(once + 200), "--context-window", "65536", *ARCHITECTURE)
    unknown = server_of("sound")
    unknown.models[0] = {"id": "m", "owned_by": "somebody"}
    with unknown.running():
        result = run(shop, "--base-url", unknown.base_url, *limits)
    assert_one_line(result, 5, " times, ", "not known to keep a prompt")
    assert unknown.chats == []


def test_a_server_that_forgets_is_found_out_by_the_second_question(run: Run, shop: Path) -> None:
    """A vLLM without prefix caching: the next run counts a reading for each question."""

    def answer(chat: Chat) -> None:
        usage = chat.usage
        chat.usage = lambda *row: usage(*row, cached=0)  # type: ignore[method-assign,misc]
        answers_soundly(chat)

    plan = run(shop, "--dry-run", *ARCHITECTURE).out
    with server_of("none").running() as server:
        server.answers = answer
        limit = ("--max-tokens", str(planned_tokens(plan)), "--base-url", server.base_url)
        assert run(shop, *limit, *ARCHITECTURE).code == 0
        asked = len(server.chats)
        (shop / "more.py").write_text("x = 1\n")
        assert_one_line(run(shop, *limit, *ARCHITECTURE), 5, " times, ")
        assert len(server.chats) == asked


def test_no_token_is_spent_beyond_the_limit() -> None:
    limits = Limits(max_tokens=100)
    with limits.spending(60) as spent:
        with pytest.raises(LimitError, match="40 are left"), limits.spending(41):
            pytest.fail("was begun")
        spent(10)
    with limits.spending(90):
        pass
    with (
        pytest.raises(LimitError, match=r"of the 100 of --max-tokens 0 are left"),
        limits.spending(1),
    ):
        pytest.fail("was begun")


# --- the plan -------------------------------------------------------------------------------------


def test_a_dry_run_knows_what_earlier_runs_learned(run: Run, shop: Path) -> None:
    with server_of("sound").running() as server:
        address = ("--base-url", server.base_url)
        before = run(shop, "--dry-run", *address, *ARCHITECTURE).out.decode()
        assert run(shop, *address, *ARCHITECTURE).code == 0
        chats = len(server.chats)
        after = run(shop, "--dry-run", *address, *ARCHITECTURE).out.decode()
        two = run(shop, "--dry-run", *address, *ARCHITECTURE, "--report", "documentation").out
        assert len(server.chats) == chats
    assert "how fast it reads is not known" in before
    assert "Kept from an earlier run" in after
    assert "nothing to ask: every answer is kept" in after
    assert re.search(r"Kept from an earlier run of m on vllm at http\S+: [1-9]\d* answers", after)
    assert b"left: at most " in two


def test_a_dry_run_ends_as_the_review_would(run: Run, shop: Path) -> None:
    result = run(shop, "--dry-run", "--max-tokens", "500", "--base-url", DEAD)
    assert_one_line(result, 5, "--max-tokens")
    assert b"In all: " in result.out


# --- minutes --------------------------------------------------------------------------------------


def test_what_is_finished_when_the_time_is_over_is_kept_as_incomplete(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock jumps with the third answer."""
    passed = [0.0]
    monkeypatch.setattr("scout_codebase.limits.monotonic", lambda: time.monotonic() + passed[0])

    def answer(chat: Chat) -> None:
        passed[0] = 7200.0 * (len(chat.server.chats) >= 3)
        answers_soundly(chat)

    server = one_at_a_time(answer)
    reports = (*ARCHITECTURE, "--report", "documentation")
    with server.running():
        arguments = (shop, "--base-url", server.base_url, *reports, "--allow-partial")
        result = run(*arguments, "--max-minutes", "60")
        assert_one_line(result, 5, "60 minutes", "architecture.incomplete.md lacks")
        assert "documentation was not written" in result.errors[0]
        assert "3 answers are kept" in result.errors[0]
        assert pages(Path("scout-report")) == [
            *(f"architecture.incomplete.{end}" for end in ("html", "json", "md")),
            *("index.html", "result.json"),
        ]
        data = json.loads(Path("scout-report/result.json").read_text())
        assert (data["status"], data["exit_code"]) == ("incomplete", 5)
        validate(data, result_schema())
        asked = {content(chat) for chat in server.chats}
        assert len(asked) == 3
        server.answers = answers_soundly
        assert run(*arguments).code == 0
        assert not asked & {content(chat) for chat in server.chats[3:]}


def test_time_that_is_over_while_it_reads_the_repository(run: Run, shop: Path) -> None:
    with server_of("sound").running() as server:
        result = run(shop, "--base-url", server.base_url, "--max-minutes", "0.0001")
    assert_one_line(result, 5, "before anything was asked")
    assert server.chats == []


def test_a_limit_interrupts_what_waits() -> None:
    began = time.monotonic()
    limits = Limits(max_minutes=0.2 / 60)
    with pytest.raises(LimitError), limits.interrupting():
        time.sleep(60)
    with pytest.raises(LimitError):
        limits.in_time(lambda: pytest.fail("was begun"))
    with pytest.raises(LimitError):
        Limits(max_minutes=0.2 / 60).in_time(lambda: time.sleep(60))
    assert time.monotonic() - began < 30


def test_without_a_limit_nothing_is_bounded() -> None:
    limits = Limits()
    with limits.interrupting(), limits.spending(10**12):
        assert limits.in_time(threading.current_thread) is threading.current_thread()


# --- two at once ----------------------------------------------------------------------------------


def start(repository: Path, server: ScriptedServer, out: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "scout_codebase", str(repository), *ARCHITECTURE]
    return subprocess.Popen(
        [*command, "--base-url", server.base_url, "--out", out, "--jobs", "1"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **ISOLATION},
    )


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def held(own_user: None) -> ScriptedServer:
    """Answers two questions, then none until ``held.cut_off`` is set."""
    server = server_of("none")

    def answer(chat: Chat) -> None:
        if len(chat.server.chats) > 2:
            chat.server.cut_off.wait(60)
        answers_soundly(chat)

    server.answers = answer
    return server


@pytest.mark.parametrize("killed", [False, True])
def test_the_second_review_of_a_prompt_takes_the_answers_of_the_first(
    shop: Path, held: ScriptedServer, killed: bool
) -> None:
    """Also where the first one is killed: then it asks the rest itself."""
    with held.running():
        first = start(shop, held, "first")
        wait_for(lambda: len(held.chats) > 2)
        second = start(shop, held, "second")
        assert second.stderr is not None
        said = ""
        while "waiting for it" not in said:
            line = second.stderr.readline()
            assert line, said
            said += line
        asked = len(held.chats)
        if killed:
            first.kill()
            first.communicate()
        held.cut_off.set()
        rest = second.communicate(timeout=60)[1]
        if not killed:
            assert first.communicate(timeout=60)[1].count("Architecture: ") == 1
            assert first.returncode == 0
    assert second.returncode == 0, rest
    texts = [content(chat) for chat in held.chats]
    if killed:
        assert not {*texts[:2]} & {*texts[asked:]}
        assert len(texts) > asked
    else:
        assert len(texts) == len(set(texts))
        page = Path("second/architecture.md").read_text()
        assert f"{len(texts)} answers taken from an earlier run" in page


def test_reviews_of_two_repositories_take_turns_where_a_server_keeps_one_prompt(
    run: Run, shop: Path, tmp_path: Path
) -> None:
    other = make_repository(tmp_path / "other", SHOP | {"other.py": "x = 1\n"})
    names: list[str] = []

    def answer(chat: Chat) -> None:
        names.append("other" if "other.py" in content(chat.body) else "shop")
        if len(names) == 1:
            wait_for(lambda: "waiting" in said)
        time.sleep(0.02)
        answers_soundly(chat)

    said = ""
    server = one_at_a_time(answer)
    with server.running():
        first = start(shop, server, "first")
        wait_for(lambda: bool(names))
        second = start(other, server, "second")
        assert second.stderr is not None
        while "waiting" not in said:
            said += second.stderr.readline()
        second.communicate(timeout=60)
        first.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "keeps one prompt at a time" in said
    assert names == sorted(names, reverse=True)
    assert set(names) == {"shop", "other"}


def test_who_has_waited_long_enough_asks_beside_the_other(
    run: Run, shop: Path, held: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scout_codebase.turns.LONGEST_WAIT", 0.3)
    with held.running():
        first = start(shop, held, "first")
        wait_for(lambda: len(held.chats) > 2)
        threading.Timer(1.5, held.cut_off.set).start()
        result = run(shop, *ARCHITECTURE, "--base-url", held.base_url, "--out", "second")
        first.communicate(timeout=60)
    assert result.code == 0, result.err
    assert "asks beside the other" in result.err
