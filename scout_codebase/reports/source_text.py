"""One packed file, searched for quotes.

A quote is found where its characters stand in the same order, blanks aside, and where the blanks
that differ do not make other code (``gaps.py``). Where it is not found so, it is looked for without
its comments and the source's. ``...`` or ``…`` that no word or bracket touches stands for code that
was left out: the parts must follow each other within a few lines.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from scout_codebase.languages.lexing import COMMENTS, Kind, Lexed, lex
from scout_codebase.languages.lexis import Lexis, lexis_of
from scout_codebase.records import Masked
from scout_codebase.reports.gaps import Gap, Rules, indentation, same_blocks

_TOKEN = re.compile(r"\w+|[^\w\s]")
_NOT_BLANK = re.compile(r"[^ \t\n\r\f\v]+")
_DOTS = r"(?:…|(?<![\w.)\]])\.\.\.(?![\w.(\[{]))"
_ELISION = re.compile(
    # On a line of its own as a comment, with a remark between two of them.
    rf"^[ \t]*(?:\#|//|--|/\*|<!--)[ \t]*{_DOTS}(?:[^\n]*{_DOTS})?[ \t]*(?:\*/|-->)?[ \t\r]*$"
    rf"|{_DOTS}",
    re.MULTILINE,
)
_LARGEST_ELISION = 40  # lines
_FEWEST_CHARACTERS = 6  # of words and punctuation, white space not counted
_MOST_LINES = 200  # whose indentation is compared
_MOST_PLACES = 10_000  # of one file that are looked at


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one file. Lines from 1, the last one included; columns from 1, the last one
    excluded. ``comment``: nothing in it is code."""

    start_line: int
    end_line: int
    start_column: int
    end_column: int
    comment: bool = False


def says_enough(quote: str) -> bool:
    """Whether a quote is specific enough to be evidence: a word, and six characters in all."""
    tokens = _TOKEN.findall(_ELISION.sub(" ", quote))
    has_word = any(token[0].isalnum() or token[0] == "_" for token in tokens)
    return has_word and len(tokens) > 1 and sum(map(len, tokens)) >= _FEWEST_CHARACTERS


class _Condensed:
    """A text without its blanks, and without its comments where ``lexed`` is given."""

    def __init__(self, text: str, lexed: Lexed | None = None) -> None:
        self.text = text
        self._offsets: list[int] = []
        self.run_starts: list[int] = []
        pieces: list[str] = []
        kinds = bytearray()
        length = end = 0
        for start, dropped in (*(lexed.comments if lexed else ()), (len(text), len(text))):
            for match in _NOT_BLANK.finditer(text, end, start):
                self._offsets.append(match.start())
                self.run_starts.append(length)
                pieces.append(match.group())
                length += len(match.group())
                if lexed:
                    kinds += lexed.kinds[match.start() : match.end()]
            end = dropped
        self.remarked = bool(lexed and self._ends_in_remark(lexed))
        self.pieces = pieces
        self.condensed = "".join(pieces)
        self.kinds = bytes(kinds).replace(bytes((Kind.PROSE,)), bytes((Kind.STRING,)))

    def _ends_in_remark(self, lexed: Lexed) -> bool:
        """Whether a line comment was left out behind everything else: the code ended its line."""
        last = max(lexed.comments, default=(0, 0))[0]
        code_ends_before = not self._offsets or self._offsets[-1] < last
        return code_ends_before and lexed.kinds[last : last + 1] == bytes((Kind.LINE_COMMENT,))

    @cached_property
    def longest(self) -> str:
        """The longest word or sign."""
        return max(_TOKEN.findall(" ".join(self.pieces)), key=len, default="")

    def offset(self, index: int) -> int:
        """Where in the text a character of ``condensed`` stands."""
        run = bisect_right(self.run_starts, index) - 1
        return self._offsets[run] + index - self.run_starts[run]

    def index(self, offset: int) -> int:
        """The first character of ``condensed`` at or behind ``offset``."""
        run = bisect_right(self._offsets, offset) - 1
        if run < 0:
            return 0
        end = self.run_starts[run + 1] if run + 1 < len(self.run_starts) else len(self.condensed)
        return min(self.run_starts[run] + offset - self._offsets[run], end)

    def gap(self, index: int) -> str:
        """What of the text stands in front of a character, behind the one before it."""
        return self.text[self.offset(index - 1) + 1 : self.offset(index)] if index else ""

    def runs(self, start: int, end: int) -> Sequence[int]:
        """The characters behind ``start`` and before ``end`` that have blanks in front of them."""
        return self.run_starts[
            bisect_right(self.run_starts, start) : bisect_left(self.run_starts, end)
        ]


