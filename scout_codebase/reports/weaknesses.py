"""The table of weaknesses that a security review works through, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scout_codebase.errors import TemplateError
from scout_codebase.records import Severity
from scout_codebase.reports.ratings import wrong_rating
from scout_codebase.templates import TemplateLibrary

FILE = "security-review/weaknesses.toml"
_TEXTS = (
    "category", "cwe", "title", "severity", "ask", "unsafe", "safe",
    "unsafe_example", "safe_example",
)  # fmt: skip
_PATTERNS = ("guards", "dangers")
_CHOICES = {
    "follow": ("", "value", "start"),
    "near": ("definition", "lines"),
    "outweighs": ("guards", "dangers"),
}
"""What a row may say, the first of which holds where it says nothing."""


def load_weaknesses(library: TemplateLibrary) -> tuple[Mapping[str, Any], ...]:
    """The rows in the order of the file. Raises TemplateError for a row that lacks a field, has an
    unknown severity or one that is not the rating of its score, or a broken regular expression, or
    repeats a category."""
    rows = library.toml(FILE).get("weakness", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TemplateError(f"{FILE}: the rows must be tables called [[weakness]]")
    seen: set[str] = set()
    for row in rows:
        name = row.get("category", "?")
        _check_columns(name, row)
        if row["severity"] not in list(Severity):
            raise TemplateError(f"{FILE}: {name}: '{row['severity']}' is no severity")
        wrong = wrong_rating(row)
        if wrong:
            raise TemplateError(f"{FILE}: {name}: {wrong}")
        if name in seen:
            raise TemplateError(f"{FILE}: there are two rows called {name}")
        seen.add(name)
    return tuple(rows)


def _check_columns(name: str, row: Mapping[str, Any]) -> None:
    for key in _TEXTS:
        if not isinstance(row.get(key), str) or not row[key]:
            raise TemplateError(f"{FILE}: {name}: '{key}' is missing or is not a text")
    for key in _PATTERNS:
        _check_pattern(name, key, row.get(key, ""))
    for key, choices in _CHOICES.items():
        if row.get(key, choices[0]) not in choices:
            raise TemplateError(f"{FILE}: {name}: '{key}' must be one of {choices}")


def _check_pattern(name: str, key: str, pattern: Any) -> None:
    try:
        re.compile(pattern)
    except (re.error, TypeError) as error:
        raise TemplateError(f"{FILE}: {name}: '{key}' is no regular expression: {error}") from error
