"""How likely a model held its words, read from what servers send."""

from __future__ import annotations

import math
from typing import Any

import pytest

from engines.scripted_server import Chat, ScriptedServer
from scout_codebase.engines.likelihoods import read_likelihoods
from scout_codebase.engines.server import open_server
from scout_codebase.records import Question

CHOICES = ("yes", "no")
QUESTION = Question("q", "Is it?\n", 20, None, CHOICES)


def token(text: str, probability: float, *others: tuple[str, float]) -> dict[str, Any]:
    rows = [(text, probability), *others]
    return {
        "token": text,
        "logprob": math.log(probability),
        "top_logprobs": [{"token": name, "logprob": math.log(value)} for name, value in rows],
    }


def test_the_last_token_that_begins_a_choice_counts() -> None:
    logprobs = {
        "content": [
            token('{"', 1.0),
            token("no", 0.9, ("yes", 0.1)),
            token(" check", 1.0),
            token("answer", 0.9, ("yes", 0.05)),
            token(' "', 1.0),
            token("yes", 0.6, ("no", 0.2), (" No", 0.1), ("maybe", 0.1)),
            token('"}', 1.0),
        ]
    }
    found = read_likelihoods(logprobs, CHOICES)
    assert found is not None
    assert found["yes"] == pytest.approx(0.6 / 0.9, abs=1e-4)
    assert sum(found.values()) == pytest.approx(1.0)


def test_a_word_that_is_not_listed_is_nearly_impossible() -> None:
    found = read_likelihoods({"content": [token("no", 1.0)]}, CHOICES)
    assert found is not None
    assert 0 < found["yes"] < 1e-5


@pytest.mark.parametrize(
    "logprobs",
    [
        None,
        [],
        {},
        {"content": None},
        {"content": [None, 3, {"token": None}]},
        {"content": [token("maybe", 0.5)]},
        {"content": [{"token": ""}]},
    ],
)
def test_nothing_is_made_of_nothing(logprobs: Any) -> None:
    assert read_likelihoods(logprobs, CHOICES) is None


@pytest.mark.parametrize("logprob", [None, "high", 3.0, True, False, -math.inf, math.nan])
def test_a_strange_number_tells_nothing(logprob: Any) -> None:
    row = {"token": "yes", "logprob": logprob, "top_logprobs": [{"token": "yes"}]}
    row["top_logprobs"][0]["logprob"] = logprob
    assert read_likelihoods({"content": [row]}, CHOICES) is None


@pytest.mark.parametrize("listed", [[], [{"token": "maybe", "logprob": -2.0}], None, "all"])
def test_the_token_itself_counts_where_the_list_does_not_hold_it(listed: Any) -> None:
    row = {"token": "yes", "logprob": math.log(0.5), "top_logprobs": listed}
    found = read_likelihoods({"content": [row]}, CHOICES)
    assert found is not None
    assert found["yes"] > 0.9999


def test_the_token_counts_once() -> None:
    row = token("yes", 0.2, ("no", 0.2))
    assert read_likelihoods({"content": [row]}, CHOICES) == pytest.approx({"yes": 0.5, "no": 0.5})


def _with_logprobs(chat: Chat) -> None:
    chat.begin()
    logprobs = (
        {"content": [token("yes", 0.75, ("no", 0.25))]} if chat.body.get("logprobs") else None
    )
    choice = {"index": 0, "delta": {"content": "yes"}, "finish_reason": "stop"}
    chat.chunk([{**choice, "logprobs": logprobs}])
    chat.usage(1)
    chat.end()


@pytest.mark.parametrize(
    ("owner", "choices", "told"),
    [("vllm", CHOICES, True), ("vllm", (), False), ("sglang", CHOICES, False)],
)
def test_they_are_asked_for_where_a_question_wants_them_and_a_server_can_tell(
    owner: str, choices: tuple[str, ...], told: bool
) -> None:
    scripted = ScriptedServer(
        answers=_with_logprobs,
        models=[{"id": "m", "owned_by": owner, "max_model_len": 8192}],
    )
    with scripted.running() as server:
        engine = open_server(server.base_url)
        try:
            question = Question("q", "Is it?\n", 20, None, choices)
            answer = engine.ask("pack", question, lambda _: None)
        finally:
            engine.close()
    (sent,) = scripted.chats
    assert ("logprobs" in sent) is told
    assert (answer.likelihoods is not None) is told
    if told:
        assert answer.likelihoods == pytest.approx({"yes": 0.75, "no": 0.25}, abs=1e-4)
