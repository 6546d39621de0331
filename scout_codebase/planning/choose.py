"""Every combination of weights and of keys and values that the hardware can serve, with its window,
and the one to take: the first in the order of the tables that holds what has to be read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from scout_codebase.planning.architecture import Architecture
from scout_codebase.planning.duration import (
    Times,
    Workload,
    llama_cpp_speed,
    times,
    vllm_speed,
)
from scout_codebase.planning.hardware import APPLE_GPU_SHARE, GPUS, Cluster
from scout_codebase.planning.memory import (
    GIB,
    VllmPool,
    block_bytes,
    cache_groups,
    largest_window,
    llama_cpp_bytes,
    request_blocks,
    stages,
)
from scout_codebase.planning.serving import (
    LLAMA_CPP_UBATCH,
    MAX_SEQUENCES,
    SERVERS,
    UTILISATION,
    Server,
    Serving,
)
from scout_codebase.planning.weights import FORMATS, KV_FORMATS, KvFormat, WeightFormat

LARGEST_TENSOR_PARALLEL = 8
SMALL_GPU_GIB = 40
"""Below it vLLM is given 2,048 tokens a step in place of 8,192, and less is kept in reserve."""
_BLOCK_SIZE = 16
_STEP = 65_536


@dataclass(frozen=True, slots=True)
class Reserve:
    """Memory of one GPU, in GiB, that is neither weights nor keys and values: the driver's context,
    communication buffers, activations of one step, captured graphs."""

    vllm: float = 4.0
    vllm_small: float = 2.5
    llama_cpp: float = 1.5


RESERVE = Reserve()


@dataclass(frozen=True, slots=True)
class Demand:
    """What has to fit: the prompt, and ``besides`` for the question, the reply and the chat
    template. ``prompt`` 0 asks for the largest window. The other fields narrow the choice: names
    of the tables, "" for any."""

    work: Workload
    besides: int = 0
    weights: str = ""
    kv: str = ""
    server: str = ""
    hybrid: bool = True

    @property
    def tokens(self) -> int:
        return self.work.prompt + self.besides if self.work.prompt else 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One row. ``weights_gib`` and ``left_gib`` are those of the fullest GPU, what is left being
    for keys and values and negative where the weights do not fit. ``window`` is the largest, 0
    where there is none; ``served`` is what the command asks for, 0 for what the server finds."""

    server: Server
    weights: WeightFormat
    kv: KvFormat
    tensor: int
    pipeline: int
    batched_tokens: int
    hybrid: bool
    weights_gib: float
    left_gib: float
    window: int
    served: int
    fits: bool
    times: Times


@dataclass(frozen=True, slots=True)
class Plan:
    """``best`` is None where nothing that was asked for fits."""

    architecture: Architecture
    cluster: Cluster
    demand: Demand
    choices: tuple[Choice, ...]
    best: Choice | None

    def serving(self, choice: Choice) -> Serving:
        """What ``serve_commands`` takes."""
        return Serving(
            architecture=self.architecture,
            gpu=self.cluster.gpu,
            weights=choice.weights,
            kv=choice.kv,
            window=choice.served,
            tensor=choice.tensor,
            pipeline=choice.pipeline,
            nodes=self.cluster.nodes,
            hybrid=choice.hybrid,
            batched_tokens=choice.batched_tokens,
            wired_limit_mib=_wired_limit(self.cluster),
        )


def _wired_limit(cluster: Cluster) -> int:
    """MiB that macOS has to be told to let the GPU use; 0 where its default is enough."""
    gpu = cluster.gpu
    by_default = gpu.memory_gib <= gpu.unified_gib * APPLE_GPU_SHARE
    return 0 if by_default or not gpu.unified_gib else round(gpu.memory_gib * 1_024)


def make_plan(architecture: Architecture, cluster: Cluster, demand: Demand) -> Plan:
    """Pure: the same arguments give the same plan."""
    choices = tuple(_choices(architecture, cluster, demand))
    best = next((choice for choice in choices if choice.fits), None)
    return Plan(architecture, cluster, demand, choices, best)


def that_hold(architecture: Architecture, demand: Demand) -> tuple[Cluster, ...]:
    """For each GPU with memory of its own the smallest number in one machine that holds what has to
    be read, fewest first."""
    found = []
    for gpu in GPUS:
        sizes = (Cluster(gpu, count) for count in (1, 2, 4, 8) if gpu.memory_gib)
        holds = (row for row in sizes if make_plan(architecture, row, demand).best)
        found += [row for row in (next(holds, None),) if row]
    return tuple(sorted(found, key=lambda row: row.count))


def _choices(architecture: Architecture, cluster: Cluster, demand: Demand) -> Iterator[Choice]:
    for weights in FORMATS:
        if demand.weights not in ("", weights.name):
            continue
        if not (demand.weights or demand.server or weights.is_usual_on(cluster.gpu)):
            continue
        server = _server_of(weights, demand.server, architecture.name)
        if server is None or not weights.runs_on(cluster.gpu, architecture):
            continue
        if weights.kind == "gguf" and cluster.nodes > 1:
            continue
        for kv in KV_FORMATS:
            if kv.kind == weights.kind and kv.runs_on(cluster.gpu) and demand.kv in ("", kv.name):
                yield _choice(architecture, cluster, demand, server, weights, kv)


