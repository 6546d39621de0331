"""``scout-review tokens``: where the tokens go."""

from __future__ import annotations

import json
import shutil
import sys
from typing import Any

import click

from scout_codebase.commands.answering import style_options
from scout_codebase.commands.common import packed_of, reserved_of
from scout_codebase.commands.since import since_options
from scout_codebase.options import (
    Command,
    examples,
    format_option,
    option,
    prompts_option,
    quiet_option,
    repository_argument,
    selection_options,
)


@click.command(
    cls=Command,
    short_help="Count the Llama 4 tokens by folder and file.",
    epilog=examples(
        "tokens ./repo",
        "tokens ./repo --max-depth 1 --top 5",
        "tokens ./repo --format json | jq '.files[:3]'",
    ),
)
@repository_argument
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="How many folders and how many files to list; JSON holds all.",
)
@click.option(
    "--max-depth",
    type=click.IntRange(min=0),
    metavar="N",
    help="How deep the listed folders lie at most (default: any); JSON holds all.",
)
@format_option("text", "json")
@option(
    "--context-window",
    type=click.IntRange(min=1),
    default=10_485_760,
    show_default=True,
    metavar="TOKENS",
    help="The window to compare with.",
)
@selection_options
@since_options
@style_options
@prompts_option
@quiet_option
def tokens(
    repository: str,
    top: int,
    max_depth: int | None,
    output_format: str,
    context_window: int,
    **options: Any,
) -> None:
    """Count the Llama 4 tokens of REPO exactly, by folder and file, and say what a review leaves of
    the window."""
    from scout_codebase.render.token_table import Layout, token_data, token_text

    packed, _ = packed_of(repository, options, detailed=True)
    data = token_data(packed.pack, context_window, reserved_of(packed, options))
    if output_format == "json":
        click.echo(json.dumps(data, indent=2))
        return
    layout = Layout(top=top, max_depth=max_depth, width=_width(), blocks=_prints_blocks())
    click.echo(token_text(data, layout))


def _width() -> int | None:
    """The columns of the terminal that reads standard output; None where no terminal does."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _prints_blocks() -> bool:
    try:
        "█▌├└│…".encode(sys.stdout.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
