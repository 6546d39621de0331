"""Arguments to settings, errors to exit codes; nothing else.

What takes time to import is imported where it is used, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from scout_codebase import __version__
from scout_codebase.errors import INTERNAL_ERROR_EXIT_CODE, INTERRUPTED_EXIT_CODE, ScoutError
from scout_codebase.options import (
    FILE_OR_STDOUT,
    PATH,
    command_line,
    engine_options,
    option,
    prompts_option,
    quiet_option,
    repository_argument,
    selection_options,
)

_SEVERITIES = ("critical", "high", "medium", "low")


class ReviewFirst(click.Group):
    """A group in which ``scout-review ./repo`` means ``scout-review review ./repo``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next((number for number, arg in enumerate(args) if not arg.startswith("-")), None)
        own_flags = {"--help", "-h", "--version"}
        if not own_flags.intersection(args[:first]) and (
            first is not None and (args[first] not in self.commands)
        ):
            args = ["review", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # which click would leave with 1 on
            raise ReaderGoneError from error


class ReaderGoneError(Exception):
    """Nobody reads standard output any more, as behind ``| head``."""


def main(argv: Sequence[str] | None = None) -> None:
    """Runs the command line and exits: 0 done, 1 findings at or above ``--fail-on``, 2 usage, 3 the
    prompt does not fit or was truncated, 4 the server or its answers, 130 interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = cli.main(arguments, prog_name="scout-review", standalone_mode=False)
    except click.exceptions.Abort:
        code = _fail("interrupted; nothing half-written was left", INTERRUPTED_EXIT_CODE)
    except KeyboardInterrupt:
        code = _fail("interrupted; nothing half-written was left", INTERRUPTED_EXIT_CODE)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        code = 2
    except click.ClickException as error:
        code = _fail(_one_line(error), 2)
    except ScoutError as error:
        code = _fail(str(error), error.exit_code)
    except ReaderGoneError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:  # noqa: BLE001 - the one broad catch: a fault of ours is no finding
        code = _fail(_internal_error(error), INTERNAL_ERROR_EXIT_CODE)
    sys.exit(code or 0)


def _fail(message: str, code: int) -> int:
    click.echo(f"scout-review: {message}", err=True)
    return code


def _internal_error(error: Exception) -> str:
    """Keeps the traceback for a bug report and says where it is."""
    from scout_codebase.settings import cache_folder

    log = cache_folder() / "logs" / "crash.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        where = f"the traceback is in {log}"
    except OSError:
        where = "the traceback could not be written"
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return f"internal error, please report it: {text[:300]}; {where}"


def _one_line(error: click.ClickException) -> str:
    usage = isinstance(error, click.UsageError) and error.ctx is not None
    hint = f" See: {error.ctx.command_path} --help" if usage and error.ctx else ""  # type: ignore[attr-defined]
    return " ".join(error.format_message().split()) + hint


@click.group(
    cls=ReviewFirst,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="scout-review")
@click.pass_context
def cli(context: click.Context) -> None:
    """Whole-codebase architecture, security and documentation reports from a locally served model,
    every claim checked against the source. `scout-review ./repo` reviews a repository."""
    from scout_codebase.settings import user_defaults, user_file

    defaults = user_defaults(user_file())
    context.default_map = dict.fromkeys(cli.commands, defaults)


@cli.command()
@repository_argument
@option(
    "--report",
    multiple=True,
    metavar="NAME",
    help="architecture, security-review or documentation; repeatable (default: all three).",
)
@option(
    "--out",
    type=PATH,
    default=Path("scout-report"),
    show_default=True,
    metavar="DIR",
    help="Where the reports go.",
)
@option(
    "--fail-on",
    type=click.Choice(_SEVERITIES),
    help="Exit with 1 if there is a finding of this severity or graver.",
)
@option(
    "--allow-partial",
    is_flag=True,
    help="Accept reports in which sections failed; they are marked in the report.",
)
@option(
    "--depth",
    type=click.Choice(["auto", "brief", "full"]),
    default="auto",
    show_default=True,
    help="How many definitions the documentation explains. auto: brief on the embedded engine.",
)
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@selection_options
@engine_options
@prompts_option
@quiet_option
def review(repository: str, **options: Any) -> int:
    """Write the reports for REPO: a repository, a folder in one, or the address of one (https://,
    ssh://, git://, user@host:path), which is cloned into your cache folder."""
    from scout_codebase import pipeline
    from scout_codebase.progress import Reporter
    from scout_codebase.records import Severity
    from scout_codebase.settings import REPORTS, ReviewSettings

    settings = ReviewSettings(
        selection=_selection(repository, options),
        engine=_engine(options),
        reports=tuple(dict.fromkeys(options["report"])) or REPORTS,
        out=options["out"],
        prompts=options["prompts"],
        fail_on=Severity(options["fail_on"]) if options["fail_on"] else None,
        allow_partial=options["allow_partial"],
        depth=options["depth"],
        command=command_line(),
    )
    reporter = Reporter(quiet=options["quiet"])
    if options["dry_run"]:
        click.echo(pipeline.dry_run(settings, reporter))
        return 0
    result = pipeline.review(settings, reporter)
    return 1 if pipeline.fails(result, settings) else 0


@cli.command()
@repository_argument
@click.option(
    "-o",
    "--output",
    type=FILE_OR_STDOUT,
    default=Path("-"),
    metavar="FILE",
    help="Where the prompt goes; - is standard output.",
)
@click.option(
    "--manifest",
    type=FILE_OR_STDOUT,
    metavar="FILE",
    help="Write what was packed and what was omitted, as JSON.",
)
@selection_options
@prompts_option
@quiet_option
def pack(repository: str, output: Path, manifest: Path | None, **options: Any) -> None:
    """Write the exact prompt that a review of REPO sends, less its question."""
    from scout_codebase.pack import manifest as manifest_of
    from scout_codebase.pipeline import describe_pack

    outputs = tuple(path for path in (output, manifest) if path and str(path) != "-")
    packed, reporter = _packed(repository, options, outputs)
    if manifest:
        value = manifest_of(packed.pack, packed.graph)
        _write(manifest, json.dumps(value, indent=2, ensure_ascii=True) + "\n")
    _write(output, packed.pack.text)
    reporter.say(describe_pack(packed))


@cli.command()
@repository_argument
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="How many files and folders to list.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@option(
    "--context-window",
    type=click.IntRange(min=1),
    default=10_485_760,
    show_default=True,
    metavar="TOKENS",
    help="The window to compare with.",
)
@selection_options
@prompts_option
@quiet_option
def tokens(
    repository: str, top: int, output_format: str, context_window: int, **options: Any
) -> None:
    """Count the Llama 4 tokens of REPO exactly, by file and folder."""
    from scout_codebase.render.token_table import token_data, token_text

    packed, _ = _packed(repository, options)
    data = token_data(packed.pack, context_window, top)
    text = json.dumps(data, indent=2) if output_format == "json" else token_text(data)
    click.echo(text)


@cli.command()
@repository_argument
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["json", "dot", "mermaid"]),
    default="json",
    show_default=True,
)
@click.option(
    "--level", type=click.Choice(["file", "component"]), default="file", show_default=True
)
@selection_options
@quiet_option
def graph(repository: str, output_format: str, level: Any, **options: Any) -> None:
    """Print which file of REPO imports which."""
    from scout_codebase.pipeline import graph_repository
    from scout_codebase.progress import Reporter
    from scout_codebase.render.graph_formats import graph_json, to_dot, to_mermaid

    reporter = Reporter(quiet=options["quiet"])
    snapshot, found = graph_repository(_selection(repository, options), reporter)
    if output_format == "json":
        click.echo(json.dumps(graph_json(found, snapshot), indent=2))
        return
    render = to_dot if output_format == "dot" else to_mermaid
    click.echo(render(found, snapshot, level=level).rstrip("\n"))


