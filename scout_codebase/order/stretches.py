"""Brings importers and what they import nearer together, without breaking what holds already.

Four times the order is cut into stretches, and the parts of each stretch settle: the folders (or
cycles) of a phase, the folders of a cycle, the files of a folder; at last, among the folders of a
phase, each file that nothing needs, which may leave its folder for it.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from scout_codebase.languages.paths import folders_up, is_below, is_test, parent
from scout_codebase.order.nearness import Allowance, Row, settle
from scout_codebase.records import Edge

_MOST_STEPS = 400_000
_FRAME_BYTES = 60  # what the pack puts around a file

Key = Callable[[str], Hashable]
Part = Sequence[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a file must not leave: its ``stretch`` of the whole order, and its ``cycle`` of files,
    ``()`` for none."""

    stretch: Hashable
    is_test: bool
    cycle: tuple[str, ...]


def bring_near(
    order: Sequence[str],
    edges: Iterable[Edge],
    sizes: Mapping[str, int],
    standings: Mapping[str, Standing],
) -> list[str]:
    """The same paths. An edge that runs backwards in ``order`` does so in the result, unless it
    belongs to a cycle; stretches and cycles stay together, and of a run of one folder what other
    files need; tests stay behind what is beside and below them. ``sizes`` are in bytes."""
    links = _links(edges)

    def folder(path: str) -> Hashable:
        return parent(path), standings[path].is_test

    def folder_or_cycle(path: str) -> Hashable:
        return standings[path].cycle or folder(path)

    def cycle(path: str) -> Hashable:
        return standings[path].cycle or path

    def folder_of_cycle(path: str) -> Hashable:
        return standings[path].stretch, standings[path].cycle, folder(path)

    def folder_or_end(path: str) -> Hashable:
        is_end = not any(not needed for _, needed in links.get(path, ()))
        return path if is_end else folder_or_cycle(path)

    cuts: tuple[tuple[Key, Key], ...] = (
        (lambda path: standings[path].stretch, folder_or_cycle),
        (cycle, folder),
        (folder_of_cycle, lambda path: path),
        (lambda path: standings[path].stretch, folder_or_end),
    )
    allowance = Allowance(_MOST_STEPS)
    found = list(order)
    for stretch, part in cuts:
        settler = _Settler(found, links, sizes, standings, allowance)
        parts = (settler.settled(list(paths), part) for _, paths in groupby(found, stretch))
        found = list(chain.from_iterable(parts))
    return found


def _links(edges: Iterable[Edge]) -> dict[str, list[tuple[str, bool]]]:
    """Each file's neighbours in the graph, and whether it needs them."""
    links: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for edge in edges:
        links[edge.source].append((edge.target, True))
        links[edge.target].append((edge.source, False))
    return links


class _Settler:
    def __init__(
        self,
        order: Sequence[str],
        links: Mapping[str, Sequence[tuple[str, bool]]],
        sizes: Mapping[str, int],
        standings: Mapping[str, Standing],
        allowance: Allowance,
    ) -> None:
        self._place = {path: number for number, path in enumerate(order)}
        self._links, self._sizes, self._standings = links, sizes, standings
        self._allowance = allowance

    def settled(self, stretch: Sequence[str], part: Key) -> Sequence[str]:
        parts = self._joined([tuple(paths) for _, paths in groupby(stretch, part)])
        if len(parts) == 1:
            return stretch
        order = settle(self._row(parts), self._allowance)
        return list(chain.from_iterable(parts[number] for number in order))

    def _joined(self, parts: Sequence[Part]) -> list[Part]:
        """A folder that nothing links to anything, such as one of templates, moves with the folder
        around it."""
        joined: list[Part] = []
        for paths in parts:
            around, folder = parent(joined[-1][0]) if joined else "", parent(paths[0])
            below = around and folder != around and is_below(folder, around)
            if below and not any(path in self._links for path in paths):
                joined[-1] = (*joined[-1], *paths)
            else:
                joined.append(paths)
        return joined

    def _row(self, parts: Sequence[Part]) -> Row:
        home = {path: number for number, paths in enumerate(parts) for path in paths}
        last = self._place[parts[-1][-1]]
        links: list[Counter[int]] = [Counter() for _ in parts]
        pull = [0] * len(parts)
        apart: list[set[int]] = [set() for _ in parts]
        for path, number in home.items():
            for other, _ in self._links.get(path, ()):
                target = home.get(other)
                if target is None:
                    pull[number] += 1 if self._place[other] > last else -1
                elif target != number:
                    links[number][target] += 1
                    cycle = self._standings[path].cycle
                    if not cycle or cycle != self._standings[other].cycle:
                        apart[number].add(target)
        return Row(
            sizes=[sum(self._sizes[path] + _FRAME_BYTES for path in paths) for paths in parts],
            links=links,
            pull=pull,
            apart=apart,
            stay=self._staying(parts),
        )

    def _staying(self, parts: Sequence[Part]) -> Callable[[int, int], bool] | None:
        """What a test runner lends to every test of a folder stays in front of them, and tests
        stay behind what they are the tests of."""
        folders = [parent(paths[0]) for paths in parts]
        tests = [self._standings[paths[0]].is_test for paths in parts]
        shared = [posixpath.basename(paths[0]) == "conftest.py" for paths in parts]
        if not any(shared) and len(set(tests)) == 1:
            return None
        homes = [_home(folder) if test else "" for folder, test in zip(folders, tests, strict=True)]

        def stay(one: int, two: int) -> bool:
            if folders[one] == folders[two] and (shared[one] or shared[two]):
                return True
            if tests[one] == tests[two]:
                return False
            test, code = (one, two) if tests[one] else (two, one)
            return is_below(f"{folders[code]}/", homes[test])

        return stay


def _home(folder: str) -> str:
    """The folder that the tests of a folder are for."""
    return next(above for above in folders_up(folder) if not above or not is_test(f"{above}/_"))
