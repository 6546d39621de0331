"""``scout-review review``: the reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click
from click.core import ParameterSource

from scout_codebase.commands.common import engine_of, selection_of
from scout_codebase.commands.launching import engine_served, refuse_other_server
from scout_codebase.options import (
    FILE,
    PassingOnServe,
    command_line,
    engine_options,
    examples,
    prompts_option,
    quiet_option,
    report_options,
    repository_argument,
    selection_options,
    since_options,
    under,
)

_baseline_option = under(
    "Reports",
    click.option(
        "--write-baseline",
        type=FILE,
        metavar="FILE",
        help="Write a baseline that accepts every finding of this run; may be that of --baseline.",
    ),
)
_page_options = under(
    "Reports",
    click.option(
        "--only",
        multiple=True,
        metavar="PAGE",
        help="Write this page of the documentation and keep the others: index, "
        "components/web …; repeatable.",
    ),
    click.option(
        "--refresh",
        is_flag=True,
        help="Write the pages of the documentation that docs-check calls stale; keep the others.",
    ),
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
        "./repo --report documentation --refresh",
        "./repo/services/billing --exclude 'fixtures/' --dry-run",
    ),
)
@repository_argument
@report_options
@_baseline_option
@_page_options
@selection_options
@since_options
@engine_options
@_serve_options
@prompts_option
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@quiet_option
@click.pass_context
def review(context: click.Context, /, repository: str, **options: Any) -> int:
    """Write the reports for REPO: a repository, a folder in one, or the address of one (https://,
    ssh://, git://, user@host:path), which is cloned into your cache folder."""
    from scout_codebase import reviewing
    from scout_codebase.progress import Reporter, printable
    from scout_codebase.records import Severity
    from scout_codebase.settings import REPORTS, ReviewSettings

    _refuse_questions_of_no_probe(context, probe=options["probe"])
    own_files = tuple(filter(None, (options["baseline"], options["write_baseline"])))
    settings = ReviewSettings(
        selection=replace(selection_of(repository, options), outputs=own_files),
        engine=engine_of(options),
        reports=_reports_of(options) or REPORTS,
        out=options["out"],
        prompts=options["prompts"],
        fail_on=Severity(options["fail_on"]) if options["fail_on"] else None,
        baseline=options["baseline"],
        write_baseline=options["write_baseline"],
        inline_suppressions=options["inline_suppressions"],
        allow_partial=options["allow_partial"],
        depth=options["depth"],
        probe=options["probe_questions"] if options["probe"] else 0,
        only=options["only"],
        refresh=options["refresh"],
        command=command_line(),
    )
    reporter = Reporter(quiet=options["quiet"])
    if options["dry_run"]:
        for line in reviewing.dry_run(settings, reporter).splitlines():
            click.echo(printable(line))
        return 0
    engine_of_serve = None
    if options["serve"]:
        refuse_other_server(options)
        extra = PassingOnServe.passed_on(context)
        engine_of_serve = engine_served(settings.engine, options, extra, reporter)
    result = reviewing.review(settings, reporter, engine_of_serve)
    return 1 if reviewing.fails(result, settings) else 0


def _reports_of(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Where single pages are wanted, the report that has some; () for all."""
    named = tuple(dict.fromkeys(options["report"]))
    return named or (("documentation",) if options["only"] or options["refresh"] else ())


def _refuse_questions_of_no_probe(context: click.Context, *, probe: bool) -> None:
    from scout_codebase.errors import UsageError

    source = context.get_parameter_source("probe_questions")
    if source is ParameterSource.COMMANDLINE and not probe:
        raise UsageError(
            "--probe-questions is given, but no probe is asked for", remedy="Add --probe."
        )
