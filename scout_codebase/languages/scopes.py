"""The modules that are written out inside a file, around its imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from scout_codebase.languages.syntax import Match, text_of
from scout_codebase.records import ImportStatement


def within_modules(
    statements: Iterable[ImportStatement], matches: Sequence[Match], source: bytes
) -> tuple[ImportStatement, ...]:
    """The statements, sorted by line as they are, each with the modules whose lines hold it."""
    modules = sorted(
        (match.node.start_point.row + 1, -match.node.end_point.row - 1, _name(match, source))
        for match in matches
        if match.family == "within" and match.kind == "module"
    )
    if not modules:
        return tuple(statements)
    placed: list[ImportStatement] = []
    around: list[tuple[int, str]] = []
    following = iter([*modules, None])
    upcoming = next(following)
    for statement in statements:
        while upcoming is not None and upcoming[0] <= statement.line:
            around = [one for one in around if one[0] >= upcoming[0]]
            around.append((-upcoming[1], upcoming[2]))
            upcoming = next(following)
        names = tuple(name for end, name in around if end >= statement.line)
        placed.append(replace(statement, scope=names) if names else statement)
    return tuple(placed)


def _name(match: Match, source: bytes) -> str:
    return text_of(source, match.captures["name"][0])
