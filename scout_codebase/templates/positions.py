"""On which line of a definition something stands, for messages."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_BLANK = re.compile(r"\s*")
_ANY_TABLE = re.compile(r"^\s*\[", re.MULTILINE)
_TOML_PLACE = re.compile(r"^(?P<what>.*?) \(at line (?P<line>\d+), column \d+\)$")


def toml_error(name: str, message: str) -> str:
    """What ``tomllib`` says, with the line where such messages have it."""
    match = _TOML_PLACE.match(message)
    return f"{name}:{match['line']}: {match['what']}" if match else f"{name}: {message}"


def toml_line(text: str, number: int | None, key: str = "", table: str = "question") -> int:
    """The line of a key in the ``[[table]]`` of that number, counted from 0, or above all tables
    for None; that of the table where it has no such key."""
    head_of = re.compile(rf"^\s*\[\[\s*{re.escape(table)}\s*\]\]", re.MULTILINE)
    tables = [match.start() for match in head_of.finditer(text)]
    start = 0 if number is None else tables[number] if number < len(tables) else 0
    head = start if number is None else text.find("]]", start)
    behind = _ANY_TABLE.search(text, max(head, 0) + (0 if number is None else 2))
    end = behind.start() if behind else len(text)
    found = re.compile(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*=", re.MULTILINE)
    match = found.search(text, start, end) if key else None
    at = match.end() if match else len(text[:head].rstrip()) if number is None else head
    return text.count("\n", 0, max(at, 0)) + 1


def json_line(text: str, path: Sequence[str | int]) -> int:
    """The line of the value that the keys and indexes of ``path`` lead to, or of the last one that
    is there. The text is JSON."""
    at = _skip(text, 0)
    for step in path:
        inner = _member(text, at, step)
        if inner is None:
            break
        at = inner
    return text.count("\n", 0, at) + 1


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _member(text: str, at: int, step: str | int) -> int | None:
    decoder = json.JSONDecoder()
    is_object = text[at] == "{"
    if text[at] not in "{[" or is_object != isinstance(step, str):
        return None
    at, number = _skip(text, at + 1), 0
    while text[at] not in "}]":
        key: str | int = number
        if is_object:
            key, at = decoder.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        if key == step:
            return at
        _, at = decoder.raw_decode(text, at)
        at = _skip(text, at)
        at, number = _skip(text, at + 1) if text[at] == "," else at, number + 1
    return None
