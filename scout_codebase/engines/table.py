"""The families of servers, one row each, sorted by name.

A row says how a server of that family is recognised, tells its window, counts tokens, reports
the prefill, and what its user should do about a window that is too small. What is common to all
of them is in ``openai_server``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TokenCounter:
    """A route, relative to the root of the server, that counts a chat. ``field`` of its answer
    is the count, the chat template included."""

    path: str
    field: str


@dataclass(frozen=True, slots=True)
class Family:
    """``owners`` are the values of ``owned_by`` in ``/v1/models`` that name this family;
    ``probe_path`` is a route that only this family answers with 200, for those whose models
    name no owner of their own. ``window`` reads the context window from a row of
    ``/v1/models``, or from ``window_path`` where that is set. ``slowest_prefill`` is the rate
    in tokens a second below which a server counts as hung. ``text_is_tokens``: a chunk of the
    stream never holds less than one token."""

    name: str
    title: str
    ports: tuple[int, ...] = ()
    owners: tuple[str, ...] = ()
    probe_path: str = ""
    window: Callable[[Json], int | None] = field(default=lambda _: None)
    window_path: str = ""
    counter: TokenCounter | None = None
    extra_body: Json = field(default_factory=dict)
    slowest_prefill: float = 20.0
    text_is_tokens: bool = False
    requests_at_once: int = 1
    window_remedy: str = "Serve the model with a larger context window."
    refused: str = ""


def _max_model_len(model: Json) -> int | None:
    return _positive(model.get("max_model_len"))


def _llama_cpp_window(model: Json) -> int | None:
    meta = model.get("meta")
    return _positive(meta.get("n_ctx")) if isinstance(meta, Mapping) else None


def _loaded_context_length(model: Json) -> int | None:
    return _positive(model.get("loaded_context_length"))


def _positive(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None


GENERIC = Family(name="openai", title="OpenAI-compatible server")

FAMILIES: tuple[Family, ...] = (
    Family(
        name="llama.cpp",
        title="llama.cpp server",
        ports=(8080,),
        owners=("llamacpp",),
        window=_llama_cpp_window,
        counter=TokenCounter("/v1/chat/completions/input_tokens", "input_tokens"),
        extra_body={"return_progress": True, "cache_prompt": True},
        slowest_prefill=4.0,
        text_is_tokens=True,
        window_remedy="Start llama-server with a larger --ctx-size (and --parallel 1).",
    ),
    Family(
        name="lm-studio",
        title="LM Studio",
        ports=(1234,),
        probe_path="/api/v0/models",
        window=_loaded_context_length,
        window_path="/api/v0/models",
        slowest_prefill=4.0,
        window_remedy="Load the model in LM Studio with a larger context length.",
    ),
    Family(
        name="ollama",
        title="Ollama",
        ports=(11434,),
        owners=("library",),
        probe_path="/api/version",
        refused="its OpenAI routes cut long prompts short in silence",
    ),
    Family(
        name="sglang",
        title="SGLang",
        ports=(30000,),
        owners=("sglang",),
        window=_max_model_len,
        slowest_prefill=100.0,
        requests_at_once=8,
        window_remedy="Start SGLang with a larger --context-length.",
    ),
    Family(
        name="tensorrt-llm",
        title="TensorRT-LLM",
        owners=("tensorrt_llm",),
        slowest_prefill=100.0,
        requests_at_once=8,
        window_remedy="Start trtllm-serve with a larger --max_seq_len.",
    ),
    Family(
        name="vllm",
        title="vLLM",
        ports=(8000,),
        owners=("vllm",),
        window=_max_model_len,
        counter=TokenCounter("/tokenize", "count"),
        slowest_prefill=100.0,
        text_is_tokens=True,
        requests_at_once=8,
        window_remedy="Start vLLM with a larger --max-model-len (10M is Scout's own limit).",
    ),
)


def family_named(name: str) -> Family:
    """The row of that name; the generic one where there is none."""
    return next((family for family in FAMILIES if family.name == name), GENERIC)


def family_of_owner(owner: str) -> Family | None:
    """The row whose servers put ``owner`` into ``owned_by`` of ``/v1/models``."""
    return next((family for family in FAMILIES if owner in family.owners), None)
