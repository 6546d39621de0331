"""What ``plan`` computes and prints, held against a real vLLM."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from vllm_peer.server import VllmPeer, running_vllm_peer

from scout_codebase.planning import GPUS, SCOUT, Cluster, Demand, architecture_of, make_plan
from scout_codebase.planning.duration import Workload
from scout_codebase.planning.memory import GIB, VllmPool, capacity
from scout_codebase.planning.serving import LAUNCHERS, serve_commands
from scout_codebase.planning.weights import FORMATS, KV_FORMATS

pytestmark = pytest.mark.vllm

HERE = Path(__file__).parent
PARSE = HERE.parent / "vllm_peer" / "parse_commands.py"
WINDOW = 131_072
CPU_BLOCK = 128
CPU_IN_FLIGHT = 2_048  # one step of vLLM's default size on the CPU, which schedules none ahead
REPORTED = re.compile(r"KV cache size: ([\d,]+) tokens")
HYBRID = "VLLM_ALLOW_CHUNKED_LOCAL_ATTN_WITH_HYBRID_KV_CACHE"


@dataclass(frozen=True)
class Case:
    """A model with one GiB for keys and values. ``changes`` are those to the config.json of the
    tests' model, None taking a key out."""

    changes: dict[str, Any]
    flags: tuple[str, ...] = ()
    value_bytes: float = 2.0
    hybrid: bool = True
    environment: dict[str, str] = field(default_factory=dict)


DERIVED: dict[str, Any] = dict.fromkeys(("layer_types", "no_rope_layers", "moe_layers"))
CASES = {
    "without the hybrid manager": Case({}, hybrid=False, environment={HYBRID: "0"}),
    "32-bit numbers, two heads": Case({"num_key_value_heads": 2}, ("--dtype", "float32"), 4.0),
    "nine layers, seven of them local": Case({"num_hidden_layers": 9, **DERIVED}),
}


def reported(peer: VllmPeer) -> int:
    """The capacity that the server wrote into its log, in tokens."""
    found = REPORTED.findall(peer.log.read_text(encoding="utf-8", errors="replace"))
    assert len(found) == 1
    return int(found[0].replace(",", ""))


def planned(config: dict[str, Any], value_bytes: float, *, hybrid: bool) -> int:
    pool = VllmPool(value_bytes, hybrid=hybrid, block_size=CPU_BLOCK, in_flight=CPU_IN_FLIGHT)
    return capacity(architecture_of(config, "tiny"), WINDOW, pool, [GIB])


def test_the_capacity_of_chunked_layers_with_the_hybrid_manager(
    vllm_peer: VllmPeer, vllm_venv: Path
) -> None:
    config = json.loads((vllm_venv / "models" / "llama4-tiny" / "config.json").read_text())
    assert planned(config, 2.0, hybrid=True) == pytest.approx(reported(vllm_peer), rel=0.03)


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_the_capacity_is_what_vllm_reports(name: str, vllm_venv: Path, tmp_path: Path) -> None:
    case = CASES[name]
    folder, config = _model(vllm_venv / "models" / "llama4-tiny", case.changes, tmp_path / "model")
    flags = ("--load-format", "dummy", *case.flags)
    with running_vllm_peer(
        venv=vllm_venv,
        model_dir=folder,
        log=tmp_path / "server.log",
        max_model_len=WINDOW,
        extra=flags,
        environment=case.environment,
    ) as peer:
        capacity_there = reported(peer)
    ours = planned(config, case.value_bytes, hybrid=case.hybrid)
    assert ours == pytest.approx(capacity_there, rel=0.03)


def _model(source: Path, changes: dict[str, Any], folder: Path) -> tuple[Path, dict[str, Any]]:
    """The tests' model with another shape and without weights."""
    folder.mkdir()
    for file in source.iterdir():
        if file.name != "config.json" and file.suffix != ".safetensors":
            (folder / file.name).symlink_to(file)
    config = {**json.loads((source / "config.json").read_text()), **changes}
    config = {key: value for key, value in config.items() if value is not None}
    (folder / "config.json").write_text(json.dumps(config))
    return folder, config


def test_every_vllm_command_is_accepted_by_vllms_own_parser(vllm_venv: Path) -> None:
    commands = sorted(set(every_vllm_command()))
    assert len(commands) > 100
    done = subprocess.run(
        [str(vllm_venv / "bin" / "python"), str(PARSE)],
        input=json.dumps([*commands, ("model", "--no-such-flag")]),
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "VLLM_LOGGING_LEVEL": "ERROR"},
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    *results, unknown = json.loads(done.stdout)
    assert "no-such-flag" in unknown["refused"]
    for command, result in zip(commands, results, strict=True):
        assert "refused" not in result, (command, result)
        assert result["model_tag"] == command[0]
        assert result["enable_prefix_caching"] is True
        assert result["enable_prompt_tokens_details"] is True
        assert "disable_any_whitespace=True" in result["structured_outputs_config"]
        assert "api_key" not in result
        assert result["host"] == "127.0.0.1"


def every_vllm_command() -> Iterator[tuple[str, ...]]:
    """Arguments after ``vllm serve`` of all rows of the tables: GPUs, numbers of them, weights,
    keys and values, with and without a demand, both managers and both launchers."""
    named = [(row.name, kv.name) for row, kv in product(FORMATS, KV_FORMATS) if row.kind == "vllm"]
    sizes = [(1, 1), (2, 1), (3, 1), (4, 1), (6, 1), (8, 1), (8, 2), (8, 4), (4, 3)]
    for architecture, gpu, (count, nodes) in product((SCOUT, OTHER), GPUS, sizes):
        if gpu.vendor == "apple":
            continue
        for (weights, kv), prompt, hybrid in product(named, (0, 30_000), (True, False)):
            demand = Demand(Workload(prompt), 1_000, weights, kv, "vllm", hybrid)
            made = make_plan(architecture, Cluster(gpu, count, nodes), demand)
            if made.best is None:
                continue
            serving = made.serving(made.best)
            for launcher in LAUNCHERS if nodes > 1 else LAUNCHERS[:1]:
                changed = replace(serving, launcher=launcher)
                for command in serve_commands(made.best.server, changed):
                    if command.arguments[:2] == ("vllm", "serve"):
                        yield command.arguments[2:]


OTHER = architecture_of(
    {
        "model_type": "qwen3_moe",
        "num_hidden_layers": 48,
        "hidden_size": 2_048,
        "num_attention_heads": 32,
        "num_key_value_heads": 4,
        "head_dim": 128,
        "vocab_size": 151_936,
        "intermediate_size": 6_144,
        "moe_intermediate_size": 768,
        "num_experts": 128,
        "num_experts_per_tok": 8,
        "max_position_embeddings": 262_144,
    },
    "Qwen/Qwen3-Coder-30B-A3B-Instruct",
)
