"""``scout-review warm``: a prefix cache that is filled ahead of the review."""

from __future__ import annotations

from typing import Any

import click

from scout_codebase.commands.common import engine_of, selection_of
from scout_codebase.commands.since import since_options
from scout_codebase.options import (
    Command,
    engine_options,
    examples,
    prompts_option,
    quiet_option,
    repository_argument,
    selection_options,
)


@click.command(
    cls=Command,
    short_help="Have the server read the prompt ahead of a review.",
    epilog=examples(
        "warm ./repo --rev v1.2.0",
        "warm ./repo --rev v1.2.0 --base-url http://127.0.0.1:8000/v1",
    ),
)
@repository_argument
@selection_options
@since_options
@engine_options
@prompts_option
@quiet_option
def warm(repository: str, **options: Any) -> None:
    """Have the server read the prompt of REPO, so that its prefix cache holds it when a review
    comes: of the same state, or with --since of a later one."""
    from scout_codebase import warming
    from scout_codebase.progress import Reporter
    from scout_codebase.templates import TemplateLibrary

    reporter = Reporter(quiet=options["quiet"])
    library = TemplateLibrary(options["prompts"])
    selection, engine = selection_of(repository, options), engine_of(options)
    answer = warming.warm(selection, engine, library, reporter)
    reporter.say(warming.describe_warmth(answer))
