"""Windows that others published for Scout, to hold a plan against."""

from __future__ import annotations

from dataclasses import dataclass

from scout_codebase.planning.architecture import SCOUT
from scout_codebase.planning.choose import Demand, make_plan
from scout_codebase.planning.duration import Workload
from scout_codebase.planning.hardware import Cluster, gpu_named
from scout_codebase.planning.memory import GIB, kv_bytes


@dataclass(frozen=True, slots=True)
class Published:
    gpu: str
    count: int
    server: str
    hybrid: bool
    window: int
    source: str


_VLLM = "vLLM blog, 2025-04-05 (0.8.3)"
_SGLANG = "SGLang documentation, Llama4 usage"

PUBLISHED: tuple[Published, ...] = (
    Published("h100", 8, "vLLM", False, 1_000_000, _VLLM),
    Published("h200", 8, "vLLM", False, 3_600_000, _VLLM),
    Published("h100", 8, "SGLang", False, 1_000_000, _SGLANG),
    Published("h200", 8, "SGLang", False, 2_500_000, _SGLANG),
    Published("h100", 8, "SGLang", True, 5_000_000, _SGLANG),
    Published("h200", 8, "SGLang", True, 10_000_000, _SGLANG),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``planned`` is the window of the same weights and keys and values (BF16) by the plan's own
    arithmetic; ``unused_gib`` what the published window leaves of each GPU after weights, keys and
    values and the plan's reserve."""

    published: Published
    planned: int
    left_gib: float
    unused_gib: float

    @property
    def explanation(self) -> str:
        if self.planned == SCOUT.window:
            return "the model's own limit ends the plan's window; memory would hold more"
        return (
            f"{self.left_gib:.1f} GiB a GPU are left for keys and values after weights and "
            f"reserve, the published window takes {self.left_gib - self.unused_gib:.1f}"
        )


WHY = (
    "The plan may be the larger one: it loads no vision tower, lets vLLM use 0.92 of the memory "
    "(0.90 then), runs at most 16 sequences, and its reserve is stated and assumed; the published "
    "figures are round, and how much they left free is not told."
)


def comparisons(cluster: Cluster) -> tuple[Comparison, ...]:
    """Those for this hardware."""
    return tuple(
        _compare(row)
        for row in PUBLISHED
        if (row.gpu, row.count, 1) == (cluster.gpu.name, cluster.count, cluster.nodes)
    )


def _compare(row: Published) -> Comparison:
    demand = Demand(Workload(0), weights="bf16", kv="bf16", hybrid=row.hybrid)
    plan = make_plan(SCOUT, Cluster(gpu_named(row.gpu), row.count), demand)
    choice = plan.choices[0]
    takes = kv_bytes(SCOUT, row.window, 2.0, hybrid=row.hybrid) / row.count / GIB
    return Comparison(row, choice.window, choice.left_gib, choice.left_gib - takes)
