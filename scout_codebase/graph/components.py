"""Coherent groups of files, by folder and by coupling.

Folders decide first, because they are what the authors chose and because they hold still from
commit to commit: starting at the top, the largest group is split into its subfolders until none
holds too much of the repository, or until there would be more groups than a reader can hold. What
is too small to stand alone (a folder of one file, a few loose files) joins the neighbour that it
shares most edges with, or else what its parent folder holds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from scout_codebase.languages.paths import is_below, parent
from scout_codebase.records import Component, Edge

_SHARE = 12
_MOST = 30


class _Sizes(NamedTuple):
    """In files: what is smaller than ``small`` joins a neighbour, what is larger than ``large``
    is split."""

    small: int
    large: int


def _sizes(files: int) -> _Sizes:
    """In a repository of a few dozen files a folder of one file is a part that its authors named;
    in a larger one it is a detail."""
    return _Sizes(small=1, large=4) if files <= 40 else _Sizes(3, max(8, files // _SHARE))


_Groups = dict[str, list[str]]


def find_components(paths: Sequence[str], edges: Iterable[Edge]) -> tuple[Component, ...]:
    """Every path in exactly one component, sorted by name."""
    sizes = _sizes(len(paths))
    groups = _split_all(sorted(paths), sizes)
    coupling = _Coupling(groups, edges)
    while True:
        small = [folder for folder, members in groups.items() if _joins(folder, members, sizes)]
        if not small:
            break
        folder = max(small, key=lambda folder: (folder.count("/"), folder))
        host = coupling.closest(folder, groups) or parent(folder)
        groups[host] = groups.get(host, []) + groups.pop(folder)
        coupling.merge(folder, host)
    return tuple(
        Component(folder or ".", tuple(sorted(groups[folder]))) for folder in sorted(groups)
    )


def _joins(folder: str, members: Sequence[str], sizes: _Sizes) -> bool:
    """Whether a group is too small; a top folder stands by itself however small it is."""
    return "/" in folder and len(members) < sizes.small


def _split_all(paths: list[str], sizes: _Sizes) -> _Groups:
    groups: _Groups = _split("", paths)
    whole: set[str] = set()
    while True:
        open_groups = [
            folder
            for folder, members in groups.items()
            if folder and folder not in whole and len(members) > sizes.large
        ]
        if not open_groups:
            return groups
        folder = max(open_groups, key=lambda folder: (len(groups[folder]), folder))
        inner = _split(folder, groups[folder])
        standing = sum(len(members) >= sizes.small for members in inner.values())
        whole.add(folder)
        if inner.keys() != {folder} and len(groups) - 1 + standing <= _MOST:
            del groups[folder]
            groups |= inner


def _split(folder: str, paths: Iterable[str]) -> _Groups:
    """The members of a folder by subfolder; loose files stay with the folder."""
    inner: _Groups = defaultdict(list)
    for path in paths:
        head, slash, _ = path[len(folder) :].lstrip("/").partition("/")
        inner[f"{folder}/{head}".lstrip("/") if slash else folder].append(path)
    return dict(inner)


class _Coupling:
    """How many edges run between two groups, in either direction."""

    def __init__(self, groups: Mapping[str, list[str]], edges: Iterable[Edge]) -> None:
        home = {path: folder for folder, members in groups.items() for path in members}
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        for edge in edges:
            first, second = home.get(edge.source), home.get(edge.target)
            if first is not None and second is not None and first != second:
                self._counts[first][second] += 1
                self._counts[second][first] += 1

    def closest(self, folder: str, groups: Mapping[str, list[str]]) -> str | None:
        """The group below the same parent that shares most edges, None where none shares any."""
        above = parent(folder)
        counts = self._counts[folder]
        near = [other for other in groups if counts[other] and is_below(other, above)]
        return min(near, key=lambda other: (-counts[other], other)) if near else None

    def merge(self, folder: str, host: str) -> None:
        for other, count in self._counts.pop(folder, Counter()).items():
            self._counts[other].pop(folder, None)
            if other != host:
                self._counts[host][other] += count
                self._counts[other][host] += count
