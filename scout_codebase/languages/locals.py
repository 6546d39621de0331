"""Names that a part of a file binds for itself, from the matches of ``@local``: a parameter or a
variable of a function hides a declaration of the same name in another file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import tree_sitter

from scout_codebase.languages.syntax import Match, text_of


class Locals:
    """The scopes of a file, nested, each with the names bound in it. A name bound outside every
    scope is not local."""

    def __init__(self, matches: Sequence[Match], source: bytes) -> None:
        local = [match for match in matches if match.family == "local"]
        spans = {
            (match.node.start_byte, -match.node.end_byte)
            for match in local
            if match.kind == "scope"
        }
        self._spans = [(start, -end) for start, end in sorted(spans)]
        self._starts = [start for start, _ in self._spans]
        self._around = self._nest()
        self._names: list[set[str]] = [set() for _ in self._spans]
        for match in local:
            if match.kind == "definition":
                self._define(match, source)

    def bind(self, node: tree_sitter.Node, name: str) -> bool:
        """Whether ``name``, used at ``node``, is bound by a scope around it."""
        scope = self._innermost(node.start_byte)
        while scope is not None:
            if name in self._names[scope]:
                return True
            scope = self._around[scope]
        return False

    def _define(self, match: Match, source: bytes) -> None:
        """A node that is captured with a ``@name`` declares it around itself, a name by itself is
        bound by the scope that it stands in."""
        names = match.captures.get("name")
        start = match.node.start_byte
        scope = self._innermost(start)
        while names and scope is not None and self._spans[scope][0] == start:
            scope = self._around[scope]
        if scope is not None:
            self._names[scope].add(text_of(source, names[0] if names else match.node))

    def _nest(self) -> list[int | None]:
        """For each scope the one around it."""
        around: list[int | None] = []
        for index, (start, _) in enumerate(self._spans):
            candidate: int | None = index - 1 if index else None
            while candidate is not None and self._spans[candidate][1] <= start:
                candidate = around[candidate]
            around.append(candidate)
        return around

    def _innermost(self, offset: int) -> int | None:
        index = bisect_right(self._starts, offset) - 1
        scope: int | None = index if index >= 0 else None
        while scope is not None and self._spans[scope][1] <= offset:
            scope = self._around[scope]
        return scope
