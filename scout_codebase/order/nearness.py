"""Moves what stands in a row nearer to what it is linked with.

The links of a row pull at both their ends. An item that passes its neighbour has each of its links
that way made shorter by the neighbour's size, and each of its links the other way longer; of the
neighbour the same is true. Each item moves to where the sum of all lengths is least, the others
staying in their order. Where every link must run backwards this is scheduling one machine for the
least weighted completion time under precedence, and exchanging neighbours is the condition of
Smith's rule (W. E. Smith, Various optimizers for single-stage production, 1956): the short file
first that many others need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_PASSES = 3
_PATIENCE = 100
"""How many neighbours an item looks past in vain before it gives up."""


class Allowance:
    """How many neighbours may yet be passed. The work is limited by this number, not by time, so
    that the order is the same on every machine."""

    def __init__(self, steps: int) -> None:
        self.steps = steps


@dataclass(frozen=True, slots=True)
class Row:
    """Items are numbers from 0, in their order. ``links`` holds for each item the number of links
    to each other item, both ways alike. ``pull`` is the number of links to what stands behind the
    row less the links to what stands before it. Two items of which ``stay`` is true never pass each
    other."""

    sizes: Sequence[int]
    links: Sequence[Mapping[int, int]]
    pull: Sequence[int]
    stay: Callable[[int, int], bool]


def settle(row: Row, allowance: Allowance) -> list[int]:
    """The items in their new order."""
    line = _Line(row, allowance)
    movable = [item for item, links in enumerate(row.links) if links or row.pull[item]]
    for _ in range(_PASSES):
        moved = [line.move(item) for item in movable]
        if not any(moved):
            break
    return line.order


class _Line:
    """A row while it changes. ``_behind`` holds for each item its links to what stands behind it,
    less those to what stands before it."""

    def __init__(self, row: Row, allowance: Allowance) -> None:
        self._row, self._allowance = row, allowance
        self.order = list(range(len(row.sizes)))
        self._place = list(self.order)
        self._behind = [
            row.pull[item]
            + sum(count if other > item else -count for other, count in links.items())
            for item, links in enumerate(row.links)
        ]

    def move(self, item: int) -> bool:
        """Moves an item to its best place; false if it stands there."""
        start = self._place[item]
        forwards, gain_forwards = self._best(item, 1)
        backwards, gain_backwards = self._best(item, -1)
        target = forwards if gain_forwards > gain_backwards else backwards
        if target == start:
            return False
        step = 1 if target > start else -1
        for place in range(start, target, step):
            self._pass(item, self.order[place + step], step)
        return True

    def _best(self, item: int, step: int) -> tuple[int, int]:
        """The best place in one direction, and what it gains."""
        row, place = self._row, self._place[item]
        links = row.links[item]
        best, best_gain, gain = place, 0, 0
        ahead = step * self._behind[item]
        while 0 <= place + step < len(self.order) and abs(place - best) < _PATIENCE:
            if self._allowance.steps <= 0:
                break
            other = self.order[place + step]
            if row.stay(item, other):
                break
            self._allowance.steps -= 1
            place += step
            between = links.get(other, 0)
            gain += row.sizes[other] * (ahead - between)
            gain -= row.sizes[item] * (step * self._behind[other] + between)
            ahead -= 2 * between
            if gain > best_gain:
                best, best_gain = place, gain
        return best, best_gain

    def _pass(self, item: int, other: int, step: int) -> None:
        """Exchanges two neighbours, ``other`` standing on the side of ``step``."""
        one, two = self._place[item], self._place[other]
        self.order[one], self.order[two] = other, item
        self._place[item], self._place[other] = two, one
        between = self._row.links[item].get(other, 0)
        self._behind[item] -= 2 * step * between
        self._behind[other] += 2 * step * between
