"""Recall by depth as a picture: one SVG without scripts, fonts or addresses of others, legible on
light and on dark pages."""

from __future__ import annotations

from collections.abc import Iterator

from scout_codebase.records import Band, Recall

_WIDTH, _HEIGHT = 760, 408
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 736, 76, 324  # of the plot
_CAP = 5  # half the width of the end of an interval

_STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 }
.small { font-size: 12px; fill: #57606a }
.page { fill: #ffffff }
.grid { stroke: #d0d7de; stroke-width: 1 }
.weak { fill: #ffebe9 }
.weak-text { fill: #a40e26; font-size: 12px }
.chance { stroke: #8a6100; stroke-width: 2; stroke-dasharray: 6 4 }
.interval { stroke: #0550ae; stroke-width: 2 }
.curve { stroke: #0550ae; stroke-width: 2; fill: none; opacity: 0.45 }
.point { fill: #0550ae; stroke: #ffffff; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.small { fill: #9ba5b0 }
.page { fill: #0d1117 }
.grid { stroke: #30363d }
.weak { fill: #3c1618 }
.weak-text { fill: #ff8f88 }
.chance { stroke: #d9a520 }
.interval { stroke: #6cb6ff }
.curve { stroke: #6cb6ff }
.point { fill: #6cb6ff; stroke: #0d1117 }
}
"""


def recall_curve(recall: Recall) -> str:
    """The share that is right in each band with its interval, and what guesses would give."""
    score = recall.score
    told = f"{score.right} of {score.asked} facts recalled"
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    named = 'role="img" aria-labelledby="title description"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>',
        f'<title id="title">Recall by depth: {told}</title>',
        f'<desc id="description">{_description(recall)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{_WIDTH}" height="{_HEIGHT}"/>',
        _text(_LEFT, 26, f"Recall by depth: {told}", "title"),
        *_weak(recall),
        *_axes(recall),
        *_chance(recall),
        *_curve(recall),
        *_legend(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _description(recall: Recall) -> str:
    rows = (
        f"{_percent(band.start)} to {_percent(band.end)} of the prompt: "
        f"{band.score.right} of {band.score.asked} right."
        for band in recall.bands
    )
    return " ".join(rows)


def _x(depth: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * depth


def _y(share: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * share


def _middle(band: Band) -> float:
    return _x((band.start + band.end) / 2)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _asked(recall: Recall) -> list[Band]:
    return [band for band in recall.bands if band.score.asked]


def _weak(recall: Recall) -> Iterator[str]:
    for band in recall.weak:
        width = _x(band.end) - _x(band.start)
        yield (
            f'<rect class="weak" x="{_x(band.start):.1f}" y="{_TOP}" '
            f'width="{width:.1f}" height="{_BOTTOM - _TOP}"/>'
        )
        yield _text(_middle(band), _TOP - 26, "weak", "weak-text", "middle")


def _axes(recall: Recall) -> Iterator[str]:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        yield _line("grid", _LEFT, _y(share), _RIGHT, _y(share))
        yield _text(_LEFT - 8, _y(share) + 4, _percent(share), "small", "end")
    for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        yield _line("grid", _x(share), _BOTTOM, _x(share), _BOTTOM + 5)
        yield _text(_x(share), _BOTTOM + 20, _percent(share), "small", "middle")
    for band in _asked(recall):
        told = f"{band.score.right}/{band.score.asked}"  # bands may be narrow
        yield _text(_middle(band), _TOP - 10, told, "small", "middle")
    middle = (_LEFT + _RIGHT) / 2
    yield _text(middle, _BOTTOM + 42, "depth: share of the prompt before the fact", "", "middle")


def _chance(recall: Recall) -> Iterator[str]:
    for band in _asked(recall):
        height = _y(band.score.chance)
        yield _line("chance", _x(band.start), height, _x(band.end), height)


def _curve(recall: Recall) -> Iterator[str]:
    bands = _asked(recall)
    points = " ".join(f"{_middle(band):.1f},{_y(band.score.share):.1f}" for band in bands)
    yield f'<polyline class="curve" points="{points}"/>'
    for band in bands:
        x, low, high = _middle(band), _y(band.score.low), _y(band.score.high)
        yield _line("interval", x, low, x, high)
        yield _line("interval", x - _CAP, low, x + _CAP, low)
        yield _line("interval", x - _CAP, high, x + _CAP, high)
        yield f'<circle class="point" cx="{x:.1f}" cy="{_y(band.score.share):.1f}" r="5"/>'


def _legend() -> Iterator[str]:
    y = _HEIGHT - 18
    yield f'<circle class="point" cx="{_LEFT + 8}" cy="{y - 4}" r="5"/>'
    yield _text(_LEFT + 22, y, "answers that are right, with the 95 % interval", "small")
    yield _line("chance", _LEFT + 340, y - 4, _LEFT + 376, y - 4)
    yield _text(_LEFT + 386, y, "what guesses would give", "small")


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
