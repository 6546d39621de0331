"""How long reading and answering takes: floating-point work over an assumed share of what the
hardware can do. Reading is bound by arithmetic, writing by the memory that each token reads."""

from __future__ import annotations

from dataclasses import dataclass

from scout_codebase.planning.architecture import Architecture
from scout_codebase.planning.hardware import Gpu
from scout_codebase.planning.weights import KvFormat, WeightFormat

ARITHMETIC_SHARE = 0.25
"""Of dense FLOP/s while reading. 250 TFLOP/s of an H100's 989: an assumption on the careful side,
as kernels, the router and the exchange between GPUs all cost. Calibrate with a first review."""
BANDWIDTH_SHARE = 0.5
"""Of memory bandwidth while writing one answer at a time. Assumed likewise."""
LAYER_SECONDS = 1e-4
"""What a layer costs each token besides: starting kernels, and the exchange between GPUs."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What is asked: ``prompt`` tokens of the repository, then ``reports`` of ``questions`` each,
    one after the other."""

    prompt: int
    reports: int = 3
    questions: int = 10
    question_tokens: int = 1_000
    reply_tokens: int = 800


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: until the first token of the first answer, for all reports with the prefix kept in
    the server's cache, and for all of them where every question reads the repository anew."""

    first_token: float
    cached: float
    uncached: float


@dataclass(frozen=True, slots=True)
class Speed:
    """FLOP/s of the matrices and of attention, and bytes a second while writing."""

    matrices: float
    attention: float
    reading: float


def vllm_speed(gpu: Gpu, weights: WeightFormat, tensor: int, pipeline: int) -> Speed:
    """All GPUs work on reading, as the chunks of a prompt follow each other through the pipeline;
    writing goes through one stage after the other."""
    matrices = gpu.fp8_tflops if weights.fp8_math else gpu.bf16_tflops
    share = ARITHMETIC_SHARE * tensor * pipeline * 1e12
    bandwidth = gpu.bandwidth * 1e9 * tensor * BANDWIDTH_SHARE
    return Speed(matrices * share, gpu.bf16_tflops * share, bandwidth)


def llama_cpp_speed(gpu: Gpu) -> Speed:
    """Layers are split over the GPUs, which are counted as working one after the other: how well
    llama.cpp overlaps its steps differs by system."""
    rate = gpu.bf16_tflops * 1e12 * ARITHMETIC_SHARE
    return Speed(rate, rate, gpu.bandwidth * 1e9 * BANDWIDTH_SHARE)


def attention_flops(architecture: Architecture, start: int, end: int) -> float:
    """FLOP of attention for the tokens from ``start`` to ``end``: four for each number of the query
    heads and each token attended to; on average half a chunk, or the whole sliding window."""
    width = architecture.query_heads * architecture.head_size
    total = 0.0
    for layer in architecture.layers:
        reach = (start + end) / 2
        if layer.span:
            reach = min(reach, layer.span / (2 if layer.chunked else 1))
        total += 4.0 * width * reach * (end - start)
    return total


def reading_seconds(architecture: Architecture, speed: Speed, start: int, end: int) -> float:
    matrices = 2.0 * architecture.active_parameters * (end - start)
    return matrices / speed.matrices + attention_flops(architecture, start, end) / speed.attention


def token_seconds(
    architecture: Architecture, weights: WeightFormat, kv: KvFormat, speed: Speed, behind: int
) -> float:
    """Writing one token behind so many others."""
    layers = sum(map(weights.active_layer_bytes, architecture.layers))
    head = (architecture.head or architecture.embedding) * weights.embedding_bits / 8
    seen = sum(min(layer.span or behind, behind) for layer in architecture.layers)
    read = layers + head + seen * architecture.kv_values * kv.bytes
    return read / speed.reading + len(architecture.layers) * LAYER_SECONDS


def times(
    architecture: Architecture,
    weights: WeightFormat,
    kv: KvFormat,
    speed: Speed,
    work: Workload,
) -> Times:
    end = work.prompt + work.question_tokens
    asked = work.reports * work.questions
    first = reading_seconds(architecture, speed, 0, end)
    follow = reading_seconds(architecture, speed, work.prompt, end)
    token = token_seconds(architecture, weights, kv, speed, end)
    writing = asked * work.reply_tokens * token
    return Times(
        first_token=first + token,
        cached=first + max(0, asked - 1) * follow + writing,
        uncached=asked * first + writing,
    )
