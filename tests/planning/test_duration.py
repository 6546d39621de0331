"""Times, against arithmetic made by hand."""

from __future__ import annotations

import pytest

from scout_codebase.planning import SCOUT, gpu_named
from scout_codebase.planning.duration import (
    Workload,
    attention_flops,
    llama_cpp_speed,
    reading_seconds,
    times,
    vllm_speed,
)
from scout_codebase.planning.weights import FORMATS, KV_FORMATS

H100 = gpu_named("h100")
BF16, FP8 = FORMATS[0], FORMATS[1]


@pytest.mark.parametrize(
    ("tokens", "seconds"), [(131_072, 3.2), (1_000_000, 78), (10_000_000, 105 * 60)]
)
def test_reading_on_eight_h100_at_250_tflops(tokens: int, seconds: float) -> None:
    speed = vllm_speed(H100, BF16, 8, 1)
    assert reading_seconds(SCOUT, speed, 0, tokens) == pytest.approx(seconds, rel=0.05)


def test_attention_of_scout() -> None:
    """12 global layers: 122,880 times the square; 36 local: 3.02 GFLOP a token."""
    tokens = 1_000_000
    wanted = 122_880 * tokens**2 + 36 * 4 * 4_096 * 5_120 * tokens
    assert attention_flops(SCOUT, 0, tokens) == pytest.approx(wanted, rel=1e-9)


def test_reading_in_two_parts_is_reading_at_once() -> None:
    speed = vllm_speed(H100, BF16, 8, 1)
    whole = reading_seconds(SCOUT, speed, 0, 900_000)
    parts = reading_seconds(SCOUT, speed, 0, 400_000) + reading_seconds(
        SCOUT, speed, 400_000, 900_000
    )
    assert parts == pytest.approx(whole, rel=1e-9)


def test_the_prefix_cache_saves_all_readings_but_one() -> None:
    work = Workload(1_000_000, reports=3, questions=4)
    found = times(SCOUT, BF16, KV_FORMATS[0], vllm_speed(H100, BF16, 8, 1), work)
    assert found.uncached - found.cached > 10.9 * found.first_token
    one = times(SCOUT, BF16, KV_FORMATS[0], vllm_speed(H100, BF16, 8, 1), Workload(10**6, 1, 1))
    assert one.cached == one.uncached


def test_fp8_weights_read_faster_and_attend_as_fast() -> None:
    slow, fast = vllm_speed(H100, BF16, 8, 1), vllm_speed(H100, FP8, 8, 1)
    assert fast.matrices == pytest.approx(2 * slow.matrices, rel=0.01)
    assert fast.attention == slow.attention


def test_layers_split_over_gpus_work_one_after_the_other() -> None:
    """llama.cpp: more cards hold more and are no faster."""
    assert llama_cpp_speed(H100) == vllm_speed(H100, BF16, 1, 1)
