"""``scout-review graph``: who imports whom."""

from __future__ import annotations

from typing import Any

import click

from scout_codebase.commands.common import selection_of
from scout_codebase.options import (
    Command,
    examples,
    format_option,
    quiet_option,
    repository_argument,
    selection_options,
)


@click.command(
    cls=Command,
    epilog=examples(
        "graph ./repo | jq '.cycles'",
        "graph ./repo --format dot --level component | dot -Tsvg -o graph.svg",
    ),
)
@repository_argument
@format_option("json", "dot", "mermaid")
@click.option(
    "--level",
    type=click.Choice(["file", "component"]),
    default="file",
    show_default=True,
    help="What a node is, in dot and mermaid.",
)
@selection_options
@quiet_option
def graph(repository: str, output_format: str, level: Any, **options: Any) -> None:
    """Print which file of REPO imports which."""
    from scout_codebase.pipeline import graph_repository
    from scout_codebase.progress import Reporter
    from scout_codebase.render.graph_formats import graph_json, to_dot, to_mermaid
    from scout_codebase.render.row_json import row_json

    reporter = Reporter(quiet=options["quiet"])
    selection = selection_of(repository, options)
    snapshot, found = graph_repository(selection, reporter, detailed=level == "component")
    if output_format == "json":
        click.echo("".join(row_json(graph_json(found, snapshot))), nl=False)
        return
    render = to_dot if output_format == "dot" else to_mermaid
    click.echo(render(found, snapshot, level=level).rstrip("\n"))
