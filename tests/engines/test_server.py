from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from engines.scripted_server import FAULTS, PROMPT_TOKENS, TEXT, ScriptedServer
from scout_codebase.engines import server as server_module
from scout_codebase.engines.server import Server, open_server
from scout_codebase.engines.stream import Timeouts
from scout_codebase.errors import (
    NoServerError,
    PromptTooLongError,
    ScoutError,
    ServerError,
    TruncatedPromptError,
    UnusableAnswerError,
)
from scout_codebase.records import AnswerEvent, AnswerText, PrefillProgress, Question

QUESTION = Question(id="q", text=" What is the answer?", max_tokens=50)
PATIENT = Timeouts(first_event=20.0, between_events=0.5)
IMPATIENT = Timeouts(first_event=0.5, between_events=0.5)

LLAMA_CPP = [{"id": "m", "owned_by": "llamacpp", "meta": {"n_ctx": 4096, "n_ctx_train": 32768}}]


@contextmanager
def opened(
    server: ScriptedServer, timeouts: Timeouts = PATIENT, **options: Any
) -> Iterator[Server]:
    with server.running():
        engine = open_server(server.base_url, timeouts=timeouts, **options)
        try:
            yield engine
        finally:
            engine.close()


def ignore(event: AnswerEvent) -> None:
    pass


# --- answers ------------------------------------------------------------------------------------


def test_an_answer_is_streamed_and_counted() -> None:
    events: list[AnswerEvent] = []
    with opened(ScriptedServer()) as engine:
        answer = engine.ask("The pack.", QUESTION, events.append)
    assert answer.text == TEXT
    assert answer.finish_reason == "stop"
    assert (answer.prompt_tokens, answer.cached_tokens) == (PROMPT_TOKENS, 64)
    assert answer.completion_tokens == 4
    assert 0 < answer.seconds_to_first_token <= answer.seconds
    assert "".join(event.text for event in events if isinstance(event, AnswerText)) == TEXT


def test_the_request_is_deterministic_and_asks_for_usage() -> None:
    server = ScriptedServer()
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    with opened(server) as engine:
        engine.ask("The pack.", QUESTION, ignore)
        engine.ask("The pack.", Question("d", "Data?", 9, schema), ignore)
    prose, data = server.chats
    assert prose["messages"] == [{"role": "user", "content": "The pack. What is the answer?"}]
    assert prose["temperature"] == 0
    assert prose["seed"] == data["seed"]
    assert prose["stream_options"] == {"include_usage": True}
    assert prose["max_tokens"] == 50
    assert "response_format" not in prose
    assert data["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": schema},
    }


def test_a_slow_first_byte_is_waited_for() -> None:
    with opened(ScriptedServer("slow first byte")) as engine:
        answer = engine.ask("The pack.", QUESTION, ignore)
    assert answer.text == TEXT
    assert answer.seconds_to_first_token >= 0.3


def test_a_server_that_is_busy_is_asked_again() -> None:
    server = ScriptedServer("HTTP 503 twice")
    with opened(server) as engine:
        assert engine.ask("The pack.", QUESTION, ignore).text == TEXT
    assert len(server.chats) == 3


