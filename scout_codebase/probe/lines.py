"""The line after a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from scout_codebase.probe.places import MOST_CHOICES, Draft, Place, is_showable
from scout_codebase.probe.source import Line, PackedFile, PackSource, words

_SHORTEST = 8  # characters
_FEWEST_WORDS = 2  # of the line that is given, so that it can be recognised
_FARTHEST = 200  # lines; wrong answers come from around the right one


def line_places(source: PackSource, file: PackedFile) -> Iterator[Place[str]]:
    """Every line of some length that has another behind it; the fact is the line itself."""
    for line, after in pairwise(source.lines(file)):
        given, answer = line.text.strip(), after.text.strip()
        if len(given) >= _SHORTEST <= len(answer) and given != answer:
            yield Place(file, line.number, line.offset, given)


def draft_line_after(source: PackSource, place: Place[str]) -> Draft | None:
    """None unless the line, whatever its indentation, stands once in the whole pack. The wrong
    answers are lines around it, those with the most words in common with it first; then those of
    the files around its own."""
    lines = source.lines(place.file)
    answer = lines[place.line].text.strip()
    if len(words(place.fact)) < _FEWEST_WORDS or not _is_choice(answer):
        return None
    if not (is_showable(place.fact) and source.stands_once(place.fact)):
        return None
    around = lines[max(0, place.line - _FARTHEST) : place.line + _FARTHEST]
    others = dict.fromkeys(_ranked(around, place))
    for file in source.neighbours(place.file):
        if len(others.keys() - {answer, place.fact}) >= MOST_CHOICES:
            break
        others |= dict.fromkeys(_ranked(source.lines(file)[:_FARTHEST], place))
    return Draft(place.fact, answer, [row for row in others if row not in (answer, place.fact)])


def _ranked(lines: Sequence[Line], place: Place[str]) -> list[str]:
    def rank(line: Line) -> tuple[int, int]:
        return -len(words(line.text) & words(place.fact)), abs(line.number - place.line)

    texts = (line.text.strip() for line in sorted(lines, key=rank))
    return [text for text in texts if _is_choice(text)]


def _is_choice(text: str) -> bool:
    return len(text) >= _SHORTEST and is_showable(text) and bool(words(text))
