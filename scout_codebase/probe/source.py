"""A pack as the probe looks at it: where its files and lines lie, and what stands in it once."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from scout_codebase.frame import prompt_path
from scout_codebase.neutralise import neutralise
from scout_codebase.records import DependencyGraph, Edge, FileAnalysis, Pack

_KEPT_LINES = 8  # files
_NEIGHBOURS = 4  # files on each side
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_BRACKET = re.compile(r"\s*(?:<[^()]*>|\[[^()]*\])?\s*\(")  # type parameters may stand before it
_SHORTEST_WORD = 3
_SHORTEST_NUMBER = 2
FUNCTIONS = frozenset({"function", "method"})


@dataclass(frozen=True, slots=True)
class PackedFile:
    """``shown`` is the path as the model sees it. ``start`` and ``end`` are offsets in the text of
    the pack, the frame of the file included; ``tokens_before`` are those of the sections before."""

    path: str
    shown: str
    language: str
    start: int
    end: int
    first_line: int
    tokens_before: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Line:
    """Line ``number`` (from 1) of a file, and its offset in the text of the pack."""

    number: int
    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function that has parameters; ``name`` is qualified, ``parameters`` is their list as it is
    written, in brackets, on one line."""

    path: str
    language: str
    name: str
    parameters: str


class PackSource:
    """Answers questions about one pack."""

    def __init__(self, pack: Pack, graph: DependencyGraph) -> None:
        self.pack, self.graph = pack, graph
        self.text = pack.text
        self.files = tuple(_packed_files(pack, graph.analyses))
        self.by_path = {file.path: file for file in self.files}
        self.lines = lru_cache(maxsize=_KEPT_LINES)(self._lines)

    @property
    def stretch(self) -> tuple[float, float]:
        """The depths at which the files begin and end."""
        first, last = self.files[0], self.files[-1]
        return self.depth(first, first.start), self.depth(last, last.end)

    def depth(self, file: PackedFile, offset: int) -> float:
        """Of a place in the file: the tokens up to the file are exact, those within it go by
        characters."""
        within = file.tokens * (offset - file.start) / max(1, file.end - file.start)
        return (file.tokens_before + within) / max(1, self.pack.tokens)

    def files_between(self, start: float, end: float) -> tuple[PackedFile, ...]:
        """Those of which some part lies between the two depths, in reading order."""
        ends = self._file_ends
        first = bisect_right(ends, start)
        found = []
        for file in self.files[first:]:
            if self.depth(file, file.start) >= end:
                break
            found.append(file)
        return tuple(found)

    def neighbours(self, file: PackedFile) -> Iterator[PackedFile]:
        """A few of the files before and behind, the nearest first."""
        at = self.files.index(file)
        for step in range(1, _NEIGHBOURS + 1):
            yield from self.files[max(0, at - step) : max(0, at - step + 1)]
            yield from self.files[at + step : at + step + 1]

    @cached_property
    def _file_ends(self) -> list[float]:
        return [self.depth(file, file.end) for file in self.files]

    def _lines(self, file: PackedFile) -> tuple[Line, ...]:
        """Those of the source itself, without the frame."""
        rows = self.text[file.start : file.end].split("\n")
        offsets = accumulate((len(row) + 1 for row in rows), initial=file.start)
        own = list(zip(rows, offsets, strict=False))[file.first_line : -2]
        return tuple(Line(number, at, row) for number, (row, at) in enumerate(own, 1))

    def stands_once(self, text: str) -> bool:
        """Whether the text stands in the whole pack exactly once."""
        first = self.text.find(text)
        return first >= 0 and self.text.find(text, first + 1) < 0

    def stands_in_one_file(self, name: str, file: PackedFile) -> bool:
        """Whether the name, as a whole word, stands in this file and nowhere else in the pack."""
        position = self.text.find(name)
        found = False
        while position >= 0:
            end = position + len(name)
            if not (_continues(self.text, position - 1) or _continues(self.text, end)):
                if not file.start <= position < file.end:
                    return False
                found = True
            position = self.text.find(name, end)
        return found

    @cached_property
    def edges_from(self) -> Mapping[str, list[Edge]]:
        found: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.graph.edges:
            found[edge.source].append(edge)
        return found

    @cached_property
    def unresolved(self) -> frozenset[str]:
        """The files with imports that lead nowhere."""
        return frozenset(row.source for row in self.graph.unresolved)

    @cached_property
    def component_of(self) -> Mapping[str, str]:
        return {path: part.name for part in self.graph.components for path in part.paths}

    @cached_property
    def definitions(self) -> Mapping[str, int]:
        """How many definitions of the repository have this name, unqualified."""
        return Counter(
            simple_name(symbol.name)
            for analysis in self.graph.analyses.values()
            for symbol in analysis.symbols
        )

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function whose parameters can be told."""
        return tuple(
            Function(path, analysis.language, symbol.name, parameters)
            for path, analysis in sorted(self.graph.analyses.items())
            for symbol in analysis.symbols
            if symbol.kind in FUNCTIONS
            and (parameters := parameter_list(symbol.signature, simple_name(symbol.name)))
        )


def _packed_files(pack: Pack, analyses: Mapping[str, FileAnalysis]) -> list[PackedFile]:
    files, offset, tokens = [], 0, 0
    for section in pack.sections:
        end = offset + len(section.text)
        if section.path:
            analysis = analyses.get(section.path)
            files.append(
                PackedFile(
                    path=section.path,
                    shown=prompt_path(section.path),
                    language=analysis.language if analysis else "",
                    start=offset,
                    end=end,
                    first_line=section.first_line,
                    tokens_before=tokens,
                    tokens=section.tokens,
                )
            )
        offset, tokens = end, tokens + section.tokens
    return files


def _continues(text: str, position: int) -> bool:
    """Whether the character there can be part of a name."""
    return 0 <= position < len(text) and (text[position].isalnum() or text[position] in "_$")


def simple_name(qualified: str) -> str:
    return qualified.rpartition(".")[2]


def parameter_list(signature: str, name: str) -> str:
    """The brackets behind the name and what is in them, neutralised and on one line; ""
    where there are none or several, or where a literal in them hides how they nest."""
    start = _opening(signature, name)
    if start is None:
        return ""
    depth = 0
    for position in range(start, len(signature)):
        character = signature[position]
        if character in "\"'`":
            return ""
        depth += (character == "(") - (character == ")")
        if not depth and signature[position + 1 : position + 2] == "(":
            return ""
        if not depth:
            return neutralise(_on_one_line(signature[start : position + 1]))[0]
    return ""


def _opening(signature: str, name: str) -> int | None:
    """Where the bracket behind the name stands."""
    position = signature.find(name)
    while name and position >= 0:
        end = position + len(name)
        opening = _BRACKET.match(signature, end)
        if opening and not _continues(signature, position - 1):
            return opening.end() - 1
        position = signature.find(name, end)
    return None


def _on_one_line(brackets: str) -> str:
    """Without what only a list that was written on several lines has."""
    return re.sub(r"(?<=[(\[{]) | (?=[)\]}])|,(?= [)\]}])", "", " ".join(brackets.split()))


def words(text: str) -> frozenset[str]:
    """What a reader would recognise in a name, a path or a line, in lower case."""
    found = (match.group().lower() for match in _WORD.finditer(text))
    return frozenset(
        word
        for word in found
        if len(word) >= (_SHORTEST_NUMBER if word.isdigit() else _SHORTEST_WORD)
    )
