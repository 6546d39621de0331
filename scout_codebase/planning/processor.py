"""What a server is told that computes on the processor: no GPU to divide a model over, main memory
in place of a GPU's, BF16 weights."""

from __future__ import annotations

import math
import os
from dataclasses import replace

from scout_codebase.errors import PromptTooLongError
from scout_codebase.planning.architecture import Architecture
from scout_codebase.planning.choose import Demand, served_window
from scout_codebase.planning.hardware import Gpu
from scout_codebase.planning.memory import GIB, VllmPool, block_bytes, request_blocks
from scout_codebase.planning.serving import SERVERS, ServeCommand, Serving, serve_commands
from scout_codebase.planning.weights import FORMATS, KV_FORMATS

PROCESSOR = Gpu("processor", "Processor", "cpu", 0.0, 0.0, 0.0, 0.0, "no figures are assumed")
_BATCHED_TOKENS = 2_048
_BLOCK_SIZE = 128
"""vLLM's on the processor (``platforms/cpu.py``)."""
_WEIGHTS, _KV = FORMATS[0], KV_FORMATS[0]
_KV_VARIABLE = "VLLM_CPU_KVCACHE_SPACE"
_LEAST_GIB = 4
"""vLLM's own, where nothing in particular has to fit."""


def processor_command(
    architecture: Architecture, demand: Demand, port: int, memory: int | None = None
) -> ServeCommand:
    """vLLM's, as ``serve_commands`` gives it for GPUs. ``memory`` is this machine's in bytes.

    Raises PromptTooLongError where the model has no such window, and where weights, keys and
    values are more than that."""
    if demand.tokens > architecture.window:
        raise PromptTooLongError(
            f"{demand.tokens:,} tokens are more than the {architecture.window:,} of the window of "
            f"{architecture.name}",
            remedy="Leave folders out with --exclude, or serve another --model.",
        )
    window = served_window(architecture.window, demand.tokens, _WEIGHTS)
    kv_gib = _kv_gib(architecture, window, hybrid=demand.hybrid)
    needed = _WEIGHTS.bytes_of(architecture) / GIB + kv_gib
    there = (machine_memory() if memory is None else memory) / GIB
    if needed > there:
        raise PromptTooLongError(
            f"{architecture.name} needs {needed:,.0f} GiB of main memory in BF16 and this machine "
            f"has {there:,.0f}",
            remedy="Serve a smaller model with --model, or install vLLM for a GPU.",
        )
    serving = Serving(
        architecture=architecture,
        gpu=PROCESSOR,
        weights=_WEIGHTS,
        kv=_KV,
        window=window,
        hybrid=demand.hybrid,
        batched_tokens=_BATCHED_TOKENS,
        port=port,
    )
    (command,) = serve_commands(SERVERS[0], serving)
    return replace(command, environment=(*command.environment, (_KV_VARIABLE, str(kv_gib))))


def _kv_gib(architecture: Architecture, window: int, *, hybrid: bool) -> int:
    """For one request of the whole window."""
    if not window:
        return _LEAST_GIB
    pool = VllmPool(_KV.bytes, hybrid=hybrid, block_size=_BLOCK_SIZE, in_flight=_BATCHED_TOKENS)
    every = range(len(architecture.layers))
    size = request_blocks(architecture, window, pool) * block_bytes(architecture, pool, every)
    return math.ceil(size / GIB)


def machine_memory() -> int:
    """Bytes of main memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