@pytest.mark.parametrize("times", [1, 2])
def test_a_connection_that_breaks_off_before_an_answer_is_tried_again(
    times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resets(chat: Any) -> None:
        FAULTS["reset before" if len(chat.server.chats) <= times else "none"](chat)

    monkeypatch.setitem(FAULTS, "resets", resets)
    monkeypatch.setattr(server_module, "_RETRY_WAITS", (0.01, 0.01))
    server = ScriptedServer("resets")
    with opened(server) as engine:
        assert engine.ask("The pack.", QUESTION, ignore).text == TEXT
    assert len(server.chats) == times + 1


@pytest.mark.parametrize("wait", ["nan", "inf", "-5", "soon", "", "0"])
def test_whatever_a_busy_server_says_of_its_return(
    wait: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(chat: Any) -> None:
        if len(chat.server.chats) == 1:
            chat.fail(503, {"error": "busy"}, Retry_After=wait)
        else:
            FAULTS["none"](chat)

    monkeypatch.setitem(FAULTS, "busy", busy)
    monkeypatch.setattr(server_module, "_RETRY_WAITS", (0.01, 0.01))
    with opened(ScriptedServer("busy")) as engine:
        assert engine.ask("The pack.", QUESTION, ignore).text == TEXT


@pytest.mark.parametrize("fault", ["reset in answer", "HTTP 500", "HTTP 400", "silent before"])
def test_what_may_have_been_answered_is_not_sent_again(fault: str) -> None:
    server = ScriptedServer(fault)
    with opened(server, IMPATIENT) as engine, pytest.raises(ServerError):
        engine.ask("The pack.", QUESTION, ignore)
    assert len(server.chats) == 1


def test_closing_ends_the_answers_that_are_coming_in() -> None:
    server = ScriptedServer("stall")
    failures: list[Exception] = []
    with opened(server, Timeouts(60.0, 60.0)) as engine:
        begun = threading.Event()

        def ask() -> None:
            try:
                engine.ask("The pack.", QUESTION, lambda _: begun.set())
            except ScoutError as error:
                failures.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        assert begun.wait(10)
        engine.close()
        thread.join(10)
        assert not thread.is_alive()
    assert [type(error) for error in failures] == [ServerError]


def test_comments_before_the_answer_are_waited_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def prefill(chat: Any) -> None:
        chat.begin()
        for read in range(5):
            chat.raw(f": keepalive {read}/5\n\n")
            chat.server.stopping.wait(0.05)
        for word in chat.words:
            chat.say(word)
        chat.say("", "stop")
        chat.usage(len(chat.words))
        chat.end()

    monkeypatch.setitem(FAULTS, "prefill", prefill)
    with opened(ScriptedServer("prefill")) as engine:
        assert engine.ask("The pack.", QUESTION, ignore).text == TEXT


def test_a_wrong_count_is_handed_on_for_the_caller_to_judge() -> None:
    with opened(ScriptedServer("wrong usage")) as engine:
        assert engine.ask("The pack.", QUESTION, ignore).prompt_tokens == 17


# --- faults -------------------------------------------------------------------------------------

EXPECTED: dict[str, tuple[type[ScoutError], str]] = {
    "HTTP 400": (ServerError, "no such field"),
    "HTTP 401": (ServerError, "Give the server's API key"),
    "HTTP 404": (ServerError, "Not Found"),
    "HTTP 429": (ServerError, "busy"),
    "HTTP 500": (ServerError, "HTTP 500: out of memory"),
    "HTTP 502": (ServerError, "Bad Gateway"),
    "HTTP 503": (ServerError, "HTTP 503: busy"),
    "absurd usage": (TruncatedPromptError, "does not tell how many tokens"),
    "after the end": (ServerError, "went on after the end"),
    "broken off": (ServerError, "broke off"),
    "endless loop": (UnusableAnswerError, "repeats itself"),
    "endless spaces": (UnusableAnswerError, "repeats itself"),
    "endless text": (UnusableAnswerError, "beyond the 50 tokens"),
    "error event": (ServerError, "the model crashed"),
    "half JSON": (ServerError, "something that is not an answer"),
    "no JSON": (ServerError, ""),
    "no usage": (TruncatedPromptError, "does not tell how many tokens"),
    "redirect": (ServerError, "redirects"),
    "reset before": (ServerError, "broke the connection off"),
    "reset in answer": (ServerError, "broke"),
    "silent before": (ServerError, "sent nothing for too long"),
    "stall": (ServerError, "stopped in the middle"),
    "stall with keep-alive": (ServerError, "stopped in the middle"),
    "strange event": (ServerError, "no part of an answer"),
    "too long (LM Studio)": (PromptTooLongError, "context length exceeded"),
    "too long (llama.cpp)": (PromptTooLongError, "it has 9,000 tokens, the window 8,192"),
    "too long (vLLM)": (
        PromptTooLongError,
        "it has at least 8,193 tokens, the window 8,192 tokens. Start",
    ),
    "twice": (ServerError, "came twice"),
}
HARMLESS = {"none", "slow first byte", "HTTP 503 twice", "wrong usage"}


def test_every_fault_has_an_expectation() -> None:
    assert set(EXPECTED) | HARMLESS == set(FAULTS)


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_is_one_clear_line(fault: str) -> None:
    kind, text = EXPECTED[fault]
    timeouts = IMPATIENT if fault == "silent before" else PATIENT
    with opened(ScriptedServer(fault), timeouts) as engine, pytest.raises(kind) as caught:
        engine.ask("The pack.", QUESTION, ignore)
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)
    assert type(caught.value) is kind


@pytest.mark.parametrize("fault", ["endless loop", "endless text"])
def test_an_endless_answer_is_cut_off_at_the_server(fault: str) -> None:
    server = ScriptedServer(fault)
    with opened(server) as engine:
        with pytest.raises(UnusableAnswerError):
            engine.ask("The pack.", QUESTION, ignore)
        assert server.cut_off.wait(5)


def test_an_engine_can_be_asked_again_after_any_fault() -> None:
    server = ScriptedServer()
    with opened(server) as engine:
        for fault in ("reset in answer", "half JSON", "stall", "endless loop"):
            server.fault = fault
            with pytest.raises(ScoutError):
                engine.ask("The pack.", QUESTION, ignore)
            server.fault = "none"
            assert engine.ask("The pack.", QUESTION, ignore).text == TEXT


def test_an_error_in_the_listener_is_not_taken_for_the_servers() -> None:
    def broken(event: AnswerEvent) -> None:
        raise ValueError("the listener's own")

    with opened(ScriptedServer()) as engine, pytest.raises(ValueError, match="the listener's own"):
        engine.ask("The pack.", QUESTION, broken)


@pytest.mark.parametrize(
    "chunk",
    [
        {"choices": "none"},
        {"choices": [5]},
        {"choices": [{"delta": "text"}]},
        {"choices": [{"delta": {"content": 5}}]},
        {"choices": [], "usage": "much"},
        {"choices": [], "usage": {"prompt_tokens": None}},
        {"choices": [], "prompt_progress": 5},
        {"choices": None},
        {},
        [],
        "text",
        5,
        None,
    ],
)
def test_a_chunk_of_any_shape_is_a_server_error(
    chunk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def strange(chat: Any) -> None:
        chat.begin()
        chat.event(chunk)
        chat.end()

    monkeypatch.setitem(FAULTS, "strange", strange)
    with opened(ScriptedServer("strange")) as engine, pytest.raises(ServerError):
        engine.ask("The pack.", QUESTION, ignore)


def test_nothing_answers() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        with pytest.raises(NoServerError, match="--engine embedded") as caught:
            open_server(url)
    assert url in str(caught.value)


def test_a_server_that_ends_after_it_was_opened() -> None:
    server = ScriptedServer()
    with server.running():
        engine = open_server(server.base_url)
    with pytest.raises(NoServerError):
        engine.ask("The pack.", QUESTION, ignore)
    engine.close()
    engine.close()


# --- counting, progress, keys -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("models", "routes", "count"),
    [
        (None, {"/tokenize": {"count": 21, "tokens": []}}, 21),
        (None, {}, None),
        (LLAMA_CPP, {"/v1/chat/completions/input_tokens": {"input_tokens": 30}}, 30),
        ([{"id": "m", "owned_by": "sglang"}], {"/tokenize": {"count": 21}}, None),
    ],
)
def test_counting(models: list[dict[str, Any]] | None, routes: dict[str, Any], count: int) -> None:
    server = ScriptedServer(routes=routes)
    server.models = models or server.models
    with opened(server) as engine:
        assert engine.count_tokens("The pack.") == count


def test_llama_cpp_reports_the_prefill(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_progress(chat: Any) -> None:
        chat.begin()
        for done in (0, 50, 100):
            chat.chunk([], prompt_progress={"total": 100, "processed": done, "cache": 0})
        chat.say("yes", "stop")
        chat.usage(1)
        chat.end()

    monkeypatch.setitem(FAULTS, "progress", with_progress)
    events: list[AnswerEvent] = []
    server = ScriptedServer("progress", models=LLAMA_CPP)
    with opened(server) as engine:
        engine.ask("The pack.", QUESTION, events.append)
    assert events == [*(PrefillProgress(n, 100) for n in (0, 50, 100)), AnswerText("yes")]
    assert server.chats[0]["return_progress"] is True


def test_the_key_is_sent_and_only_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "of another service")
    monkeypatch.setenv("OPENAI_ORG_ID", "of another service")
    server = ScriptedServer(routes={"/tokenize": {"count": 1}})
    with opened(server, api_key="secret") as engine:
        engine.ask("The pack.", QUESTION, ignore)
        engine.count_tokens("The pack.")
    with opened(ScriptedServer()) as engine:
        engine.ask("The pack.", QUESTION, ignore)
    assert [headers["authorization"] for headers in server.headers] == ["Bearer secret"] * 2
    values = itertools.chain.from_iterable(headers.values() for headers in server.headers)
    assert "of another service" not in " ".join(values)


def test_no_proxy_between_this_machine_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://192.0.2.1:9")
    with opened(ScriptedServer()) as engine:
        assert engine.ask("The pack.", QUESTION, ignore).text == TEXT
