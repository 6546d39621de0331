"""Arguments to settings, errors to exit codes; nothing else.

What takes time to import is imported where it is used, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from scout_codebase import __version__
from scout_codebase.errors import INTERRUPTED_EXIT_CODE, ScoutError

Command = TypeVar("Command", bound=Callable[..., Any])

_ENVIRONMENT_PREFIX = "SCOUT_REVIEW"
_SEVERITIES = ("critical", "high", "medium", "low")
_SECRET_OPTIONS = frozenset({"--api-key"})


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
    sys.exit(code or 0)


def _fail(message: str, code: int) -> int:
    click.echo(f"scout-review: {message}", err=True)
    return code


def _one_line(error: click.ClickException) -> str:
    usage = isinstance(error, click.UsageError) and error.ctx is not None
    hint = f" See: {error.ctx.command_path} --help" if usage and error.ctx else ""  # type: ignore[attr-defined]
    return " ".join(error.format_message().split()) + hint


def _option(name: str, *names: str, **settings: Any) -> Callable[[Command], Command]:
    """An option that can also be set by ``SCOUT_REVIEW_<NAME>`` and in the user's file."""
    variable = f"{_ENVIRONMENT_PREFIX}_{name.removeprefix('--').replace('-', '_').upper()}"
    settings.setdefault("show_envvar", False)
    return click.option(name, *names, envvar=variable, **settings)


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_PATH = click.Path(path_type=Path)
_FILE_OR_STDOUT = click.Path(path_type=Path, allow_dash=True, dir_okay=False)

repository_argument = click.argument("repository", metavar="REPO", type=_PATH)

selection_options = _options(
    _option("--rev", default="", metavar="REV", help="Read this commit, not the working tree."),
    _option(
        "--include",
        multiple=True,
        metavar="PATTERN",
        help="Pack matching files even if they look generated, binary … (gitignore syntax).",
    ),
    _option(
        "--exclude",
        multiple=True,
        metavar="PATTERN",
        help="Leave matching files out (gitignore syntax).",
    ),
    _option(
        "--max-file-bytes",
        type=click.IntRange(min=1),
        metavar="N",
        help="Leave larger files out (default 2,000,000).",
    ),
)
engine_options = _options(
    _option(
        "--engine",
        type=click.Choice(["auto", "openai", "embedded"]),
        default="auto",
        show_default=True,
        help="Who answers. auto: the server named by --base-url, else one "
        "found on this machine, else the embedded engine.",
    ),
    _option("--base-url", default="", metavar="URL", help="An OpenAI-compatible server."),
    _option("--model", default="", metavar="NAME", help="The model to ask for, if it has several."),
    _option(
        "--api-key",
        default="",
        metavar="KEY",
        help="Key for that server; better set as SCOUT_REVIEW_API_KEY.",
    ),
    _option(
        "--context-window",
        type=click.IntRange(min=1),
        metavar="TOKENS",
        help="The window of a server that does not tell it.",
    ),
    _option(
        "--allow-remote",
        is_flag=True,
        help="Allow an address that is neither this machine's nor private.",
    ),
    _option(
        "--weights",
        type=_PATH,
        metavar="FILE",
        help="A GGUF file for the embedded engine, in place of the one it fetches.",
    ),
)
quiet_option = _option("--quiet", is_flag=True, help="Print errors only.")
prompts_option = _option(
    "--prompts",
    type=_PATH,
    metavar="DIR",
    help="Overlay the shipped templates with those in DIR, file by file.",
)


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
@_option(
    "--report",
    multiple=True,
    metavar="NAME",
    help="architecture, security-review or documentation; repeatable (default: all three).",
)
@_option(
    "--out",
    type=_PATH,
    default=Path("scout-report"),
    show_default=True,
    metavar="DIR",
    help="Where the reports go.",
)
@_option(
    "--fail-on",
    type=click.Choice(_SEVERITIES),
    help="Exit with 1 if there is a finding of this severity or graver.",
)
@_option(
    "--allow-partial",
    is_flag=True,
    help="Accept reports in which sections failed; they are marked in the report.",
)
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@selection_options
@engine_options
@prompts_option
@quiet_option
def review(repository: Path, **options: Any) -> int:
    """Write the reports for REPO: a repository, or a folder in one."""
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
        command=_command_line(),
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
    type=_FILE_OR_STDOUT,
    default=Path("-"),
    metavar="FILE",
    help="Where the prompt goes; - is standard output.",
)
@click.option(
    "--manifest",
    type=_FILE_OR_STDOUT,
    metavar="FILE",
    help="Write what was packed and what was omitted, as JSON.",
)
@selection_options
@prompts_option
@quiet_option
def pack(repository: Path, output: Path, manifest: Path | None, **options: Any) -> None:
    """Write the exact prompt that a review of REPO sends, less its question."""
    from scout_codebase.pack import manifest as manifest_of
    from scout_codebase.pipeline import describe_pack

    packed, reporter = _packed(repository, options)
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
@_option(
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
    repository: Path, top: int, output_format: str, context_window: int, **options: Any
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
def graph(repository: Path, output_format: str, level: Any, **options: Any) -> None:
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
@click.argument("folder", type=_PATH)
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


def _selection(repository: Path, options: dict[str, Any]) -> Any:
    from scout_codebase.settings import SelectionSettings

    return SelectionSettings(
        repository=repository,
        rev=options["rev"],
        include=tuple(options["include"]),
        exclude=tuple(options["exclude"]),
        max_file_bytes=options["max_file_bytes"],
    )


def _engine(options: dict[str, Any]) -> Any:
    from scout_codebase.settings import EngineSettings

    names = ("engine", "base_url", "model", "api_key", "context_window", "allow_remote", "weights")
    return EngineSettings(**{name: options[name] for name in names})


def _packed(repository: Path, options: dict[str, Any]) -> Any:
    from scout_codebase.pipeline import pack_repository
    from scout_codebase.progress import Reporter
    from scout_codebase.templates import TemplateLibrary

    reporter = Reporter(quiet=options["quiet"])
    library = TemplateLibrary(options["prompts"])
    return pack_repository(_selection(repository, options), library, reporter), reporter


def _write(target: Path, text: str) -> None:
    from scout_codebase.render.files import write_atomically

    if str(target) == "-":
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    else:
        write_atomically(target, text)


def _command_line() -> str:
    """The command as it was given, without secrets."""
    words: list[str] = []
    hide_next = False
    for word in sys.argv[1:]:
        name, has_value, _ = word.partition("=")
        if hide_next or (name in _SECRET_OPTIONS and has_value):
            words.append("***" if hide_next else f"{name}=***")
            hide_next = False
            continue
        hide_next = word in _SECRET_OPTIONS
        words.append(word)
    return shlex.join(["scout-review", *words]).replace("'***'", "***")
