"""What a file declares to others by name, from the matches of ``declarations.scm``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scout_codebase.languages.syntax import Match, text_of

_SEPARATORS = re.compile(r"\s*(?:::|\\|\.|/)\s*")


def collect_packages(matches: Sequence[Match], source: bytes) -> tuple[str, ...]:
    """Every package that the file declares, with dots, sorted."""
    return tuple(sorted({scope.name for scope in _scopes(matches, source) if scope.is_package}))


def collect_declarations(matches: Sequence[Match], source: bytes) -> tuple[str, ...]:
    """Every declared name, qualified by the packages and declarations around it, sorted. A package
    without a body holds for all that follows it, up to the next one; an inner one lies in the one
    before it."""
    return tuple(sorted({scope.name for scope in _scopes(matches, source) if not scope.is_package}))


class _Scope:
    """A package or declaration, and how far it reaches. A node may declare several names."""

    def __init__(self, name: str, node: int, end: int, *, is_package: bool, is_open: bool) -> None:
        self.name, self.node, self.end = name, node, end
        self.is_package, self.is_open = is_package, is_open


def _scopes(matches: Sequence[Match], source: bytes) -> list[_Scope]:
    relevant = [match for match in matches if match.family in ("package", "declaration")]
    found: list[_Scope] = []
    around: list[_Scope] = []
    for match in sorted(relevant, key=lambda match: (match.node.start_byte, -match.node.end_byte)):
        is_package = match.family == "package"
        is_open = is_package and "body" not in match.captures
        while around and (
            around[-1].end <= match.node.start_byte or around[-1].node == match.node.id
        ):
            around.pop()
        if is_open and match.kind != "inner" and around and around[-1].is_open:
            around.pop()
        prefix = f"{around[-1].name}." if around and around[-1].name else ""
        end = len(source) if is_open else match.node.end_byte
        name = prefix + _dotted(match, source)
        around.append(_Scope(name, match.node.id, end, is_package=is_package, is_open=is_open))
        found.append(around[-1])
    return found


def _dotted(match: Match, source: bytes) -> str:
    name = "".join(text_of(source, node) for node in match.captures.get("name", ()))
    return _SEPARATORS.sub(".", name).strip(".")
