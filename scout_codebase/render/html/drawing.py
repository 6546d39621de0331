"""A layered diagram as SVG: from top to bottom, or from left to right where it has no frame."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from scout_codebase.render.c4 import Arrow, Box, Diagram
from scout_codebase.render.html.layout import Layout, Point, layered
from scout_codebase.render.html.page import short, text

_LINE = 17.0  # pixels
_PAD = 12.0
_BETWEEN = 62.0  # two rows
_BETWEEN_SIDEWAYS = 180.0
_GAP = 26.0  # two boxes of a row
_GAP_SIDEWAYS = 14.0
_LONGEST_ROW = 1_080.0
_MARGIN = 20.0
_CHARACTER = 7.4
_LONGEST = 34  # characters of a line in a box
_NARROWEST = 120.0
_FRAME_TITLE = 30.0
_PORTS = 20.0  # between two arrows at one side of a box, at most


def diagram_svg(diagram: Diagram, name: str) -> str:
    """One SVG without scripts and addresses; "" where there are no boxes."""
    if not diagram.boxes:
        return ""
    drawn = _Drawn(diagram)
    width, height = drawn.size
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    parts = [
        f'<svg class="diagram" {size} role="img" aria-label="{text(name)}">',
        *_frame(diagram.frame, width, height),
        *(drawn.arrow(row) for row in diagram.arrows),
        *(drawn.box(box) for box in diagram.boxes),
        *(drawn.label(row) for row in diagram.arrows),
        "</svg>",
    ]
    return "\n".join(parts)


def _frame(lines: Sequence[str], width: float, height: float) -> Iterator[str]:
    if lines:
        size = f'width="{width - 8:.0f}" height="{height - 8:.0f}"'
        yield f'<rect class="frame" x="4" y="4" {size} rx="8"/>'
        told = " ".join(_cut(line) for line in lines)
        yield f'<text class="framed" x="18" y="27">{text(told)}</text>'


def _cut(line: str) -> str:
    return short(line, _LONGEST)


def _width(box: Box) -> float:
    longest = max(len(_cut(line)) for line in box.lines)
    return max(_NARROWEST, longest * _CHARACTER + 2 * _PAD)


def _height(box: Box) -> float:
    return len(box.lines) * _LINE + 2 * _PAD


class _Drawn:
    """Boxes and arrows at their places, which are told along the rows and across them."""

    def __init__(self, diagram: Diagram) -> None:
        self._sideways = not diagram.frame
        along, across = (_height, _width) if self._sideways else (_width, _height)
        self._along = {box.id: along(box) for box in diagram.boxes}
        pairs = [(row.source, row.target) for row in diagram.arrows]
        room = {"gap": _GAP_SIDEWAYS} if self._sideways else {"gap": _GAP, "longest": _LONGEST_ROW}
        self._layout = layered(self._along, diagram.rows, pairs, **room)
        self._starts: list[float] = []
        self._depths = _depths(self._layout, {box.id: across(box) for box in diagram.boxes})
        at = _MARGIN + (_FRAME_TITLE if diagram.frame else 0)
        for depth in self._depths:
            self._starts.append(at)
            at += depth + (_BETWEEN_SIDEWAYS if self._sideways else _BETWEEN)
        self._ports = self._spread(diagram.arrows)

    @property
    def size(self) -> Point:
        across = self._starts[-1] + self._depths[-1] + _MARGIN
        return self._point(self._layout.length + 2 * _MARGIN, across)

    def _point(self, along: float, across: float) -> Point:
        return (across, along) if self._sideways else (along, across)

    def _center(self, name: str) -> float:
        return _MARGIN + self._layout.centers[name]

    def _edge(self, row: int, *, far: bool) -> float:
        return self._starts[row] + (self._depths[row] if far else 0)

    def _spread(self, arrows: Sequence[Arrow]) -> Mapping[tuple[str, Arrow], float]:
        """Where each arrow meets each of its boxes: side by side, in the order in which they come,
        so that they cross as little as they must."""
        sides: dict[tuple[str, bool], list[tuple[float, int]]] = defaultdict(list)
        rows = self._layout.row_of
        for number, arrow in enumerate(arrows):
            down = rows[arrow.source] <= rows[arrow.target]
            passes = [_MARGIN + at for _, at in self._layout.passes[arrow.source, arrow.target]]
            ends = [self._center(arrow.source), *passes, self._center(arrow.target)]
            sides[arrow.source, down].append((ends[1], number))
            sides[arrow.target, not down].append((ends[-2], number))
        ports = {}
        for (name, _), met in sides.items():
            step = min(_PORTS, 0.8 * self._along[name] / len(met))
            for place, (_, number) in enumerate(sorted(met)):
                offset = (place - (len(met) - 1) / 2) * step
                ports[name, arrows[number]] = self._center(name) + offset
        return ports

    def box(self, box: Box) -> str:
        row, middle = self._layout.row_of[box.id], self._center(box.id)
        left, top = self._point(middle - self._along[box.id] / 2, self._starts[row])
        width, height = self._point(self._along[box.id], self._depths[row])
        corner = height / 2 if box.is_round else 5
        lines = "".join(
            f'<text class="{"note" if at else "name"}" x="{left + width / 2:.1f}" '
            f'y="{top + _PAD + 13 + at * _LINE:.1f}">{text(_cut(line))}</text>'
            for at, line in enumerate(box.lines)
        )
        return (
            f'<g class="{"box outside" if box.is_outside else "box"}" data-node="{box.id}">'
            f"<title>{text(short(box.lines[0], 300))}</title>"
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="{corner:.0f}"/>{lines}</g>'
        )

    def arrow(self, arrow: Arrow) -> str:
        """A curve through the gaps between the boxes of the rows that it passes, and its head."""
        points = self._points(arrow)
        path = ["M" + self._told(*points[0])]
        for (one, start), (other, end) in itertools.pairwise(points):
            bend = (start + end) / 2
            curve = ((one, bend), (other, bend), (other, end))
            path.append("C" + " ".join(self._told(*point) for point in curve))
        (along, across), back = points[-1], 8 if points[-2][1] > points[-1][1] else -8
        corners = ((along - 4.5, across + back), (along + 4.5, across + back))
        head = f"M{self._told(along, across)}" + "".join(f"L{self._told(*one)}" for one in corners)
        return (
            f'<g class="{"arrow up" if arrow.dashed else "arrow"}" {_ends(arrow)}>'
            f'<path class="line" d="{"".join(path)}"/><path class="head" d="{head}Z"/></g>'
        )

    def _told(self, along: float, across: float) -> str:
        x, y = self._point(along, across)
        return f"{x:.1f} {y:.1f}"

    def _points(self, arrow: Arrow) -> list[Point]:
        rows = self._layout.row_of
        first, last = rows[arrow.source], rows[arrow.target]
        down = first <= last
        points = [(self._ports[arrow.source, arrow], self._edge(first, far=down))]
        for row, at in self._layout.passes[arrow.source, arrow.target]:
            points += [(_MARGIN + at, self._edge(row, far=far)) for far in (not down, down)]
        return [*points, (self._ports[arrow.target, arrow], self._edge(last, far=not down))]

    def label(self, arrow: Arrow) -> str:
        """Near the end at which fewer arrows meet."""
        points = self._points(arrow)
        met = [sum(name == end for name, _ in self._ports) for end in (arrow.source, arrow.target)]
        pair, near = (points[:2], 0.4) if met[0] <= met[1] else (points[-2:], 0.62)
        (one, start), (other, end) = pair
        share = near**2 * (3 - 2 * near)  # how far the curve has turned by then
        x, y = self._point(one + (other - one) * share, start + (end - start) * near)
        label = text(arrow.label)
        return f'<text class="count" x="{x:.1f}" y="{y + 4:.1f}" {_ends(arrow)}>{label}</text>'


def _depths(layout: Layout, across: Mapping[str, float]) -> list[float]:
    depths = [0.0] * layout.rows
    for name, row in layout.row_of.items():
        depths[row] = max(depths[row], across[name])
    return depths


def _ends(arrow: Arrow) -> str:
    return f'data-from="{arrow.source}" data-to="{arrow.target}"'
