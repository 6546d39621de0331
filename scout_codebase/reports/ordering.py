"""Few arrows to take out of a graph so that no cycle is left, and the layers that then show.

The order of the nodes decides: an arrow that leads back in it is one to take out. The best order of
a small group is found by dynamic programming over its subsets (Lawler, 1964), that of a larger one
by the greedy heuristic of Eades, Lin and Smyth (1993), then by moving single nodes while that
helps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Arrow = tuple[str, str]
Weights = Mapping[Arrow, int]

_MOST_EXACT = 12  # nodes of a group: 4,096 subsets
_MOST_MOVED = 150  # nodes: moving takes time that grows with the square


def arrows_to_cut(nodes: Iterable[str], weights: Weights) -> list[Arrow]:
    """Of the arrows between these nodes, some without which there is no cycle, none of them
    needless: of the least weight in all for up to twelve nodes, of little beyond. Sorted."""
    names = sorted(set(nodes))
    inner = {
        arrow: weight
        for arrow, weight in sorted(weights.items())
        if arrow[0] != arrow[1] and {*arrow} <= {*names}
    }
    if not inner:
        return []
    if len(names) <= _MOST_EXACT:
        order = _best_order(names, inner)
    else:
        order = _greedy_order(names, inner)
        order = _moved(order, inner) if len(names) <= _MOST_MOVED else order
    place = {name: number for number, name in enumerate(order)}
    cut = [arrow for arrow in inner if place[arrow[0]] > place[arrow[1]]]
    return _needed(cut, inner)


def _needed(cut: Sequence[Arrow], weights: Weights) -> list[Arrow]:
    """Without those that close no cycle once the others are out, the heaviest first."""
    out: dict[str, set[str]] = defaultdict(set)
    for source, target in weights.keys() - set(cut):
        out[source].add(target)
    needed: list[Arrow] = []
    for source, target in sorted(cut, key=lambda arrow: (-weights[arrow], arrow)):
        if _leads(out, target, source):
            needed.append((source, target))
        else:
            out[source].add(target)
    return sorted(needed)


def _leads(out: Mapping[str, set[str]], start: str, end: str) -> bool:
    seen, pending = {start}, [start]
    while pending:
        name = pending.pop()
        if name == end:
            return True
        fresh = out.get(name, set()) - seen
        seen |= fresh
        pending.extend(fresh)
    return False


def _best_order(names: Sequence[str], weights: Weights) -> list[str]:
    """Of all orders one whose arrows back weigh least: what a set costs is what its last node adds
    to the best order of the others."""
    index = {name: number for number, name in enumerate(names)}
    rows = [[0] * len(names) for _ in names]
    for (source, target), weight in weights.items():
        rows[index[source]][index[target]] = weight
    costs, last = [0] * (1 << len(names)), [0] * (1 << len(names))
    for chosen in range(1, 1 << len(names)):
        members = [node for node in range(len(names)) if chosen >> node & 1]
        options = (
            (costs[chosen ^ 1 << node] + sum(rows[node][other] for other in members), node)
            for node in members
        )
        costs[chosen], last[chosen] = min(options)
    order: list[str] = []
    chosen = (1 << len(names)) - 1
    while chosen:
        order.append(names[last[chosen]])
        chosen ^= 1 << last[chosen]
    return order[::-1]


def _greedy_order(names: Sequence[str], weights: Weights) -> list[str]:
    """Sinks to the end, sources to the front, then whatever sends most more than it receives."""
    out: dict[str, dict[str, int]] = {name: {} for name in names}
    into: dict[str, dict[str, int]] = {name: {} for name in names}
    surplus = dict.fromkeys(names, 0)
    for (source, target), weight in weights.items():
        out[source][target] = into[target][source] = weight
        surplus[source] += weight
        surplus[target] -= weight
    front: list[str] = []
    back: list[str] = []
    left = dict.fromkeys(names)
    while left:
        sinks = [name for name in left if not out[name]]
        sources = [name for name in left if not into[name]]
        chosen = sinks or sources or [max(left, key=lambda name: surplus[name])]
        (back if sinks else front).extend(chosen)
        for name in chosen:
            del left[name]
            for other, weight in out.pop(name).items():
                del into[other][name]
                surplus[other] += weight
            for other, weight in into.pop(name).items():
                del out[other][name]
                surplus[other] -= weight
    return front + back[::-1]


def _moved(order: list[str], weights: Weights) -> list[str]:
    """Each node in turn to where it costs least, until none wants to move."""
    best = True
    while best:
        best = False
        for name in sorted(order):
            at = order.index(name)
            gain, to = _best_place(order, at, weights)
            if gain > 0:
                order.insert(to, order.pop(at))
                best = True
    return order


def _best_place(order: Sequence[str], at: int, weights: Weights) -> tuple[int, int]:
    """How much less the arrows back weigh with the node at ``at`` elsewhere, and where."""
    name = order[at]
    best, to = 0, at
    for step in (-1, 1):
        gain, place = 0, at + step
        while 0 <= place < len(order):
            other = order[place]
            forward = weights.get((other, name), 0) - weights.get((name, other), 0)
            gain += forward if step > 0 else -forward
            if gain > best:
                best, to = gain, place
            place += step
    return best, to


def layers(nodes: Iterable[str], weights: Weights, cut: Iterable[Arrow]) -> list[list[str]]:
    """The nodes by layer, the top one first, ``cut`` taken out: each stands just above the highest
    that it leads to. Raises ValueError where a cycle is left."""
    out: dict[str, list[str]] = {name: [] for name in sorted(set(nodes))}
    taken = set(cut)
    for source, target in sorted(weights):
        if source in out and target in out and source != target and (source, target) not in taken:
            out[source].append(target)
    heights: dict[str, int] = {}
    while len(heights) < len(out):
        ready = [n for n in out if n not in heights and all(t in heights for t in out[n])]
        if not ready:
            raise ValueError("a cycle is left")
        for name in ready:
            heights[name] = 1 + max((heights[target] for target in out[name]), default=-1)
    top = max(heights.values(), default=-1)
    return [[n for n in out if heights[n] == height] for height in range(top, -1, -1)]
