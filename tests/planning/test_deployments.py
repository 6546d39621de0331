"""The files that start a server: what they say, that the shipped ones are made by this code, and
that the programs that read them can."""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support.command_line import Run, assert_one_line

from scout_codebase.planning import SCOUT, Cluster, Demand, gpu_named, make_plan
from scout_codebase.planning.deployments import FORMATS, Deployment, render_deployment
from scout_codebase.planning.duration import Workload
from scout_codebase.planning.yaml_text import yaml_text

EXAMPLES = Path(__file__).parents[2] / "examples" / "serving"
MADE_BY = re.compile(r"^# Made by: scout-review (.*)$", re.MULTILINE)
FILES = sorted(file.name for file in EXAMPLES.iterdir() if file.suffix != ".md")


def deployment(nodes: int = 2, **changes: Any) -> Deployment:
    cluster = Cluster(gpu_named("h100"), 8, nodes)
    plan = make_plan(SCOUT, cluster, Demand(Workload(9_000_000), 10_000))
    assert plan.best
    serving = replace(plan.serving(plan.best), **changes)
    return Deployment(plan.best.server, serving, 8, "scout-review plan")


def test_an_example_of_every_format_is_shipped() -> None:
    assert sorted(row.file for row in FORMATS if row.name != "shell") == FILES


@pytest.mark.parametrize("file", FILES)
def test_an_example_is_what_the_command_in_its_head_makes(run: Run, file: str) -> None:
    """`sh -c "$(sed -n 's/^# Made by: //p' FILE) > FILE"` makes it anew."""
    shipped = (EXAMPLES / file).read_text()
    (command,) = MADE_BY.findall(shipped)
    result = run(*shlex.split(command))
    assert result.code == 0, result.err
    assert result.out.decode() == shipped
    name = command.rpartition(" ")[2]
    assert next(row.file for row in FORMATS if row.name == name) == file


@pytest.mark.parametrize("file", [name for name in FILES if name.endswith(".sh")])
def test_a_shell_can_read_it(file: str) -> None:
    subprocess.run(["bash", "-n", str(EXAMPLES / file)], check=True)


def test_the_compose_file_shows_the_server_to_this_machine_alone() -> None:
    service = yaml.safe_load((EXAMPLES / "compose.yaml").read_text())["services"]["scout-server"]
    assert service["ports"] == ["127.0.0.1:8000:8000"]
    assert service["environment"]["VLLM_API_KEY"] == "${VLLM_API_KEY:?set it}"
    assert service["entrypoint"] == ["vllm", "serve"]
    assert all(isinstance(word, str) for word in service["command"])
    devices = service["deploy"]["resources"]["reservations"]["devices"]
    assert devices == [{"driver": "nvidia", "count": 8, "capabilities": ["gpu"]}]


def test_the_leader_and_the_workers_are_told_apart() -> None:
    spec = yaml.safe_load((EXAMPLES / "kubernetes.yaml").read_text())["spec"]
    template = spec["leaderWorkerTemplate"]
    assert template["size"] == 2
    leader, worker = (
        template[name]["spec"]["containers"][0] for name in ("leaderTemplate", "workerTemplate")
    )
    assert "--headless" in worker["args"]
    assert "--headless" not in leader["args"]
    assert _value(leader, "--node-rank") == "0"
    assert _value(worker, "--node-rank") == "$(LWS_WORKER_INDEX)"
    for container in (leader, worker):
        assert _value(container, "--nnodes") == "2"
        assert _value(container, "--master-addr") == "$(LWS_LEADER_ADDRESS)"
        assert container["resources"]["limits"] == {"nvidia.com/gpu": "8"}
    named = [row["name"] for row in leader["env"] if "valueFrom" in row]
    assert named == ["VLLM_API_KEY"]


def _value(container: dict[str, Any], option: str) -> str:
    args = container["args"]
    return str(args[args.index(option) + 1])