@cli.group()
def prompts() -> None:
    """The templates that reports are made with."""


@prompts.command("list")
@prompts_option
def list_prompts(prompts: Path | None) -> None:
    """List every report and template file."""
    from scout_codebase.reports.definition import load_definition
    from scout_codebase.templates import TemplateLibrary

    library = TemplateLibrary(prompts)
    for name in library.report_names():
        click.echo(f"{name}: {load_definition(library, name).summary}")
    for file in library.files():
        click.echo(f"  {file}")


@prompts.command("show")
@click.argument("file")
@prompts_option
def show_prompt(file: str, prompts: Path | None) -> None:
    """Print one template file."""
    from scout_codebase.templates import TemplateLibrary

    click.echo(TemplateLibrary(prompts).text(file), nl=False)


@prompts.command("export")
@click.argument("folder", type=PATH)
def export_prompts(folder: Path) -> None:
    """Copy the shipped templates to FOLDER, to be changed and used with --prompts."""
    from scout_codebase.templates import TemplateLibrary, export

    count = export(TemplateLibrary(), folder)
    click.echo(f"{count} files written to {folder}", err=True)


@cli.command()
@engine_options
@quiet_option
def doctor(**options: Any) -> None:
    """Say what was found on this machine: servers, the embedded engine, git, versions."""
    from scout_codebase.doctor import diagnose

    for line in diagnose(_engine(options)):
        click.echo(line)


def _selection(repository: str, options: dict[str, Any]) -> Any:
    from scout_codebase.settings import SelectionSettings

    return SelectionSettings(
        repository=repository,
        rev=options["rev"],
        include=tuple(options["include"]),
        exclude=tuple(options["exclude"]),
        max_file_bytes=options["max_file_bytes"],
        submodules=options["submodules"],
    )


def _engine(options: dict[str, Any]) -> Any:
    from scout_codebase.settings import EngineSettings

    names = ("engine", "base_url", "model", "api_key", "context_window", "allow_remote", "weights")
    return EngineSettings(**{name: options[name] for name in names})


def _packed(repository: str, options: dict[str, Any], outputs: tuple[Path, ...] = ()) -> Any:
    from scout_codebase.pipeline import pack_repository
    from scout_codebase.progress import Reporter
    from scout_codebase.templates import TemplateLibrary

    reporter = Reporter(quiet=options["quiet"])
    library = TemplateLibrary(options["prompts"])
    selection = replace(_selection(repository, options), outputs=outputs)
    return pack_repository(selection, library, reporter), reporter


def _write(target: Path, text: str) -> None:
    from scout_codebase.render.files import write_atomically

    if str(target) == "-":
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    else:
        write_atomically(target, text)
