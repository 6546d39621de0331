"""Import statements of one file, from the matches of ``imports.scm``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scout_codebase.languages.syntax import Match, Spans, spans_within, text_of
from scout_codebase.records import ImportKind, ImportStatement

_KINDS: Mapping[str, ImportKind] = {
    "": ImportKind.IMPORT,
    "conditional": ImportKind.CONDITIONAL,
    "dynamic": ImportKind.DYNAMIC,
    "reexport": ImportKind.REEXPORT,
    "reference": ImportKind.REFERENCE,
    "type": ImportKind.TYPE_ONLY,
}
_STRENGTH = (
    ImportKind.REFERENCE,
    ImportKind.IMPORT,
    ImportKind.REEXPORT,
    ImportKind.CONDITIONAL,
    ImportKind.DYNAMIC,
    ImportKind.TYPE_ONLY,
)

_Key = tuple[int, int, str]
"""Where a statement starts, its level and its module."""
_ANYWHERE = -1


def collect_imports(matches: Sequence[Match], source: bytes) -> tuple[ImportStatement, ...]:
    """Sorted by line. What stands around a statement may make its kind stronger, never weaker; a
    reference stays one, and stands once for each name, on the line of the first."""
    parts: dict[_Key, _Parts] = {}
    for match in matches:
        if match.family == "import":
            key, found = _read(match, source)
            parts.setdefault(key, found).join(found)
    return _statements(parts, matches)


def _statements(
    parts: Mapping[_Key, _Parts], matches: Sequence[Match]
) -> tuple[ImportStatement, ...]:
    around = {kind: spans_within(matches, name) for name, kind in _KINDS.items() if name}
    statements = [
        entry.statement(module, _kind_at(start, entry.kind, around))
        for (start, _, module), entry in parts.items()
    ]
    return tuple(sorted(statements, key=lambda found: (found.line, found.module, found.level)))


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
    kind = _KINDS[match.kind]
    start = match.node.start_byte if kind is not ImportKind.REFERENCE else _ANYWHERE
    return (start, level, "".join(module.split())), _Parts(kind, line, level, tuple(names))


def _kind_at(start: int, written: ImportKind, around: Mapping[ImportKind, Spans]) -> ImportKind:
    if written is ImportKind.REFERENCE:
        return written
    kinds = (kind for kind, spans in around.items() if spans.cover(start))
    return max([written, *kinds], key=_STRENGTH.index)
