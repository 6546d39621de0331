"""Each family as it is documented: a review that is read whole is written, one that is not read
whole ends with 3, says what to do for that server, and leaves no page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import Result, Run, assert_one_line, pages

from engines.families import (
    MODEL,
    OLLAMA_MODEL,
    WINDOW,
    Ollama,
    lm_studio,
    mlx_lm,
    sglang,
    tensorrt_llm,
)
from engines.scripted_server import ScriptedServer

GIVEN = ("--context-window", WINDOW)


def review(run: Run, shop: Path, server: ScriptedServer, *arguments: object) -> Result:
    with server.running():
        return run(
            shop, "--base-url", server.base_url, "--report", "architecture", *map(str, arguments)
        )


def report() -> dict[str, object]:
    data: dict[str, object] = json.loads(Path("scout-report/architecture.json").read_text())
    return data


@pytest.mark.parametrize(
    ("server", "arguments", "family"),
    [
        (sglang(), (), "sglang"),
        (sglang(cache_report=True), (), "sglang"),
        (lm_studio(), (), "lm-studio"),
        (tensorrt_llm(), GIVEN, "tensorrt-llm"),
        (mlx_lm(), GIVEN, "mlx-lm"),
        (Ollama().server(), (), "ollama"),
    ],
    ids=["sglang", "sglang-cache-report", "lm-studio", "tensorrt-llm", "mlx-lm", "ollama"],
)
def test_a_prompt_that_is_read_whole(
    run: Run, shop: Path, server: ScriptedServer, arguments: tuple[object, ...], family: str
) -> None:
    result = review(run, shop, server, *arguments)
    assert result.code == 0, result.err
    engine = report()["engine"]
    assert isinstance(engine, dict)
    assert engine["family"] == family
    assert engine["model"] in (MODEL, OLLAMA_MODEL)


TRUNCATING = {
    "sglang that says so": (sglang(truncates=True, reads=2_000), (), 2, "--allow-auto-truncate"),
    "sglang with little memory": (sglang(reads=400), (), 3, "--mem-fraction-static"),
    "sglang that does not say so": (
        sglang(truncates=True, told=False, reads=400),
        (),
        3,
        "without --allow-auto-truncate",
    ),
    "sglang that refuses": (
        sglang(told=False, reads=400),
        (),
        3,
        "longer than the model's context",
    ),
    "lm studio with a small window": (lm_studio(loaded=400), (), 3, "--context-length N"),
    "lm studio that refuses": (lm_studio(reads=400), (), 3, "larger context length"),
    "lm studio that truncates": (
        lm_studio(reads=400, overflow="truncated"),
        (),
        3,
        "'stop at limit'",
    ),
    "lm studio that says nothing": (lm_studio(reads=400, overflow="empty"), (), 4, "empty"),
    "tensorrt-llm without a window": (tensorrt_llm(), (), 2, "--context-window"),
    "tensorrt-llm that refuses": (tensorrt_llm(holds=400), GIVEN, 3, "--max_num_tokens"),
    "mlx-lm without a window": (mlx_lm(), (), 2, "--context-window"),
}


@pytest.mark.parametrize("name", TRUNCATING)
def test_a_prompt_that_is_not_read_whole(run: Run, shop: Path, name: str) -> None:
    server, arguments, code, remedy = TRUNCATING[name]
    result = review(run, shop, server, *arguments)
    assert_one_line(result, code, remedy)
    assert pages(Path()) == []


def test_a_reply_that_the_window_cuts_short(run: Run, shop: Path) -> None:
    """The prompt fits and the reply does not: TensorRT-LLM ends it early, in silence."""
    probe = tensorrt_llm()
    assert review(run, shop, probe, *GIVEN).code == 0
    from engines.families import tokens_of

    first = tokens_of(probe.chats[0])
    Path("scout-report/architecture.md").unlink()
    result = review(run, shop, tensorrt_llm(holds=first + 100), *GIVEN, "--out", "cut")
    assert_one_line(result, 3, "of the", "--max_seq_len")
    assert pages(Path("cut")) == []


def test_mlx_lm_is_told_the_schema_in_words(run: Run, shop: Path) -> None:
    server = mlx_lm()
    assert review(run, shop, server, *GIVEN).code == 0
    assert not any("response_format" in chat for chat in server.chats)
    assert all(chat["max_tokens"] > 0 for chat in server.chats)


# --- what the prefix cache saved ----------------------------------------------------------------


def test_the_report_says_what_the_prefix_cache_saved(run: Run, shop: Path) -> None:
    assert review(run, shop, sglang(cache_report=True)).code == 0
    page = Path("scout-report/architecture.md").read_text()
    assert "served from its prefix cache, which saved about" in page
    assert "estimated from the first question, read at" in page


def test_a_server_that_does_not_tell_is_not_said_to_have_saved_nothing(
    run: Run, shop: Path
) -> None:
    assert review(run, shop, sglang()).code == 0
    page = Path("scout-report/architecture.md").read_text()
    assert "does not tell how many came from its prefix cache" in page
    assert "--enable-cache-report" in page


# --- Ollama -------------------------------------------------------------------------------------


def test_ollama_is_asked_to_refuse_what_it_cannot_read(run: Run, shop: Path) -> None:
    ollama = Ollama()
    assert review(run, shop, ollama.server()).code == 0
    assert len({chat["options"]["num_ctx"] for chat in ollama.chats}) == 1  # else it loads anew
    for chat in ollama.chats:
        assert (chat["truncate"], chat["shift"], chat["stream"]) == (False, False, True)
        assert chat["options"]["num_ctx"] % 1024 == 0
        assert chat["options"]["num_ctx"] < 16_384  # what the review needs, not what there may be
        assert chat["options"]["num_predict"] > 0
        assert chat["keep_alive"] == "1h"
        assert isinstance(chat["messages"][0]["content"], str)
    assert any(chat["format"]["type"] == "object" for chat in ollama.chats if "format" in chat)


@pytest.mark.parametrize(
    ("ollama", "arguments", "code", "says"),
    [
        (Ollama(version="0.12.5", obeys=False), (), 2, "version 0.12.5 cuts"),
        (Ollama(version=""), (), 2, "version unknown cuts"),
        (Ollama(room=512), (), 3, "has a window of 512 tokens"),
        (Ollama(trained=500), (), 3, "too many"),
        (Ollama(), ("--context-window", 500), 3, "too many"),
        (Ollama(counts_cached=False), (), 3, "0.12.6 or later"),
    ],
    ids=["old", "unknown", "memory", "trained", "given", "uncounted"],
)
def test_ollama_that_cannot_be_trusted(
    run: Run, shop: Path, ollama: Ollama, arguments: tuple[object, ...], code: int, says: str
) -> None:
    assert_one_line(review(run, shop, ollama.server(), *arguments), code, says)
    assert pages(Path()) == []


@pytest.mark.parametrize(("obeys", "says"), [(True, "does not fit"), (False, "read 202 tokens")])
@pytest.mark.parametrize("refusal", ["runner", "llama-server"])
def test_ollama_that_shrinks_its_window_afterwards(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch, obeys: bool, says: str, refusal: str
) -> None:
    """As a second client does that loads the model with another window."""
    ollama = Ollama(obeys=obeys, refusal=refusal)
    whole = ollama.chat

    def shrunk(chat: object, body: dict[str, object]) -> None:
        if body["messages"]:
            ollama.room = 400
        whole(chat, body)  # type: ignore[arg-type]

    monkeypatch.setattr(ollama, "chat", shrunk)
    assert_one_line(review(run, shop, ollama.server()), 3, says)
    assert pages(Path()) == []
