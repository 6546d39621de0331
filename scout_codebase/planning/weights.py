"""The formats of weights and of keys and values, one row each, best first.

Sizes are computed from the parameters of the architecture: bits for the routed experts, for what
else every token passes, for attention, and for the embedding and the head. Of Scout's text model
(107.8 billion parameters) they give 215.5 GB in BF16, 112.8 in FP8, 63 in w4a16, and within 2 % the
sizes of the published GGUF files (115, 65.4, 51.8 GB).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scout_codebase.planning.architecture import Architecture, Layer
from scout_codebase.planning.hardware import Gpu

Kind = Literal["vllm", "gguf"]

_SCOUT = "meta-llama/Llama-4-Scout-17B-16E-Instruct"
_SCOUT_GGUF = "unsloth/Llama-4-Scout-17B-16E-Instruct-GGUF"
_BPW = "llama.cpp, tools/quantize/README.md (bits per weight of Llama 2 7B)"


@dataclass(frozen=True, slots=True)
class WeightFormat:
    """Bits per parameter. ``kind`` says who reads the format. ``needs_fp8`` is hardware with FP8
    arithmetic, which is then used for the matrices (``fp8_math``). ``nvidia_only`` has kernels for
    NVIDIA's GPUs alone. ``checkpoints`` are published ones by the id of the model they were made
    from, ``quantization`` vLLM's flag that makes the format from BF16 weights while loading;
    a format with neither has to be made first. ``moe_only`` quantises nothing but experts."""

    name: str
    title: str
    kind: Kind
    routed_bits: float
    shared_bits: float
    attention_bits: float
    embedding_bits: float
    source: str
    nvidia_only: bool = False
    needs_fp8: bool = False
    fp8_math: bool = False
    moe_only: bool = False
    quantization: str = ""
    checkpoints: Mapping[str, str] = field(default_factory=dict)
    ollama: Mapping[str, str] = field(default_factory=dict)

    def layer_bytes(self, layer: Layer) -> float:
        bits = layer.routed * self.routed_bits + layer.shared * self.shared_bits
        return (bits + layer.attention * self.attention_bits) / 8

    def active_layer_bytes(self, layer: Layer) -> float:
        """What one token makes the hardware read."""
        bits = layer.routed_active * self.routed_bits + layer.shared * self.shared_bits
        return (bits + layer.attention * self.attention_bits) / 8

    def bytes_of(self, architecture: Architecture) -> float:
        ends = (architecture.embedding + architecture.head) * self.embedding_bits / 8
        return sum(map(self.layer_bytes, architecture.layers)) + ends

    def runs_on(self, gpu: Gpu, architecture: Architecture) -> bool:
        """Whether a server of this format runs on that GPU at all; not whether it fits."""
        if self.kind == "vllm" and gpu.vendor == "apple":
            return False
        if self.nvidia_only and gpu.vendor != "nvidia":
            return False
        has_experts = any(layer.routed for layer in architecture.layers)
        return (gpu.fp8_tflops > 0 or not self.needs_fp8) and (has_experts or not self.moe_only)

    def is_usual_on(self, gpu: Gpu) -> bool:
        """Whether it is worth showing unasked: llama.cpp is for what people have at home, and FP8
        is the better byte where the hardware has it."""
        if self.kind == "gguf":
            return gpu.is_consumer
        return not (self.moe_only and gpu.fp8_tflops > 0)


def _gguf(name: str, title: str, bits: float, ollama: str = "") -> WeightFormat:
    return WeightFormat(
        name=name,
        title=title,
        kind="gguf",
        routed_bits=bits,
        shared_bits=bits,
        attention_bits=bits,
        embedding_bits=bits,
        source=_BPW,
        checkpoints={_SCOUT: f"{_SCOUT_GGUF}:{title}"},
        ollama={_SCOUT: ollama} if ollama else {},
    )


FORMATS: tuple[WeightFormat, ...] = (
    WeightFormat(
        name="bf16",
        title="BF16",
        kind="vllm",
        routed_bits=16,
        shared_bits=16,
        attention_bits=16,
        embedding_bits=16,
        source="the checkpoint's own type",
        checkpoints={_SCOUT: _SCOUT},
    ),
    WeightFormat(
        name="fp8",
        title="FP8",
        kind="vllm",
        routed_bits=8,
        shared_bits=8,
        attention_bits=16,
        embedding_bits=16,
        source="recipe of the checkpoint: attention, router and head stay in BF16",
        needs_fp8=True,
        fp8_math=True,
        quantization="fp8",
        checkpoints={_SCOUT: "RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic"},
    ),
    WeightFormat(
        name="int8",
        title="INT8 experts",
        kind="vllm",
        routed_bits=8,
        shared_bits=16,
        attention_bits=16,
        embedding_bits=16,
        source="vLLM's experts_int8: routed experts only, made while loading",
        nvidia_only=True,
        moe_only=True,
        quantization="experts_int8",
    ),
    WeightFormat(
        name="w4a16",
        title="w4a16",
        kind="vllm",
        routed_bits=4.125,
        shared_bits=4.125,
        attention_bits=16,
        embedding_bits=16,
        source="recipe of the checkpoint: groups of 128 with a 16-bit scale; attention in BF16",
        nvidia_only=True,
        checkpoints={_SCOUT: "RedHatAI/Llama-4-Scout-17B-16E-Instruct-quantized.w4a16"},
    ),
    _gguf("q8_0", "Q8_0", 8.5, "llama4:16x17b-scout-instruct-q8_0"),
    _gguf("q4_k_m", "Q4_K_M", 4.84, "llama4:16x17b-scout-instruct-q4_K_M"),
    _gguf("q3_k_m", "Q3_K_M", 3.91),
)


@dataclass(frozen=True, slots=True)
class KvFormat:
    """How a server of ``kind`` keeps keys and values: bytes for each number, and the word for it
    in that server's flags, "" where it is the default."""

    name: str
    kind: Kind
    bytes: float
    flag: str
    needs_fp8: bool = False

    def runs_on(self, gpu: Gpu) -> bool:
        return gpu.fp8_tflops > 0 or not self.needs_fp8


KV_FORMATS: tuple[KvFormat, ...] = (
    KvFormat("bf16", "vllm", 2.0, ""),
    KvFormat("fp8", "vllm", 1.0, "fp8", needs_fp8=True),
    KvFormat("f16", "gguf", 2.0, ""),
    KvFormat("q8_0", "gguf", 34 / 32, "q8_0"),  # 32 numbers of a byte and a 16-bit scale
)
