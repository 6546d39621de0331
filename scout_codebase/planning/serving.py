"""From a plan to the commands that serve it, one row a server.

The API key never stands in a command, where every user of the machine could read it: each server
takes it from a variable. Servers listen on loopback unless a container's network says otherwise.
vLLM's flags are those of 0.32.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scout_codebase.planning.architecture import Architecture
from scout_codebase.planning.hardware import Gpu
from scout_codebase.planning.weights import Kind, KvFormat, WeightFormat

Launcher = Literal["nnodes", "ray"]
LAUNCHERS: tuple[Launcher, ...] = ("nnodes", "ray")

LOOPBACK = "127.0.0.1"
HEAD = "HEAD_ADDRESS"
PLACEHOLDER = "YOUR_"
RAY_PORT = 6_379
VLLM_PORT = 8_000
LLAMA_CPP_PORT = 8_080
UTILISATION = 0.92
"""vLLM's default ``--gpu-memory-utilization``; in the command, because the plan rests on it."""
MAX_SEQUENCES = 16
LLAMA_CPP_UBATCH = 512
_HYBRID = "VLLM_ALLOW_CHUNKED_LOCAL_ATTN_WITH_HYBRID_KV_CACHE"
_STRUCTURED = '{"backend":"xgrammar","disable_any_whitespace":true}'

Words = tuple[str, ...]


class Variable(str):
    """A word of a command that its surroundings fill in, in their own syntax: ``$RANK`` in a shell,
    ``$(RANK)`` in Kubernetes. Every other word is taken as it stands."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ServeCommand:
    """One process on one machine. ``words`` are the command, an option and its value together;
    ``secret`` is the variable that the server takes its API key from, "" where it takes none;
    ``before`` runs on that machine first, ``after`` beside the running server."""

    role: str
    environment: tuple[tuple[str, str], ...]
    secret: str
    words: tuple[Words, ...]
    before: tuple[Words, ...] = ()
    after: tuple[Words, ...] = ()

    @property
    def arguments(self) -> Words:
        return tuple(word for words in self.words for word in words)


@dataclass(frozen=True, slots=True)
class Serving:
    """What is served and on what. ``window`` 0 lets the server take what fits. ``host`` is the
    address that the server listens on, ``head`` that of the first node as the others reach it,
    ``rank`` what a worker calls its own number where all of them share one text; ``port`` 0 is the
    server's usual one."""

    architecture: Architecture
    gpu: Gpu
    weights: WeightFormat
    kv: KvFormat
    window: int
    tensor: int = 1
    pipeline: int = 1
    nodes: int = 1
    hybrid: bool = True
    batched_tokens: int = 8_192
    launcher: Launcher = "nnodes"
    host: str = LOOPBACK
    head: str = HEAD
    rank: str = ""
    wired_limit_mib: int = 0
    port: int = 0


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    kind: Kind
    port: int
    build: Callable[[Serving], tuple[ServeCommand, ...]]
    serves: Callable[[WeightFormat, str], bool] = lambda _format, _model: True


def serve_commands(server: Server, serving: Serving) -> tuple[ServeCommand, ...]:
    """One for each node; with a shared ``rank``, one for the head and one for all workers."""
    return server.build(serving)


def checkpoint(weights: WeightFormat, model: str) -> str:
    """What holds the weights of ``model`` in that format: a published checkpoint, the model itself
    where the server converts it while loading, or a place for the user to fill in."""
    if model in weights.checkpoints:
        return weights.checkpoints[model]
    if weights.quantization or weights.name == "bf16":
        return model
    return f"{PLACEHOLDER}{weights.name.upper()}_CHECKPOINT"


def _vllm(serving: Serving) -> tuple[ServeCommand, ...]:
    if serving.nodes == 1:
        return (_vllm_command(serving, "server", ()),)
    if serving.launcher == "ray":
        return _vllm_on_ray(serving)
    commands = [_vllm_command(serving, "head", _node(serving, "0"))]
    ranks = [serving.rank] if serving.rank else [str(rank) for rank in range(1, serving.nodes)]
    for rank in ranks:
        role = "every worker" if serving.rank else f"worker {rank}"
        node = (*_node(serving, rank), ("--headless",))
        commands.append(_vllm_command(serving, role, node))
    return tuple(commands)


def _node(serving: Serving, rank: str) -> tuple[Words, ...]:
    return (
        ("--nnodes", str(serving.nodes)),
        ("--node-rank", rank),
        ("--master-addr", serving.head),
    )


def _vllm_on_ray(serving: Serving) -> tuple[ServeCommand, ...]:
    """Ray places the workers, so that only the head runs vLLM."""
    start = ("ray", "start", "--head", "--port", str(RAY_PORT), "--include-dashboard=false")
    extra = (("--distributed-executor-backend", "ray"),)
    head = _vllm_command(serving, "head", extra, before=(start,))
    address = type(serving.head)(f"{serving.head}:{RAY_PORT}")
    join = (("ray", "start"), ("--address", address), ("--block",))
    worker = ServeCommand("every worker", (), "", join)
    return (head, worker)