def test_slurm_runs_the_commands_that_are_planned(tmp_path: Path) -> None:
    """With stand-ins for Slurm's programs and for vLLM: what each node would run."""
    script = render_deployment("slurm", deployment())
    calls = tmp_path / "calls"
    for name, body in {
        "scontrol": "echo node-a; echo node-b",
        "srun": 'for SLURM_NODEID in 0 1; do export SLURM_NODEID; "${@:2}"; done',
        "vllm": f'printf "%s\\n" "$*" >> {calls}',
    }.items():
        (tmp_path / name).write_text(f"#!/usr/bin/env bash\n{body}\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", script],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "VLLM_API_KEY": "k", "SLURM_JOB_NODELIST": "n"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    head, worker = calls.read_text().splitlines()
    assert "--node-rank 0 --master-addr node-a" in head
    assert "--node-rank 1 --master-addr node-a --headless" in worker
    assert '{"backend":"xgrammar","disable_any_whitespace":true}' in head


@pytest.mark.parametrize("role", ["head", "worker"])
def test_each_machine_of_a_ray_cluster_runs_its_part(tmp_path: Path, role: str) -> None:
    script = tmp_path / "ray-cluster.sh"
    script.write_text(render_deployment("ray", deployment()))
    calls = tmp_path / "calls"
    for name in ("ray", "vllm"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {calls}\n')
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["bash", str(script), role, *(["10.0.0.1"] if role == "worker" else [])],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "VLLM_API_KEY": "k"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    ran = calls.read_text().splitlines()
    if role == "worker":
        assert ran == ["ray start --address 10.0.0.1:6379 --block"]
    else:
        assert ran[0].startswith("ray start --head")
        assert "--distributed-executor-backend ray" in ran[1]
        assert "--nnodes" not in ran[1]
        assert ran[2] == "ray stop"


@pytest.mark.parametrize("name", [row.name for row in FORMATS])
def test_no_format_starts_a_server_without_a_key(name: str) -> None:
    row = next(row for row in FORMATS if row.name == name)
    text = render_deployment(name, deployment(max(row.least, 1 if row.most == 1 else 2)))
    assert "VLLM_API_KEY" in text
    assert "--api-key" not in text


@pytest.mark.parametrize(
    "hostile", ["a$(touch x)b", "a$HOME", "a`b`", 'a"b', "a'b", "a\nb: c", "no"]
)
@pytest.mark.parametrize("name", [row.name for row in FORMATS])
def test_the_name_of_a_model_is_a_word_and_nothing_more(
    name: str, hostile: str, tmp_path: Path
) -> None:
    row = next(row for row in FORMATS if row.name == name)
    changes = {"architecture": replace(SCOUT, name=hostile)}
    made = deployment(max(row.least, 1 if row.most == 1 else 2), **changes)
    text = render_deployment(name, replace(made, made_by=f"scout-review {hostile}"))
    if row.file.endswith(".yaml"):
        data = yaml.safe_load(text)
        if name == "compose":
            word = data["services"]["scout-server"]["command"][0]
            assert word == hostile.replace("$", "$$")
        else:
            template = data["spec"]["leaderWorkerTemplate"]["leaderTemplate"]
            word = template["spec"]["containers"][0]["args"][0]
            assert word == hostile.replace("$(", "$$(")
    else:
        subprocess.run(["bash", "-n"], input=text, text=True, check=True)
        assert shlex.quote(hostile) in text


SCALARS = st.one_of(st.text(), st.integers(-(10**9), 10**9), st.booleans())
KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,8}", fullmatch=True)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4),
        st.dictionaries(KEYS, inner, min_size=1, max_size=4),
    ),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1))
@settings(max_examples=40, deadline=None)
def test_yaml_is_read_back_as_it_was(value: dict[str, Any]) -> None:
    assert yaml.safe_load(yaml_text(value)) == value


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "ray"), "2 nodes or more"),
        (("--format", "compose", "--nodes", "2"), "one node"),
        (("--format", "shell", "--nodes", "2"), "one node"),
        (("--format", "slurm", "--server", "llama.cpp"), "made for vLLM"),
    ],
)
def test_a_format_that_does_not_suit_is_refused(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    assert_one_line(run("plan", "--gpu", "h100", "--count", "8", *arguments), 2, said)
