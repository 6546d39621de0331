"""What is planned for: the options of the commands that plan, and what their values name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scout_codebase.commands.common import packed_of, reserved_of
from scout_codebase.options import PATH, under

if TYPE_CHECKING:
    from scout_codebase.planning import Architecture, Cluster, Demand
    from scout_codebase.planning.duration import Workload

_BESIDES = 16_384
"""Tokens for question, reply and chat template where no repository says how many they are."""
_ANY = click.IntRange(min=1)

hardware_options = under(
    "Hardware",
    click.option(
        "--gpu",
        metavar="NAME",
        help="As h100, rtx4090, mi300x, m3-ultra (default: what nvidia-smi shows).",
    ),
    click.option("--count", type=_ANY, metavar="N",
                 help="GPUs in each node (default: 1, or all that nvidia-smi shows)."),
    click.option("--memory", type=click.FloatRange(min=1), metavar="GB",
                 help="Unified memory as it is sold, for Apple's."),
    click.option("--usable-memory", type=click.FloatRange(min=1), metavar="GIB",
                 help="What a server may address of each GPU, in place of the table's figure."),
)  # fmt: skip
nodes_option = under(
    "Hardware",
    click.option("--nodes", type=_ANY, default=1, show_default=True, metavar="N",
                 help="Machines that serve one model together."),
)  # fmt: skip
model_options = under(
    "Model",
    click.option("--config", "config_file", type=PATH, metavar="FILE",
                 help="Plan for the model of this config.json (default: Llama 4 Scout)."),
    click.option("--model", metavar="NAME",
                 help="What that model is called in commands; a folder may be named by itself."),
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
tokens_option = under(
    "Work",
    click.option("--tokens", type=_ANY, metavar="N", help="Tokens to plan for, in place of REPO."),
)
work_options = under(
    "Work",
    tokens_option,
    click.option("--reports", type=_ANY, default=3, show_default=True, metavar="N",
                 help="How many reports to give the time for."),
    click.option("--questions", type=_ANY, default=10, show_default=True, metavar="N",
                 help="Questions of each report."),
)  # fmt: skip


def architecture_named(options: Mapping[str, Any]) -> Architecture:
    from scout_codebase.errors import UsageError
    from scout_codebase.planning import SCOUT, architecture_of

    model = options["model"] or ""
    file: Path | None = options["config_file"]
    if file is None and model and Path(model, "config.json").is_file():
        file = Path(model, "config.json")
    if file is None:
        if model:
            raise UsageError(
                "--model names the model of a --config, or a folder with one",
                remedy="Name its config.json too.",
            )
        return SCOUT
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(f"{file}: {error}", remedy="Name a model's config.json.") from error
    if not isinstance(config, dict):
        raise UsageError(f"{file} is no JSON object", remedy="Name a model's config.json.")
    return architecture_of(config, model or str(config.get("_name_or_path") or file))


def cluster_named(
    options: Mapping[str, Any], architecture: Architecture, demand: Demand
) -> Cluster:
    from dataclasses import replace

    from scout_codebase.errors import UsageError
    from scout_codebase.planning import Cluster, gpu_named
    from scout_codebase.planning.choose import that_hold
    from scout_codebase.planning.detect import detected_cluster
    from scout_codebase.planning.hardware import names_of, with_memory

    if options["gpu"]:
        gpu = gpu_named(options["gpu"], options["memory"])
        found = Cluster(gpu, options["count"] or 1, options.get("nodes", 1))
    elif options["memory"]:
        raise UsageError("--memory is that of a --gpu", remedy="Name it too: --gpu m3-ultra.")
    else:
        try:
            here = detected_cluster()
        except UsageError as error:
            would_do = f" It would fit on {names_of(that_hold(architecture, demand))}."
            raise UsageError(error.message, remedy=error.remedy + would_do) from error
        found = Cluster(here.gpu, options["count"] or here.count, options.get("nodes", 1))
    if options["usable_memory"]:
        found = replace(found, gpu=with_memory(found.gpu, options["usable_memory"]))
    return found


def demand_named(repository: str | None, options: Mapping[str, Any]) -> tuple[Demand, str]:
    """With what the tokens are those of."""
    from scout_codebase.errors import UsageError
    from scout_codebase.planning.duration import Workload

    tokens, besides, subject = options["tokens"] or 0, _BESIDES, "Prompt"
    if repository is not None:
        if tokens:
            raise UsageError("REPO and --tokens are both given", remedy="Name one of them.")
        packed, _ = packed_of(repository, options, detailed=True)
        tokens, subject = packed.pack.tokens, packed.snapshot.name
        besides = sum(reserved_of(packed, options).values())
    counts = {name: options[name] for name in ("reports", "questions") if name in options}
    work = Workload(tokens, **counts)
    return narrowed_demand(work, besides, options), subject


def narrowed_demand(work: Workload, besides: int, options: Mapping[str, Any]) -> Demand:
    """With what the options leave to choose from."""
    from scout_codebase.planning import Demand

    return Demand(
        work=work,
        besides=besides,
        weights=options.get("quantization") or "",
        kv=options.get("kv_cache") or "",
        server=options.get("server") or "",
        hybrid=options.get("hybrid", True),
    )
