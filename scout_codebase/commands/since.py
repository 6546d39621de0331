"""The options that begin the prompt with an earlier revision."""

from __future__ import annotations

import click

from scout_codebase.options import option, under

since_options = under(
    "Reading",
    option(
        "--since",
        default="",
        metavar="REV",
        unset="none",
        help="Begin with the prompt of this revision, byte for byte, and put what has changed "
        "since behind it, all that a server with the base in its cache has to read. auto: the "
        "last release tag.",
    ),
    option(
        "--rebase-above",
        type=click.IntRange(min=1),
        default=20,
        show_default=True,
        metavar="PERCENT",
        help="Say so when the amendments are more than this share of the base.",
    ),
)
