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

from collections.abc import Callable, Container, Mapping, Sequence
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
    row less the links to what stands before it. Two items never pass each other if one is in
    ``apart`` of the other, or if ``stay`` is true of them; None if it never is."""

    sizes: Sequence[int]
    links: Sequence[Mapping[int, int]]
    pull: Sequence[int]
    apart: Sequence[Container[int]]
    stay: Callable[[int, int], bool] | None = None


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
        # The innermost loop of the order: what it looks at is at hand.
        row, order, sizes, behind = self._row, self.order, self._row.sizes, self._behind
        between_and, apart, stay = row.links[item].get, row.apart[item], row.stay
        best, steps = self._place[item], self._allowance.steps
        size, ahead, gain, best_gain = sizes[item], step * behind[item], 0, 0
        for place in range(best + step, len(order) if step > 0 else -1, step):
            other = order[place]
            if steps <= 0 or abs(place - step - best) >= _PATIENCE or other in apart:
                break
            if stay is not None and stay(item, other):
                break
            steps -= 1
            between = between_and(other, 0)
            gain += sizes[other] * (ahead - between) - size * (step * behind[other] + between)
            ahead -= 2 * between
            if gain > best_gain:
                best, best_gain = place, gain
        self._allowance.steps = steps
        return best, best_gain

    def _pass(self, item: int, other: int, step: int) -> None:
        """Exchanges two neighbours, ``other`` standing on the side of ``step``."""
        one, two = self._place[item], self._place[other]
        self.order[one], self.order[two] = other, item
        self._place[item], self._place[other] = two, one
        between = self._row.links[item].get(other, 0)
        self._behind[item] -= 2 * step * between
        self._behind[other] += 2 * step * between
