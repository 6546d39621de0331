"""Where the boxes of a layered diagram stand, and how its arrows run between them.

After Sugiyama, Tagawa and Toda (1981): an arrow that passes rows stands in each as a thin box of
its own; boxes of a row are ordered by the mean of their neighbours, several times, and the order
with the fewest crossings is kept. Then each box moves towards its neighbours as far as those beside
it leave room, which is an isotonic regression.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_THIN = 6.0  # of an arrow that passes a row
_SWEEPS = 8

Node = Hashable
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """``centers`` of the boxes along their rows, by id, and the number of the row; ``passes`` are,
    by arrow, where it goes through the rows between its ends, as row and middle; ``length`` is that
    of the longest row."""

    centers: Mapping[str, float]
    row_of: Mapping[str, int]
    passes: Mapping[tuple[str, str], Sequence[tuple[int, float]]]
    rows: int
    length: float


def layered(
    lengths: Mapping[str, float],
    rows: Sequence[Sequence[str]],
    arrows: Sequence[tuple[str, str]],
    *,
    gap: float,
    longest: float = float("inf"),
) -> Layout:
    """``lengths`` are those of the boxes along their rows; ``rows`` name every box once, from the
    first row to the last; ``arrows`` lead between boxes. Between boxes of a row is a ``gap``; what
    is longer than ``longest`` goes on in another row."""
    wrapped = [part for row in rows for part in _wrapped(row, lengths, gap, longest)]
    row_of: dict[Node, int] = {name: at for at, row in enumerate(wrapped) for name in row}
    sizes: dict[Node, float] = {name: lengths[name] for name in lengths}
    ordered: list[list[Node]] = [list(row) for row in wrapped]
    joined: dict[Node, list[Node]] = defaultdict(list)
    passing: dict[tuple[str, str], list[Node]] = {}
    for source, target in arrows:
        between = _between(row_of[source], row_of[target])
        thin: list[Node] = [(source, target, at) for at in between]
        for node, at in zip(thin, between, strict=True):
            sizes[node], row_of[node] = _THIN, at
            ordered[at].append(node)
        passing[source, target] = thin
        chain = [source, *thin, target]
        for one, other in itertools.pairwise(chain):
            joined[one].append(other)
            joined[other].append(one)
    ordered = _least_crossed(ordered, joined, row_of)
    centers = _placed(ordered, sizes, joined, gap)
    return Layout(
        {name: centers[name] for name in lengths},
        {name: row_of[name] for name in lengths},
        {
            arrow: [(row_of[node], centers[node]) for node in nodes]
            for arrow, nodes in passing.items()
        },
        len(ordered),
        max((centers[name] + lengths[name] / 2 for name in lengths), default=0.0),
    )


def _wrapped(
    row: Sequence[str], lengths: Mapping[str, float], gap: float, longest: float
) -> Iterator[list[str]]:
    """Rows of about the same length, none longer than fits."""
    whole = sum(lengths[name] + gap for name in row)
    wanted = whole / math.ceil(whole / longest) if whole > longest else longest
    part: list[str] = []
    length = 0.0
    for name in row:
        if part and length + lengths[name] / 2 > wanted:
            yield part
            part, length = [], 0.0
        part.append(name)
        length += lengths[name] + gap
    if part:
        yield part


def _between(source: int, target: int) -> range:
    return range(source + 1, target) if source < target else range(source - 1, target, -1)


Joined = Mapping[Node, Sequence[Node]]


def _least_crossed(
    rows: list[list[Node]], joined: Joined, row_of: Mapping[Node, int]
) -> list[list[Node]]:
    best, fewest = rows, _crossings(rows, joined, row_of)
    for sweep in range(_SWEEPS):
        rows = _swept(rows, joined, row_of, down=sweep % 2 == 0)
        crossings = _crossings(rows, joined, row_of)
        if crossings < fewest:
            best, fewest = rows, crossings
    return best


def _swept(
    rows: list[list[Node]], joined: Joined, row_of: Mapping[Node, int], *, down: bool
) -> list[list[Node]]:
    """Each row ordered by the mean place of its neighbours in the row that was ordered before."""
    rows = [list(row) for row in rows]
    step = 1 if down else -1
    numbers = range(1, len(rows)) if down else range(len(rows) - 2, -1, -1)
    for number in numbers:
        place = {name: at for at, name in enumerate(rows[number - step])}
        own = {name: at for at, name in enumerate(rows[number])}
        keys = {}
        for name in rows[number]:
            near = [place[one] for one in joined.get(name, ()) if row_of[one] == number - step]
            scale = len(place) / max(1, len(own))
            keys[name] = sum(near) / len(near) if near else own[name] * scale
        rows[number].sort(key=keys.__getitem__)
    return rows


def _crossings(rows: list[list[Node]], joined: Joined, row_of: Mapping[Node, int]) -> int:
    count = 0
    for number, row in enumerate(rows[:-1]):
        place = {name: at for at, name in enumerate(rows[number + 1])}
        ends = [
            place[one]
            for name in row
            for one in sorted(
                (one for one in joined.get(name, ()) if row_of[one] == number + 1),
                key=place.__getitem__,
            )
        ]
        count += sum(earlier > later for at, later in enumerate(ends) for earlier in ends[:at])
    return count


def _placed(
    rows: list[list[Node]], sizes: Mapping[Node, float], joined: Joined, gap: float
) -> dict[Node, float]:
    """The middles, from 0 on."""
    centers: dict[Node, float] = {}
    widest = max((_length(row, sizes, gap) for row in rows), default=0.0)
    for row in rows:
        at = (widest - _length(row, sizes, gap)) / 2
        for name in row:
            centers[name] = at + sizes[name] / 2
            at += sizes[name] + gap
    for sweep in range(_SWEEPS):
        middle = [_mean(list(centers.values()))]
        for row in rows if sweep % 2 else reversed(rows):
            wanted = [
                _mean([centers[one] for one in joined.get(name, ())] or middle) for name in row
            ]
            centers.update(zip(row, _apart(row, wanted, sizes, gap), strict=True))
    left = min((centers[name] - sizes[name] / 2 for row in rows for name in row), default=0.0)
    return {name: center - left for name, center in centers.items()}


def _length(row: Sequence[Node], sizes: Mapping[Node, float], gap: float) -> float:
    return sum(sizes[name] + gap for name in row) - gap


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _apart(
    row: Sequence[Node], wanted: Sequence[float], sizes: Mapping[Node, float], gap: float
) -> list[float]:
    """The places nearest to the wanted ones in which no box of the row touches another, in its
    order: pool adjacent violators, on what is left of a place once the boxes before it are off."""
    offsets = [0.0]
    for one, other in itertools.pairwise(row):
        offsets.append(offsets[-1] + (sizes[one] + sizes[other]) / 2 + gap)
    pools: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        mean, count = place - offset, 1
        while pools and pools[-1][0] >= mean:
            before, members = pools.pop()
            mean = (before * members + mean * count) / (members + count)
            count += members
        pools.append((mean, count))
    flat = [mean for mean, count in pools for _ in range(count)]
    return [base + offset for base, offset in zip(flat, offsets, strict=True)]
