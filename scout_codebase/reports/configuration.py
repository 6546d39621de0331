"""What of a code base can be configured: environment variables, options of its programs, and the
constants of its settings modules, with the defaults that stand in the code."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any

from scout_codebase.languages.paths import is_test
from scout_codebase.neutralise import neutralise
from scout_codebase.records import DependencyGraph, Snapshot
from scout_codebase.reports.shown import shown

Row = dict[str, Any]

_SETTINGS_FILE = re.compile(
    r"(?i)(?:.*[-_.])?(?:settings?|config|configuration|constants?|defaults?)"
)
_MOST_CONSTANTS = 60
_LITERAL = r"(?P<default>\"[^\"\n]*\"|'[^'\n]*'|[\w.+-]+)"


def configuration_facts(
    snapshot: Snapshot, graph: DependencyGraph, page: str, groups: Sequence[Mapping[str, Any]]
) -> dict[str, list[Row]]:
    """``variables``, ``program_options`` and ``constants``; ``configuration_pages`` is empty where
    there are none of them. ``explained_variables`` are the ``groups`` of questions about them."""
    texts = {shown(file.path): file.text for file in snapshot.files}
    variables = [
        {**use, "default": default_of(texts.get(use["path"], ""), use["line"], use["name"])}
        for group in groups
        for use in group["uses"].values()
    ]
    constants = _constants(graph)
    options = _options(graph)
    files = sorted({row["path"] for row in (*variables, *constants, *options)})
    return {
        "variables": variables,
        "program_options": options,
        "constants": constants,
        "explained_variables": [{**group, "page": page} for group in groups],
        "configuration_pages": [
            {"page": page, "title": "Configuration", "files": files, "id": ""} for _ in files[:1]
        ],
    }


def default_of(text: str, line: int, name: str) -> str:
    """What stands in for an environment variable that is not set, where the code says so beside its
    name: a second argument, or what follows ``||``, ``??`` or ``or``; "" where it does not."""
    lines = text.split("\n")[line - 1 : line + 1]
    rest = " ".join(lines).partition(name)[2]
    match = re.match(
        rf"[\"'`]?(?:\s*,\s*(?:default\s*=\s*)?|[\])]*\s*(?:\|\||\?\?|\bor\b)\s*){_LITERAL}",
        rest,
    )
    return match["default"] if match else ""


def _options(graph: DependencyGraph) -> list[Row]:
    return [
        {
            "path": shown(path),
            "line": option.line,
            "name": neutralise(option.name)[0],
            "default": neutralise(option.default)[0],
            "help": neutralise(option.help)[0],
        }
        for path, analysis in sorted(graph.analyses.items())
        if not is_test(path)
        for option in analysis.options
    ]


def _constants(graph: DependencyGraph) -> list[Row]:
    """Those of files that are called after settings."""
    rows = [
        {"path": shown(path), "line": symbol.start_line, "name": symbol.name}
        | _value(symbol.signature, symbol.name)
        for path, analysis in sorted(graph.analyses.items())
        if _SETTINGS_FILE.fullmatch(posixpath.splitext(posixpath.basename(path))[0])
        and not is_test(path)
        for symbol in analysis.symbols
        if symbol.kind == "constant" and not symbol.name.startswith("_")
    ]
    return rows[:_MOST_CONSTANTS]


def _value(signature: str, name: str) -> Row:
    value = signature.partition(name)[2].partition("=")[2].strip().rstrip(";")
    return {"default": value}
