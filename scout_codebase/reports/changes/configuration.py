"""What of the configuration has come, gone or changed: environment variables that are read,
options of command lines, files of settings and what stands in them."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scout_codebase.languages.command_options import command_options, may_declare_options
from scout_codebase.languages.jsonc import load_jsonc
from scout_codebase.languages.python_manifests import load_ini, load_toml
from scout_codebase.languages.requirements import is_manifest
from scout_codebase.reports.changes.files import FileChange, FileKind
from scout_codebase.reports.changes.states import State, is_product

VARIABLE, OPTION, FILE, SETTING = "environment variable", "option", "settings file", "setting"
_KINDS = (VARIABLE, OPTION, FILE, SETTING)
_DEEPEST = 6
_LONGEST_VALUE = 80  # characters
_FOLDERS = frozenset({"config", "configs", "configuration", "conf", "settings"})
_BY_NAME = re.compile(
    r"(?i)(?:\.env(?:\..+)?|.+\.env|(?:.*[-_.])?(?:config|settings|defaults)[-_.].*)"
)
_SUFFIXES = frozenset(
    {
        "",
        ".cfg",
        ".conf",
        ".env",
        ".ini",
        ".json",
        ".json5",
        ".properties",
        ".toml",
        ".yaml",
        ".yml",
    }
)
_ASSIGNMENT = re.compile(r"(?m)^\s*(?:export\s+)?([\w.-]+)\s*[=:][ \t]*(.*?)\s*$")


@dataclass(frozen=True, slots=True)
class SettingChange:
    """``kind`` is one of the four above. ``was`` and ``now`` are what it is set to where that is
    known, None where it is not there. ``path`` and ``line`` (0 for the file as a whole) are those
    of the present state, of the base where it is gone."""

    kind: str
    name: str
    path: str
    line: int
    was: str | None
    now: str | None


_Place = tuple[str, int, str]
"""Path, line, value."""


def setting_changes(
    files: Iterable[FileChange], before: State, now: State
) -> tuple[SettingChange, ...]:
    """What is gone comes first, then what has changed, then what is new."""
    changed = [file for file in files if is_product(file.path) or is_product(file.was)]
    rows = [
        *_of_code(VARIABLE, changed, before, now, _variables),
        *_of_code(OPTION, changed, before, now, _options),
        *_of_files(changed),
        *_of_settings(changed, before, now),
    ]
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                row.now is not None,
                row.was is None,
                _KINDS.index(row.kind),
                row.name,
                row.path,
            ),
        )
    )


_Names = Callable[[State, str], Iterable[tuple[str, int]]]


def _variables(state: State, path: str) -> Iterable[tuple[str, int]]:
    analysis = state.graph.analyses.get(path)
    return analysis.environment if analysis else ()


def _options(state: State, path: str) -> Iterable[tuple[str, int]]:
    if not may_declare_options(state.texts.get(path, "")):
        return ()
    return command_options("\n".join(state.code.lines(path)), state.language(path))


def _of_code(
    kind: str, files: Iterable[FileChange], before: State, now: State, names: _Names
) -> Iterator[SettingChange]:
    """A name that another file has as well neither came nor went."""
    old = _first_places(before, [file.was for file in files if file.was], names)
    new = _first_places(now, [file.path for file in files if file.is_there], names)
    for name in sorted(old.keys() ^ new.keys()):
        state, place = (before, old[name]) if name in old else (now, new[name])
        other = now if name in old else before
        if not _is_elsewhere(name, other, names):
            was, present = ("", None) if state is before else (None, "")
            yield SettingChange(kind, name, *place, was=was, now=present)


def _first_places(
    state: State, paths: Iterable[str], names: _Names
) -> Mapping[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for path in sorted(paths):
        for name, line in names(state, path) if is_product(path) else ():
            found.setdefault(name, (path, line))
    return found


def _is_elsewhere(name: str, state: State, names: _Names) -> bool:
    word = name.removeprefix("--")
    return any(
        word in text and is_product(path) and any(one == name for one, _ in names(state, path))
        for path, text in state.texts.items()
    )


def _of_files(files: Iterable[FileChange]) -> Iterator[SettingChange]:
    for file in files:
        if file.kind is FileKind.NEW and _is_settings(file.path):
            yield SettingChange(FILE, file.path, file.path, 0, None, "")
        elif file.kind is FileKind.DELETED and _is_settings(file.path):
            yield SettingChange(FILE, file.path, file.path, 0, "", None)
        elif file.kind is FileKind.RENAMED and _is_settings(file.path):
            yield SettingChange(FILE, file.path, file.path, 0, file.was, file.path)


def _is_settings(path: str) -> bool:
    """By its name or folder. What configures tools of the developers (hidden files and folders
    other than ``.env``) does not configure the program."""
    name = posixpath.basename(path)
    folders = path.split("/")[:-1]
    if is_manifest(path) or any(folder.startswith(".") for folder in folders):
        return False
    suffix = "" if name.startswith(".env") else posixpath.splitext(name)[1].lower()
    if suffix not in _SUFFIXES or (name.startswith(".") and not name.startswith(".env")):
        return False
    return bool(_BY_NAME.fullmatch(name)) or (
        bool(suffix) and not _FOLDERS.isdisjoint(folder.lower() for folder in folders)
    )


def _of_settings(files: Iterable[FileChange], before: State, now: State) -> Iterator[SettingChange]:
    """Of a file of settings that both states have: the keys, and what they are set to."""
    for file in files:
        if not (file.was and file.is_there and _is_settings(file.path)):
            continue
        old = _settings(file.was, before.texts.get(file.was, ""))
        new = _settings(file.path, now.texts.get(file.path, ""))
        for key in sorted(old.keys() | new.keys()):
            was, present = old.get(key), new.get(key)
            if was != present:
                state, path = (now, file.path) if key in new else (before, file.was)
                line = _line_of(key, state.lines_of(path))
                yield SettingChange(SETTING, key, path, line, was, present)


def _settings(path: str, text: str) -> Mapping[str, str]:
    suffix = posixpath.splitext(path)[1].lower()
    if suffix == ".toml":
        return dict(_flat(load_toml(text)))
    if suffix in (".json", ".json5"):
        return dict(_flat(load_jsonc(text)))
    if suffix in (".ini", ".cfg"):
        parser = load_ini(text)
        return {
            f"{section}.{option}": _value(parser.get(section, option, fallback=""))
            for section in parser.sections()
            for option in parser.options(section)
        }
    if suffix in (".yaml", ".yml", ".conf"):
        return {}
    rows = (line for line in text.splitlines() if not line.lstrip().startswith(("#", "!", ";")))
    return {key: _value(value) for key, value in _ASSIGNMENT.findall("\n".join(rows))}


def _flat(value: Any, above: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _flat(inner, f"{above}.{key}" if above else str(key), depth + 1)
    else:
        yield above, _value(value)


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, sort_keys=True)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _line_of(key: str, lines: Iterable[str]) -> int:
    last = re.compile(rf"(?<![\w.-]){re.escape(key.rpartition('.')[2])}(?![\w-])")
    return next((number for number, line in enumerate(lines, 1) if last.search(line)), 0)
