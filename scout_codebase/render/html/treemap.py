"""Where the tokens of a repository are, as a picture: each file an area as large as its share,
within its folder.

The areas are cut by the squarified algorithm of Bruls, Huizing and van Wijk (Squarified treemaps,
2000), which keeps them near squares. What would be too small to see stands together as the rest of
its folder, so that the picture is bounded however many files there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scout_codebase.render.html.page import short, text

_WIDTH, _HEIGHT = 1_160.0, 640.0
_TITLE = 17.0  # the height of a folder's name
_SMALLEST = 90.0  # square pixels of an area of its own
_CHARACTER = 6.7
_COLOURS = 8  # the last is for all other languages
_DEEPEST = 40  # folders in each other that are told apart

Area = tuple[float, float, float, float]
"""Left, top, width, height."""


@dataclass(frozen=True, slots=True)
class MappedFile:
    path: str
    tokens: int
    language: str


@dataclass
class _Folder:
    path: str
    tokens: int = 0
    count: int = 0
    folders: dict[str, _Folder] = field(default_factory=dict)
    files: list[MappedFile] = field(default_factory=list)


def squarified(weights: Sequence[float], area: Area) -> list[Area]:
    """One area for each weight, in their order, which should be falling: together they fill
    ``area``, each in proportion to its weight. Weights are above 0."""
    left, top, width, height = area
    scale = width * height / sum(weights) if weights else 0.0
    sizes = [weight * scale for weight in weights]
    areas: list[Area] = []
    at = 0
    while at < len(sizes):
        side = min(width, height)
        end = _row_end(sizes, at, side)
        row = sizes[at:end]
        depth = sum(row) / side if side else 0.0
        offset = 0.0
        for size in row:
            length = size / depth if depth else 0.0
            areas.append(
                (left, top + offset, depth, length)
                if width >= height
                else (left + offset, top, length, depth)
            )
            offset += length
        if width >= height:
            left, width = left + depth, max(0.0, width - depth)
        else:
            top, height = top + depth, max(0.0, height - depth)
        at = end
    return areas


def _row_end(sizes: Sequence[float], start: int, side: float) -> int:
    """As many as make the worst of them no longer than it would be without the next."""
    total, end, worst = 0.0, start, float("inf")
    while end < len(sizes):
        total += sizes[end]
        ratio = _worst(sizes[start], sizes[end], total, side)
        if ratio > worst:
            break
        worst, end = ratio, end + 1
    return max(end, start + 1)


def _worst(largest: float, smallest: float, total: float, side: float) -> float:
    if not (side and smallest):
        return float("inf")
    return max(side * side * largest / total**2, total**2 / (side * side * smallest))


def colours(files: Sequence[MappedFile]) -> dict[str, int]:
    """The number of the colour of each language, those of most tokens first."""
    tokens: Counter[str] = Counter()
    for file in files:
        tokens[file.language] += file.tokens
    ordered = sorted(tokens, key=lambda name: (-tokens[name], name))
    return {name: min(number, _COLOURS - 1) for number, name in enumerate(ordered)}


def treemap(files: Sequence[MappedFile], name: str) -> str:
    """One SVG without scripts and addresses. Files without tokens have no area."""
    root = _tree([file for file in files if file.tokens > 0])
    drawn = _Map(colours(files))
    shapes = list(drawn.parts(root, (0.0, 0.0, _WIDTH, _HEIGHT)))
    size = f'viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" width="{_WIDTH:.0f}" height="{_HEIGHT:.0f}"'
    return "\n".join(
        [f'<svg class="treemap" {size} role="img" aria-label="{text(name)}">', *shapes, "</svg>"]
    )


def _tree(files: Sequence[MappedFile]) -> _Folder:
    root = _Folder("")
    for file in files:
        folder = root
        folder.tokens, folder.count = folder.tokens + file.tokens, folder.count + 1
        for part in file.path.split("/", _DEEPEST)[:-1][: _DEEPEST - 1]:
            path = f"{folder.path}/{part}" if folder.path else part
            folder = folder.folders.setdefault(part, _Folder(path))
            folder.tokens, folder.count = folder.tokens + file.tokens, folder.count + 1
        folder.files.append(file)
    return root


@dataclass(frozen=True, slots=True)
class _Rest:
    tokens: int
    count: int
    path: str


_Part = _Folder | MappedFile | _Rest


class _Map:
    def __init__(self, colour_of: Mapping[str, int]) -> None:
        self._colour_of = colour_of

    def parts(self, folder: _Folder, area: Area) -> Iterator[str]:
        parts = _parts(folder, area[2] * area[3])
        places = squarified([row.tokens for row in parts], area)
        for part, place in zip(parts, places, strict=True):
            if isinstance(part, _Folder):
                yield from self._folder(part, folder.path, place)
            else:
                yield self._tile(part, place)

    def _folder(self, folder: _Folder, above: str, area: Area) -> Iterator[str]:
        """A folder that holds nothing but one other stands in one frame with it."""
        while not folder.files and len(folder.folders) == 1:
            folder = next(iter(folder.folders.values()))
        inner = _inner(area)
        left, top, width, _ = area
        told = f"{short(folder.path, 300)}/: {folder.tokens:,} tokens in {folder.count:,} files"
        yield f'<rect class="folder"{_places(area)}><title>{text(told)}</title></rect>'
        name = folder.path[len(above) + 1 if above else 0 :] + "/"
        shown = _fitting(name, width - 8) if inner[1] - top > _TITLE / 2 else ""
        if shown:
            yield f'<text class="folder" x="{left + 5:.1f}" y="{top + 13:.1f}">{shown}</text>'
        yield from self.parts(folder, inner)

    def _tile(self, part: MappedFile | _Rest, area: Area) -> str:
        left, top, width, height = area
        if isinstance(part, _Rest):
            kind, name = "rest", f"{part.count:,} more"
            where = short(part.path or ".", 300)
            told = f"{where}: {part.count:,} smaller files, {part.tokens:,} tokens"
        else:
            kind, name = f"l{self._colour_of[part.language]}", part.path.rpartition("/")[2]
            told = f"{short(part.path, 300)}: {part.tokens:,} tokens"
        shown = _fitting(name, width - 8) if height > 15 else ""
        label = f'<text x="{left + 4:.1f}" y="{top + 13:.1f}">{shown}</text>' if shown else ""
        return (
            f'<g class="tile {kind}"><title>{text(told)}</title><rect{_places(area)}/>{label}</g>'
        )


def _inner(area: Area) -> Area:
    """What a folder leaves to what is in it: less than all only where there is room for a name."""
    left, top, width, height = area
    if width < 46 or height < 40:
        return left + 0.5, top + 0.5, max(0.1, width - 1), max(0.1, height - 1)
    return left + 2, top + _TITLE, width - 4, height - _TITLE - 2


def _parts(folder: _Folder, room: float) -> list[_Part]:
    """The largest first; what gets too little room stands together."""
    every: list[_Folder | MappedFile] = [*folder.folders.values(), *folder.files]
    every.sort(key=lambda row: (-row.tokens, row.path))
    whole = sum(row.tokens for row in every)
    large: list[_Part] = [row for row in every if row.tokens * room >= _SMALLEST * whole]
    small = every[len(large) :]
    if not small:
        return large
    count = sum(row.count if isinstance(row, _Folder) else 1 for row in small)
    rest = _Rest(sum(row.tokens for row in small), count, folder.path)
    return sorted([*large, rest], key=lambda row: -row.tokens)


def _fitting(name: str, width: float) -> str:
    """As much of a name as fits, "" where that is next to nothing. Escaped."""
    room = int(width / _CHARACTER)
    if room < min(4, len(name)):
        return ""
    return text(name if len(name) <= room else f"{name[: room - 1]}…")


def _places(area: Area) -> str:
    left, top, width, height = area
    return f' x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
