"""The families of servers, one row each, sorted by name.

A row says how a server of that family is recognised, tells its window, counts tokens, caches
prefixes, constrains output, reports progress and errors, how many requests at once are wise, how it
may cut a prompt in silence, and what its user should do about that. ``docs/engines.md`` names the
sources. What is common to all of them is in ``server``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TokenCounter:
    """A route, relative to the root of the server, that counts a chat. ``field`` of its answer
    is the count, the chat template included."""

    path: str
    field: str


@dataclass(frozen=True, slots=True)
class Family:
    """*Recognised* by ``owners`` (``owned_by`` in ``/v1/models``), by ``is_listed_by`` (the shape
    of its rows), or by ``probe_path``, a route that only this family answers with 200.

    ``info_path`` is a route whose answer is handed to ``window`` (with the row of
    ``/v1/models``) and to ``refuses``, which says why such a server must not be used;
    ``show_path`` takes ``{"model": id}`` and answers what ``shown_window`` reads.

    ``slowest_prefill`` is the rate in tokens a second below which a server counts as hung.
    ``text_is_tokens``: a chunk of the stream never holds less than one token. ``constrains``: the
    server decodes by a JSON Schema; where it does not, the schema is part of the question.
    ``likelihoods``: it tells of each token how likely the others were.
    ``priority`` is the field of a request that says which waiting ones go first.
    ``keeps_prefix``: it is known to read the repository once for all questions; ``one_prefix``: of
    the latest prompt only, so that reviews of two repositories would make each other read anew.
    ``too_long`` is the regular expression of what it says of a prompt that does not fit.

    ``window_remedy`` is for a window that is too small, ``truncation_remedy`` for a prompt that was
    not read whole, ``answer_remedy`` for answers that are cut short, ``cache_remedy`` for a server
    that does not tell what came from its prefix cache."""

    name: str
    title: str
    ports: tuple[int, ...] = ()
    protocol: Literal["openai", "ollama"] = "openai"
    owners: tuple[str, ...] = ()
    is_listed_by: Callable[[Sequence[Json]], bool] = field(default=lambda _: False)
    probe_path: str = ""
    info_path: str = ""
    window: Callable[[Json, Json], int | None] = field(default=lambda _row, _info: None)
    show_path: str = ""
    shown_window: Callable[[Json], int | None] = field(default=lambda _: None)
    refuses: Callable[[Json], str] = field(default=lambda _: "")
    counter: TokenCounter | None = None
    extra_body: Json = field(default_factory=dict)
    slowest_prefill: float = 20.0
    text_is_tokens: bool = False
    constrains: bool = True
    likelihoods: bool = False
    priority: str = ""
    requests_at_once: int = 1
    keeps_prefix: bool = True
    one_prefix: bool = False
    too_long: str = r"(?!)"
    window_remedy: str = "Serve the model with a larger context window."
    truncation_remedy: str = "Serve the model with a larger context window, and without truncation."
    answer_remedy: str = "Serve the model with a larger context window."
    cache_remedy: str = "See whether it can report usage.prompt_tokens_details."


def positive(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None


def _smallest(*values: object) -> int | None:
    return min((number for value in values if (number := positive(value))), default=None)


def _max_model_len(row: Json, _: Json) -> int | None:
    return positive(row.get("max_model_len"))


def _llama_cpp_window(row: Json, info: Json) -> int | None:
    """A slot's share where the server splits its window among several."""
    return _smallest(
        mapping(row.get("meta")).get("n_ctx"),
        mapping(info.get("default_generation_settings")).get("n_ctx"),
    )


def _lm_studio_window(row: Json, info: Json) -> int | None:
    data = info.get("data")
    rows = data if isinstance(data, list) else []
    found = (mapping(other) for other in rows if mapping(other).get("id") == row.get("id"))
    return positive(next(found, {}).get("loaded_context_length"))


def _sglang_window(row: Json, info: Json) -> int | None:
    """The memory for keys and values may hold less than the model's length."""
    return _smallest(
        row.get("max_model_len"), info.get("max_total_num_tokens"), info.get("max_req_input_len")
    )


def _sglang_refuses(info: Json) -> str:
    if info.get("allow_auto_truncate") is True:
        return "it was started with --allow-auto-truncate and cuts long prompts short in silence"
    return ""


def _ollama_window(shown: Json) -> int | None:
    """What the model was trained for: ``<architecture>.context_length``."""
    facts = mapping(shown.get("model_info"))
    return positive(facts.get(f"{facts.get('general.architecture')}.context_length"))


FIRST_HONEST_OLLAMA = (0, 12, 6)


def _ollama_refuses(info: Json) -> str:
    """``truncate`` and ``shift`` came with 0.12.6; earlier ones ignore them."""
    version = str(info.get("version", ""))
    numbers = tuple(map(int, re.findall(r"\d+", version)[:3]))
    if numbers >= FIRST_HONEST_OLLAMA:
        return ""
    first = ".".join(map(str, FIRST_HONEST_OLLAMA))
    return f"version {version or 'unknown'} cuts long prompts short in silence; {first} can refuse"


def _is_mlx_listing(rows: Sequence[Json]) -> bool:
    return bool(rows) and all(set(row) == {"id", "object", "created"} for row in rows)


