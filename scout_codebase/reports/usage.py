"""Where a definition is used, as the imports and the text of the files that import it show, and
what the authors noted in comments: computed, never asked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scout_codebase.languages.paths import is_example, is_test
from scout_codebase.records import DependencyGraph, ImportKind, Snapshot, Symbol
from scout_codebase.reports.shown import shown
from scout_codebase.reports.starting import is_readme

Row = dict[str, Any]

_MOST_USERS = 40  # files that are searched for uses of one definition
_LONGEST_USE = 6  # lines
_LONGEST_LINE = 160
_MARK = re.compile(
    r"(?:#|//|/\*|^\s*\*|--|;|<!--)\s*(?P<mark>TODO|FIXME|XXX|HACK|BUG|NOTE|WARNING|CAUTION)\b"
    r"[:( ]\s*(?P<text>\S[^\n]{4,})"
)
_OPEN, _CLOSED = "([{", ")]}"
_LOOKED_INTO = r"(?=\s*[(\[{<.:!]\S|\()"
_CALLED = re.compile(rf"(?<!\w)[^\W\d]\w*{_LOOKED_INTO}")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`")
_IN_README = re.compile(r"^```.*?^```|`[^`\n]+`|^(?: {4}|\t).*?$", re.DOTALL | re.MULTILINE)
_README_COUNTS = 3  # as so many files that use it: it is what the authors show first


class Usage:
    """Looks uses up in the files of one snapshot."""

    def __init__(self, snapshot: Snapshot, graph: DependencyGraph) -> None:
        self._lines = {file.path: file.text.split("\n") for file in snapshot.files}
        self._importers: dict[str, set[str]] = defaultdict(set)
        self._import_lines: dict[str, set[int]] = defaultdict(set)
        for edge in graph.edges:
            self._importers[edge.target].add(edge.source)
        for path, analysis in graph.analyses.items():
            self._import_lines[path] = {
                row.line for row in analysis.imports if row.kind is not ImportKind.REFERENCE
            }
        self._called: dict[str, frozenset[str]] = {}
        readme = "".join(file.text for file in snapshot.files if is_readme(file.path))
        self._shown = frozenset(re.findall(r"\w+", " ".join(_IN_README.findall(readme))))

    def text(self, path: str) -> str:
        return "\n".join(self._lines.get(path, ()))

    def importers(self, path: str) -> int:
        return len(self._importers[path])

    def weight(self, path: str, symbol: Symbol) -> int:
        """In how many other files it is called or looked into; what the code in the README names
        counts for several."""
        name = symbol.name.rpartition(".")[2]
        users = sum(name in self._called_in(user) for user in self._importers[path])
        return users + _README_COUNTS * (name in self._shown)

    def _called_in(self, path: str) -> frozenset[str]:
        if path not in self._called:
            imports = self._import_lines[path]
            lines = enumerate(self._lines.get(path, ()), 1)
            rows = (_code_of(line) for number, line in lines if number not in imports)
            self._called[path] = frozenset(word for row in rows for word in _CALLED.findall(row))
        return self._called[path]

    def of(self, path: str, symbol: Symbol, most: int) -> list[Row]:
        """Places in other files that call the definition or look into it, one a file, examples and
        tests first, as they show what is meant; where there are none, those that name it."""
        name = re.escape(symbol.name.rpartition(".")[2])
        called = re.compile(rf"(?<!\w){name}{_LOOKED_INTO}")
        named = re.compile(rf"(?<!\w){name}(?!\w)")
        users = sorted(self._importers[path], key=_shows_most)[:_MOST_USERS]
        return self._uses(users, called, most) or self._uses(users, named, most)

    def _uses(self, users: Sequence[str], pattern: re.Pattern[str], most: int) -> list[Row]:
        found: list[Row] = []
        for user in users:
            line = self._first_use(user, pattern)
            if line and len(found) < most:
                end = self._end(self._lines[user], line)
                found.append({"path": shown(user), "line": line, "end_line": end})
        return found

    def _first_use(self, path: str, pattern: re.Pattern[str]) -> int:
        """The first line that is no import, comment or definition; 0 where there is none."""
        imports = self._import_lines[path]
        for number, line in enumerate(self._lines.get(path, ()), 1):
            if number in imports or not pattern.search(_code_of(line)):
                continue
            if not re.match(r"\s*(?:#|//|\*|/\*|import\b|from\b|use\b|\"|'|export\b)", line):
                return number
        return 0

    def _end(self, lines: Sequence[str], first: int) -> int:
        """The last line of what begins in line ``first``: where its brackets are closed."""
        depth = 0
        for number in range(first, min(first + _LONGEST_USE, len(lines) + 1)):
            line = lines[number - 1]
            depth += sum(line.count(sign) for sign in _OPEN)
            depth -= sum(line.count(sign) for sign in _CLOSED)
            if depth <= 0:
                return number
        return first

    def notes(self, paths: Sequence[str], most: int) -> list[Row]:
        """Comments of the authors that ask for attention, outside tests."""
        rows = (row for path in paths if not is_test(path) for row in self._notes_of(path))
        return [row for row, _ in zip(rows, range(most), strict=False)]

    def _notes_of(self, path: str) -> Iterator[Row]:
        for number, line in enumerate(self._lines.get(path, ()), 1):
            match = _MARK.search(line[:400])
            if match:
                text = match["text"].strip().removesuffix("*/").removesuffix("-->").strip()
                yield {"path": shown(path), "line": number, "mark": match["mark"], "text": text}


def _code_of(line: str) -> str:
    """The line with its strings emptied; nothing of one that is too long to be shown."""
    return _STRING.sub('""', line) if len(line) <= _LONGEST_LINE else ""


def _shows_most(path: str) -> tuple[bool, bool, str]:
    return not is_example(path), not is_test(path), path


def raw_paths(snapshot: Snapshot) -> Mapping[str, str]:
    """The path in the repository, by the one that the model sees."""
    return {shown(file.path): file.path for file in snapshot.files}
