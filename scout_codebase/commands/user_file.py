"""The user's file as defaults for the options of every command."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from scout_codebase.errors import UsageError
from scout_codebase.options import VARIABLE_PREFIX, Setting

_ANY_COMMAND = "scout-review config lists what can be set."


def default_map(group: click.Group, values: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """What click takes as ``Context.default_map``. ``values`` are the file's. Raises UsageError,
    naming file and key, for a key that is no setting and for a value of the wrong type."""
    known = {setting.key: setting for setting in settings_of(group)}
    checked = {}
    for written, value in values.items():
        key = written.replace("_", "-")
        if key not in known:
            raise UsageError(f"{path}: unknown key {written!r}", remedy=_remedy(key, known))
        fault = _fault(known[key], value)
        if fault:
            raise UsageError(f"{path}: {written} {fault}", remedy="Mend or remove that line.")
        checked[key] = value
    return _defaults(group, checked)


def check_variables(group: click.Group, names: Iterable[str]) -> None:
    """Raises UsageError for a variable of ours that sets nothing: a ``--fail-on`` that nobody heard
    would let everything pass."""
    known = {setting.variable: setting for setting in settings_of(group)}
    for name in sorted(names):
        if name.startswith(VARIABLE_PREFIX) and name not in known:
            raise UsageError(f"unknown variable {name}", remedy=_remedy(name, known))


def settings_of(command: click.Command) -> Iterator[Setting]:
    """Every setting of the command and of those below it; one that commands share comes again."""
    yield from (parameter for parameter in command.params if isinstance(parameter, Setting))
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from settings_of(below)


def _remedy(key: str, known: Iterable[str]) -> str:
    nearest = difflib.get_close_matches(key, known, n=1)
    return f"Did you mean {nearest[0]!r}? {_ANY_COMMAND}" if nearest else _ANY_COMMAND.capitalize()


def _fault(setting: Setting, value: Any) -> str:
    """Completes "<key> …"; ``""`` for a value that the setting takes. Shows no value: it may be a
    secret."""
    if setting.is_flag:
        return "" if isinstance(value, bool) else "must be true or false"
    if setting.multiple and not isinstance(value, list):
        return "must be a list"
    is_number = isinstance(setting.type, click.types.IntParamType)
    expected, name = (int, "a whole number") if is_number else (str, "a string")
    for item in value if setting.multiple else [value]:
        if type(item) is not expected:
            return f"must be {f'a list of {name[2:]}s' if setting.multiple else name}"
        try:
            setting.type.convert(item, setting, None)
        except click.BadParameter as error:
            return f"is wrong: {error.message.rstrip('.')}"
    return ""


def _defaults(group: click.Group, values: Mapping[str, Any]) -> dict[str, Any]:
    defaults: dict[str, Any] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            defaults[name] = _defaults(command, values)
        else:
            defaults[name] = {
                setting.name: values[setting.key]
                for setting in settings_of(command)
                if setting.key in values
            }
    return defaults
