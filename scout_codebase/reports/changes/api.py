"""Which definitions that others can use have come, gone, moved or changed their signature.

Only files that have changed are compared: the definitions of all others are what they were. What
belongs to a class that came, went or moved as a whole is counted with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from scout_codebase.languages.visibility import public_name, public_symbols
from scout_codebase.records import FileAnalysis
from scout_codebase.reports.changes.files import FileChange, FileKind
from scout_codebase.reports.changes.signatures import (
    Difference,
    Weight,
    difference,
    is_cut,
    plain,
    whole_signature,
)
from scout_codebase.reports.changes.states import State, is_product

_LAST_RUNS = frozenset({"python", "typescript", "tsx"})
_NOT_COMPARED = (FileKind.HIDDEN, FileKind.SHOWN)


class ApiKind(StrEnum):
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Definition:
    """One that others can use, where it stands. ``name`` is what they call it by."""

    path: str
    name: str
    kind: str
    line: int
    end_line: int
    signature: str


@dataclass(frozen=True, slots=True)
class ApiChange:
    """``was`` are the definitions of that name in the base, ``now`` those of the present state:
    several where a name has several signatures. ``members`` counts what belongs to it and came,
    went or moved with it. ``difference`` is set where one signature became another."""

    kind: ApiKind
    component: str
    was: tuple[Definition, ...] = ()
    now: tuple[Definition, ...] = ()
    members: int = 0
    difference: Difference | None = None

    @property
    def first(self) -> Definition:
        return (self.now or self.was)[0]

    @property
    def weight(self) -> Weight:
        """Of what it asks of those who use it; a change that was not read counts as breaking."""
        if self.kind is ApiKind.ADDED:
            return Weight.COMPATIBLE
        if self.difference:
            return self.difference.weight
        is_kept = set(_forms(self.was)) <= set(_forms(self.now))
        return Weight.COMPATIBLE if is_kept else Weight.BREAKS


@dataclass(frozen=True, slots=True)
class Api:
    """``changes`` are sorted: what breaks first. ``not_compared`` are files that were not parsed
    whole in one of the two states."""

    changes: tuple[ApiChange, ...]
    not_compared: tuple[str, ...]


def api_changes(files: Iterable[FileChange], before: State, now: State) -> Api:
    rows: list[ApiChange] = []
    not_compared: list[str] = []
    for file in files:
        if file.kind in _NOT_COMPARED or not (is_product(file.path) or is_product(file.was)):
            continue
        old, new = _analysis(before, file.was), _analysis(now, file.path)
        if file.kind is FileKind.DELETED:
            new = None
        if any(analysis and not analysis.complete for analysis in (old, new)):
            not_compared.append(file.path)
            continue
        rows += _compared(
            _definitions(before, file.was, old),
            _definitions(now, file.path, new),
            file,
            before,
            now,
        )
    folded = _folded(_with_moves(rows))
    return Api(tuple(sorted(folded, key=_gravest_first)), tuple(not_compared))


def _analysis(state: State, path: str) -> FileAnalysis | None:
    return state.graph.analyses.get(path)


def _gravest_first(row: ApiChange) -> tuple[int, int, str, str]:
    return row.weight, list(ApiKind).index(row.kind), row.first.path, row.first.name


def _definitions(
    state: State, path: str, analysis: FileAnalysis | None
) -> Mapping[str, list[Definition]]:
    found: dict[str, list[Definition]] = defaultdict(list)
    if analysis is None or not is_product(path):
        return found
    for symbol in public_symbols(path, analysis, state.texts.get(path, "")):
        name = public_name(symbol, analysis.language)
        lines = symbol.start_line, symbol.end_line
        found[name].append(Definition(path, name, symbol.kind, *lines, symbol.signature))
    return found


def _compared(
    old: Mapping[str, Sequence[Definition]],
    new: Mapping[str, Sequence[Definition]],
    file: FileChange,
    before: State,
    now: State,
) -> list[ApiChange]:
    rows = []
    for name in sorted(old.keys() | new.keys()):
        if _are_alike(old.get(name, ()), new.get(name, ())):
            continue
        was = tuple(_whole(before, row) for row in old.get(name, ()))
        present = tuple(_whole(now, row) for row in new.get(name, ()))
        if not (was and present):
            kind = ApiKind.REMOVED if was else ApiKind.ADDED
            rows.append(ApiChange(kind, file.component, was, present))
        elif _forms(was) != _forms(present):
            row = ApiChange(ApiKind.CHANGED, file.component, was, present)
            rows.append(replace(row, difference=_difference(row, now.language(file.path))))
    return rows


def _are_alike(old: Sequence[Definition], new: Sequence[Definition]) -> bool:
    """Whether both are the same as far as the syntax trees keep signatures, and these are whole:
    most are, and need no reading of the source."""
    first, second = ([row.signature for row in rows] for rows in (old, new))
    return first == second and not any(map(is_cut, first))


def _whole(state: State, row: Definition) -> Definition:
    lines = row.line, row.end_line
    return replace(row, signature=whole_signature(state, row.path, row.name, lines, row.signature))


def _forms(rows: Iterable[Definition]) -> list[str]:
    return sorted(plain(row.signature) for row in rows)


def _difference(row: ApiChange, language: str) -> Difference | None:
    """Of those signatures that only one state has, where each has one. In languages whose overloads
    are declarations alone, of the last ones, which are what runs."""
    if language in _LAST_RUNS:
        return _of_pair(row.was[-1], row.now[-1], language)
    was, now = set(_forms(row.was)), set(_forms(row.now))
    old = [one for one in row.was if plain(one.signature) not in now]
    new = [one for one in row.now if plain(one.signature) not in was]
    if len(old) != 1 or len(new) != 1:
        return None
    return _of_pair(old[0], new[0], language)


def _of_pair(was: Definition, now: Definition, language: str) -> Difference:
    return difference(now.name, now.kind, was.signature, now.signature, language)


def _with_moves(rows: Sequence[ApiChange]) -> list[ApiChange]:
    """A definition that is gone and one that came with the same name and signature, neither of them
    several times, is one that has moved."""
    by_form: dict[tuple[str, ...], list[ApiChange]] = defaultdict(list)
    for row in rows:
        if row.kind in (ApiKind.REMOVED, ApiKind.ADDED):
            by_form[_identity(row)].append(row)
    moved: dict[int, ApiChange] = {}
    taken: set[int] = set()
    for pair in by_form.values():
        kinds = sorted(row.kind for row in pair)
        if kinds == [ApiKind.ADDED, ApiKind.REMOVED]:
            gone, come = sorted(pair, key=lambda row: row.kind is ApiKind.ADDED)
            moved[id(come)] = replace(come, kind=ApiKind.MOVED, was=gone.was)
            taken.add(id(gone))
    return [moved.get(id(row), row) for row in rows if id(row) not in taken]


def _identity(row: ApiChange) -> tuple[str, ...]:
    return (row.first.name, row.first.kind, *_forms(row.was or row.now))


def _folded(rows: Sequence[ApiChange]) -> list[ApiChange]:
    """Without the members of what came, went or moved as a whole."""
    whole = {_place(row, row.first.name): row for row in rows if row.kind is not ApiKind.CHANGED}
    members: dict[int, int] = defaultdict(int)
    kept = []
    for row in rows:
        owner, above = row, whole.get(_place(row, _owner(row)))
        while above is not None:
            owner, above = above, whole.get(_place(above, _owner(above)))
        if owner is row:
            kept.append(row)
        else:
            members[id(owner)] += 1
    return [replace(row, members=members[id(row)]) for row in kept]


def _owner(row: ApiChange) -> str:
    return row.first.name.rpartition(".")[0].removesuffix(".prototype")


def _place(row: ApiChange, name: str) -> tuple[str, str, str, str]:
    old, new = (side[0].path if side else "" for side in (row.was, row.now))
    return row.kind, old, new, name
