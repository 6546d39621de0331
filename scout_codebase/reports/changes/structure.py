"""Which components have begun or ceased to import others, which import cycles came or went, and
which tests changed with the code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scout_codebase.languages.paths import is_test
from scout_codebase.records import Edge
from scout_codebase.reports.changes.files import FileChange, FileKind
from scout_codebase.reports.changes.states import State, is_product

_Arrow = tuple[str, str]
_MOST_USES = 3


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """``source`` has begun to import ``target``, or ceased to where ``gone``. ``uses`` are some of
    the imports, as (path, line) of the state that has them."""

    source: str
    target: str
    gone: bool
    imports: int
    uses: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CycleChange:
    """``was`` and ``now`` are the files of it, none where it was or is not there."""

    was: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tested:
    """The tests of one component: those that stand in it or import one of its files. ``touched``
    are those that have changed, of ``tests`` in all."""

    component: str
    touched: tuple[str, ...]
    tests: int


def edge_changes(before: State, now: State) -> tuple[EdgeChange, ...]:
    """Between components that both states have, tests aside: the imports of a component that came
    or went as a whole came or went with it."""
    old, new = _between(before), _between(now)
    both = set(before.component_of.values()) & set(now.component_of.values())
    arrows = sorted(arrow for arrow in old.keys() ^ new.keys() if {*arrow} <= both)
    return tuple(
        EdgeChange(
            *arrow,
            gone=arrow in old,
            imports=len(rows := old.get(arrow) or new[arrow]),
            uses=tuple((row.source, row.line) for row in rows[:_MOST_USES]),
        )
        for arrow in arrows
    )


def _between(state: State) -> Mapping[_Arrow, list[Edge]]:
    homes = state.component_of
    found: dict[_Arrow, list[Edge]] = defaultdict(list)
    for edge in state.graph.edges:
        source, target = homes.get(edge.source), homes.get(edge.target)
        if source and target and source != target and is_product(edge.source):
            found[source, target].append(edge)
    return found


def cycle_changes(
    files: Iterable[FileChange], before: State, now: State
) -> tuple[CycleChange, ...]:
    """A renamed file is the same file. A cycle that shares files with one of the base has grown or
    shrunk."""
    moved = {file.was: file.path for file in files if file.kind is FileKind.RENAMED}
    old = [frozenset(moved.get(path, path) for path in row) for row in before.graph.cycles]
    new = [frozenset(row) for row in now.graph.cycles]
    gone = [row for row in old if row not in new]
    rows = []
    for cycle in (row for row in new if row not in old):
        former = max(gone, key=lambda row: (len(row & cycle), sorted(row)), default=frozenset())
        if former & cycle:
            gone.remove(former)
            rows.append(CycleChange(tuple(sorted(former)), tuple(sorted(cycle))))
        else:
            rows.append(CycleChange((), tuple(sorted(cycle))))
    rows += [CycleChange(tuple(sorted(row)), ()) for row in gone]
    return tuple(sorted(rows, key=lambda row: (row.now, row.was)))


def tested(files: Sequence[FileChange], now: State) -> tuple[Tested, ...]:
    """Of each component whose code has changed, tests and what is not parsed aside."""
    touched = {file.path for file in files if file.is_there and is_test(file.path)}
    changed = sorted(
        {
            file.component
            for file in files
            if file.is_there and is_product(file.path) and now.is_code(file.path)
        }
    )
    tests = _tests_of(now)
    return tuple(
        Tested(name, tuple(sorted(tests[name] & touched)), len(tests[name])) for name in changed
    )


def _tests_of(state: State) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path, component in state.component_of.items():
        if is_test(path) and state.is_code(path):
            found[component].add(path)
    for edge in state.graph.edges:
        if is_test(edge.source) and not is_test(edge.target):
            found[state.component_of.get(edge.target, "")].add(edge.source)
    return found
