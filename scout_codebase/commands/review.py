"""``scout-review review``: the reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from scout_codebase.commands.answering import style_options
from scout_codebase.commands.common import engine_of, selection_of, show_plan, style_of
from scout_codebase.commands.launching import engine_served, refuse_other_server
from scout_codebase.commands.limits import limit_options
from scout_codebase.commands.pages import page_options, wants_pages
from scout_codebase.commands.since import since_options
from scout_codebase.options import (
    FILE,
    PassingOnServe,
    command_line,
    engine_options,
    examples,
    format_option,
    prompts_option,
    quiet_option,
    report_options,
    repository_argument,
    selection_options,
    under,
)

if TYPE_CHECKING:
    from scout_codebase.settings import ReviewSettings

_result_options = under(
    "Reports",
    click.option(
        "--write-baseline",
        type=FILE,
        metavar="FILE",
        help="Write a baseline that accepts every finding of this run; may be that of --baseline.",
    ),
    format_option("text", "json", "github", "gitlab"),
)
_serve_options = under(
    "Who answers",
    click.option(
        "--serve",
        is_flag=True,
        help="Start a server as serve does, and end it with the review. Flags for it go behind --.",
    ),
)


@click.command(
    cls=PassingOnServe,
    short_help="Write the reports for REPO.",
    epilog=examples(
        "./repo --report security-review --fail-on high --baseline accepted.json",
        "./repo --base-url http://127.0.0.1:8000/v1 --rev v2.1",
        "./repo --serve -- --kv-offloading-size 64",
        "./repo --probe --probe-questions 40",
        "./repo --since v1.2.0 --report changes",
        "./repo --report documentation --refresh",
        "./repo/services/billing --exclude 'fixtures/' --dry-run",
    ),
)
@repository_argument
@report_options
@_result_options
@page_options
@style_options
@selection_options
@since_options
@engine_options
@_serve_options
@limit_options
@prompts_option
@click.option(
    "--dry-run", is_flag=True, help="Print what would be sent and what it costs; send nothing."
)
@quiet_option
@click.pass_context
def review(context: click.Context, /, repository: str, **options: Any) -> int:
    """Write the reports for REPO: a repository, a folder in one, or the address of one (https://,
    ssh://, git://, user@host:path), which is cloned into your cache folder."""
    from scout_codebase import reviewing
    from scout_codebase.progress import Reporter

    with _announced(options["output_format"]):
        _refuse_questions_of_no_probe(context, probe=options["probe"])
        _refuse_data_of_no_review(options)
        settings = _settings(repository, options)
        reporter = Reporter(quiet=options["quiet"])
        if options["dry_run"]:
            show_plan(settings, reporter)
            return 0
        engine_of_serve = None
        if options["serve"]:
            refuse_other_server(options)
            extra = PassingOnServe.passed_on(context)
            engine_of_serve = engine_served(settings.engine, options, extra, reporter)
        show = partial(click.echo, nl=False)
        result = reviewing.review(settings, reporter, engine_of_serve, show)
        return 1 if reviewing.fails(result, settings) else 0


def _settings(repository: str, options: Mapping[str, Any]) -> ReviewSettings:
    from scout_codebase.records import Severity
    from scout_codebase.settings import ReviewSettings

    own_files = (*options["baseline"], *filter(None, [options["write_baseline"]]))
    return ReviewSettings(
        selection=replace(selection_of(repository, options), outputs=own_files),
        engine=engine_of(options),
        reports=_reports(options),
        out=options["out"],
        prompts=options["prompts"],
        fail_on=Severity(options["fail_on"]) if options["fail_on"] else None,
        fail_on_existing=options["fail_on_existing"],
        output_format=options["output_format"],
        baselines=options["baseline"],
        write_baseline=options["write_baseline"],
        inline_suppressions=options["inline_suppressions"],
        allow_partial=options["allow_partial"],
        depth=options["depth"],
        probe=options["probe_questions"] if options["probe"] else 0,
        max_tokens=options["max_tokens"],
        max_minutes=options["max_minutes"],
        only=options["only"],
        refresh=options["refresh"],
        command=command_line(),
        style=style_of(options),
    )


@contextmanager
def _announced(output_format: str) -> Iterator[None]:
    """What ends the review early is told in the format that was asked for, too."""
    from scout_codebase.errors import ScoutError
    from scout_codebase.render.formats import FORMATS

    failure = FORMATS[output_format].failure
    try:
        yield
    except ScoutError as error:
        click.echo(failure(str(error)), nl=False)
        raise
    except BaseException as error:
        click.echo(failure(f"the review did not come to its end: {type(error).__name__}"), nl=False)
        raise


def _reports(options: Mapping[str, Any]) -> tuple[str, ...]:
    """That on the change stands first: the others link to it. Where single pages are wanted and no
    report is named, the one that has some."""
    from scout_codebase.errors import UsageError
    from scout_codebase.settings import CHANGES, DOCUMENTATION, default_reports

    since = options["since"]
    every = (DOCUMENTATION,) if wants_pages(options) else default_reports(since=bool(since))
    names = tuple(dict.fromkeys(options["report"])) or every
    if CHANGES in names and not since:
        raise UsageError(
            f"The report {CHANGES} says what has changed since a base, and there is none",
            remedy="Name one: --since REV, or --since auto for the last release.",
        )
    return tuple(sorted(names, key=lambda name: name != CHANGES))


def _refuse_questions_of_no_probe(context: click.Context, *, probe: bool) -> None:
    from scout_codebase.errors import UsageError

    source = context.get_parameter_source("probe_questions")
    if source is ParameterSource.COMMANDLINE and not probe:
        raise UsageError(
            "--probe-questions is given, but no probe is asked for", remedy="Add --probe."
        )


def _refuse_data_of_no_review(options: Mapping[str, Any]) -> None:
    """Whoever reads standard output as JSON would read the plan."""
    from scout_codebase.errors import UsageError

    if options["dry_run"] and options["output_format"] == "json":
        raise UsageError(
            "--dry-run sends nothing, so there is no result to print",
            remedy="Leave out --format json.",
        )
