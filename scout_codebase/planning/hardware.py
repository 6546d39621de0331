"""The hardware that is planned for, one row a GPU.

``memory_gib`` is what a process can address, which is neither the "GB" of the datasheet nor what
nvidia-smi shows: it is the "total capacity" in PyTorch's out-of-memory messages, the lowest that
public issue threads show. Arithmetic rates are dense (datasheets often print the double, with
sparsity) with 32-bit accumulation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from scout_codebase.errors import UsageError

Vendor = Literal["nvidia", "amd", "apple", "cpu"]

APPLE_GPU_SHARE = 0.75
"""Of unified memory, what macOS lets the GPU use (Metal's recommendedMaxWorkingSetSize). 48 GiB of
64; machines of 128 GB with recent systems allow 84 %. ``iogpu.wired_limit_mb`` changes it."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """Rates are in TFLOP/s, ``fp8_tflops`` 0 where the hardware has no FP8 arithmetic;
    ``bandwidth`` is in GB/s. ``reported`` is a regular expression that
    nvidia-smi's name of it matches.
    ``unified_gib`` is the memory that it shares with the processor, 0 where it has its own."""

    name: str
    title: str
    vendor: Vendor
    memory_gib: float
    bf16_tflops: float
    fp8_tflops: float
    bandwidth: float
    source: str
    is_consumer: bool = False
    reported: str = ""
    unified_gib: float = 0.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """``count`` GPUs in each of ``nodes`` machines."""

    gpu: Gpu
    count: int = 1
    nodes: int = 1

    @property
    def total(self) -> int:
        return self.count * self.nodes

    @property
    def title(self) -> str:
        one = f"{self.count} x {self.gpu.title}"
        return f"{self.nodes} nodes of {one}" if self.nodes > 1 else one


_ADA = "NVIDIA Ada GPU Architecture whitepaper, appendix A"
_AMPERE = "NVIDIA Ampere GA102 whitepaper, appendix A"
_BLACKWELL = "NVIDIA RTX Blackwell GPU Architecture whitepaper, appendix A"
_A100 = "NVIDIA A100 Tensor Core GPU datasheet"
_APPLE = "Apple's technical specifications (bandwidth); rate: cores x 256 x clock, not published"


def _nvidia(
    name: str,
    title: str,
    memory: float,
    rates: tuple[float, float, float],
    source: str,
    reported: str,
    *,
    consumer: bool = False,
) -> Gpu:
    return Gpu(name, title, "nvidia", memory, *rates, source, consumer, reported)


def _apple(name: str, title: str, tflops: float, bandwidth: float) -> Gpu:
    return Gpu(name, title, "apple", 0.0, tflops, 0.0, bandwidth, _APPLE, is_consumer=True)


GPUS: tuple[Gpu, ...] = (
    _nvidia("rtx3090", "RTX 3090", 23.56, (71, 0, 936), _AMPERE, "RTX 3090$", consumer=True),
    _nvidia("rtx4090", "RTX 4090", 23.52, (165.2, 330.3, 1_008), _ADA, "RTX 4090$", consumer=True),
    _nvidia(
        "rtx5090", "RTX 5090", 31.33, (209.5, 419, 1_792), _BLACKWELL, "RTX 5090$", consumer=True
    ),
    _nvidia("a6000", "RTX A6000", 47.40, (154.8, 0, 768), _AMPERE, "RTX A6000$"),
    _nvidia("rtx6000ada", "RTX 6000 Ada", 47.37, (364.2, 728.5, 960), _ADA, "RTX 6000 Ada"),
    _nvidia(
        "rtxpro6000",
        "RTX PRO 6000 Blackwell",
        94.96,
        (503.8, 1_007.6, 1_792),
        "NVIDIA RTX PRO Blackwell GPU Architecture whitepaper, appendix A",
        "RTX PRO 6000",
    ),
    _nvidia("l40s", "L40S", 44.39, (362, 733, 864), "NVIDIA L40S datasheet", "L40S"),
    _nvidia("a100-40gb", "A100 40 GB", 39.38, (312, 0, 1_555), _A100, "A100.*40GB"),
    _nvidia("a100", "A100 80 GB", 79.14, (312, 0, 2_039), _A100, "A100.*80GB"),
    _nvidia(
        "h100-pcie",
        "H100 PCIe",
        79.11,
        (756, 1_513, 2_000),
        "NVIDIA H100 PCIe product brief",
        "H100 PCIe",
    ),
    _nvidia(
        "h100",
        "H100",
        79.11,
        (989, 1_979, 3_350),
        "NVIDIA H100 Tensor Core GPU datasheet (SXM)",
        "H100 80GB HBM3",
    ),
    _nvidia("h200", "H200", 139.72, (989, 1_979, 4_800), "NVIDIA H200 datasheet (SXM)", "H200$"),
    _nvidia(
        "b200",
        "B200",
        178.35,
        (2_250, 4_500, 8_000),
        "NVIDIA DGX B200 datasheet, an eighth of each figure",
        "B200$",
    ),
    Gpu(
        "mi300x",
        "MI300X",
        "amd",
        191.98,
        1_307.4,
        2_614.9,
        5_300,
        "AMD Instinct MI300X datasheet",
    ),
    Gpu(
        "mi325x",
        "MI325X",
        "amd",
        255.98,
        1_307.4,
        2_614.9,
        6_000,
        "AMD Instinct MI325X datasheet",
    ),
    _apple("m1-ultra", "Apple M1 Ultra", 21.0, 800),
    _apple("m2-ultra", "Apple M2 Ultra", 27.2, 800),
    _apple("m3-max", "Apple M3 Max", 14.1, 400),
    _apple("m3-ultra", "Apple M3 Ultra", 28.2, 819),
    _apple("m4-max", "Apple M4 Max", 18.4, 546),
)


def gpu_named(name: str, memory_gb: float | None = None) -> Gpu:
    """The row of that name, written in any way ("RTX 4090", "rtx-4090"). ``memory_gb`` is unified
    memory as it is sold. Raises UsageError for a name that is not in the table, and where unified
    memory is missing or out of place."""
    wanted = _plain(name)
    found = next((gpu for gpu in GPUS if wanted in (_plain(gpu.name), _plain(gpu.title))), None)
    if found is None:
        known = ", ".join(gpu.name for gpu in GPUS)
        raise UsageError(f"{name!r} is not in the table of GPUs", remedy=f"Known are {known}.")
    if found.vendor == "apple":
        if memory_gb is None:
            raise UsageError(
                f"{found.title} is sold with several sizes of memory",
                remedy="Name yours, in GB: --memory 64.",
            )
        title = f"{found.title} {memory_gb:g} GB"
        usable = memory_gb * APPLE_GPU_SHARE
        return replace(found, title=title, memory_gib=usable, unified_gib=memory_gb)
    if memory_gb is not None:
        raise UsageError(
            f"{found.title} has no unified memory",
            remedy="Say with --usable-memory how much of its own a server may address.",
        )
    return found


def names_of(clusters: Iterable[Cluster]) -> str:
    """As words of ``--count`` and ``--gpu``: "2 x h100, 4 x a6000"."""
    names = ", ".join(f"{row.count} x {row.gpu.name}" for row in clusters)
    return names or "no machine of up to 8 GPUs"


def with_memory(gpu: Gpu, memory_gib: float) -> Gpu:
    """The same chip with so much addressable memory. Raises UsageError where it is more than it
    shares with the processor."""
    if gpu.unified_gib and memory_gib >= gpu.unified_gib:
        raise UsageError(
            f"{gpu.title} has to keep some of its memory for the system",
            remedy=f"Name less than {gpu.unified_gib:g} with --usable-memory.",
        )
    return replace(gpu, title=f"{gpu.title} with {memory_gib:g} GiB", memory_gib=memory_gib)


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
