"""``scout-review serve``: a server with the planned flags, for as long as this command runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scout_codebase.commands.answering import style_options
from scout_codebase.commands.launching import launch_named, launched
from scout_codebase.commands.planned import (
    architecture_named,
    demand_named,
    hardware_options,
    model_options,
    tokens_option,
)
from scout_codebase.options import (
    FILE,
    PassingOn,
    api_key_option,
    examples,
    prompts_option,
    quiet_option,
    selection_options,
    under,
    vllm_python_option,
)

_server_options = under(
    "Server",
    click.option("--port", type=click.IntRange(1, 65_535), metavar="N",
                 help="Where it listens on 127.0.0.1 (default: 8000, llama.cpp 8080)."),
    click.option("--ready-within", type=click.IntRange(min=1), default=3_600, show_default=True,
                 metavar="SECONDS", help="How long it may take to start, downloads included."),
    click.option("--ready-file", type=FILE, metavar="FILE",
                 help="Write address and key there for a shell once it is ready; the file "
                 "goes with the server."),
    api_key_option,
    vllm_python_option,
)  # fmt: skip


@click.command(
    cls=PassingOn,
    short_help="Start a server with the planned flags.",
    epilog=examples(
        "serve ./repo",
        "serve --tokens 400000 --quantization fp8 -- --kv-offloading-size 64",
        "serve ./repo --ready-file ready.env --vllm-python /opt/vllm/bin/python",
    ),
)
@click.argument("repository", metavar="[REPO]", required=False)
@_server_options
@hardware_options
@model_options
@tokens_option
@selection_options
@style_options
@prompts_option
@quiet_option
@click.pass_context
def serve(context: click.Context, /, repository: str | None, **options: Any) -> None:
    """Start your own vLLM or llama.cpp with the flags that plan finds for REPO, wait until it is
    ready, and end it with this command. It listens on this machine alone and asks for a key, which
    is made anew unless SCOUT_REVIEW_API_KEY names one. Flags behind -- go to the server."""
    from scout_codebase.progress import Reporter

    ready_file: Path | None = options["ready_file"]
    reporter = Reporter(quiet=options["quiet"])
    architecture = architecture_named(options)
    demand, _ = demand_named(repository, options)
    launch = launch_named(options, PassingOn.passed_on(context), architecture, demand, reporter)
    with launched(launch, reporter) as running:
        if ready_file is None:
            reporter.say("In another shell, before scout-review REPO:")
            click.echo(running.settings_lines, nl=False)
        else:
            reporter.say(f"In another shell, before scout-review REPO: . {ready_file}")
        reporter.say("Ctrl-C ends it.")
        running.wait()
