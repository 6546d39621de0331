"""Where each setting comes from, as data and as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scout_codebase.records import RepositoryConfiguration, display_path

_NOT_SET = "not set"
_HEADER = ("setting", "value", "from")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting. ``source`` is ``flag``, ``variable``, ``user file`` or ``default``; ``where``
    names the flag, variable or file. ``default`` says what holds where there is no value."""

    setting: str
    value: Any
    source: str
    where: str = ""
    default: str = ""


def settings_data(
    rows: Sequence[SettingRow], configurations: Sequence[RepositoryConfiguration]
) -> dict[str, Any]:
    """``repository`` are the files of the repository, in the order in which they apply."""
    return {
        "settings": [asdict(row) for row in rows],
        "repository": [
            {
                "path": display_path(row.path),
                "exclude": [display_path(pattern) for pattern in row.exclude],
                "max-file-bytes": row.max_file_bytes,
                "refused": list(row.refused),
            }
            for row in configurations
        ],
    }


def settings_text(
    rows: Sequence[SettingRow], configurations: Sequence[RepositoryConfiguration]
) -> str:
    """A line for each setting, and for each that the repository narrows."""
    cells = [_HEADER, *_cells(rows, configurations)]
    widths = [max(len(row[column]) for row in cells) for column in range(2)]
    lines = [
        f"{name:<{widths[0]}}  {value:<{widths[1]}}  {source}".rstrip()
        for name, value, source in cells
    ]
    refused = [
        f"{display_path(row.path)}: {reason}" for row in configurations for reason in row.refused
    ]
    return "\n".join([*lines, *([""] if refused else []), *refused])


def _cells(
    rows: Sequence[SettingRow], configurations: Sequence[RepositoryConfiguration]
) -> Iterator[tuple[str, str, str]]:
    narrowed: dict[str, list[tuple[str, str]]] = {"exclude": [], "max-file-bytes": []}
    for file in configurations:
        source = f"repository file {display_path(file.path)}"
        if file.exclude:
            narrowed["exclude"].append((_shown(list(file.exclude)), source))
        if file.max_file_bytes is not None:
            narrowed["max-file-bytes"].append((_shown(file.max_file_bytes), source))
    for row in rows:
        yield row.setting, _shown(row.value) or row.default or _NOT_SET, _from(row)
        for value, source in narrowed.get(row.setting, ()):
            yield "", f"and {value}", source


def _shown(value: Any) -> str:
    """``""`` for no value."""
    if value in (None, "", []):
        return ""
    if isinstance(value, str):
        return display_path(value)
    return json.dumps(value)


def _from(row: SettingRow) -> str:
    if row.source == "user file":
        return f"user file {row.where}"
    return row.where or row.source
