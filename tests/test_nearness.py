"""A row that settled: a permutation, no link longer in sum, and in place what must stay."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from scout_codebase.order.nearness import Allowance, Row, settle

COUNT = 9
ITEMS = st.integers(0, COUNT - 1)
PAIRS = st.tuples(ITEMS, ITEMS).filter(lambda pair: pair[0] != pair[1])
SIZES = st.lists(st.integers(1, 1000), min_size=COUNT, max_size=COUNT)


def make_row(sizes: list[int], pairs: list[tuple[int, int]], kept: set[frozenset[int]]) -> Row:
    links: list[Counter[int]] = [Counter() for _ in sizes]
    for one, two in pairs:
        links[one][two] += 1
        links[two][one] += 1
    # What is kept is said in one of the two ways in which it can be said.
    apart = [{two for two in range(len(sizes)) if {one, two} in kept} for one in range(len(sizes))]
    if sum(sizes) % 2:
        return Row(sizes, links, [0] * len(sizes), apart)
    nothing: list[set[int]] = [set() for _ in sizes]
    return Row(sizes, links, [0] * len(sizes), nothing, lambda one, two: two in apart[one])


def length(order: list[int], row: Row) -> float:
    """Of all links, from the middle of an item to the middle of the other."""
    sizes = [row.sizes[item] for item in order]
    starts = accumulate(sizes, initial=0)
    middles = {
        item: start + size / 2 for item, start, size in zip(order, starts, sizes, strict=False)
    }
    return sum(
        count * abs(middles[item] - middles[other])
        for item, links in enumerate(row.links)
        for other, count in links.items()
    )


@settings(max_examples=300, deadline=None)
@given(SIZES, st.lists(PAIRS, max_size=20), st.lists(PAIRS, max_size=6))
def test_links_never_grow_and_what_must_stay_stays(
    sizes: list[int], pairs: list[tuple[int, int]], barriers: list[tuple[int, int]]
) -> None:
    kept = {frozenset(pair) for pair in barriers}
    row = make_row(sizes, pairs, kept)
    order = settle(row, Allowance(10_000))
    assert sorted(order) == list(range(COUNT))
    assert length(order, row) <= length(list(range(COUNT)), row)
    for one, two in map(sorted, barriers):
        assert order.index(one) < order.index(two)


def test_the_short_file_comes_before_the_long_one() -> None:
    every = {frozenset((0, user)) for user in (1, 2, 3)}
    row = make_row([10, 900, 20, 5], [(0, 1), (0, 2), (0, 3)], every)
    assert settle(row, Allowance(1000)) == [0, 3, 2, 1]


def test_an_allowance_that_is_used_up_ends_the_work() -> None:
    row = make_row([10, 900, 20, 5], [(0, 3)], set())
    assert settle(row, Allowance(100)) != [0, 1, 2, 3]
    assert settle(row, Allowance(0)) == [0, 1, 2, 3]
