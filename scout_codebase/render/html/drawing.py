"""A diagram as SVG that can be panned, zoomed and searched where scripts run, and read as a table
where it cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scout_codebase.render.c4 import Arrow, Box, Diagram
from scout_codebase.render.html.layout import Layout, layered
from scout_codebase.render.html.page import short, text

_LINE = 17.0  # pixels
_PAD = 12.0
_ROW = 64.0  # between two rows
_MARGIN = 20.0
_CHARACTER = 7.1
_LONGEST = 34  # characters of a line in a box
_NARROWEST = 120.0
_FRAME_TITLE = 30.0


def viewer(svg: str, name: str, note: str, table: str) -> str:
    """A picture with its tools, which a script shows. ``note`` and ``table`` are HTML."""
    label = text(f"{name}: arrow keys pan, plus and minus zoom, 0 shows all")
    return (
        '<figure class="viewer" data-viewer><div class="tools" hidden>'
        f'<label class="field">Find <input type="search" aria-label="Find in: {text(name)}" '
        'autocomplete="off" spellcheck="false"></label>'
        '<span class="zoom"><button type="button" data-zoom="in" aria-label="Zoom in">+</button>'
        '<button type="button" data-zoom="out" aria-label="Zoom out">−</button>'
        '<button type="button" data-zoom="all">Show all</button></span>'
        '<output role="status"></output></div>'
        f'<div class="stage" tabindex="0" role="group" aria-label="{label}">{svg}</div>'
        f"<figcaption>{note}</figcaption>"
        f"<details><summary>{text(name)} as a table</summary>{table}</details></figure>\n"
    )


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Numbers get their thousands told apart; the first cell of a row is its head."""
    head = "".join(f'<th scope="col">{text(cell)}</th>' for cell in heads)
    body = "".join(
        f'<tr><th scope="row">{_cell(row[0])}</th>'
        + "".join(f"<td{_kind(cell)}>{_cell(cell)}</td>" for cell in row[1:])
        + "</tr>\n"
        for row in rows
    )
    label = text(caption)
    return (
        f'<div class="wide" role="region" aria-label="{label}" tabindex="0">'
        f'<table class="rows"><caption>{label}</caption><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>\n"
    )


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else text(short(str(value), 400))


def _kind(value: object) -> str:
    return ' class="number"' if isinstance(value, int) else ""


def diagram_svg(diagram: Diagram, name: str) -> str:
    """One SVG without scripts and addresses; "" where there are no boxes."""
    if not diagram.boxes:
        return ""
    boxes = {box.id: box for box in diagram.boxes}
    widths = {box.id: _width(box) for box in diagram.boxes}
    pairs = [(row.source, row.target) for row in diagram.arrows]
    layout = layered(widths, diagram.rows, pairs)
    drawn = _Drawn(layout, widths, boxes, top=_MARGIN + (_FRAME_TITLE if diagram.frame else 0))
    width, height = layout.width + 2 * _MARGIN, drawn.bottom(layout.rows - 1) + _MARGIN
    parts = [
        f'<svg class="diagram" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-label="{text(name)}">',
        *_frame(diagram.frame, width, height),
        *(drawn.arrow(row) for row in diagram.arrows),
        *(drawn.box(box) for box in diagram.boxes),
        *(drawn.count(row) for row in diagram.arrows),
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


class _Drawn:
    """Boxes and arrows at their places."""

    def __init__(
        self, layout: Layout, widths: Mapping[str, float], boxes: Mapping[str, Box], top: float
    ) -> None:
        self._layout, self._widths, self._boxes = layout, widths, boxes
        lines = [0] * layout.rows
        for name, row in layout.row_of.items():
            lines[row] = max(lines[row], len(boxes[name].lines))
        self._tops: list[float] = []
        self._heights = [count * _LINE + 2 * _PAD for count in lines]
        for height in self._heights:
            self._tops.append(top)
            top += height + _ROW

    def bottom(self, row: int) -> float:
        return self._tops[row] + self._heights[row]

    def box(self, box: Box) -> str:
        row = self._layout.row_of[box.id]
        middle, width = _MARGIN + self._layout.centers[box.id], self._widths[box.id]
        top, height = self._tops[row], len(box.lines) * _LINE + 2 * _PAD
        kind = "box outside" if box.is_outside else "box"
        corner = height / 2 if box.is_round else 5
        lines = "".join(
            f'<text class="{"name" if not at else "note"}" x="{middle:.1f}" '
            f'y="{top + _PAD + 13 + at * _LINE:.1f}">{text(_cut(line))}</text>'
            for at, line in enumerate(box.lines)
        )
        return (
            f'<g class="{kind}" data-node="{box.id}"><title>{text(short(box.lines[0], 300))}'
            f'</title><rect x="{middle - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}" rx="{corner:.0f}"/>{lines}</g>'
        )

    def arrow(self, arrow: Arrow) -> str:
        """A curve through the gaps between the boxes of the rows that it passes, and its head."""
        points = self._points(arrow)
        path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
        for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
            bend = (y1 + y2) / 2
            path.append(f"C{x1:.1f} {bend:.1f} {x2:.1f} {bend:.1f} {x2:.1f} {y2:.1f}")
        (x, y), up = points[-1], points[-2][1] > points[-1][1]
        back = 8 if up else -8
        head = f"M{x:.1f} {y:.1f}L{x - 4.5:.1f} {y + back:.1f}L{x + 4.5:.1f} {y + back:.1f}Z"
        kind = "arrow up" if arrow.dashed else "arrow"
        ends = f'data-from="{arrow.source}" data-to="{arrow.target}"'
        return (
            f'<g class="{kind}" {ends}><path class="line" d="{"".join(path)}"/>'
            f'<path class="head" d="{head}"/></g>'
        )

    def _points(self, arrow: Arrow) -> list[tuple[float, float]]:
        rows = self._layout.row_of
        first, last = rows[arrow.source], rows[arrow.target]
        down = first <= last
        start = (_MARGIN + self._layout.centers[arrow.source], self._edge(first, low=down))
        end = (_MARGIN + self._layout.centers[arrow.target], self._edge(last, low=not down))
        points = [start]
        for row, x in self._layout.passes[arrow.source, arrow.target]:
            near, far = self._edge(row, low=not down), self._edge(row, low=down)
            points += [(_MARGIN + x, near), (_MARGIN + x, far)]
        return [*points, end]

    def _edge(self, row: int, *, low: bool) -> float:
        return self.bottom(row) if low else self._tops[row]

    def count(self, arrow: Arrow) -> str:
        """The label, in the first gap that the arrow crosses."""
        (x1, y1), (x2, y2) = self._points(arrow)[:2]
        x, y = x1 + (x2 - x1) * 0.35, y1 + (y2 - y1) * 0.42
        ends = f'data-from="{arrow.source}" data-to="{arrow.target}"'
        label = text(arrow.label)
        return f'<text class="count" x="{x:.1f}" y="{y + 4:.1f}" {ends}>{label}</text>'
