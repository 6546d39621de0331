"""The token map and the diagrams: every share and every box where it belongs."""

from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st
from support.html import assert_harmless, overview_of
from support.packing import pack_texts, snapshot_of

from scout_codebase.render.c4 import Arrow, Box, Diagram
from scout_codebase.render.html import Overview
from scout_codebase.render.html.drawing import diagram_svg
from scout_codebase.render.html.layout import layered
from scout_codebase.render.html.page import page
from scout_codebase.render.html.treemap import MappedFile, squarified, treemap

WEIGHTS = st.lists(st.integers(1, 10_000), min_size=1, max_size=60)


@settings(deadline=None)
@given(WEIGHTS, st.floats(10, 2_000), st.floats(10, 2_000))
def test_areas_are_as_large_as_their_shares_and_fill_the_whole(
    weights: list[int], width: float, height: float
) -> None:
    weights.sort(reverse=True)
    areas = squarified(weights, (5.0, 7.0, width, height))
    for weight, (left, top, wide, high) in zip(weights, areas, strict=True):
        assert math.isclose(wide * high, width * height * weight / sum(weights), rel_tol=1e-6)
        assert 5 - 1e-6 <= left <= left + wide <= 5 + width + 1e-6
        assert 7 - 1e-6 <= top <= top + high <= 7 + height + 1e-6
    for one, other in itertools.combinations(areas, 2):
        wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
        high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
        assert min(wide, high) < 1e-6


def test_equal_shares_are_near_squares() -> None:
    """Strips of 1 by 100 would have the same areas."""
    areas = squarified([1] * 36, (0.0, 0.0, 600.0, 600.0))
    assert max(max(wide / high, high / wide) for _, _, wide, high in areas) < 1.01


def test_every_token_is_in_the_map() -> None:
    files = [MappedFile(f"src/{n % 7}/{n}.py", 1 + n % 50, "python") for n in range(3_000)]
    root = ET.fromstring(treemap(files, "Tokens"))
    titles = [row.text or "" for row in root.iterfind("g/title")]
    told = [int(row.rpartition(" tokens")[0].rpartition(" ")[2].replace(",", "")) for row in titles]
    assert sum(told) == sum(file.tokens for file in files)
    assert any("smaller files" in title for title in titles)


def test_folders_that_lie_deep_are_drawn_in_little_time_and_space() -> None:
    """A hundred thousand folders in each other took a path each."""
    deep = MappedFile("a/" * 100_000 + "x.py", 10, "python")
    assert len(treemap([deep, MappedFile("y.py", 10, "python")], "Tokens")) < 20_000


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40),
)
def test_no_box_touches_another_of_its_row(rows: list[int], pairs: list[tuple[int, int]]) -> None:
    numbers = itertools.count()
    named = [[f"b{next(numbers)}" for _ in range(count)] for count in rows]
    names = [name for row in named for name in row]
    lengths = {name: 50.0 + 7 * len(name) + 30 * at for at, name in enumerate(names)}
    arrows = {(names[a % len(names)], names[b % len(names)]) for a, b in pairs}
    joined = sorted((one, other) for one, other in arrows if one != other)
    layout = layered(lengths, named, joined, gap=20)
    assert layout == layered(lengths, named, joined, gap=20)
    for row in named:
        placed = sorted((layout.centers[name], lengths[name]) for name in row)
        for (one, wide), (other, wider) in itertools.pairwise(placed):
            assert other - one >= (wide + wider) / 2 + 20 - 1e-6
        for center, wide in placed:
            assert -1e-6 <= center - wide / 2 <= center + wide / 2 <= layout.length + 1e-6
    for (source, target), passes in layout.passes.items():
        first, last = layout.row_of[source], layout.row_of[target]
        assert len(passes) == max(0, abs(last - first) - 1)


def test_a_long_row_goes_on_in_another() -> None:
    lengths = {f"b{n}": 200.0 for n in range(20)}
    layout = layered(lengths, [list(lengths)], [], gap=20, longest=1_000)
    assert layout.rows == 5
    assert layout.length <= 1_000


def test_fewer_arrows_cross_than_in_the_order_of_the_names() -> None:
    lengths = dict.fromkeys("abcdef", 50.0)
    layout = layered(lengths, ["abc", "def"], [("a", "f"), ("b", "e"), ("c", "d")], gap=20)
    upper, lower = (sorted(row, key=layout.centers.__getitem__) for row in ("abc", "def"))
    ends = {"a": "f", "b": "e", "c": "d"}
    assert [ends[name] for name in upper] == lower


def test_a_diagram_is_drawn_from_names_that_would_act() -> None:
    names = (
        "</title><script>alert(1)</script>",
        "javascript:alert(1)",
        "\u202eevil",
        "x" * 100_000,
    )
    boxes = tuple(Box(f"c{n}", (name, "[Component]")) for n, name in enumerate(names))
    arrows = (Arrow("c0", "c3", "1"), Arrow("c3", "c1", "<b>", dashed=True), Arrow("c1", "c2", "2"))
    for frame in ((), ("<svg onload=alert(1)>",)):
        svg = diagram_svg(Diagram(boxes, arrows, (("c0",), ("c1", "c2"), ("c3",)), frame), "Parts")
        root = ET.fromstring(svg)
        assert len(root.findall("g[@data-node]")) == 4
        assert len(root.findall("g[@data-from]")) == 3
        assert len(svg) < 10_000
        assert "\u202e" not in svg
        assert_harmless(page("t", svg))


def test_nothing_is_drawn_of_nothing() -> None:
    assert diagram_svg(Diagram((), (), ()), "Parts") == ""
    assert "<svg" in treemap([], "Tokens")


def test_the_pictures_of_five_thousand_files_stay_small() -> None:
    """And of names as long as a path can be. A page of many megabytes is opened by nobody."""
    texts = {f"src/part{n % 40}/{'long' * 20}{n}.py": "x = 1\n" for n in range(5_000)}
    small = overview_of(pack_texts({"a.py": "x = 1\n"}))
    tokens = {path: 10 + n for n, path in enumerate(texts)}
    overview = Overview(snapshot_of(texts), small.facts, tokens, small.link_to)
    assert len(overview.token_map) < 2_500_000
    assert len(re.findall(r'class="tile', overview.token_map)) > 1_000
