"""The command line as a whole: which command runs, and errors to exit codes; nothing else."""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from scout_codebase.commands import COMMANDS
from scout_codebase.errors import (
    INTERNAL_ERROR_EXIT_CODE,
    INTERRUPTED_EXIT_CODE,
    ScoutError,
    UsageError,
)
from scout_codebase.options import examples

_ALLOCATIONS_BETWEEN_COLLECTIONS = 200_000
_WORKS_WITHOUT_USER_FILE = f"{__name__}.works_without_user_file"


class ReviewFirst(click.Group):
    """A group in which ``scout-review ./repo`` means ``scout-review review ./repo``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next(self._arguments(args), None)
        own_flags = {"--help", "-h", "--version"}
        if not own_flags.intersection(args[:first]) and (
            first is not None and (args[first] not in self.commands)
        ):
            self._refuse_misspelt(args[first], ctx)
            args = ["review", *args]
        ctx.meta[_WORKS_WITHOUT_USER_FILE] = not {"--help", "-h", "--path"}.isdisjoint(args)
        return super().parse_args(ctx, args)

    def _arguments(self, args: Sequence[str]) -> Iterator[int]:
        """Which of the words are neither options nor their values, as ``review`` takes them."""
        takes_value = {
            name
            for option in self.commands["review"].params
            if isinstance(option, click.Option) and not option.is_flag
            for name in option.opts
        }
        is_value = False
        for number, arg in enumerate(args):
            if not is_value and not arg.startswith("-"):
                yield number
            is_value = not is_value and arg in takes_value

    def _refuse_misspelt(self, word: str, ctx: click.Context) -> None:
        """Raises click.UsageError for what is nearly a command and no folder."""
        if not word.isalpha() or os.path.lexists(word):
            return
        from difflib import get_close_matches

        near = get_close_matches(word, self.commands, n=1)
        if near:
            raise click.UsageError(f"No such command {word!r}. Did you mean {near[0]!r}?", ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands; and where it is none, the first word is the repository."""
        commands = super().shell_complete(ctx, incomplete)
        return commands or [CompletionItem(incomplete, type="dir")]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A shell that completes calls no command, not even the group's: what the user's file sets
        is read here, if it can be."""
        if ctx.resilient_parsing:
            with contextlib.suppress(UsageError):
                ctx.default_map = _defaults_of_user_file()
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # which click would leave with 1 on
            raise ReaderGoneError from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise UsageError(f"nothing more can be written: {error.strerror}") from error
            raise


class ReaderGoneError(Exception):
    """Nobody reads standard output any more, as behind ``| head``."""


def main(argv: Sequence[str] | None = None) -> None:
    """Runs the command line and exits: 0 done, 1 findings at or above ``--fail-on``, 2 usage, 3 the
    prompt does not fit or was truncated, 4 the server or its answers, 130 interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    # Nearly all that a run makes stays to its end: by default a third of the time would go into
    # looking for garbage again and again.
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS)
    if sys.stdout is None:  # what it would have shown must not pass for nothing to show
        sys.exit(_fail("standard output is closed. Send it to a file, or to /dev/null.", 2))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a path may hold any character
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
    from scout_codebase.progress import printable

    click.echo(f"scout-review: {printable(message)}", err=True)
    return code


def _internal_error(error: Exception) -> str:
    """Keeps the traceback for a bug report and says where it is."""
    import traceback

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


def _show_versions(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from scout_codebase.versions import version_lines

        for line in version_lines():
            click.echo(line)
        context.exit()


@click.group(
    cls=ReviewFirst,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "./repo",
        "./repo --report security-review --fail-on high",
        "tokens ./repo",
        "config ./repo",
    ),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_versions,
    help="Show the versions of everything that has a say in a result.",
)
@click.pass_context
def cli(context: click.Context) -> None:
    """Whole-codebase architecture, security and documentation reports from a locally served model,
    every claim checked against the source. `scout-review ./repo` reviews a repository.

    What `scout-review config` lists can be set by an option, by a variable (SCOUT_REVIEW_BASE_URL)
    or in the user's file (base-url); an option wins over a variable, a variable over the file."""
    from scout_codebase.commands.user_file import check_variables

    if not context.meta[_WORKS_WITHOUT_USER_FILE]:
        check_variables(cli, os.environ)
        context.default_map = _defaults_of_user_file()


def _defaults_of_user_file() -> dict[str, Any]:
    """For the options of every command. Raises UsageError."""
    from scout_codebase.commands.user_file import default_map
    from scout_codebase.settings import read_user_file, user_file

    return default_map(cli, read_user_file(user_file()), user_file())


for command in COMMANDS:
    cli.add_command(command)
