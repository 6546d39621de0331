"""The options that bound what a run may cost."""

from __future__ import annotations

import click

from scout_codebase.options import option, under

limit_options = under(
    "Limits",
    option(
        "--max-tokens",
        type=click.IntRange(min=1),
        metavar="N",
        unset="none",
        help="Send nothing where the server would have to read and write more tokens than this, "
        "and stop where it comes to more.",
    ),
    option(
        "--max-minutes",
        type=click.FloatRange(min=0, min_open=True),
        metavar="M",
        unset="none",
        help="Stop after so long, write what is finished as incomplete, and exit with 5.",
    ),
)
