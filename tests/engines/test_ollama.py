"""Ollama's protocol when it fails in the middle of an answer."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from engines.families import Ollama
from engines.scripted_server import Chat
from scout_codebase.engines.server import open_server
from scout_codebase.engines.stream import Timeouts
from scout_codebase.errors import (
    PromptTooLongError,
    ScoutError,
    ServerError,
    TruncatedPromptError,
    UnusableAnswerError,
)
from scout_codebase.records import AnswerEvent, AnswerText, Question

QUESTION = Question("q", " What is the answer?", 50)
WORD = {"message": {"role": "assistant", "content": "forty-two "}, "done": False}
END = {"message": {"content": ""}, "done": True, "done_reason": "stop", "eval_count": 1}


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def said(data: bytes) -> Callable[[Chat, object], None]:
    def answer(chat: Chat, _: object) -> None:
        chat.begin()
        chat.raw(data.decode())

    return answer


def stalls(chat: Chat, _: object) -> None:
    chat.begin()
    chat.raw(lines(WORD).decode())
    chat.wait()


def busy(chat: Chat, _: object) -> None:
    chat.fail(503, {"error": "server busy, please try again"}, Retry_After="0")


def answered(answer: Callable[[Chat, object], None]) -> tuple[str, list[AnswerEvent]]:
    events: list[AnswerEvent] = []
    server = Ollama().server()
    server.routes["/api/chat"] = answer
    with server.running():
        engine = open_server(server.base_url, timeouts=Timeouts(1.0, 1.0))
        try:
            return engine.ask("The pack.", QUESTION, events.append).text, events
        finally:
            engine.close()


def test_an_answer_is_streamed() -> None:
    text, events = answered(said(lines(WORD, WORD, {**END, "prompt_eval_count": 9})))
    assert text == "forty-two forty-two "
    assert events == [AnswerText("forty-two ")] * 2


@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        (said(lines(WORD, {"error": "out of memory"})), ServerError, "out of memory"),
        (
            said(lines({"error": "the input length exceeds the context length"})),
            PromptTooLongError,
            "OLLAMA_NUM_PARALLEL",
        ),
        (said(lines(WORD)), ServerError, "broke off"),
        (said(lines(WORD)[:-9]), ServerError, "not an answer"),
        (said(lines(WORD, END)), TruncatedPromptError, "how many tokens it read"),
        (said(lines(WORD, [1])), ServerError, "no part of an answer"),
        (said(lines(WORD, {"message": "text"})), ServerError, "no part of an answer"),
        (said(b"x" * 3_000_000), ServerError, "without end"),
        (said(lines(*[WORD] * 3_000)), UnusableAnswerError, "repeats itself"),
        (stalls, ServerError, "stopped in the middle"),
        (busy, ServerError, "server busy"),
    ],
)
def test_a_fault_is_one_clear_line(
    answer: Callable[[Chat, object], None], kind: type[ScoutError], text: str
) -> None:
    with pytest.raises(kind) as caught:
        answered(answer)
    assert type(caught.value) is kind
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)
