"""How much memory keys and values take, and how large a window is left for them.

vLLM's part follows ``vllm/v1/core/kv_cache_utils.py`` and ``kv_cache_interface.py`` of vLLM 0.32 to
the block: layers are put into groups of one size, all groups draw blocks from one pool, and a
request holds blocks for its whole length in the groups of global layers, and for one span and what
is in flight in those of local layers. llama.cpp's part follows ``src/llama-kv-cache-iswa.cpp``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scout_codebase.planning.architecture import Architecture

GIB = 2**30
_WINDOW_STEP = 1_024


@dataclass(frozen=True, slots=True)
class VllmPool:
    """How a vLLM server keeps keys and values. ``in_flight`` is how many tokens of a request may
    be scheduled and not yet settled: steps at once times ``max_num_batched_tokens``."""

    value_bytes: float
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    hybrid: bool = True
    block_size: int = 16
    in_flight: int = 8_192


def stages(layers: int, parts: int) -> list[range]:
    """The layers of each pipeline stage as vLLM cuts them: what is left over goes one by one to
    the stages before the last (``vllm/distributed/utils.py``, get_pp_indices)."""
    sizes = [layers // parts] * parts
    for number in range(layers % parts):
        sizes[-2 - number] += 1
    starts = [sum(sizes[:number]) for number in range(parts)]
    return [range(start, start + size) for start, size in zip(starts, sizes, strict=True)]


def cache_groups(architecture: Architecture, *, hybrid: bool) -> list[tuple[int, list[int]]]:
    """Span and layer numbers of each group. Without the hybrid manager local layers of a mixed
    model are kept whole, in one group with the others. A group has as many layers as the rarer
    kind, or as the more frequent one where that is less than half as many again."""
    by_kind: dict[tuple[int, bool], list[int]] = {}
    for number, layer in enumerate(architecture.layers):
        by_kind.setdefault((layer.span, layer.chunked), []).append(number)
    if len(by_kind) == 1:
        return [(architecture.layers[0].span, list(range(len(architecture.layers))))]
    if not hybrid:
        return [(0, list(range(len(architecture.layers))))]
    counts = [len(layers) for layers in by_kind.values()]
    size = max(counts) if max(counts) < min(counts) * 1.5 else min(counts)
    groups = []
    for (span, _), layers in by_kind.items():
        number = math.ceil(len(layers) / size)
        groups += [(span, layers[start::number]) for start in range(number)]
    return groups


def request_blocks(architecture: Architecture, window: int, pool: VllmPool) -> int:
    """Blocks that one request of ``window`` tokens may hold."""
    total = 0
    for span, layers in cache_groups(architecture, hybrid=pool.hybrid):
        held = window
        if span:
            chunked = architecture.layers[layers[0]].chunked
            # A sliding window covers the token itself, and may begin in the middle of a block.
            held = min(span + pool.in_flight - (0 if chunked else 1), window)
            total += 0 if chunked else 1
        total += math.ceil(held / pool.block_size)
    return total


def block_bytes(architecture: Architecture, pool: VllmPool, stage: range) -> float:
    """What one block takes on one GPU of that stage: all groups have pages for the largest."""
    groups = cache_groups(architecture, hybrid=pool.hybrid)
    most = max(sum(layer in stage for layer in layers) for _, layers in groups)
    heads = max(1, architecture.kv_heads // pool.tensor_parallel)
    return most * pool.block_size * 2 * heads * architecture.head_size * pool.value_bytes


def capacity(
    architecture: Architecture, window: int, pool: VllmPool, pool_bytes: Sequence[float]
) -> int:
    """Tokens that vLLM reports as its cache size at this ``max_model_len``. ``pool_bytes`` is the
    memory for keys and values on one GPU of each stage; the smallest stage decides."""
    cut = stages(len(architecture.layers), pool.pipeline_parallel)
    blocks = min(
        int(size // block_bytes(architecture, pool, stage))
        for size, stage in zip(pool_bytes, cut, strict=True)
    )
    return int(blocks / request_blocks(architecture, window, pool) * window)


def kv_bytes(architecture: Architecture, window: int, value_bytes: float, *, hybrid: bool) -> float:
    """Keys and values of one sequence over all layers, without blocks, groups or replicas."""
    tokens = sum(
        min(layer.span, window) if layer.span and hybrid else window
        for layer in architecture.layers
    )
    return tokens * architecture.kv_values * value_bytes


def llama_cpp_bytes(
    architecture: Architecture, window: int, value_bytes: float, stage: range, ubatch: int
) -> float:
    """Keys and values on the GPU that holds these layers, and the attention mask: one 32-bit and
    one 16-bit number for each token of the window and of a step. Local layers keep their span and
    one step."""
    tokens = sum(
        min(_padded(layer.span + ubatch), window) if layer.span else window
        for layer in (architecture.layers[number] for number in stage)
    )
    return tokens * architecture.kv_values * value_bytes + window * ubatch * (4 + 2)


def _padded(tokens: int) -> int:
    return math.ceil(tokens / 256) * 256


def largest_window(limit: int, fits: Callable[[int], bool]) -> int:
    """The largest multiple of 1,024 tokens up to ``limit`` (or that itself) which fits, 0 where
    none does. ``fits`` must hold for every smaller window where it holds for one."""
    if fits(limit):
        return limit
    low, high = 0, limit // _WINDOW_STEP
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle * _WINDOW_STEP):
            low = middle
        else:
            high = middle - 1
    return low * _WINDOW_STEP
