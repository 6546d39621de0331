"""Looks quotes up in the packed source.

A quote matches where its words and punctuation marks stand in the same order with nothing between
them but white space; so indentation, line wraps and spacing may differ, and no other character
may. ``...`` or ``…`` in a quote stands for code that was left out: the parts must follow each
other within a few lines. A quote that says too little to be evidence (a brace, one keyword)
matches nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from scout_codebase.neutralise import neutralise, restore
from scout_codebase.records import (
    Evidence,
    FileAnalysis,
    Grade,
    Pack,
    Section,
    Symbol,
    display_path,
)

_TOKEN = re.compile(r"\w+|[^\w\s]")
_ELISION = re.compile(r"\s*(?:\.\.\.|…)\s*")
_LINE_NUMBER = re.compile(r"^\s*\d+\s*[:|]\s?", re.MULTILINE)
_LARGEST_ELISION = 40  # lines
_FEWEST_CHARACTERS = 6  # of words and punctuation, white space not counted


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one file. Lines from 1, the last one included; columns from 1, the last one
    excluded."""

    start_line: int
    end_line: int
    start_column: int
    end_column: int


class SourceText:
    """One packed file, indexed for look-ups on first use."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _line_starts(self) -> list[int]:
        """By newlines alone, as git and the syntax trees count."""
        return [0] + [match.end() for match in re.finditer(r"\n", self.text)]

    @cached_property
    def _index(self) -> tuple[str, list[int], list[int], list[int]]:
        """The tokens joined by blanks, where each begins in that, and where each begins and ends in
        the text."""
        joined, starts, begins, ends = [" "], [], [], []
        position = 1
        for match in _TOKEN.finditer(self.text):
            joined += (match.group(), " ")
            starts.append(position)
            begins.append(match.start())
            ends.append(match.end())
            position += len(match.group()) + 1
        return "".join(joined), starts, begins, ends

    def line(self, number: int) -> str:
        """Line ``number`` without its newline."""
        starts = self._line_starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    @property
    def line_count(self) -> int:
        starts = self._line_starts
        return len(starts) - 1 if starts[-1] == len(self.text) else len(starts)

    def find(self, quote: str, limit: int = 100) -> list[Span]:
        """Where the quote stands, in order; at most ``limit`` places."""
        parts = [_needle(part) for part in _ELISION.split(quote)]
        parts = [part for part in parts if part]
        if not parts or not self._may_hold(parts):
            return []
        spans: list[Span] = []
        for start, end in self._occurrences(parts[0]):
            last = self._follow(end, parts[1:])
            if last is not None:
                spans.append(self._span(start, last))
            if len(spans) == limit:
                break
        return spans

    def _may_hold(self, parts: list[str]) -> bool:
        """Whether the text holds the longest token of each part: spares most files the index."""
        return all(max(part.split(" "), key=len) in self.text for part in parts)

    def _occurrences(self, needle: str, start: int = 0) -> Iterator[tuple[int, int]]:
        """Offsets in the text of each occurrence of the joined tokens."""
        joined, starts, begins, ends = self._index
        position = joined.find(needle, start)
        while position >= 0:
            first = bisect_right(starts, position + 1) - 1
            last = first + needle.count(" ") - 2
            yield begins[first], ends[last]
            position = joined.find(needle, position + 1)

    def _follow(self, end: int, parts: list[str]) -> int | None:
        """Where the parts behind an elision end, or None where they do not follow closely."""
        _, starts, begins, _ = self._index
        for part in parts:
            token = bisect_right(begins, end - 1)
            begin = starts[token] - 1 if token < len(starts) else len(self._index[0])
            following = next(self._occurrences(part, begin), None)
            if following is None:
                return None
            if self._line_of(following[0]) - self._line_of(end - 1) > _LARGEST_ELISION:
                return None
            end = following[1]
        return end

    def _line_of(self, offset: int) -> int:
        return bisect_right(self._line_starts, offset)

    def _span(self, start: int, end: int) -> Span:
        first, last = self._line_of(start), self._line_of(end - 1)
        return Span(
            start_line=first,
            end_line=last,
            start_column=start - self._line_starts[first - 1] + 1,
            end_column=end - self._line_starts[last - 1] + 1,
        )


def _needle(quote: str) -> str:
    tokens = _TOKEN.findall(quote)
    return " " + " ".join(tokens) + " " if tokens else ""


def says_enough(quote: str) -> bool:
    """Whether a quote is specific enough to be evidence: a word, and six characters in all."""
    tokens = _TOKEN.findall(_ELISION.sub(" ", quote))
    has_word = any(token[0].isalnum() or token[0] == "_" for token in tokens)
    return has_word and len(tokens) > 1 and sum(map(len, tokens)) >= _FEWEST_CHARACTERS


class EvidenceChecker:
    """Grades quotes and symbols against one pack. Paths are given and returned as the model names
    them."""

    def __init__(self, pack: Pack, analyses: Mapping[str, FileAnalysis]) -> None:
        self._sources = {
            _model_path(section.path): SourceText(restore(_body(section)))
            for section in pack.sections
            if section.path
        }
        self._definitions = {
            symbol_reference(_model_path(path), symbol): (_model_path(path), symbol)
            for path, analysis in sorted(analyses.items())
            for symbol in reversed(analysis.symbols)
        }

    def source(self, path: str) -> SourceText | None:
        return self._sources.get(self._named(path))

    def _named(self, path: str) -> str:
        return path if path in self._sources else _clean_path(path)

    def contains(self, name: str) -> bool:
        """Whether the words of a name stand, in this order, in some file or are a path."""
        if _clean_path(name) in self._known_paths:
            return True
        return any(source.find(name, limit=1) for source in self._sources.values())

    @cached_property
    def _known_paths(self) -> frozenset[str]:
        """Every path and folder, and every last part of one."""
        known: set[str] = set()
        for path in self._sources:
            parts = path.split("/")
            known.update("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
            known.update(parts)
        return frozenset(known | {f"{path}/" for path in known})

    def check(self, path: str, quote: str) -> Evidence:
        """The quote with its grade: VERIFIED once in the file that was named, AMBIGUOUS several
        times in it, CORRECTED once in one other file and not in that one, else MISSING."""
        wanted = _clean_quote(quote)
        claimed = self._named(path)
        if not says_enough(wanted):
            return Evidence(path, quote, Grade.MISSING)
        spans = self._sources[claimed].find(wanted) if claimed in self._sources else []
        if spans:
            grade = Grade.VERIFIED if len(spans) == 1 else Grade.AMBIGUOUS
            return _found(path, quote, grade, claimed, spans)
        elsewhere = self._search_all(wanted)
        if elsewhere is None:
            return Evidence(path, quote, Grade.MISSING)
        return _found(path, quote, Grade.CORRECTED, *elsewhere)

    def check_symbol(self, reference: str) -> Evidence:
        """``path::Name.of.it`` as evidence: VERIFIED at the first line of its definition (the
        first of several with that name), or MISSING."""
        path, _, _ = reference.partition("::")
        found = self._definitions.get(reference.strip())
        source = self._sources.get(found[0]) if found else None
        if found is None or source is None:
            return Evidence(path, reference, Grade.MISSING)
        line = source.line(found[1].start_line)
        indent = len(line) - len(line.lstrip())
        span = Span(found[1].start_line, found[1].start_line, indent + 1, len(line.rstrip()) + 1)
        return _found(path, line.strip(), Grade.VERIFIED, found[0], [span])

    def _search_all(self, quote: str) -> tuple[str, list[Span]] | None:
        """The only place of the whole pack that has the quote, or None."""
        only: tuple[str, list[Span]] | None = None
        for path, source in self._sources.items():
            spans = source.find(quote, limit=2)
            if not spans:
                continue
            if only is not None or len(spans) > 1:
                return None
            only = path, spans
        return only


def _found(claimed: str, quote: str, grade: Grade, path: str, spans: list[Span]) -> Evidence:
    first = spans[0]
    return Evidence(
        claimed_path=claimed,
        quote=quote,
        grade=grade,
        path=path,
        start_line=first.start_line,
        end_line=first.end_line,
        start_column=first.start_column,
        end_column=first.end_column,
        matches=len(spans),
    )


def symbol_reference(path: str, symbol: Symbol) -> str:
    """How the model names a definition."""
    return f"{path}::{symbol.name}"


def _model_path(path: str) -> str:
    return neutralise(display_path(path))[0]


def _body(section: Section) -> str:
    """The text of the file without its opening and closing tag."""
    opening = section.text.index(">\n") + 2
    return section.text[opening : len(section.text) - len("</file>\n")]


def _clean_path(path: str) -> str:
    return path.strip().strip("`").removeprefix("./")


def _clean_quote(quote: str) -> str:
    """Without what models put around a quote: fences, back quotes, line numbers."""
    text = restore(quote).strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].rpartition("```")[0] or text.strip("`")
    text = text.strip("`") if text.count("`") in (1, 2) else text
    lines = text.splitlines()
    if len(lines) > 1 and all(_LINE_NUMBER.match(line) for line in lines):
        text = _LINE_NUMBER.sub("", text)
    return text
