"""``scout-review plan``: what hardware serves a repository, and how."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from scout_codebase.commands.answering import style_options
from scout_codebase.commands.planned import (
    architecture_named,
    cluster_named,
    demand_named,
    hardware_options,
    model_options,
    nodes_option,
    work_options,
)
from scout_codebase.options import (
    Command,
    command_line,
    examples,
    format_option,
    prompts_option,
    quiet_option,
    selection_options,
)

if TYPE_CHECKING:
    from scout_codebase.planning import Plan


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
@hardware_options
@nodes_option
@model_options
@work_options
@format_option("text", "json", "shell", "compose", "slurm", "ray", "kubernetes")
@selection_options
@style_options
@prompts_option
@quiet_option
def plan(repository: str | None, output_format: str, **options: Any) -> int:
    """Say whether REPO fits a model on this hardware, with which weights, how large a window is
    left, how long reports take, and the command that serves it. Without REPO and --tokens, the
    largest window. Exits with 3 where nothing fits."""
    from scout_codebase.planning import make_plan
    from scout_codebase.progress import printable
    from scout_codebase.render.plan_text import plan_data, plan_text

    architecture = architecture_named(options)
    demand, subject = demand_named(repository, options)
    cluster = cluster_named(options, architecture, demand)
    made = make_plan(architecture, cluster, demand)
    if output_format == "text":
        for line in plan_text(made, subject).splitlines():
            click.echo(printable(line))
    elif output_format == "json":
        click.echo(json.dumps(plan_data(made), indent=2))
    else:
        click.echo(_deployment(made, output_format), nl=False)
    return 0 if made.best else 3


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