def _vllm_command(
    serving: Serving, role: str, extra: tuple[Words, ...], before: tuple[Words, ...] = ()
) -> ServeCommand:
    model = serving.architecture.name
    environment = []
    if serving.architecture.is_hybrid:
        environment.append((_HYBRID, "1" if serving.hybrid else "0"))
    words: list[Words] = [
        ("vllm", "serve", checkpoint(serving.weights, model)),
        ("--host", serving.host),
        ("--port", str(serving.port or VLLM_PORT)),
        ("--tensor-parallel-size", str(serving.tensor)),
    ]
    if serving.pipeline > 1:
        words.append(("--pipeline-parallel-size", str(serving.pipeline)))
    words += extra
    if serving.weights.quantization and model not in serving.weights.checkpoints:
        words.append(("--quantization", serving.weights.quantization))
    words.append(("--max-model-len", str(serving.window or "auto")))
    if serving.kv.flag:
        words.append(("--kv-cache-dtype", serving.kv.flag))
    words += [
        ("--gpu-memory-utilization", str(UTILISATION)),
        ("--max-num-batched-tokens", str(serving.batched_tokens)),
        ("--max-num-seqs", str(MAX_SEQUENCES)),
        ("--enable-prefix-caching",),
        ("--enable-prompt-tokens-details",),
        ("--structured-outputs-config", _STRUCTURED),
    ]
    if serving.architecture.has_vision:
        words.append(("--language-model-only",))
    secret = "" if ("--headless",) in extra else "VLLM_API_KEY"
    return ServeCommand(role, tuple(environment), secret, tuple(words), before)


def _llama_cpp(serving: Serving) -> tuple[ServeCommand, ...]:
    """``--parallel 1``: the window is shared out among slots. ``--cache-ram 0``: the slot keeps the
    prompt; copies in main memory are for servers that change between prompts. Checkpoints of the
    local layers are what lets a second question start behind the repository; each takes as much
    main memory as those layers' cache."""
    model = serving.architecture.name
    published = serving.weights.checkpoints.get(model)
    source = ("--hf-repo", published) if published else ("--model", f"{PLACEHOLDER}MODEL.gguf")
    words: list[Words] = [
        ("llama-server",),
        source,
        ("--host", serving.host),
        ("--port", str(serving.port or LLAMA_CPP_PORT)),
        ("--ctx-size", str(serving.window)),
        ("--parallel", "1"),
        ("--n-gpu-layers", "all"),
    ]
    if serving.tensor * serving.pipeline > 1:
        words.append(("--split-mode", "layer"))
    words.append(("--flash-attn", "on"))
    if serving.kv.flag:
        words += [("--cache-type-k", serving.kv.flag), ("--cache-type-v", serving.kv.flag)]
    words += [("--ubatch-size", str(LLAMA_CPP_UBATCH)), ("--jinja",), ("--no-mmproj",)]
    words.append(("--cache-ram", "0"))
    if serving.architecture.is_hybrid:
        words.append(("--ctx-checkpoints", "4"))
    before = _wired_limit(serving)
    return (ServeCommand("server", (), "LLAMA_API_KEY", tuple(words), before),)


def _wired_limit(serving: Serving) -> tuple[Words, ...]:
    if not serving.wired_limit_mib:
        return ()
    return (("sudo", "sysctl", f"iogpu.wired_limit_mb={serving.wired_limit_mib}"),)


def _ollama(serving: Serving) -> tuple[ServeCommand, ...]:
    """Ollama has no API keys: loopback is all that protects it."""
    environment = [
        ("OLLAMA_HOST", f"{serving.host}:11434"),
        ("OLLAMA_CONTEXT_LENGTH", str(serving.window)),
        ("OLLAMA_NUM_PARALLEL", "1"),
        ("OLLAMA_FLASH_ATTENTION", "1"),
        ("OLLAMA_KEEP_ALIVE", "24h"),
    ]
    if serving.kv.flag:
        environment.append(("OLLAMA_KV_CACHE_TYPE", serving.kv.flag))
    pull = ("ollama", "pull", serving.weights.ollama[serving.architecture.name])
    words: tuple[Words, ...] = (("ollama", "serve"),)
    before = _wired_limit(serving)
    return (ServeCommand("server", tuple(environment), "", words, before, after=(pull,)),)


SERVERS: tuple[Server, ...] = (
    Server("vllm", "vllm", VLLM_PORT, _vllm),
    Server("llama.cpp", "gguf", LLAMA_CPP_PORT, _llama_cpp),
    Server("ollama", "gguf", 11_434, _ollama, lambda row, model: model in row.ollama),
)
"""The first of a kind is chosen unless the user names another."""
