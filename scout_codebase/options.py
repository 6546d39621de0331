"""The options that commands share, and the command line as a report may show it."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_ENVIRONMENT_PREFIX = "SCOUT_REVIEW"
_SECRET_OPTIONS = frozenset({"--api-key"})
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.:-]*://\S+|[^\s/@:]+:[^\s/@]*@\S+")


def option(name: str, *names: str, **settings: Any) -> Callable[[Command], Command]:
    """An option that can also be set by ``SCOUT_REVIEW_<NAME>`` and in the user's file."""
    variable = f"{_ENVIRONMENT_PREFIX}_{name.removeprefix('--').replace('-', '_').upper()}"
    settings.setdefault("show_envvar", False)
    return click.option(name, *names, envvar=variable, **settings)


def _join(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


PATH = click.Path(path_type=Path)
FILE_OR_STDOUT = click.Path(path_type=Path, allow_dash=True, dir_okay=False)

repository_argument = click.argument("repository", metavar="REPO")

selection_options = _join(
    option("--rev", default="", metavar="REV", help="Read this commit, not the working tree."),
    option(
        "--include",
        multiple=True,
        metavar="PATTERN",
        help="Pack matching files even if they look generated, binary … (gitignore syntax).",
    ),
    option(
        "--exclude",
        multiple=True,
        metavar="PATTERN",
        help="Leave matching files out (gitignore syntax).",
    ),
    option(
        "--max-file-bytes",
        type=click.IntRange(min=1),
        metavar="N",
        help="Leave larger files out (default 2,000,000).",
    ),
    option(
        "--submodules",
        is_flag=True,
        help="Read the files of submodules too, where they are on this machine.",
    ),
)
engine_options = _join(
    option(
        "--engine",
        type=click.Choice(["auto", "openai", "embedded"]),
        default="auto",
        show_default=True,
        help="Who answers. auto: the server named by --base-url, else one "
        "found on this machine, else the embedded engine.",
    ),
    option("--base-url", default="", metavar="URL", help="An OpenAI-compatible server."),
    option("--model", default="", metavar="NAME", help="The model to ask for, if it has several."),
    option(
        "--api-key",
        default="",
        metavar="KEY",
        help="Key for that server; better set as SCOUT_REVIEW_API_KEY.",
    ),
    option(
        "--context-window",
        type=click.IntRange(min=1),
        metavar="TOKENS",
        help="The window of a server that does not tell it.",
    ),
    option(
        "--allow-remote",
        is_flag=True,
        help="Allow an address that is neither this machine's nor private.",
    ),
    option(
        "--weights",
        type=PATH,
        metavar="FILE",
        help="A GGUF file for the embedded engine, in place of the one it fetches.",
    ),
)
quiet_option = option("--quiet", is_flag=True, help="Print errors only.")
prompts_option = option(
    "--prompts",
    type=PATH,
    metavar="DIR",
    help="Overlay the shipped templates with those in DIR, file by file.",
)


def command_line() -> str:
    """The command as it was given, without secrets."""
    from scout_codebase.walk.repository import without_credentials

    words: list[str] = []
    hide_next = False
    for word in sys.argv[1:]:
        name, has_value, _ = word.partition("=")
        if hide_next or (name in _SECRET_OPTIONS and has_value):
            words.append("***" if hide_next else f"{name}=***")
            hide_next = False
            continue
        hide_next = word in _SECRET_OPTIONS
        words.append(without_credentials(word) if _ADDRESS.fullmatch(word) else word)
    return shlex.join(["scout-review", *words]).replace("'***'", "***")
