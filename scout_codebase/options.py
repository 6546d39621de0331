"""The options that commands share, how ``--help`` shows them, and the command line as a report may
show it."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from scout_codebase import completing

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

VARIABLE_PREFIX = "SCOUT_REVIEW_"
_SECRET_OPTIONS = frozenset({"--api-key", "--hf-token", "--hf_token"})
"""The last two are flags that may be passed on to a server."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.:-]*://\S+|[^\s/@:]+:[^\s/@]*@\S+")
_OTHER_OPTIONS = "Options"

PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, dir_okay=False)
FILE_OR_STDOUT = click.Path(path_type=Path, allow_dash=True, dir_okay=False)


class Setting(click.Option):
    """An option that can also be set by a variable and, by its long name, in the user's file.
    ``heading`` is where it stands in ``--help``, ``unset`` what holds where it has no value."""

    heading = _OTHER_OPTIONS

    def __init__(self, *args: Any, unset: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unset = unset

    @property
    def key(self) -> str:
        return self.opts[0].removeprefix("--")

    @property
    def variable(self) -> str:
        return str(self.envvar)

    @property
    def is_secret(self) -> bool:
        return self.opts[0] in _SECRET_OPTIONS

    def get_help_extra(self, ctx: click.Context) -> click.types.OptionHelpExtra:
        extra = super().get_help_extra(ctx)
        if self.unset:
            extra["default"] = self.unset
        return extra

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Names the variable where the wrong value came from it."""
        hint = super().get_error_hint(ctx) if ctx else self.opts[0]
        source = ctx.get_parameter_source(self.name or "") if ctx else None
        from_variable = source is click.core.ParameterSource.ENVIRONMENT
        return f"{hint} (variable {self.variable})" if from_variable else hint


class Command(click.Command):
    """A command whose ``--help`` has its options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        options = [row for row in self.get_params(ctx) if isinstance(row, click.Option)]
        for option in options:
            record = option.get_help_record(ctx)
            if record is not None:
                heading = getattr(option, "heading", _OTHER_OPTIONS)
                sections.setdefault(heading, []).append(record)
        for heading, records in sorted(
            sections.items(), key=lambda section: section[0] == _OTHER_OPTIONS
        ):
            with formatter.section(heading):
                formatter.write_dl(records)


class PassingOn(Command):
    """A command that hands what stands behind ``--`` to a server. ``only_with`` is the flag that
    has to stand before it for that, "" for none."""

    only_with = ""
    _EXTRA = f"{__name__}.extra"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        if self.only_with in ("", *args[:end]):
            ctx.meta[self._EXTRA] = tuple(args[end + 1 :])
            args = args[:end]
        return super().parse_args(ctx, args)

    @classmethod
    def passed_on(cls, ctx: click.Context) -> tuple[str, ...]:
        """What stood behind ``--``."""
        return tuple(ctx.meta.get(cls._EXTRA, ()))

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), "[-- SERVER FLAGS]"]


class PassingOnServe(PassingOn):
    only_with = "--serve"


