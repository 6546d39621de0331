"""From a config.json to what planning needs, against figures that the models' makers publish."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scout_codebase.errors import UsageError
from scout_codebase.planning import (
    SCOUT,
    Cluster,
    Demand,
    architecture_of,
    gpu_named,
    make_plan,
)
from scout_codebase.planning.architecture import _LISTS, _NUMBERS
from scout_codebase.planning.duration import Workload

DENSE: dict[str, Any] = {
    "model_type": "llama",
    "num_hidden_layers": 32,
    "hidden_size": 4_096,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128_256,
    "intermediate_size": 14_336,
    "max_position_embeddings": 131_072,
}
QWEN3_MOE = DENSE | {
    "model_type": "qwen3_moe",
    "num_hidden_layers": 48,
    "hidden_size": 2_048,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "vocab_size": 151_936,
    "moe_intermediate_size": 768,
    "num_experts": 128,
    "num_experts_per_tok": 8,
}


def test_scout_has_the_parameters_that_meta_tells() -> None:
    """109 billion with the vision part, 17 active with embedding and head."""
    assert SCOUT.parameters == pytest.approx(107.8e9, rel=0.001)
    active = SCOUT.active_parameters + SCOUT.embedding + SCOUT.head
    assert active == pytest.approx(17.2e9, rel=0.005)
    assert sum(not layer.span for layer in SCOUT.layers) == 12
    assert {layer.span for layer in SCOUT.layers} == {0, 8_192}
    assert not SCOUT.layers[3].span
    assert SCOUT.is_hybrid
    assert SCOUT.has_vision


@pytest.mark.parametrize(
    ("config", "parameters", "active"),
    [
        (DENSE, 8.03e9, 6.98e9),  # Llama 3.1 8B
        (QWEN3_MOE, 30.5e9, 2.7e9),  # Qwen3 30B-A3B, without embedding and head
        (DENSE | {"tie_word_embeddings": True}, 7.5e9, 6.98e9),
    ],
)
def test_parameters_of_other_models(
    config: dict[str, Any], parameters: float, active: float
) -> None:
    architecture = architecture_of(config, "model")
    assert architecture.parameters == pytest.approx(parameters, rel=0.01)
    assert architecture.active_parameters == pytest.approx(active, rel=0.02)
    assert not architecture.is_hybrid
    assert not architecture.has_vision


@pytest.mark.parametrize(
    ("changes", "spans"),
    [
        ({}, [0, 0, 0, 0]),
        ({"sliding_window": 4_096}, [4_096] * 4),
        ({"sliding_window": 4_096, "use_sliding_window": False}, [0] * 4),
        ({"attention_chunk_size": 8_192}, [8_192, 8_192, 8_192, 0]),
        ({"attention_chunk_size": 8_192, "no_rope_layers": [1, 0, 1, 0]}, [8_192, 0, 8_192, 0]),
        (
            {
                "sliding_window": 512,
                "layer_types": ["sliding_attention", "full_attention"] * 2,
            },
            [512, 0, 512, 0],
        ),
    ],
)
def test_which_layers_attend_to_what(changes: dict[str, Any], spans: list[int]) -> None:
    architecture = architecture_of(DENSE | {"num_hidden_layers": 4} | changes, "model")
    assert [layer.span for layer in architecture.layers] == spans


def test_dense_layers_between_routed_ones() -> None:
    """Llama 4 Maverick routes in every second layer."""
    config = DENSE | {
        "model_type": "llama4_text",
        "num_hidden_layers": 4,
        "num_local_experts": 128,
        "interleave_moe_layer_step": 2,
        "intermediate_size_mlp": 16_384,
    }
    routed = [bool(layer.routed) for layer in architecture_of(config, "m").layers]
    assert routed == [False, True, False, True]


KEYS = (*_NUMBERS, *_LISTS, "text_config", "model_type", "tie_word_embeddings")
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**13),
    st.floats(),
    st.text(max_size=3),
    st.lists(st.one_of(st.integers(0, 3), st.text(max_size=3)), max_size=4),
)


@given(st.dictionaries(st.sampled_from(KEYS), JUNK), st.integers(1, 60))
@settings(deadline=None)
def test_any_config_is_an_architecture_or_refused_by_name(
    junk: dict[str, Any], layers: int
) -> None:
    try:
        found = architecture_of(DENSE | {"num_hidden_layers": layers} | junk, "model")
    except UsageError as error:
        assert "model" in str(error)
    else:
        assert found.parameters > 0
        plan = make_plan(found, Cluster(gpu_named("h100"), 8), Demand(Workload(1_000), 100))
        assert plan.choices


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({}, "hidden_size"),
        (DENSE | {"num_hidden_layers": "48"}, "num_hidden_layers"),
        (DENSE | {"num_hidden_layers": True}, "num_hidden_layers"),
        (DENSE | {"kv_lora_rank": 512}, "latent attention"),
        (DENSE | {"layer_types": ["linear_attention"] * 32}, "linear_attention"),
        (DENSE | {"layer_types": ["full_attention"]}, "another length"),
        ({"text_config": []}, "text_config"),
    ],
)
def test_what_cannot_be_planned_is_refused(config: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        architecture_of(config, "model")
