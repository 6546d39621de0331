"""Bytes, blocks and windows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planning.test_architecture import DENSE
from scout_codebase.planning import SCOUT, Architecture, architecture_of
from scout_codebase.planning.memory import (
    GIB,
    VllmPool,
    block_bytes,
    cache_groups,
    capacity,
    kv_bytes,
    largest_window,
    llama_cpp_bytes,
    request_blocks,
    stages,
)
from scout_codebase.planning.weights import FORMATS

TEN_MILLION = 10_485_760


def mixed(layers: int, every: int, **changes: Any) -> Architecture:
    kinds = [
        "full_attention" if (n + 1) % every == 0 else "sliding_attention" for n in range(layers)
    ]
    config = DENSE | {"num_hidden_layers": layers, "layer_types": kinds, "sliding_window": 1_024}
    return architecture_of(config | changes, "model")


def test_keys_and_values_of_scout_in_gib() -> None:
    assert kv_bytes(SCOUT, TEN_MILLION, 2.0, hybrid=False) / GIB == 1_920
    assert kv_bytes(SCOUT, TEN_MILLION, 1.0, hybrid=False) / GIB == 960
    assert kv_bytes(SCOUT, TEN_MILLION, 2.0, hybrid=True) / GIB == 480 + 1.125


@pytest.mark.parametrize(
    ("name", "gigabytes"),
    [("bf16", 215.5), ("fp8", 112), ("w4a16", 62), ("q8_0", 115), ("q4_k_m", 66), ("q3_k_m", 52)],
)
def test_weights_of_scout_are_within_three_percent_of_what_is_published(
    name: str, gigabytes: float
) -> None:
    row = next(row for row in FORMATS if row.name == name)
    assert row.bytes_of(SCOUT) / 1e9 == pytest.approx(gigabytes, rel=0.03)


def test_a_request_of_the_whole_window_holds_blocks_for_global_layers_and_two_spans() -> None:
    """Those that vLLM reserves: the span and what is in flight in each of three local groups."""
    pool = VllmPool(2.0, tensor_parallel=8)
    assert len(cache_groups(SCOUT, hybrid=True)) == 4
    assert request_blocks(SCOUT, TEN_MILLION, pool) == TEN_MILLION // 16 + 3 * (16_384 // 16)
    taken = request_blocks(SCOUT, TEN_MILLION, pool) * block_bytes(SCOUT, pool, range(48))
    assert taken * 8 / GIB == 480 + 2.25


def test_without_the_hybrid_manager_local_layers_are_kept_whole() -> None:
    pool = VllmPool(2.0, hybrid=False)
    assert request_blocks(SCOUT, TEN_MILLION, pool) == TEN_MILLION // 16
    assert block_bytes(SCOUT, pool, range(48)) == 16 * 196_608


def test_a_model_of_local_layers_alone_needs_no_more_than_its_span() -> None:
    only = architecture_of(DENSE | {"sliding_window": 4_096}, "model")
    for hybrid in (True, False):
        pool = VllmPool(2.0, hybrid=hybrid)
        assert request_blocks(only, 131_072, pool) == (4_096 - 1 + 8_192 + 15) // 16 + 1


@pytest.mark.parametrize(
    ("layers", "every", "groups", "size"),
    [(48, 4, 4, 12), (9, 4, 5, 2), (25, 2, 2, 13), (6, 6, 6, 1), (5, 5, 5, 1)],
)
def test_layers_are_grouped_as_vllm_groups_them(
    layers: int, every: int, groups: int, size: int
) -> None:
    found = cache_groups(mixed(layers, every), hybrid=True)
    assert len(found) == groups
    assert max(len(numbers) for _, numbers in found) == size
    assert sorted(number for _, numbers in found for number in numbers) == list(range(layers))


def test_keys_and_values_are_copied_where_there_are_more_gpus_than_heads() -> None:
    one_head = architecture_of(DENSE | {"num_key_value_heads": 1}, "model")
    alone, shared = VllmPool(2.0), VllmPool(2.0, tensor_parallel=8)
    assert block_bytes(one_head, alone, range(32)) == block_bytes(one_head, shared, range(32))


@given(st.integers(1, 200), st.integers(1, 16))
def test_stages_are_contiguous_and_even(layers: int, parts: int) -> None:
    assume(parts <= layers)
    cut = stages(layers, parts)
    assert [number for stage in cut for number in stage] == list(range(layers))
    sizes = [len(stage) for stage in cut]
    assert max(sizes) - min(sizes) <= 1
    assert sizes[-1] == min(sizes)


@given(
    st.integers(2, 40),
    st.integers(2, 6),
    st.integers(1, 64),
    st.integers(100_000, 10**6),
    st.booleans(),
)
def test_the_hybrid_manager_holds_at_least_as_much_where_the_window_is_long(
    layers: int, every: int, gib: int, window: int, two_byte: bool
) -> None:
    """Short windows lie within the spans; there padding may cost more than dropping saves."""
    model = mixed(layers, every)
    assume(model.is_hybrid)
    width = 2.0 if two_byte else 1.0
    pools = [VllmPool(width, hybrid=hybrid) for hybrid in (True, False)]
    with_it, without = (capacity(model, window, pool, [gib * GIB]) for pool in pools)
    assert with_it >= without


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_the_largest_window_is_the_largest(limit: int, most: int) -> None:
    found = largest_window(limit, lambda window: window <= most)
    assert found <= min(limit, most)
    if limit <= most:
        assert found == limit
    else:
        assert found == most // 1_024 * 1_024


def test_llama_cpp_keeps_one_span_of_local_layers_and_a_mask() -> None:
    span, step, window = 8_192, 512, 1_000_000
    each = 2 * 8 * 128 * 2
    wanted = 12 * window * each + 36 * (span + step) * each + 6 * step * window
    assert llama_cpp_bytes(SCOUT, window, 2.0, range(48), step) == wanted
