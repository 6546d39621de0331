"""What of a model's architecture decides over memory and time, read from its ``config.json``.

Parameter names are those of the transformers library. Scout's values are those of
``meta-llama/Llama-4-Scout-17B-16E-Instruct``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scout_codebase.errors import UsageError

_GLOBAL = {"full_attention", "attention"}
_CHUNKED = "chunked_attention"
_SLIDING = "sliding_attention"
_MOST, _MOST_LAYERS = 2**40, 1_000
_NUMBERS = (
    *("head_dim", "num_key_value_heads", "kv_lora_rank", "attention_chunk_size", "sliding_window"),
    *("no_rope_layer_interval", "num_local_experts", "num_experts", "num_experts_per_tok"),
    *("intermediate_size_mlp", "moe_intermediate_size", "shared_expert_intermediate_size"),
    *("interleave_moe_layer_step", "decoder_sparse_step", "num_hidden_layers", "hidden_size"),
    *("num_attention_heads", "vocab_size", "intermediate_size", "max_position_embeddings"),
)
_LISTS = ("layer_types", "no_rope_layers", "moe_layers", "mlp_only_layers")
_NO_CONFIG = "Name the config.json of a language model."
_REMEDY = "Models with grouped-query attention in every layer can be planned."


@dataclass(frozen=True, slots=True)
class Layer:
    """One transformer layer. ``span`` is how many tokens it attends to at most, 0 for all of them;
    ``chunked`` says that these begin at a multiple of ``span`` and do not slide. The rest are
    parameters: of attention, of what every token passes (a dense or shared feed-forward network
    and the router), of all routed experts, and of those that one token is routed to."""

    span: int
    chunked: bool
    attention: int
    shared: int
    routed: int
    routed_active: int


@dataclass(frozen=True, slots=True)
class Architecture:
    """``window`` is the model's own limit in tokens; ``embedding`` and ``head`` are parameters,
    ``head`` 0 where it is tied to the embedding. ``has_vision`` says that the checkpoint has parts
    besides the text model; they are not counted, as nothing here sends images."""

    name: str
    layers: tuple[Layer, ...]
    query_heads: int
    kv_heads: int
    head_size: int
    embedding: int
    head: int
    window: int
    has_vision: bool = False

    @property
    def parameters(self) -> int:
        each = (layer.attention + layer.shared + layer.routed for layer in self.layers)
        return sum(each) + self.embedding + self.head

    @property
    def active_parameters(self) -> int:
        """Those that one token passes, without the embedding and the head."""
        return sum(layer.attention + layer.shared + layer.routed_active for layer in self.layers)

    @property
    def is_hybrid(self) -> bool:
        """Whether some layers attend to everything and others do not."""
        return len({bool(layer.span) for layer in self.layers}) == 2

    @property
    def kv_values(self) -> int:
        """Numbers that one layer keeps of one token: a key and a value for each head."""
        return 2 * self.kv_heads * self.head_size


def architecture_of(config: Mapping[str, Any], name: str) -> Architecture:
    """Reads a ``config.json``, that of a text model or of one with a ``text_config``. Raises
    UsageError where it is none, or describes attention that is not planned here."""
    text = config.get("text_config", config)
    if not isinstance(text, Mapping):
        raise UsageError(f"{name} has no text_config that is an object", remedy=_REMEDY)
    _check_types(text, name)
    if text.get("kv_lora_rank"):
        raise UsageError(f"{name} has multi-head latent attention", remedy=_REMEDY)
    hidden, heads = _number(text, "hidden_size", name), _number(text, "num_attention_heads", name)
    kinds = _layer_kinds(text, name)
    head_size = text.get("head_dim") or hidden // heads
    if not head_size:
        raise UsageError(f"{name} has more heads than it is wide", remedy=_NO_CONFIG)
    kv_heads = text.get("num_key_value_heads") or heads
    attention = hidden * head_size * (2 * heads + 2 * kv_heads)
    layers = tuple(
        Layer(span, chunked, attention, *_feed_forward(text, hidden, number, name))
        for number, (span, chunked) in enumerate(kinds)
    )
    embedding = _number(text, "vocab_size", name) * hidden
    tied = text.get("tie_word_embeddings", config.get("tie_word_embeddings", False))
    return Architecture(
        name=name,
        layers=layers,
        query_heads=heads,
        kv_heads=kv_heads,
        head_size=head_size,
        embedding=embedding,
        head=0 if tied else embedding,
        window=_number(text, "max_position_embeddings", name),
        has_vision="text_config" in config,
    )


def _check_types(text: Mapping[str, Any], name: str) -> None:
    """Raises UsageError where a key that is read, and may be missing or null, is of the wrong type
    or beyond all reason."""
    for key in _NUMBERS:
        value = text.get(key)
        if value is not None and (type(value) is not int or not 0 <= value <= _MOST):
            raise UsageError(f"{name}: {key} is not a whole number from 0 on", remedy=_NO_CONFIG)
    for key in _LISTS:
        value = text.get(key)
        if value is not None and not isinstance(value, list):
            raise UsageError(f"{name}: {key} is not a list", remedy=_NO_CONFIG)
    if (text.get("num_hidden_layers") or 0) > _MOST_LAYERS:
        raise UsageError(f"{name} has too many layers", remedy=_NO_CONFIG)


def _number(text: Mapping[str, Any], key: str, name: str) -> int:
    value = text.get(key)
    if type(value) is not int or value < 1:
        raise UsageError(
            f"{name} has no {key} that is a positive whole number",
            remedy=_NO_CONFIG,
        )
    return value


def _layer_kinds(text: Mapping[str, Any], name: str) -> list[tuple[int, bool]]:
    """Span and whether it is chunked, by layer. ``layer_types`` decides where it is given; older
    files of Llama 4 have ``no_rope_layers`` (0 for a global layer) or nothing, which is every
    fourth; a ``sliding_window`` alone holds for every layer unless ``use_sliding_window`` is off.
    """
    count = _number(text, "num_hidden_layers", name)
    chunk, sliding = text.get("attention_chunk_size") or 0, text.get("sliding_window") or 0
    types = text.get("layer_types")
    if types:
        known = dict.fromkeys(_GLOBAL, (0, False))
        known |= {_CHUNKED: (chunk, True), _SLIDING: (sliding, False)}
        unknown = sorted({str(kind) for kind in types} - set(known))
        if unknown or len(types) != count:
            what = f"layers of type {unknown[0]}" if unknown else "layer_types of another length"
            raise UsageError(f"{name} has {what}", remedy=_REMEDY)
        return [known[kind] for kind in types]
    if chunk:
        every = text.get("no_rope_layer_interval") or 4
        rope = text.get("no_rope_layers") or [(row + 1) % every for row in range(count)]
        if len(rope) != count:
            raise UsageError(f"{name} has no_rope_layers of another length", remedy=_REMEDY)
        return [(chunk, True) if uses else (0, False) for uses in rope]
    if sliding and text.get("use_sliding_window", True):
        return [(sliding, False)] * count
    return [(0, False)] * count


def _feed_forward(
    text: Mapping[str, Any], hidden: int, layer: int, name: str
) -> tuple[int, int, int]:
    """Parameters that every token passes, those of all routed experts, and of a token's own.
    A gated network has three matrices of ``hidden`` times its width."""
    experts = next((text[key] for key in ("num_local_experts", "num_experts") if text.get(key)), 0)
    width = _number(text, "intermediate_size", name)
    is_llama4 = str(text.get("model_type", "")).startswith("llama4")
    if not experts or not _is_routed(text, layer):
        dense = (text.get("intermediate_size_mlp") or width) if is_llama4 else width
        return 3 * hidden * dense, 0, 0
    expert = 3 * hidden * (text.get("moe_intermediate_size") or width)
    shared = 3 * hidden * (width if is_llama4 else text.get("shared_expert_intermediate_size") or 0)
    chosen = text.get("num_experts_per_tok") or 1
    return shared + hidden * experts, experts * expert, chosen * expert


def _is_routed(text: Mapping[str, Any], layer: int) -> bool:
    if text.get("moe_layers"):
        return layer in text["moe_layers"]
    if text.get("mlp_only_layers") and layer in text["mlp_only_layers"]:
        return False
    step = text.get("interleave_moe_layer_step") or text.get("decoder_sparse_step") or 1
    return (layer + 1) % step == 0


SCOUT = architecture_of(
    {
        "text_config": {
            "model_type": "llama4_text",
            "num_hidden_layers": 48,
            "hidden_size": 5_120,
            "num_attention_heads": 40,
            "num_key_value_heads": 8,
            "head_dim": 128,
            "vocab_size": 202_048,
            "intermediate_size": 8_192,
            "intermediate_size_mlp": 16_384,
            "num_local_experts": 16,
            "num_experts_per_tok": 1,
            "interleave_moe_layer_step": 1,
            "attention_chunk_size": 8_192,
            "max_position_embeddings": 10_485_760,
        }
    },
    "meta-llama/Llama-4-Scout-17B-16E-Instruct",
)
