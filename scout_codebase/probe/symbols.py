"""The parameters of a function, and the file that defines a symbol.

Only names that stand in one file are asked for: the fact then has one place in the prompt, and
nothing but reading that place tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest

from scout_codebase.languages.paths import shared_folders
from scout_codebase.probe.places import Draft, Place, is_showable
from scout_codebase.probe.source import (
    FUNCTIONS,
    Function,
    PackedFile,
    PackSource,
    parameter_list,
    simple_name,
    words,
)
from scout_codebase.records import Symbol

_SHORTEST_NAME = 3
_MOST_OTHERS = 40
_MOST_COMPARED = 1_000  # functions, as many have the same parameters
_RECEIVERS = frozenset({"cls", "self", "this"})
_KINDS = frozenset({"class", "function", "method", "interface", "type", "enum"})


def symbol_places(source: PackSource, file: PackedFile) -> Iterator[Place[Symbol]]:
    """Every definition of the file whose name stands on its first line or one close behind."""
    analysis = source.graph.analyses.get(file.path)
    if analysis is None or not analysis.symbols:
        return
    lines = source.lines(file)
    for symbol in analysis.symbols:
        for line in lines[symbol.start_line - 1 : symbol.end_line]:
            if simple_name(symbol.name) in line.text:
                yield Place(file, line.number, line.offset, symbol)
                break


def draft_parameters(source: PackSource, place: Place[Symbol]) -> Draft | None:
    """The wrong answers are the parameters of other functions of the repository: first those of its
    own language that belong to a class as it does or not, have about as many, and are near it."""
    symbol = place.fact
    answer = parameter_list(symbol.signature, simple_name(symbol.name))
    if symbol.kind not in FUNCTIONS or not words(answer) - _RECEIVERS or not is_showable(answer):
        return None
    if not _is_lone(source, place):
        return None

    def rank(other: Function) -> tuple[bool, bool, int, int, int, str]:
        count = abs(other.parameters.count(",") - answer.count(","))
        return (
            other.language != place.file.language,
            _has_receiver(other.parameters) != _has_receiver(answer),
            min(count, 2),
            -shared_folders(other.path, place.file.path),
            abs(len(other.parameters) - len(answer)),
            other.parameters,
        )

    distinct: dict[str, str] = {}
    for other in nsmallest(_MOST_COMPARED, source.functions, key=rank):
        if is_showable(other.parameters):
            distinct.setdefault(_tight(other.parameters), other.parameters)
    distinct.pop(_tight(answer), None)
    return Draft(symbol.name, answer, list(distinct.values())[:_MOST_OTHERS])


def draft_defines(source: PackSource, place: Place[Symbol]) -> Draft | None:
    """The wrong answers are other files, those of the same language and near it first."""
    symbol, file = place.fact, place.file
    if symbol.kind not in _KINDS or not is_showable(file.shown) or not _is_lone(source, place):
        return None

    def rank(other: PackedFile) -> tuple[bool, int, str]:
        near = shared_folders(other.path, file.path)
        return other.language != file.language, -near, other.path

    others = [row for row in source.files if row.path != file.path and is_showable(row.shown)]
    ranked = [row.shown for row in sorted(others, key=rank)]
    return Draft(f"{symbol.kind} {simple_name(symbol.name)}", file.shown, ranked[:_MOST_OTHERS])


def _is_lone(source: PackSource, place: Place[Symbol]) -> bool:
    name = simple_name(place.fact.name)
    return (
        len(name) >= _SHORTEST_NAME
        and is_showable(place.fact.name)
        and source.definitions[name] == 1
        and source.stands_in_one_file(name, place.file)
    )


def _has_receiver(parameters: str) -> bool:
    return not _RECEIVERS.isdisjoint(words(parameters.partition(",")[0]))


def _tight(text: str) -> str:
    return "".join(text.split())
