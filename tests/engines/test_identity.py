"""Who answers: the family of a server, its model and its window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from engines.scripted_server import ScriptedServer
from scout_codebase.engines.server import Server, open_server
from scout_codebase.errors import UsageError


@contextmanager
def opened(server: ScriptedServer, **options: Any) -> Iterator[Server]:
    with server.running():
        engine = open_server(server.base_url, **options)
        try:
            yield engine
        finally:
            engine.close()


MAX_LEN = {"max_model_len": 8192}


@pytest.mark.parametrize(
    ("model", "routes", "family", "window"),
    [
        ({"owned_by": "vllm", **MAX_LEN}, {}, "vllm", 8192),
        ({"owned_by": "sglang", **MAX_LEN}, {}, "sglang", 8192),
        ({"owned_by": "llamacpp", "meta": {"n_ctx": 4096}}, {}, "llama.cpp", 4096),
        ({"owned_by": "llamacpp", "meta": None}, {}, "llama.cpp", None),
        (
            {"owned_by": "llamacpp", "meta": {"n_ctx": 8192}},
            {"/props": {"default_generation_settings": {"n_ctx": 2048}}},  # --parallel 4
            "llama.cpp",
            2048,
        ),
        (
            {"owned_by": "sglang", **MAX_LEN},
            {"/get_server_info": {"max_total_num_tokens": 5000, "max_req_input_len": 4994}},
            "sglang",
            4994,
        ),
        ({"owned_by": "tensorrt_llm"}, {}, "tensorrt-llm", None),
        ({"object": "model", "created": 1}, {}, "mlx-lm", None),
        (
            {"owned_by": "library"},
            {
                "/api/version": {"version": "0.40.2"},
                "/api/show": {"model_info": {"general.architecture": "a", "a.context_length": 99}},
            },
            "ollama",
            99,
        ),
        (
            {"owned_by": "organization_owner"},
            {"/api/v0/models": {"data": [{"id": "m", "loaded_context_length": 6000}]}},
            "lm-studio",
            6000,
        ),
        ({"owned_by": "organization_owner"}, {"/api/v0/models": {}}, "lm-studio", None),
        ({}, {}, "openai", None),
        ({"owned_by": "vllm", "max_model_len": "8192"}, {}, "vllm", None),
    ],
)
def test_family_and_window(
    model: dict[str, Any], routes: dict[str, Any], family: str, window: int | None
) -> None:
    server = ScriptedServer(models=[{"id": "m", **model}], routes=routes)
    with opened(server) as engine:
        assert (engine.identity.family, engine.identity.context_window) == (family, window)
        assert engine.identity.address == server.base_url
        assert not engine.identity.embedded


@pytest.mark.parametrize(
    ("told", "by_the_user", "window"),
    [(8192, None, 8192), (8192, 4096, 4096), (8192, 9000, 8192), (None, 9000, 9000)],
)
def test_the_smaller_window_counts(told: int | None, by_the_user: int | None, window: int) -> None:
    server = ScriptedServer(models=[{"id": "m", "owned_by": "vllm", "max_model_len": told}])
    with opened(server, context_window=by_the_user) as engine:
        assert engine.identity.context_window == window


@pytest.mark.parametrize(
    ("owner", "routes"),
    [
        ("library", {"/api/version": {"version": "0.12.5"}}),
        ("library", {}),
        ("sglang", {"/get_server_info": {"allow_auto_truncate": True}}),
    ],
)
def test_a_server_that_says_that_it_truncates_is_refused(
    owner: str, routes: dict[str, Any]
) -> None:
    server = ScriptedServer(models=[{"id": "m", "owned_by": owner}], routes=routes)
    with server.running(), pytest.raises(UsageError, match="in silence"):
        open_server(server.base_url)


@pytest.mark.parametrize(
    ("ids", "wanted", "chosen"),
    [
        (["only"], None, "only"),
        (["a", "b"], "b", "b"),
        (["a", "meta-llama/Llama-4-Scout-17B-16E-Instruct"], None, "meta-llama/Llama-4-Scout"),
        (["a", "b"], None, UsageError),
        (["scout-1", "scout-2"], None, UsageError),
        (["a"], "b", UsageError),
        ([], None, UsageError),
        ([], "named", "named"),
    ],
)
def test_choice_of_the_model(
    ids: list[str], wanted: str | None, chosen: str | type[Exception]
) -> None:
    server = ScriptedServer(models=[{"id": model, "owned_by": "vllm"} for model in ids])
    if isinstance(chosen, str):
        with opened(server, model=wanted) as engine:
            assert engine.identity.model.startswith(chosen)
    else:
        with server.running(), pytest.raises(chosen, match="--model"):
            open_server(server.base_url, model=wanted)
