"""``scout-review config``: each setting and where its value comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scout_codebase.commands.answering import ask_options, style_options
from scout_codebase.commands.limits import limit_options
from scout_codebase.commands.since import since_options
from scout_codebase.options import (
    PATH,
    Command,
    Setting,
    engine_options,
    examples,
    format_option,
    prompts_option,
    quiet_option,
    report_options,
    selection_options,
)

if TYPE_CHECKING:
    from scout_codebase.render.settings_table import SettingRow


@click.command(
    cls=Command,
    short_help="Print each setting, its value and its source.",
    epilog=examples("config", "config ./repo --rev v2.1", "config --path"),
)
@click.argument("repository", metavar="[REPO]", type=PATH, required=False)
@click.option("--path", "only_path", is_flag=True, help="Print where the user's file lies.")
@format_option("text", "json")
@report_options
@selection_options
@since_options
@engine_options
@limit_options
@ask_options
@style_options
@prompts_option
@quiet_option
@click.pass_context
def config(
    context: click.Context,
    /,
    repository: Path | None,
    only_path: bool,
    output_format: str,
    **options: Any,
) -> None:
    """Print each setting, its value and where it comes from: a flag, a SCOUT_REVIEW_ variable, the
    user's file or the default; with REPO also what the repository's own configuration leaves
    out."""
    from scout_codebase.render.settings_table import settings_data, settings_text
    from scout_codebase.settings import user_file

    if only_path:
        click.echo(user_file())
        return
    rows = _rows(context, options, str(user_file()))
    narrowings = _configurations(repository, options)
    if output_format == "json":
        click.echo(json.dumps(settings_data(rows, narrowings), indent=2))
    else:
        click.echo(settings_text(rows, narrowings))


def _rows(context: click.Context, options: dict[str, Any], file: str) -> list[SettingRow]:
    from scout_codebase.render.settings_table import SettingRow

    rows = []
    for setting in context.command.params:
        if not isinstance(setting, Setting):
            continue
        name = str(setting.name)
        source, where = _source(context, setting, file)
        value = _plain(options[name])
        if setting.is_secret and value:
            value = "***"
        rows.append(SettingRow(setting.key, value, source, where, setting.unset))
    return rows


def _source(context: click.Context, setting: Setting, file: str) -> tuple[str, str]:
    source = context.get_parameter_source(str(setting.name))
    found = click.core.ParameterSource
    is_off = bool(setting.secondary_opts) and context.params[str(setting.name)] is False
    return {
        found.COMMANDLINE: ("flag", f"--{'no-' if is_off else ''}{setting.key}"),
        found.ENVIRONMENT: ("variable", setting.variable),
        found.DEFAULT_MAP: ("user file", file),
    }.get(source or found.DEFAULT, ("default", ""))


def _plain(value: Any) -> Any:
    """The value as JSON has it; an address without the user name and password in it."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, str) and "://" in value:
        scheme, _, rest = value.partition("://")
        user, at, host = rest.rpartition("@")
        return f"{scheme}://***@{host}" if at and user else value
    return value


def _configurations(repository: Path | None, options: dict[str, Any]) -> Any:
    if repository is None:
        return ()
    from scout_codebase.walk import WalkSettings, repository_configurations

    settings = WalkSettings(rev=options["rev"], repository_config=options["repository_config"])
    return repository_configurations(repository, settings)
