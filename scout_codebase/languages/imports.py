"""Import statements of one file, from the matches of ``imports.scm``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

from scout_codebase.languages.locals import Locals
from scout_codebase.languages.syntax import Match, spans_within, text_of
from scout_codebase.records import ImportKind, ImportStatement

_KINDS: Mapping[str, ImportKind] = {
    "": ImportKind.IMPORT,
    "conditional": ImportKind.CONDITIONAL,
    "dynamic": ImportKind.DYNAMIC,
    "reexport": ImportKind.REEXPORT,
    "type": ImportKind.TYPE_ONLY,
}
_STRENGTH = (
    ImportKind.IMPORT,
    ImportKind.REEXPORT,
    ImportKind.CONDITIONAL,
    ImportKind.DYNAMIC,
    ImportKind.TYPE_ONLY,
)

_LONGEST_NAME = 300
_Key = tuple[int, int, str]
"""Where a statement starts, its level and its module."""


def collect_imports(matches: Sequence[Match], source: bytes) -> tuple[ImportStatement, ...]:
    """Sorted by line. What stands around a statement may make its kind stronger, never weaker. A
    reference stands once for each name, on the line of the first; a name that is bound where it is
    used is none."""
    statements = [*_statements(matches, source), *_references(matches, source)]
    return tuple(sorted(statements, key=lambda found: (found.line, found.module, found.level)))


def _statements(matches: Sequence[Match], source: bytes) -> Iterator[ImportStatement]:
    parts: dict[_Key, _Parts] = {}
    for match in matches:
        if match.family == "import" and match.kind != "reference":
            key, found = _read(match, source)
            parts.setdefault(key, found).join(found)
    around = {kind: spans_within(matches, name) for name, kind in _KINDS.items() if name}
    for (start, _, module), entry in parts.items():
        kinds = (kind for kind, spans in around.items() if spans.cover(start))
        kind = max([entry.kind, *kinds], key=_STRENGTH.index)
        yield entry.statement(module, kind)


def _references(matches: Sequence[Match], source: bytes) -> Iterator[ImportStatement]:
    lines: dict[str, int] = {}
    bound = Locals(matches, source)
    for match in matches:
        if match.family == "import" and match.kind == "reference":
            name = _name(match, source)
            line = match.node.start_point.row + 1
            head = name.partition(".")[0] or name  # a relative path has no head
            if name and line < lines.get(name, sys.maxsize) and not bound.bind(match.node, head):
                lines[name] = line
    for name, line in lines.items():
        yield ImportStatement(name, line, kind=ImportKind.REFERENCE)


def _name(match: Match, source: bytes) -> str:
    """What a reference names; a chain of members longer than any qualified name names nothing."""
    nodes = match.captures["module"]
    if sum(node.end_byte - node.start_byte for node in nodes) > _LONGEST_NAME:
        return ""
    return "".join("".join(text_of(source, node) for node in nodes).split())


class _Parts:
    """A statement while its matches are joined."""

    def __init__(self, kind: ImportKind, line: int, level: int, names: tuple[str, ...]) -> None:
        self.kind, self.line, self.level = kind, line, level
        self._names = dict.fromkeys(names)

    def join(self, other: _Parts) -> None:
        self.kind = max(self.kind, other.kind, key=_STRENGTH.index)
        self.line = min(self.line, other.line)
        self._names.update(other._names)

    def statement(self, module: str, kind: ImportKind) -> ImportStatement:
        return ImportStatement(module, self.line, tuple(self._names), self.level, kind)


def _read(match: Match, source: bytes) -> tuple[_Key, _Parts]:
    captures = match.captures
    level = sum(len(text_of(source, node).strip()) for node in captures.get("level", ()))
    module = "".join(text_of(source, node) for node in captures.get("module", ()))
    names = ["*" for _ in captures.get("name.star", ())]
    names += [text_of(source, node) for node in captures.get("name", ())]
    line = match.node.start_point.row + 1
    key = (match.node.start_byte, level, "".join(module.split()))
    return key, _Parts(_KINDS[match.kind], line, level, tuple(names))