def option(name: str, *names: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """An option that can also be set by ``SCOUT_REVIEW_<NAME>`` and in the user's file."""
    key = name.removeprefix("--").partition("/")[0]
    variable = f"{VARIABLE_PREFIX}{key.replace('-', '_').upper()}"
    return click.option(name, *names, cls=Setting, envvar=variable, **settings)


def examples(*lines: str) -> str:
    """The end of a command's ``--help``."""
    return "\b\n" + "\n".join(("Examples:", *(f"  scout-review {line}" for line in lines)))


def under(
    heading: str, *options: Callable[[Decorated], Decorated]
) -> Callable[[Decorated], Decorated]:
    """Options under a heading of ``--help``, in this order."""

    def decorate(command: Decorated) -> Decorated:
        for option in reversed(options):
            command = option(command)
            command.__click_params__[-1].heading = heading  # type: ignore[attr-defined]
        return command

    return decorate


repository_argument = click.argument("repository", metavar="REPO")

out_option = option(
    "--out",
    type=PATH,
    default=Path("scout-report"),
    show_default=True,
    metavar="DIR",
    help="Where the reports go.",
)
allow_partial_option = option(
    "--allow-partial",
    is_flag=True,
    help="Accept reports in which sections failed; they are marked in the report.",
)
probe_questions_option = option(
    "--probe-questions",
    type=click.IntRange(min=4, max=1_000),
    default=24,
    show_default=True,
    metavar="N",
    help="How many questions the recall probe asks; ten stretches of the prompt from 40 on.",
)
report_options = under(
    "Reports",
    option(
        "--report",
        multiple=True,
        metavar="NAME",
        unset="all three",
        shell_complete=completing.report_names,
        help="architecture, security-review or documentation; repeatable. With --since also "
        "changes, which is then one of the defaults.",
    ),
    out_option,
    option(
        "--fail-on",
        type=click.Choice(("critical", "high", "medium", "low")),
        help="Exit with 1 if there is a new finding of this severity or graver, suppressed ones "
        "aside. Without --baseline and --since every finding is new.",
    ),
    option(
        "--fail-on-existing",
        is_flag=True,
        help="Let findings that were there before count for --fail-on too.",
    ),
    option(
        "--baseline",
        type=FILE,
        multiple=True,
        metavar="FILE",
        help="What was known before: a file of accepted findings, which it suppresses, or the "
        "result.json or SARIF of an earlier review, which tells what is new; or one of each.",
    ),
    option(
        "--inline-suppressions/--no-inline-suppressions",
        default=True,
        unset="on",
        help="Let comments in the reviewed code suppress findings: scout-review: ignore CWE-89 -- "
        "reason.",
    ),
    allow_partial_option,
    option(
        "--depth",
        type=click.Choice(["auto", "brief", "full"]),
        default="auto",
        show_default=True,
        help="How much the documentation explains. auto: brief on the embedded engine.",
    ),
    option(
        "--probe",
        is_flag=True,
        help="Measure first what the model can find in this prompt, and say so in each report.",
    ),
    probe_questions_option,
)
selection_options = under(
    "Reading",
    option(
        "--rev",
        default="",
        metavar="REV",
        unset="the working tree",
        help="Read this commit, branch or tag.",
    ),
    option(
        "--include",
        multiple=True,
        metavar="PATTERN",
        help="Pack matching files even if they look generated, binary … (gitignore syntax); "
        "repeatable.",
    ),
    option(
        "--exclude",
        multiple=True,
        metavar="PATTERN",
        help="Leave matching files out (gitignore syntax); repeatable.",
    ),
    option(
        "--max-file-bytes",
        type=click.IntRange(min=1),
        metavar="N",
        unset="2,000,000",
        help="Leave larger files out.",
    ),
    option(
        "--repository-config/--no-repository-config",
        default=True,
        unset="on",
        help="Let the repository's own configuration leave files out; it can do nothing else.",
    ),
    option(
        "--jobs",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        unset="0, one a processor",
        help="Processes that parse and count.",
    ),
    option(
        "--cache/--no-cache",
        default=True,
        unset="on",
        help="Keep what parsing and counting found, and finished answers, for the next run.",
    ),
    option(
        "--no-mask",
        is_flag=True,
        help="Send and show secrets as they are. Else each is replaced by a label.",
    ),
    option(
        "--submodules",
        is_flag=True,
        help="Read the files of submodules too, where they are on this machine.",
    ),
)
api_key_option = option(
    "--api-key",
    default="",
    metavar="KEY",
    help="Key for that server; better set as SCOUT_REVIEW_API_KEY.",
)
model_option = option(
    "--model",
    default="",
    metavar="NAME",
    help="The model to ask for, if the server has several; for vllm-offline a folder or a "
    "name on Hugging Face.",
)
vllm_python_option = option(
    "--vllm-python",
    type=FILE,
    metavar="FILE",
    unset="where vLLM is installed",
    help="The Python that has vLLM: for --serve, serve and vllm-offline.",
)
engine_options = under(
    "Who answers",
    option(
        "--engine",
        type=click.Choice(["auto", "openai", "embedded", "vllm-offline"]),
        default="auto",
        show_default=True,
        help="auto: the server named by --base-url, else one found on this machine, else the "
        "embedded engine. vllm-offline: vLLM without a server, for this run alone.",
    ),
    option("--base-url", default="", metavar="URL", help="An OpenAI-compatible server."),
    model_option,
    api_key_option,
    option(
        "--context-window",
        type=click.IntRange(min=1),
        metavar="TOKENS",
        unset="what the server tells",
        help="The window of a server that does not tell it, or of the engine that is started.",
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
    option(
        "--timeout",
        type=click.FloatRange(min=0.1),
        metavar="SECONDS",
        unset="planned from the prompt",
        help="How long a server may be silent before it counts as hung.",
    ),
    option(
        "--priority",
        type=int,
        default=0,
        metavar="N",
        unset="0",
        help="Which reviews a shared vLLM server (--scheduling-policy priority) answers first: "
        "those with the lower number.",
    ),
    vllm_python_option,
    option(
        "--vllm-option",
        multiple=True,
        metavar="NAME=VALUE",
        help="An argument of vLLM's, for vllm-offline, such as tensor_parallel_size=2; repeatable.",
    ),
)
prompts_option = option(
    "--prompts",
    type=PATH,
    metavar="DIR",
    help="Overlay the shipped templates with those in DIR, file by file.",
)
quiet_option = option("--quiet", is_flag=True, help="Print errors only.")


def format_option(*formats: str) -> Callable[[Decorated], Decorated]:
    """``--format``, the first being the default."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How the result is printed.",
    )


def command_line() -> str:
    """The command as it was given, without secrets."""
    from scout_codebase.walk.repository import without_credentials

    words: list[str] = []
    hide_next = False
    for word in sys.argv[1:]:
        name, has_value, given = word.partition("=")
        if hide_next or (name in _SECRET_OPTIONS and has_value):
            words.append("***" if hide_next else f"{name}=***")
            hide_next = False
            continue
        hide_next = word in _SECRET_OPTIONS
        option, value = (f"{name}=", given) if has_value and name.startswith("--") else ("", word)
        words.append(option + (without_credentials(value) if _ADDRESS.fullmatch(value) else value))
    return shlex.join(["scout-review", *words]).replace("'***'", "***")
