"""What is chosen, and the setups that people ask about."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.test_architecture import DENSE
from scout_codebase.errors import UsageError
from scout_codebase.planning import (
    GPUS,
    SCOUT,
    Cluster,
    Demand,
    architecture_of,
    gpu_named,
    make_plan,
)
from scout_codebase.planning.choose import parallelism, that_hold
from scout_codebase.planning.detect import cluster_of
from scout_codebase.planning.duration import Workload
from scout_codebase.planning.hardware import with_memory
from scout_codebase.planning.published import PUBLISHED, comparisons
from scout_codebase.planning.weights import FORMATS

GOLDEN = Path(__file__).parents[1] / "golden" / "plan-setups.txt"
SETUPS: tuple[tuple[str, int, float | None, float | None, str], ...] = (
    ("rtx4090", 2, None, None, "q3_k_m"),
    ("rtx5090", 2, None, None, "q4_k_m"),
    ("rtx5090", 2, None, None, "q3_k_m"),
    ("rtx4090", 4, None, None, "q4_k_m"),
    ("rtx4090", 4, None, None, "w4a16"),
    ("m3-ultra", 1, 64, None, "q3_k_m"),
    ("m3-ultra", 1, 64, 56, "q3_k_m"),
    ("m3-ultra", 1, 96, None, "q4_k_m"),
    ("h100", 2, None, None, "int8"),
    ("h100", 2, None, None, "fp8"),
    ("h100", 8, None, None, "bf16"),
    ("h200", 8, None, None, "bf16"),
    ("mi300x", 8, None, None, "bf16"),
)
"""GPU, how many, unified memory in GB, usable memory in GiB, weights."""


def test_the_setups_that_people_ask_about_are_the_golden_file() -> None:
    """Set SCOUT_TEST_REGENERATE=1 to write the golden file anew; then read what changed."""
    lines = []
    for name, count, memory, usable, weights in SETUPS:
        gpu = gpu_named(name, memory)
        cluster = Cluster(with_memory(gpu, usable) if usable else gpu, count)
        for choice in make_plan(SCOUT, cluster, Demand(Workload(0), weights=weights)).choices:
            verdict = (
                f"fits, {choice.window:,} tokens"
                if choice.fits
                else f"does not fit: {-choice.left_gib:.1f} GiB a GPU too few"
            )
            lines.append(
                f"{cluster.title}, {choice.weights.title}, {choice.kv.name} keys and values: "
                f"{verdict}"
            )
    text = "\n".join(lines) + "\n"
    if os.environ.get("SCOUT_TEST_REGENERATE"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row.server}-{row.gpu}-{row.hybrid}")
def test_a_published_window_is_within_what_is_planned(row: object) -> None:
    """The plan promises at least what others have served, and says what makes it more."""
    (found,) = [
        comparison
        for name in ("h100", "h200")
        for comparison in comparisons(Cluster(gpu_named(name), 8))
        if comparison.published == row
    ]
    assert found.planned >= found.published.window
    assert found.unused_gib >= 0
    assert found.explanation


def test_the_best_weights_that_hold_the_prompt_are_chosen() -> None:
    cluster = Cluster(gpu_named("h100"), 8)
    chosen = []
    for prompt in (100_000, 8_000_000):
        best = make_plan(SCOUT, cluster, Demand(Workload(prompt), 10_000)).best
        assert best
        chosen.append((best.weights.name, best.kv.name))
    assert chosen == [("bf16", "bf16"), ("bf16", "fp8")]


def test_the_command_asks_for_a_quarter_more_than_is_needed_and_never_more_than_there_is() -> None:
    demand = Demand(Workload(400_000), 16_384)
    best = make_plan(SCOUT, Cluster(gpu_named("h100"), 8), demand).best
    assert best
    assert best.served == 524_288
    tight = make_plan(SCOUT, Cluster(gpu_named("rtx4090"), 4), Demand(Workload(700_000), 1_000))
    assert tight.best
    assert tight.best.served <= tight.best.window
    assert tight.best.served >= 701_000


@given(
    st.sampled_from([gpu for gpu in GPUS if gpu.memory_gib]),
    st.sampled_from([1, 2, 3, 4, 6, 8]),
    st.sampled_from([1, 2]),
    st.integers(1, 9_000_000),
    st.floats(1.0, 2.0),
)
@settings(max_examples=40, deadline=None)
def test_more_memory_never_holds_less(
    gpu: object, count: int, nodes: int, prompt: int, factor: float
) -> None:
    """And what fits has a window for what was asked."""
    row = next(row for row in GPUS if row == gpu)
    larger = replace(row, memory_gib=row.memory_gib * factor)
    demand = Demand(Workload(prompt), 5_000)
    small, large = (make_plan(SCOUT, Cluster(one, count, nodes), demand) for one in (row, larger))
    for choice in (*small.choices, *large.choices):
        assert choice.fits == (choice.window >= demand.tokens)
        assert choice.window <= SCOUT.window
        if choice.fits:
            assert demand.tokens <= choice.served <= choice.window
    # From 40 GiB on vLLM takes larger steps, and more is kept for them.
    if (row.memory_gib < 40) == (larger.memory_gib < 40):
        for less, more in zip(small.choices, large.choices, strict=True):
            assert less.window <= more.window


@given(st.integers(1, 16), st.integers(1, 4))
def test_every_gpu_is_used(count: int, nodes: int) -> None:
    tensor, pipeline = parallelism(SCOUT, Cluster(gpu_named("h100"), count, nodes))
    assert tensor * pipeline == count * nodes
    assert count % tensor == 0
    assert tensor in (1, 2, 4, 8)


@pytest.mark.parametrize("vendor", ["nvidia", "amd", "apple"])
def test_only_what_runs_there_is_offered(vendor: str) -> None:
    for gpu in GPUS:
        if gpu.vendor != vendor:
            continue
        named = gpu_named(gpu.name, 512 if vendor == "apple" else None)
        for weights in FORMATS:
            plan = make_plan(SCOUT, Cluster(named), Demand(Workload(0), weights=weights.name))
            for choice in plan.choices:
                assert choice.server.kind == weights.kind
                assert vendor != "apple" or choice.server.name == "llama.cpp"
                assert "fp8" not in (choice.weights.name, choice.kv.name) or gpu.fp8_tflops


def test_llama_cpp_is_not_planned_over_several_machines() -> None:
    plan = make_plan(
        SCOUT, Cluster(gpu_named("rtx4090"), 4, 2), Demand(Workload(0), server="llama.cpp")
    )
    assert not plan.choices
    assert plan.best is None


def test_dense_models_have_no_experts_to_quantise() -> None:
    dense = architecture_of(DENSE, "meta-llama/Llama-3.1-8B-Instruct")
    plan = make_plan(dense, Cluster(gpu_named("a100")), Demand(Workload(50_000), 1_000))
    assert {choice.weights.name for choice in plan.choices} == {"bf16", "w4a16"}
    assert plan.best
    assert plan.best.weights.name == "bf16"


def test_hardware_that_would_do_is_the_smallest_of_each() -> None:
    demand = Demand(Workload(1_000_000), 10_000)
    found = that_hold(SCOUT, demand)
    assert len({row.gpu for row in found}) == len(found)
    for row in found:
        assert make_plan(SCOUT, row, demand).best
        if row.count > 1:
            assert not make_plan(SCOUT, replace(row, count=row.count // 2), demand).best


@pytest.mark.parametrize(
    ("listing", "name", "count"),
    [
        ("NVIDIA H100 80GB HBM3, 81559\n" * 8, "h100", 8),
        ("NVIDIA GeForce RTX 4090, 24564\nNVIDIA GeForce RTX 4090, 24564\n", "rtx4090", 2),
        ("NVIDIA H100 PCIe, 81559\n", "h100-pcie", 1),
        ("NVIDIA A100-SXM4-40GB, 40960\n", "a100-40gb", 1),
        ("NVIDIA A100 80GB PCIe, 81920\n", "a100", 1),
        ("NVIDIA H200, 143771\n", "h200", 1),
        ("NVIDIA B200, 183359\n", "b200", 1),
        ("NVIDIA RTX 6000 Ada Generation, 49140\n", "rtx6000ada", 1),
        ("NVIDIA RTX A6000, 49140\n", "a6000", 1),
        ("NVIDIA RTX PRO 6000 Blackwell Server Edition, 97887\n", "rtxpro6000", 1),
    ],
)
def test_what_nvidia_smi_shows(listing: str, name: str, count: int) -> None:
    found = cluster_of(listing)
    assert (found.gpu.name, found.count) == (name, count)


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        ("NVIDIA H100 80GB HBM3, 81559\nNVIDIA L40S, 46068\n", "one kind"),
        ("Tesla K80, 11441\n", "Tesla K80"),
        ("NVIDIA GeForce RTX 4090 Laptop GPU, 16376\n", "Laptop"),
        ("", "no GPU"),
    ],
)
def test_hardware_that_cannot_be_planned_is_named(listing: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        cluster_of(listing)


def test_every_row_of_hardware_names_its_source_and_is_found_by_its_title() -> None:
    for gpu in GPUS:
        assert gpu.source
        memory = 64 if gpu.vendor == "apple" else None
        assert gpu_named(gpu.title.upper(), memory).name == gpu.name
        assert gpu_named(gpu.name, memory).memory_gib > 20


@pytest.mark.parametrize(
    ("name", "memory", "said"),
    [("h1000", None, "h100"), ("m3-ultra", None, "--memory"), ("h100", 80.0, "--usable-memory")],
)
def test_a_gpu_that_is_not_known_is_refused(name: str, memory: float | None, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        gpu_named(name, memory)
