"""Import statements of one file, from the matches of ``imports.scm``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from scout_codebase.languages.syntax import Match, Span, text_of
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


def collect_imports(matches: Iterable[Match], source: bytes) -> tuple[ImportStatement, ...]:
    """Sorted by line. What stands around a statement may make its kind stronger, never weaker."""
    parts: dict[tuple[int, int, str], _Parts] = {}
    spans: dict[ImportKind, list[Span]] = {}
    for match in matches:
        if match.family == "within":
            span = (match.node.start_byte, match.node.end_byte)
            spans.setdefault(_KINDS[match.kind], []).append(span)
        elif match.family == "import":
            key, found = _read(match, source)
            parts.setdefault(key, found).join(found)
    merged = {kind: _outermost(of_kind) for kind, of_kind in spans.items()}
    statements = [
        entry.statement(module, _kind_at(start, entry.kind, merged))
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
        self._names.update(other._names)

    def statement(self, module: str, kind: ImportKind) -> ImportStatement:
        return ImportStatement(module, self.line, tuple(self._names), self.level, kind)


def _read(match: Match, source: bytes) -> tuple[tuple[int, int, str], _Parts]:
    captures = match.captures
    level = sum(len(text_of(source, node).strip()) for node in captures.get("level", ()))
    module = "".join(text_of(source, node) for node in captures.get("module", ()))
    names = ["*" for _ in captures.get("name.star", ())]
    names += [text_of(source, node) for node in captures.get("name", ())]
    line = match.node.start_point.row + 1
    parts = _Parts(_KINDS[match.kind], line, level, tuple(names))
    return (match.node.start_byte, level, "".join(module.split())), parts


def _outermost(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if not merged or start >= merged[-1][1]:
            merged.append((start, end))
    return merged


def _kind_at(start: int, written: ImportKind, spans: Mapping[ImportKind, list[Span]]) -> ImportKind:
    around = [kind for kind, of_kind in spans.items() if _covers(of_kind, start)]
    return max([written, *around], key=_STRENGTH.index)


def _covers(spans: list[Span], start: int) -> bool:
    index = bisect_right(spans, (start, 1 << 62)) - 1
    return index >= 0 and spans[index][0] <= start < spans[index][1]
