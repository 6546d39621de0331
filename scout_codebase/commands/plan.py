"""``scout-review plan``: what hardware serves a repository, and how."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scout_codebase.commands.common import packed_of, reserved_of
from scout_codebase.options import (
    PATH,
    Command,
    command_line,
    examples,
    format_option,
    prompts_option,
    quiet_option,
    selection_options,
    under,
)

if TYPE_CHECKING:
    from scout_codebase.planning import Architecture, Cluster, Demand, Plan

_BESIDES = 16_384
"""Tokens for question, reply and chat template where no repository says how many they are."""
_ANY = click.IntRange(min=1)

_hardware_options = under(
    "Hardware",
    click.option(
        "--gpu",
        metavar="NAME",
        help="As h100, rtx4090, mi300x, m3-ultra (default: what nvidia-smi shows).",
    ),
    click.option("--count", type=_ANY, metavar="N",
                 help="GPUs in each node (default: 1, or all that nvidia-smi shows)."),
    click.option("--nodes", type=_ANY, default=1, show_default=True, metavar="N",
                 help="Machines that serve one model together."),
    click.option("--memory", type=click.FloatRange(min=1), metavar="GB",
                 help="Unified memory as it is sold, for Apple's."),
    click.option("--usable-memory", type=click.FloatRange(min=1), metavar="GIB",
                 help="What a server may address of each GPU, in place of the table's figure."),
)  # fmt: skip
_model_options = under(
    "Model",
    click.option("--config", "config_file", type=PATH, metavar="FILE",
                 help="Plan for the model of this config.json (default: Llama 4 Scout)."),
    click.option("--model", metavar="NAME", help="What that model is called in commands."),
    click.option(
        "--quantization",
        type=click.Choice(["bf16", "fp8", "int8", "w4a16", "q8_0", "q4_k_m", "q3_k_m"]),
        help="Plan for these weights only.",
    ),
    click.option("--kv-cache", type=click.Choice(["bf16", "fp8", "f16", "q8_0"]),
                 help="Plan for keys and values of this type only."),
    click.option("--server", type=click.Choice(["vllm", "llama.cpp", "ollama"]),
                 help="Plan for this server only."),
    click.option("--hybrid/--no-hybrid", default=True, show_default="on",
                 help="Let vLLM drop what local layers no longer see."),
)  # fmt: skip
_work_options = under(
    "Work",
    click.option("--tokens", type=_ANY, metavar="N", help="Tokens to plan for, in place of REPO."),
    click.option("--reports", type=_ANY, default=3, show_default=True, metavar="N",
                 help="How many reports to give the time for."),
    click.option("--questions", type=_ANY, default=10, show_default=True, metavar="N",
                 help="Questions of each report."),
)  # fmt: skip


@click.command(
    cls=Command,
    short_help="Say which hardware serves REPO, and the command.",
    epilog=examples(
        "plan ./repo --gpu h100 --count 8",
        "plan --tokens 400000 --gpu rtx4090 --count 4",
        "plan --tokens 9000000 --gpu h100 --count 8 --nodes 2 --format kubernetes",
    ),
)
@click.argument("repository", metavar="[REPO]", required=False)
@_hardware_options
@_model_options
@_work_options
@format_option("text", "json", "shell", "compose", "slurm", "ray", "kubernetes")
@selection_options
@prompts_option
@quiet_option
def plan(repository: str | None, output_format: str, **options: Any) -> int:
    """Say whether REPO fits a model on this hardware, with which weights, how large a window is
    left, how long reports take, and the command that serves it. Without REPO and --tokens, the
    largest window. Exits with 3 where nothing fits."""
    from scout_codebase.planning import make_plan
    from scout_codebase.progress import printable
    from scout_codebase.render.plan_text import plan_data, plan_text

    architecture = _architecture(options)
    demand, subject = _demand(repository, options)
    cluster = _cluster(options, architecture, demand)
    made = make_plan(architecture, cluster, demand)
    if output_format == "text":
        for line in plan_text(made, subject).splitlines():
            click.echo(printable(line))
    elif output_format == "json":
        click.echo(json.dumps(plan_data(made), indent=2))
    else:
        click.echo(_deployment(made, output_format), nl=False)
    return 0 if made.best else 3


def _architecture(options: dict[str, Any]) -> Architecture:
    from scout_codebase.errors import UsageError
    from scout_codebase.planning import SCOUT, architecture_of

    file: Path | None = options["config_file"]
    if file is None:
        if options["model"]:
            raise UsageError(
                "--model names the model of a --config", remedy="Name its config.json too."
            )
        return SCOUT
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(f"{file}: {error}", remedy="Name a model's config.json.") from error
    if not isinstance(config, dict):
        raise UsageError(f"{file} is no JSON object", remedy="Name a model's config.json.")
    return architecture_of(config, options["model"] or str(config.get("_name_or_path") or file))


def _cluster(options: dict[str, Any], architecture: Architecture, demand: Demand) -> Cluster:
    from dataclasses import replace

    from scout_codebase.errors import UsageError
    from scout_codebase.planning import Cluster, gpu_named
    from scout_codebase.planning.choose import that_hold
    from scout_codebase.planning.detect import detected_cluster
    from scout_codebase.planning.hardware import names_of, with_memory

    if options["gpu"]:
        gpu = gpu_named(options["gpu"], options["memory"])
        found = Cluster(gpu, options["count"] or 1, options["nodes"])
    elif options["memory"]:
        raise UsageError("--memory is that of a --gpu", remedy="Name it too: --gpu m3-ultra.")
    else:
        try:
            here = detected_cluster()
        except UsageError as error:
            would_do = f" It would fit on {names_of(that_hold(architecture, demand))}."
            raise UsageError(error.message, remedy=error.remedy + would_do) from error
        found = Cluster(here.gpu, options["count"] or here.count, options["nodes"])
    if options["usable_memory"]:
        found = replace(found, gpu=with_memory(found.gpu, options["usable_memory"]))
    return found


def _demand(repository: str | None, options: dict[str, Any]) -> tuple[Demand, str]:
    """With what the tokens are those of."""
    from scout_codebase.errors import UsageError
    from scout_codebase.planning import Demand
    from scout_codebase.planning.duration import Workload

    tokens, besides, subject = options["tokens"] or 0, _BESIDES, "Prompt"
    if repository is not None:
        if tokens:
            raise UsageError("REPO and --tokens are both given", remedy="Name one of them.")
        packed, _ = packed_of(repository, options, detailed=True)
        tokens, subject = packed.pack.tokens, packed.snapshot.name
        besides = sum(reserved_of(packed, options["prompts"]).values())
    work = Workload(tokens, options["reports"], options["questions"])
    demand = Demand(
        work=work,
        besides=besides,
        weights=options["quantization"] or "",
        kv=options["kv_cache"] or "",
        server=options["server"] or "",
        hybrid=options["hybrid"],
    )
    return demand, subject


def _deployment(made: Plan, name: str) -> str:
    from scout_codebase.errors import PromptTooLongError
    from scout_codebase.planning.deployments import Deployment, render_deployment

    if made.best is None:
        raise PromptTooLongError(
            f"Nothing that was asked for fits {made.cluster.title}",
            remedy="Without --format, plan says what is missing.",
        )
    serving = made.serving(made.best)
    deployment = Deployment(made.best.server, serving, made.cluster.count, command_line())
    return render_deployment(name, deployment)
