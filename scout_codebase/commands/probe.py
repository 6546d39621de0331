"""``scout-review probe``: what the model finds in this prompt, by depth."""

from __future__ import annotations

from typing import Any

import click

from scout_codebase.commands.common import engine_of, selection_of, show_plan
from scout_codebase.commands.since import since_options
from scout_codebase.options import (
    Command,
    allow_partial_option,
    command_line,
    engine_options,
    examples,
    out_option,
    probe_questions_option,
    prompts_option,
    quiet_option,
    repository_argument,
    selection_options,
    under,
)


@click.command(
    cls=Command,
    short_help="Measure what the model finds in the prompt.",
    epilog=examples(
        "probe ./repo",
        "probe ./repo --probe-questions 80 --base-url http://127.0.0.1:8000/v1",
        "probe ./repo --dry-run",
    ),
)
@repository_argument
@under("Probe", probe_questions_option, out_option, allow_partial_option)
@selection_options
@since_options
@engine_options
@prompts_option
@click.option("--dry-run", is_flag=True, help="Print what would be asked, and send nothing.")
@quiet_option
def probe(repository: str, **options: Any) -> None:
    """Ask questions of REPO whose answers the tool knows, at evenly spaced depths of the very
    prompt that a review sends, and write the recall by depth: probe.html, probe.md,
    probe.json, probe.svg.

    The questions: the line below a line, the parameters of a function, the file that defines a
    symbol, which of two files imports the other. Answers that cannot be used count as wrong."""
    from scout_codebase import reviewing
    from scout_codebase.progress import Reporter
    from scout_codebase.settings import ReviewSettings

    settings = ReviewSettings(
        selection=selection_of(repository, options),
        engine=engine_of(options),
        reports=(),
        out=options["out"],
        prompts=options["prompts"],
        allow_partial=options["allow_partial"],
        probe=options["probe_questions"],
        command=command_line(),
    )
    reporter = Reporter(quiet=options["quiet"])
    if options["dry_run"]:
        show_plan(settings, reporter)
        return
    reviewing.review(settings, reporter)