@lru_cache(maxsize=256)
def _readings(quote: str, language: str) -> tuple[tuple[_Condensed, ...], ...]:
    """The parts to be looked for, in the order of the attempts: the quote as it is, and without its
    comments; then the same with what it leaves out."""
    elided = [part for part in _ELISION.split(quote) if part.strip()]
    found: list[tuple[_Condensed, ...]] = []
    for parts in [[quote]] if elided == [quote] else [[quote], elided]:
        found += [tuple(map(_Condensed, parts)), _without_comments(parts, lexis_of(language))]
    return tuple(parts for parts in found if parts and all(part.condensed for part in parts))


def _without_comments(parts: Sequence[str], lexis: Lexis) -> tuple[_Condensed, ...]:
    """Empty where too little is left, or where a comment goes on behind the quote."""
    if not lexis.has_comments:
        return ()
    lexed = [lex(part, lexis) for part in parts]
    code = [_Condensed(*pair) for pair in zip(parts, lexed, strict=True)]
    code = [part for part in code if part.condensed]
    enough = says_enough(" ".join(token for part in code for token in part.pieces))
    return tuple(code) if enough and not any(part.unfinished for part in lexed) else ()


class SourceText:
    """One packed file, indexed for look-ups on first use. ``language`` is the name of a row of the
    table of languages."""

    def __init__(self, text: str, language: str = "", masked: Iterable[Masked] = ()) -> None:
        self.text = text
        self._language, self._lexis = language, lexis_of(language)
        self._masked = tuple(masked)

    @cached_property
    def _line_starts(self) -> list[int]:
        """By newlines alone, as git and the syntax trees count."""
        return [0] + [match.end() for match in re.finditer(r"\n", self.text)]

    @cached_property
    def _lexed(self) -> Lexed:
        return lex(self.text, self._lexis, whole=True)

    @cached_property
    def _rules(self) -> Rules:
        return Rules(self.text, self._lexed, self._lexis)

    @cached_property
    def _whole(self) -> _Condensed:
        return _Condensed(self.text)

    @cached_property
    def _code(self) -> _Condensed:
        return _Condensed(self.text, self._lexed)

    def line(self, number: int) -> str:
        """Line ``number`` without its newline."""
        starts = self._line_starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    @property
    def line_count(self) -> int:
        starts = self._line_starts
        return len(starts) - 1 if starts[-1] == len(self.text) else len(starts)

    def mentions(self, name: str) -> bool:
        """Whether the words and signs of a name stand here in this order."""
        tokens = _TOKEN.findall(name)
        if not tokens or max(tokens, key=len) not in self.text:
            return False
        pattern = r"\s*".join(map(re.escape, tokens))
        return re.search(rf"(?<!\w){pattern}(?!\w)", self.text) is not None

    def find(self, quote: str, limit: int = 100) -> list[Span]:
        """Where the quote stands, in order; at most ``limit`` places."""
        for parts in _readings(quote, self._language):
            # Spares most files the index.
            if all(part.longest in self.text for part in parts):
                found = self._find(parts, limit)
                if found:
                    return found
        return []

    def _find(self, parts: Sequence[_Condensed], limit: int) -> list[Span]:
        source = self._code if parts[0].kinds else self._whole
        spans: list[Span] = []
        for start, end in self._occurrences(source, parts[0], 0):
            last = self._follow(source, end, parts[1:])
            if last is not None:
                spans.append(self._span(start, last))
            if len(spans) == limit:
                break
        return spans

    def _occurrences(
        self, source: _Condensed, part: _Condensed, offset: int
    ) -> Iterator[tuple[int, int]]:
        """Where in the text the part begins and ends, from ``offset`` on."""
        length, looked_at = len(part.condensed), 0
        at = source.condensed.find(part.condensed, source.index(offset))
        while at >= 0 and looked_at < _MOST_PLACES:
            if self._is_same_code(source, part, at, offset):
                yield source.offset(at), source.offset(at + length - 1) + 1
            at, looked_at = source.condensed.find(part.condensed, at + 1), looked_at + 1

    def _is_same_code(self, source: _Condensed, part: _Condensed, at: int, behind: int) -> bool:
        end = at + len(part.condensed)
        rules = self._rules
        if source.kinds[at:end] != part.kinds:
            return False
        first, last = source.offset(at), source.offset(end - 1)
        if not (rules.may_begin(first, behind) and rules.may_end(last + 1)):
            return False
        if part.remarked and not rules.line_ends(last + 1):
            return False
        places = {index - at for index in source.runs(at, end)} | {
            *part.runs(0, len(part.condensed))
        }
        for index in sorted(places):
            gap = Gap(
                source.offset(at + index - 1),
                source.offset(at + index),
                source.gap(at + index),
                part.gap(index),
            )
            if not rules.allow(gap):
                return False
        return not self._lexis.indented or same_blocks(self._lines(source, part, at))

    def _lines(self, source: _Condensed, part: _Condensed, at: int) -> list[tuple[int | None, int]]:
        """The indentation of each statement in the quote and in the source. A quote without any in
        front has most often lost that of its first line."""
        rows: list[tuple[int | None, int]] = []
        for index in (0, *part.runs(0, len(part.condensed)))[:_MOST_LINES]:
            wanted = indentation(part.text, part.offset(index))
            there = self._rules.begins_line(source.offset(at + index))
            if wanted is not None and there is not None:
                rows.append((wanted if index else wanted or None, there))
        return rows

    def _follow(self, source: _Condensed, end: int, parts: Sequence[_Condensed]) -> int | None:
        """Where the parts behind an elision end, or None where they do not follow closely."""
        for part in parts:
            following = next(self._occurrences(source, part, end), None)
            if following is None:
                return None
            if self._line_of(following[0]) - self._line_of(end - 1) > _LARGEST_ELISION:
                return None
            end = following[1]
        return end

    def _line_of(self, offset: int) -> int:
        return bisect_right(self._line_starts, offset)

    def whole_line(self, number: int) -> Span:
        """A line without its indentation and the blanks at its end."""
        line, start = self.line(number), self._line_starts[number - 1]
        return self._span(start + len(line) - len(line.lstrip()), start + len(line.rstrip()))

    def _span(self, start: int, end: int) -> Span:
        first, last = self._line_of(start), self._line_of(max(start, end - 1))
        return Span(
            start_line=first,
            end_line=last,
            start_column=self._column(first, start),
            end_column=self._column(last, end),
            comment=self._is_comment(start, end),
        )

    def _column(self, line: int, offset: int) -> int:
        """In the file with its secrets: what its labels before it are longer is taken off."""
        column = offset - self._line_starts[line - 1] + 1
        longer = 0
        for row in self._masked:
            if row.start_line == line == row.end_line and row.start_column:
                if column < row.start_column + longer + len(row.label):
                    break
                longer += len(row.label) - row.width
        return column - longer

    def _is_comment(self, start: int, end: int) -> bool:
        kinds = self._lexed.kinds
        return start < end and all(
            kinds[offset] in (*COMMENTS, Kind.PROSE)
            for match in _NOT_BLANK.finditer(self.text, start, end)
            for offset in range(match.start(), match.end())
        )