def mapping(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


GENERIC = Family(name="openai", title="OpenAI-compatible server", keeps_prefix=False)
_ENLARGE = "Raise --context-window, or leave it out for the largest that fits into memory."
OFFLINE = Family(
    name="vllm-offline",
    title="vLLM without a server",
    window_remedy=_ENLARGE,
    truncation_remedy=_ENLARGE,
    answer_remedy=_ENLARGE,
)

FAMILIES: tuple[Family, ...] = (
    Family(
        name="llama.cpp",
        title="llama.cpp server",
        ports=(8080,),
        owners=("llamacpp",),
        info_path="/props",
        window=_llama_cpp_window,
        counter=TokenCounter("/v1/chat/completions/input_tokens", "input_tokens"),
        extra_body={"return_progress": True, "cache_prompt": True},
        slowest_prefill=4.0,
        text_is_tokens=True,
        likelihoods=True,
        one_prefix=True,
        too_long=r"exceeds the available context size",
        window_remedy="Start llama-server with a larger --ctx-size (and --parallel 1).",
        truncation_remedy="Start llama-server with a larger --ctx-size, --parallel 1 and "
        "--no-context-shift.",
        answer_remedy="Start llama-server with a larger --ctx-size and without --predict.",
        cache_remedy="Update llama-server: it reports usage.prompt_tokens_details.",
    ),
    Family(
        name="lm-studio",
        title="LM Studio",
        ports=(1234,),
        probe_path="/api/v0/models",
        info_path="/api/v0/models",
        window=_lm_studio_window,
        slowest_prefill=4.0,
        one_prefix=True,
        too_long=r"when context the overflows|tokens to keep from the initial prompt"
        r"|cannot truncate prompt|context size has been exceeded",
        window_remedy="Load the model in LM Studio with a larger context length "
        "(lms load MODEL --context-length N).",
        truncation_remedy="Load the model in LM Studio with a larger context length, and set its "
        "context overflow to 'stop at limit'.",
        answer_remedy="Load the model in LM Studio with a larger context length and without a "
        "limit on the response.",
        cache_remedy="LM Studio does not report it.",
    ),
    Family(
        name="mlx-lm",
        title="MLX-LM",
        ports=(8080,),
        is_listed_by=_is_mlx_listing,
        slowest_prefill=10.0,
        constrains=False,
        one_prefix=True,
        window_remedy="Name what the model was trained for with --context-window; MLX-LM sets no "
        "limit of its own.",
        truncation_remedy="Update mlx-lm and start it without options that bound the prompt or "
        "the cache.",
        answer_remedy="Start mlx_lm.server with a larger --max-tokens (512 is its default).",
        cache_remedy="Update mlx-lm: it reports usage.prompt_tokens_details.",
    ),
    Family(
        name="ollama",
        title="Ollama",
        ports=(11434,),
        protocol="ollama",
        owners=("library",),
        probe_path="/api/version",
        info_path="/api/version",
        show_path="/api/show",
        shown_window=_ollama_window,
        refuses=_ollama_refuses,
        slowest_prefill=4.0,
        one_prefix=True,
        too_long=r"input length exceeds the context length"
        r"|prompt is longer than the context length",
        window_remedy="Give Ollama a larger --context-window; where it has no memory for that, set "
        "OLLAMA_NUM_PARALLEL=1 and OLLAMA_KV_CACHE_TYPE=q8_0, or use a smaller model.",
        truncation_remedy="Update Ollama (0.12.6 or later refuses what it cannot read) and give "
        "the window with --context-window.",
        answer_remedy="Give Ollama a larger window with --context-window.",
        cache_remedy="Ollama does not report it.",
    ),
    Family(
        name="sglang",
        title="SGLang",
        ports=(30000,),
        owners=("sglang",),
        info_path="/get_server_info",
        window=_sglang_window,
        refuses=_sglang_refuses,
        slowest_prefill=100.0,
        requests_at_once=8,
        too_long=r"longer than the model'?s context length|exceeds the model'?s maximum context",
        window_remedy="Start SGLang with a larger --context-length (and --mem-fraction-static).",
        truncation_remedy="Start SGLang without --allow-auto-truncate.",
        answer_remedy="Start SGLang with a larger --context-length.",
        cache_remedy="Start SGLang with --enable-cache-report.",
    ),
    Family(
        name="tensorrt-llm",
        title="TensorRT-LLM",
        ports=(8000,),
        owners=("tensorrt_llm",),
        slowest_prefill=100.0,
        requests_at_once=8,
        too_long=r"should not exceed max_(?:num_tokens|seq_len)|exceeds? maximum input length",
        window_remedy="Start trtllm-serve with a larger --max_seq_len and --max_num_tokens.",
        truncation_remedy="Start trtllm-serve with a larger --max_seq_len and --max_num_tokens.",
        answer_remedy="Start trtllm-serve with a larger --max_seq_len.",
        cache_remedy="Start trtllm-serve with enable_block_reuse in its kv_cache_config.",
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
        likelihoods=True,
        requests_at_once=8,
        priority="priority",
        too_long=r"maximum context length",
        window_remedy="Start vLLM with a larger --max-model-len (10M is Scout's own limit).",
        truncation_remedy="Start vLLM with a larger --max-model-len, and see whether a proxy "
        "before it shortens requests (truncate_prompt_tokens).",
        answer_remedy="Start vLLM with a larger --max-model-len and with "
        '--structured-outputs-config \'{"backend":"xgrammar","disable_any_whitespace":true}\'.',
        cache_remedy="Start vLLM with --enable-prompt-tokens-details.",
    ),
)


def family_named(name: str) -> Family:
    """The row of that name; the generic one where there is none."""
    return next((family for family in (*FAMILIES, OFFLINE) if family.name == name), GENERIC)


def family_of_rows(rows: Sequence[Json]) -> Family | None:
    """The row whose servers list their models like this: by the owner, else by the shape."""
    owners = {str(row.get("owned_by", "")) for row in rows}
    return next(
        (family for family in FAMILIES if owners & set(family.owners)),
        next((family for family in FAMILIES if family.is_listed_by(rows)), None),
    )
