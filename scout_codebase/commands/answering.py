"""The options that say how the model is to answer."""

from __future__ import annotations

import click

from scout_codebase.options import option, under

style_options = under(
    "Answers",
    option(
        "--language",
        default="",
        metavar="LANGUAGE",
        unset="English",
        help="What the model writes in, such as de or German; headings and tables stay English.",
    ),
    option(
        "--audience",
        default="",
        metavar="WHO",
        unset="engineers",
        help='Who is to read it, such as "new colleagues" or "an auditor".',
    ),
    option(
        "--length",
        type=click.Choice(["short", "medium", "long"]),
        default="medium",
        show_default=True,
        help="How much the model is to write, within the limits of each question.",
    ),
)
ask_options = under(
    "Answers",
    option(
        "--answer-tokens",
        type=click.IntRange(min=64),
        default=1_024,
        show_default=True,
        metavar="N",
        help="How long an answer may be.",
    ),
    option(
        "--history/--no-history",
        default=True,
        unset="on",
        help="Keep what is typed in a session, in a file that only you can read.",
    ),
)
