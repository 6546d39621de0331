"""Which arrows to cut so that no cycle is left, against brute force."""

from __future__ import annotations

import random
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scout_codebase.reports import ordering
from scout_codebase.reports.ordering import arrows_to_cut, layers

Graph = dict[tuple[str, str], int]

graphs = st.dictionaries(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), st.integers(1, 4), max_size=12
)


def is_acyclic(arrows: Graph) -> bool:
    left = dict(arrows)
    while left:
        sources = {source for source, _ in left}
        rest = {arrow: weight for arrow, weight in left.items() if arrow[1] in sources}
        if len(rest) == len(left):
            return False
        left = rest
    return True


def least_weight(graph: Graph) -> int:
    names = sorted({name for arrow in graph for name in arrow})
    return min(
        sum(
            weight
            for (source, target), weight in graph.items()
            if order.index(source) > order.index(target)
        )
        for order in permutations(names)
    )


def without(graph: Graph, cut: list[tuple[str, str]]) -> Graph:
    return {arrow: weight for arrow, weight in graph.items() if arrow not in cut}


@settings(deadline=None)
@given(graphs)
def test_no_cycle_is_left_and_nothing_lighter_would_do(drawn: Graph) -> None:
    graph = {arrow: weight for arrow, weight in drawn.items() if arrow[0] != arrow[1]}
    cut = arrows_to_cut("abcde", drawn)
    assert is_acyclic(without(graph, cut))
    assert sum(graph[arrow] for arrow in cut) == (least_weight(graph) if graph else 0)


@settings(deadline=None)
@given(graphs)
def test_layers_lead_down_only(graph: Graph) -> None:
    cut = arrows_to_cut("abcde", graph)
    rows = layers("abcde", graph, cut)
    height = {name: number for number, row in enumerate(rows) for name in row}
    assert sorted(height) == list("abcde")
    assert all(rows)
    for source, target in graph:
        if source != target and (source, target) not in cut:
            assert height[source] < height[target]


@pytest.mark.parametrize("size", [13, 40, 160])
def test_large_groups_are_cut_too_and_nothing_needlessly(size: int) -> None:
    rng = random.Random(size)
    names = [f"n{number:03}" for number in range(size)]
    graph = {(rng.choice(names), rng.choice(names)): 1 for _ in range(size * 3)}
    graph = {arrow: weight for arrow, weight in graph.items() if arrow[0] != arrow[1]}
    cut = arrows_to_cut(names, graph)
    assert is_acyclic(without(graph, cut))
    assert len(cut) < len(graph) / 3
    for arrow in cut:
        assert not is_acyclic(without(graph, [other for other in cut if other != arrow]))


def test_the_heuristic_is_near_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(3)
    best = found = 0
    for _ in range(20):
        pairs = [pair for pair in combinations("abcdefg", 2) if rng.random() < 0.6]
        graph = {(pair if rng.random() < 0.5 else pair[::-1]): rng.randint(1, 3) for pair in pairs}
        best += sum(graph[arrow] for arrow in arrows_to_cut("abcdefg", graph))
        with monkeypatch.context() as patch:
            patch.setattr(ordering, "_MOST_EXACT", 0)
            found += sum(graph[arrow] for arrow in arrows_to_cut("abcdefg", graph))
    assert best <= found <= 1.15 * best


def test_layers_of_a_cycle_are_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        layers("ab", {("a", "b"): 1, ("b", "a"): 1}, [])
