"""How many lines a change adds and removes: what a shortest edit script would.

Lines of one side alone are added or removed in every script. Of the others the length of the
shortest script is found by the greedy algorithm of Myers, An O(ND) difference algorithm (1986); how
many of its steps add and how many remove follows from the number of lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_MOST_STEPS = 400  # of a script: the time grows with their square


def changed_lines(before: str, after: str) -> tuple[int, int]:
    """Lines added and removed. Where a long file was turned over from end to end, lines that have
    only moved are counted in neither: a lower bound."""
    old, new = _without_same_ends(before.splitlines(), after.splitlines())
    known_old, known_new = set(old), set(new)
    common_old = [line for line in old if line in known_new]
    common_new = [line for line in new if line in known_old]
    steps = _shortest_script(common_old, common_new)
    if steps is None:
        counts_old, counts_new = Counter(old), Counter(new)
        return (counts_new - counts_old).total(), (counts_old - counts_new).total()
    more = len(common_new) - len(common_old)
    added = len(new) - len(common_new) + (steps + more) // 2
    removed = len(old) - len(common_old) + (steps - more) // 2
    return added, removed


def _without_same_ends(
    old: Sequence[str], new: Sequence[str]
) -> tuple[Sequence[str], Sequence[str]]:
    start, most = 0, min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return old[start : len(old) - end], new[start : len(new) - end]


def _shortest_script(old: Sequence[str], new: Sequence[str]) -> int | None:
    """Its length, None where it is too long to be looked for."""
    size_old, size_new = len(old), len(new)
    if not old or not new:
        return size_old + size_new
    furthest = {1: 0}  # by diagonal (x - y), the furthest x that the steps so far reach
    for steps in range(min(size_old + size_new, _MOST_STEPS) + 1):
        for diagonal in range(-steps, steps + 1, 2):
            goes_down = diagonal == -steps or (
                diagonal != steps and furthest[diagonal - 1] < furthest[diagonal + 1]
            )
            x = furthest[diagonal + 1] if goes_down else furthest[diagonal - 1] + 1
            y = x - diagonal
            while x < size_old and y < size_new and old[x] == new[y]:
                x, y = x + 1, y + 1
            furthest[diagonal] = x
            if x >= size_old and y >= size_new:
                return steps
    return None