def _server_of(weights: WeightFormat, wanted: str, model: str) -> Server | None:
    return next(
        (
            server
            for server in SERVERS
            if server.kind == weights.kind
            and wanted in ("", server.name)
            and server.serves(weights, model)
        ),
        None,
    )


def _choice(
    architecture: Architecture,
    cluster: Cluster,
    demand: Demand,
    server: Server,
    weights: WeightFormat,
    kv: KvFormat,
) -> Choice:
    if weights.kind == "vllm":
        room = _vllm_room(architecture, cluster, weights, kv, hybrid=demand.hybrid)
        speed = vllm_speed(cluster.gpu, weights, room.tensor, room.pipeline)
    else:
        room = _llama_cpp_room(architecture, cluster, weights, kv)
        speed = llama_cpp_speed(cluster.gpu)
    fits = room.window > 0 and room.window >= demand.tokens
    return Choice(
        server=server,
        weights=weights,
        kv=kv,
        tensor=room.tensor,
        pipeline=room.pipeline,
        batched_tokens=room.batched_tokens,
        hybrid=demand.hybrid or weights.kind == "gguf",
        weights_gib=room.weights_gib,
        left_gib=room.left_gib,
        window=room.window,
        served=served_window(room.window, demand.tokens, weights),
        fits=fits,
        times=times(architecture, weights, kv, speed, demand.work),
    )


def served_window(largest: int, tokens: int, weights: WeightFormat) -> int:
    """A quarter more than has to fit, in steps of 65,536, and never more than the largest, so that
    a reserve that was guessed too small does not keep the server from starting. Where nothing in
    particular has to fit, vLLM takes what it finds."""
    if not tokens:
        return 0 if weights.kind == "vllm" else largest
    return min(largest, math.ceil(tokens * 1.25 / _STEP) * _STEP)


@dataclass(frozen=True, slots=True)
class _Room:
    tensor: int
    pipeline: int
    batched_tokens: int
    weights_gib: float
    left_gib: float
    window: int


def parallelism(architecture: Architecture, cluster: Cluster) -> tuple[int, int]:
    """Tensor and pipeline parallel sizes that use every GPU. Tensor parallel stays within a machine
    and has to divide the heads; keys and values are copied where it exceeds their heads."""
    tensor = LARGEST_TENSOR_PARALLEL
    while (
        cluster.count % tensor
        or architecture.query_heads % tensor
        or (architecture.kv_heads % tensor and tensor % architecture.kv_heads)
    ):
        tensor //= 2
    return tensor, cluster.total // tensor


def _vllm_room(
    architecture: Architecture,
    cluster: Cluster,
    weights: WeightFormat,
    kv: KvFormat,
    *,
    hybrid: bool,
) -> _Room:
    tensor, pipeline = parallelism(architecture, cluster)
    small = cluster.gpu.memory_gib < SMALL_GPU_GIB
    batched = 2_048 if small else 8_192
    reserve = RESERVE.vllm_small if small else RESERVE.vllm
    each = _stage_weights(architecture, weights, pipeline)
    usable = cluster.gpu.memory_gib * UTILISATION - reserve
    left = [usable * GIB - size / tensor for size in each]
    # vLLM schedules ahead: as many steps at once as there are stages, and one more.
    pool = VllmPool(kv.bytes, tensor, pipeline, hybrid, _BLOCK_SIZE, (pipeline + 1) * batched)
    groups = len(cache_groups(architecture, hybrid=hybrid))
    cut = stages(len(architecture.layers), pipeline)

    def fits(window: int) -> bool:
        tables = MAX_SEQUENCES * math.ceil(window / _BLOCK_SIZE) * 4 * groups
        blocks = request_blocks(architecture, window, pool)
        return all(
            blocks * block_bytes(architecture, pool, stage) + tables <= size
            for stage, size in zip(cut, left, strict=True)
        )

    window = largest_window(architecture.window, fits)
    fullest = min(left)
    return _Room(tensor, pipeline, batched, max(each) / tensor / GIB, fullest / GIB, window)


def _llama_cpp_room(
    architecture: Architecture, cluster: Cluster, weights: WeightFormat, kv: KvFormat
) -> _Room:
    parts = min(cluster.count, len(architecture.layers))
    cut = stages(len(architecture.layers), parts)
    each = _stage_weights(architecture, weights, parts)
    usable = (cluster.gpu.memory_gib - RESERVE.llama_cpp) * GIB

    def fits(window: int) -> bool:
        return all(
            size + llama_cpp_bytes(architecture, window, kv.bytes, stage, LLAMA_CPP_UBATCH)
            <= usable
            for stage, size in zip(cut, each, strict=True)
        )

    window = largest_window(architecture.window, fits)
    left = (usable - max(each)) / GIB
    return _Room(1, parts, LLAMA_CPP_UBATCH, max(each) / GIB, left, window)


def _stage_weights(architecture: Architecture, weights: WeightFormat, parts: int) -> list[float]:
    """Bytes of each stage: its layers, the embedding in the first, the head in the last."""
    each = [
        sum(weights.layer_bytes(architecture.layers[number]) for number in stage)
        for stage in stages(len(architecture.layers), parts)
    ]
    each[0] += architecture.embedding * weights.embedding_bits / 8
    each[-1] += (architecture.head or (architecture.embedding if parts > 1 else 0)) * (
        weights.embedding_bits / 8
    )
    return each
