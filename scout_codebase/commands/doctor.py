"""``scout-review doctor``: what a review finds on this machine."""

from __future__ import annotations

from typing import Any

import click

from scout_codebase.commands.common import engine_of
from scout_codebase.options import Command, engine_options, quiet_option


@click.command(cls=Command, short_help="Say what a review finds on this machine.")
@engine_options
@quiet_option
def doctor(**options: Any) -> None:
    """Say what was found on this machine: servers, the embedded engine, git, versions."""
    from scout_codebase.doctor import diagnose
    from scout_codebase.progress import printable

    for line in diagnose(engine_of(options)):
        click.echo(printable(line))
