"""Who in the repository still uses a definition that is gone or has another signature.

Looked for by name, in the code of the present state: in the file of the definition, in those that
import it, and in those that imported it in the base. Where something else has the same name, its
uses cannot be told apart, and none is named.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from scout_codebase.languages.paths import is_test
from scout_codebase.reports.changes.api import ApiChange, ApiKind
from scout_codebase.reports.changes.files import FileChange
from scout_codebase.reports.changes.states import State
from scout_codebase.reports.code_index import CONSTRUCTORS

_LONGEST_LINE = 160  # characters


@dataclass(frozen=True, slots=True)
class Use:
    """A line that names a definition."""

    path: str
    line: int
    code: str


@dataclass(frozen=True, slots=True)
class Uses:
    """Those outside tests first. ``same_name`` counts the other definitions of that name: where
    there are any, none is looked for."""

    lines: tuple[Use, ...] = ()
    same_name: int = 0


class UserFinder:
    """Looks through the present state."""

    def __init__(self, files: Iterable[FileChange], before: State, now: State) -> None:
        self._before, self._now = before, now
        self._moved = {file.was: file.path for file in files if file.was and file.is_there}

    def of(self, row: ApiChange) -> Uses:
        one = (row.was or row.now)[0]
        owner, _, name = one.name.rpartition(".")
        if name in CONSTRUCTORS and owner:
            owner, name = owner.rpartition(".")[0], owner.rpartition(".")[2]
        others = self._names[name] - (row.kind is ApiKind.CHANGED) * len(row.now)
        if row.kind is ApiKind.MOVED or others > 0 or not name:
            return Uses(same_name=max(0, others))
        own = {(place.path, place.line) for place in row.now}
        wanted = self._pattern(row, name, is_member=bool(owner))
        found = [
            use
            for path in self._readers(row)
            for use in self._lines(path, name, wanted)
            if (use.path, use.line) not in own
        ]
        return Uses(tuple(sorted(found, key=lambda use: (is_test(use.path), use.path, use.line))))

    def _pattern(self, row: ApiChange, name: str, *, is_member: bool) -> re.Pattern[str]:
        """A removed name is missed wherever it stands; a changed signature only where it is
        called."""
        before = r"(?:\.|->|::)\s*" if is_member and name not in CONSTRUCTORS else r"(?<![\w$])"
        behind = r"(?![\w$])" if row.kind is ApiKind.REMOVED else r"\s*[(<]"
        return re.compile(before + re.escape(name) + behind)

    def _readers(self, row: ApiChange) -> list[str]:
        paths = {place.path for place in row.now}
        readers = set(paths)
        for place in row.now:
            readers.update(self._importers.get(place.path, ()))
        for place in row.was:
            former = {place.path, *self._former_importers.get(place.path, ())}
            readers.update(self._moved.get(path, path) for path in former)
        return sorted(readers & self._now.texts.keys())

    def _lines(self, path: str, name: str, wanted: re.Pattern[str]) -> Iterator[Use]:
        code = self._now.code
        if not code.matches(path, name, wanted):  # spares most files the slower reading
            return
        for number in code.lines_with(path, name):
            line = code.lines(path)[number - 1]
            if wanted.search(line):
                yield Use(path, number, line.strip()[:_LONGEST_LINE])

    @cached_property
    def _names(self) -> Counter[str]:
        """How often each name is defined, tests aside."""
        return Counter(
            symbol.name.rpartition(".")[2]
            for path, analysis in self._now.graph.analyses.items()
            if not is_test(path)
            for symbol in analysis.symbols
            if symbol.kind != "constant"
        )

    @cached_property
    def _importers(self) -> Mapping[str, set[str]]:
        return _importers(self._now)

    @cached_property
    def _former_importers(self) -> Mapping[str, set[str]]:
        return _importers(self._before)


def _importers(state: State) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for edge in state.graph.edges:
        found[edge.target].add(edge.source)
    return found
