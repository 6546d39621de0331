"""Files that start a planned server in one surrounding or another, one row a format. All of them
are written from the same ServeCommand records that ``plan`` prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from scout_codebase.errors import UsageError
from scout_codebase.planning.serving import (
    ServeCommand,
    Server,
    Serving,
    Variable,
    Words,
    serve_commands,
)
from scout_codebase.planning.shell import shell_command, shell_lines
from scout_codebase.planning.yaml_text import yaml_text

_NAME = "scout-server"
_SECRET = "scout-server-key"  # noqa: S105 - the name of a Kubernetes secret, not its value
_ANYWHERE = "0.0.0.0"  # noqa: S104 - inside a container; what reaches it is set outside
_IMAGES = {
    "nvidia": "vllm/vllm-openai:v0.32.0",
    "amd": "vllm/vllm-openai-rocm:v0.32.0",
}
_SAME_KEY = "set it, the same as SCOUT_REVIEW_API_KEY where reviews run"
_CACHE = "/root/.cache/huggingface"


@dataclass(frozen=True, slots=True)
class Deployment:
    """``count`` GPUs in each node; ``made_by`` is the command that writes the file."""

    server: Server
    serving: Serving
    count: int
    made_by: str

    def commands(self, **changes: Any) -> tuple[ServeCommand, ...]:
        return serve_commands(self.server, replace(self.serving, **changes))


@dataclass(frozen=True, slots=True)
class Format:
    """``nodes`` are the least and the most machines that it is for; 0 is any number."""

    name: str
    file: str
    render: Callable[[Deployment], str]
    least: int = 1
    most: int = 0
    vllm_only: bool = True


def render_deployment(name: str, deployment: Deployment) -> str:
    """The text of the file. Raises UsageError where the format is not for that server or number of
    nodes."""
    row = next(row for row in FORMATS if row.name == name)
    nodes = deployment.serving.nodes
    if row.vllm_only and deployment.server.name != "vllm":
        raise UsageError(
            f"--format {name} is made for vLLM, and this plan is for {deployment.server.name}",
            remedy="Use --format shell, or --server vllm.",
        )
    if nodes < row.least or (row.most and nodes > row.most):
        wanted = "one node" if row.most == 1 else f"{row.least} nodes or more"
        raise UsageError(f"--format {name} is made for {wanted}", remedy="Change --nodes.")
    return row.render(deployment)


def _head(deployment: Deployment, *lines: str) -> list[str]:
    made_by = "".join(letter if letter.isprintable() else "?" for letter in deployment.made_by)
    return [f"# Made by: {made_by}", *(f"# {line}" for line in lines)]


def _yaml_words(words: Words, marker: str) -> list[str]:
    """Words in which nothing is taken for a variable by accident: ``marker`` is how one begins, and
    is written with one more dollar sign to stand for itself."""
    return [
        str(word) if isinstance(word, Variable) else word.replace(marker, f"${marker}")
        for word in words
    ]


def _shell(deployment: Deployment) -> str:
    """For one machine. What runs beside the server waits until it answers."""
    (command,) = deployment.commands()
    lines = ["#!/bin/sh", *_head(deployment), "set -eu", ""]
    if command.secret:
        lines.append(f': "${{{command.secret}:?{_SAME_KEY}}}"')
    lines += shell_lines(command.before)
    for line in shell_lines(command.after):
        lines.append(f"(until {line}; do sleep 2; done) &")
    return "\n".join([*lines, shell_command(command)]) + "\n"


def _ray(deployment: Deployment) -> str:
    head, worker = deployment.commands(launcher="ray", head=Variable("$1"))
    lines = [
        "#!/usr/bin/env bash",
        *_head(
            deployment,
            f"On the first of {deployment.serving.nodes} machines:  ray-cluster.sh head",
            "On each of the others:        ray-cluster.sh worker ADDRESS_OF_THE_FIRST",
            "Ray's own ports have no password: keep them to a private network.",
        ),
        "set -euo pipefail",
        "",
        'role="${1:?head or worker}"',
        "shift",
        'case "$role" in',
        "head)",
        f'  : "${{VLLM_API_KEY:?{_SAME_KEY}}}"',
        *(f"  {line}" for line in shell_lines(head.before)),
        '  trap "ray stop" EXIT',
        shell_command(head, "  "),
        "  ;;",
        "worker)",
        '  : "${1:?address of the first machine}"',
        shell_command(worker, "  "),
        "  ;;",
        "*)",
        '  echo "head or worker" >&2',
        "  exit 2",
        "  ;;",
        "esac",
    ]
    return "\n".join(lines) + "\n"


def _slurm(deployment: Deployment) -> str:
    nodes = deployment.serving.nodes
    # sed reads to the end: a reader that leaves early ends the script, by pipefail.
    first = 'head="$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed -n 1p)"'
    commands = deployment.commands(
        head=Variable("$head"), rank=Variable("$SLURM_NODEID"), launcher="nnodes"
    )
    lines = [
        "#!/usr/bin/env bash",
        f"#SBATCH --job-name={_NAME}",
        f"#SBATCH --nodes={nodes}",
        "#SBATCH --ntasks-per-node=1",
        f"#SBATCH --gpus-per-node={deployment.count}",
        "#SBATCH --exclusive",
        "#SBATCH --time=24:00:00",
        *_head(
            deployment,
            "Submit with VLLM_API_KEY set. The server listens on loopback of the first node:",
            "run the review there, or through ssh -L 8000:127.0.0.1:8000 FIRST_NODE.",
        ),
        "set -euo pipefail",
        "",
        f': "${{VLLM_API_KEY:?{_SAME_KEY}}}"',
        "",
        first,
        "export head",
        "",
        "serve() {",
    ]
    if nodes == 1:
        lines += [shell_command(commands[0], "  ")]
    else:
        lines += ['  if [ "$SLURM_NODEID" -eq 0 ]; then', shell_command(commands[0], "    ")]
        lines += ["  else", shell_command(commands[1], "    "), "  fi"]
    lines += ["}", "export -f serve", "srun --kill-on-bad-exit=1 bash -c serve"]
    return "\n".join(lines) + "\n"


def _compose(deployment: Deployment) -> str:
    command = deployment.commands(host=_ANYWHERE)[0]
    vendor = deployment.serving.gpu.vendor
    service: dict[str, Any] = {
        "image": _IMAGES[vendor],
        "entrypoint": list(command.arguments[:2]),
        "command": _yaml_words(command.arguments[2:], "$"),
        "environment": {
            **dict(command.environment),
            command.secret: f"${{{command.secret}:?set it}}",
            "HF_TOKEN": "${HF_TOKEN:-}",
        },
        "ports": ["127.0.0.1:8000:8000"],
        "ipc": "host",
        "volumes": [f"huggingface:{_CACHE}"],
        "healthcheck": {
            "test": ["CMD", "curl", "-f", "http://127.0.0.1:8000/health"],
            "interval": "30s",
            "start_period": "30m",
        },
    }
    if vendor == "nvidia":
        device = {"driver": "nvidia", "count": deployment.count, "capabilities": ["gpu"]}
        service["deploy"] = {"resources": {"reservations": {"devices": [device]}}}
    else:
        service["devices"] = ["/dev/kfd", "/dev/dri"]
        service["group_add"] = ["video"]
    body = {"services": {_NAME: service}, "volumes": {"huggingface": {"driver": "local"}}}
    note = "The server listens on every address inside its container, and on loopback outside."
    return "\n".join([*_head(deployment, note), yaml_text(body)])


def _kubernetes(deployment: Deployment) -> str:
    """A LeaderWorkerSet, one pod a node. Its variables are set by its controller in every pod."""
    commands = deployment.commands(
        host=_ANYWHERE,
        head=Variable("$(LWS_LEADER_ADDRESS)"),
        rank=Variable("$(LWS_WORKER_INDEX)"),
        launcher="nnodes",
    )
    template: dict[str, Any] = {
        "size": deployment.serving.nodes,
        "restartPolicy": "RecreateGroupOnPodRestart",
        "leaderTemplate": _pod(deployment, commands[0], is_leader=True),
    }
    worker = commands[1] if len(commands) > 1 else commands[0]
    template["workerTemplate"] = _pod(deployment, worker, is_leader=False)
    body = {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": {"name": _NAME},
        "spec": {"replicas": 1, "leaderWorkerTemplate": template},
    }
    note = (
        "Needs the LeaderWorkerSet controller and the key as a secret:",
        f'  kubectl create secret generic {_SECRET} --from-literal=key="$VLLM_API_KEY"',
        f"Then: kubectl port-forward {_NAME}-0 8000:8000",
    )
    return "\n".join([*_head(deployment, *note), yaml_text(body)])


def _pod(deployment: Deployment, command: ServeCommand, *, is_leader: bool) -> dict[str, Any]:
    resource = f"{deployment.serving.gpu.vendor}.com/gpu"
    environment: list[dict[str, Any]] = [
        {"name": name, "value": value} for name, value in command.environment
    ]
    if command.secret:
        reference = {"secretKeyRef": {"name": _SECRET, "key": "key"}}
        environment.append({"name": command.secret, "valueFrom": reference})
    container: dict[str, Any] = {
        "name": "vllm",
        "image": _IMAGES[deployment.serving.gpu.vendor],
        "command": list(command.arguments[:2]),
        "args": _yaml_words(command.arguments[2:], "$("),
        "env": environment,
        "resources": {"limits": {resource: str(deployment.count)}},
        "volumeMounts": [{"name": "shm", "mountPath": "/dev/shm"}],  # noqa: S108 - in the pod
    }
    if is_leader:
        container["ports"] = [{"containerPort": 8000}]
        probe = {"httpGet": {"path": "/health", "port": 8000}, "periodSeconds": 15}
        container["readinessProbe"] = probe
    memory = {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "16Gi"}}
    return {"spec": {"containers": [container], "volumes": [memory]}}


FORMATS: tuple[Format, ...] = (
    Format("shell", "serve.sh", _shell, most=1, vllm_only=False),
    Format("compose", "compose.yaml", _compose, most=1),
    Format("slurm", "slurm.sh", _slurm),
    Format("ray", "ray-cluster.sh", _ray, least=2),
    Format("kubernetes", "kubernetes.yaml", _kubernetes),
)
