"""Cuts text into tokens by the rules of ``lexis.py``: for telling whether two stretches of text are
the same code, in time that grows with the text whatever is in it.

It is no parser: a quote is a stretch of a file, and no grammar reads those.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from scout_codebase.languages.lexis import Interpolated, Lexis

BLANKS = " \t\n\r\f\v"
"""What is white space in every language; any other character counts as itself."""

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_DEEPEST = 50
_LONGEST_PREFIX = 3  # letters in front of a string
_OPERATORS = (
    *("<<<=", ">>>=", "===", "!==", "**=", "<<=", ">>=", ">>>", "...", "..=", "..<", "<=>", "&&="),
    *("||=", "??=", "//=", "&^=", "<!--", "-->", "->*", "==", "!=", "<=", ">=", "->", "=>", "&&"),
    *("||", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "~=", "<<", ">>"),
    *("::", ":=", "<-", "**", "//", "/*", "*/", "?.", "??", "?:", "!!", "..", "|>", "=~", "!~"),
    *("&^", "</", "/>", "<>", "<%", "%>", "##", "#[", "#!", "#(", "@(", "@[", "$(", "${", "$["),
    *("#{", "{#", "#}", "{%", "%}", "<?", "?>", ".*", "~/", "!."),
)
_OPERATOR = "|".join(re.escape(mark) for mark in sorted(_OPERATORS, key=len, reverse=True))
_OPERATOR_CHARACTERS = frozenset("!#$%&*+./<=>?@\\^|~:-")
_OPERATOR_RUN = r"[!#$%&*+./<=>?@\\^|~:-]+"
_NUMBER = r"\d(?:[eEpP][+-]\d|\w|\.(?=\w)|'(?=\d))*"
_REGEX = r"/(?![*/\s])(?:\\.|\[(?:\\.|[^\]\\\n]){0,200}\]|[^/\\\n\[]){1,400}/[a-z]*"
_OPENING = re.compile(r"[\w@$#%~]*[\"'`]*")
_LONG_QUOTES = re.compile(r"[rRuU]?(?:\"\"\"|''')")
_LINE_END = re.compile(r"[^\S\n]*(?:\n|\Z)")
_VALUE_AHEAD = re.compile(
    r"return|typeof|case|do|else|in|of|and|or|not|if|unless|elsif|when|while|until|void|delete|"
    r"throw|new|instanceof|yield|await|then"
)


class Kind(IntEnum):
    """What a character is part of. ``PROSE``: a string that is a statement by itself."""

    CODE = 0
    STRING = 1
    PROSE = 2
    LINE_COMMENT = 3
    BLOCK_COMMENT = 4


COMMENTS = (Kind.LINE_COMMENT, Kind.BLOCK_COMMENT)


class Start(IntEnum):
    """What begins at a character. ``WORD``: a word or sign within a comment or string.
    ``INSIDE``: a token between brackets within which a newline is a blank."""

    NOTHING = 0
    WORD = 1
    TOKEN = 2
    INSIDE = 3


@dataclass(frozen=True, slots=True)
class Lexed:
    """A ``Kind`` and a ``Start`` for each character of a text, and where its comments stand.
    ``unfinished``: the last of them is not closed."""

    kinds: bytearray
    starts: bytearray
    comments: tuple[tuple[int, int], ...]
    unfinished: bool


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    kind: Kind


def lex(text: str, lexis: Lexis, *, whole: bool = False) -> Lexed:
    """Every character but blanks belongs to one token. ``whole``: the text is that of a file."""
    kinds, starts = bytearray(len(text)), bytearray(len(text))
    comments: list[tuple[int, int]] = []
    closers: list[str] = []
    for token in _tokens(text, lexis, whole=whole):
        inside = bool(closers) and closers[-1] in lexis.free_closers
        kind = token.kind
        if kind is Kind.STRING and lexis.documented and not inside and _alone(text, token):
            kind = Kind.PROSE
        if kind is not Kind.CODE:
            kinds[token.start : token.end] = bytes((kind,)) * (token.end - token.start)
            for word in re.finditer(r"\w+|[^\w\s]", text[token.start : token.end]):
                starts[token.start + word.start()] = Start.WORD
        if kind in COMMENTS:
            comments.append((token.start, token.end))
        if kind in (Kind.STRING, Kind.PROSE):
            opening = _OPENING.match(text, token.start, token.end)
            for offset in range(token.start, opening.end() if opening else token.start):
                starts[offset] = Start.NOTHING
        starts[token.start] = Start.INSIDE if inside else Start.TOKEN
        if kind is Kind.CODE:
            _nest(closers, text[token.end - 1])
    return Lexed(kinds, starts, tuple(comments), _unfinished(text, lexis, kinds, comments))


def _unfinished(
    text: str, lexis: Lexis, kinds: bytearray, comments: Sequence[tuple[int, int]]
) -> bool:
    if not comments or kinds[comments[-1][0]] != Kind.BLOCK_COMMENT:
        return False
    last = text[slice(*comments[-1])]
    return not last.endswith(tuple(mark for _, mark in lexis.block_comments)) and not any(
        re.fullmatch(rf"{opening}(?s:.)*?{closing}", last, re.MULTILINE)
        for opening, closing in lexis.long_comments
    )


def _nest(closers: list[str], character: str) -> None:
    if character in _CLOSERS:
        closers.append(_CLOSERS[character])
    elif character in ")]}" and character in closers[-_DEEPEST:]:
        while closers.pop() != character:
            pass


def _alone(text: str, token: _Token) -> bool:
    """Whether a string of three quotes is all that stands on its lines."""
    if not _LONG_QUOTES.match(text, token.start) or not _LINE_END.match(text, token.end):
        return False
    before = token.start
    while before and text[before - 1] != "\n" and text[before - 1].isspace():
        before -= 1
    return not before or text[before - 1] == "\n"


def would_join(text: str, before: int, behind: int, lexis: Lexis) -> bool:
    """Whether two tokens of a text might be read as others once no blank stands between them. Given
    are where the last character of the one stands, and the first of the other."""
    left, right = text[before], text[behind]
    if _is_word(left) and (_is_word(right) or (right in "\"'`" and _is_prefix(text, before))):
        return True
    if (left.isdigit() and right == ".") or (left == "." and right.isdigit()):
        return True
    if lexis.operators and {left, right} <= _OPERATOR_CHARACTERS:
        return True
    pair = left + right
    return pair in _PAIRED or any(pair in mark for mark in lexis.marks)


def _is_prefix(text: str, end: int) -> bool:
    """Whether the word that ends here might say what kind of string follows: the longest such word
    is ``u8R``."""
    start = end
    while start and end - start < _LONGEST_PREFIX and _is_word(text[start - 1]):
        start -= 1
    return end - start < _LONGEST_PREFIX


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "_$@"


_PAIRED = frozenset(mark[at : at + 2] for mark in _OPERATORS for at in range(len(mark) - 1))


@dataclass(frozen=True, slots=True)
class _Master:
    """One pattern for whatever may stand next; which of its groups is which row of the lexis."""

    pattern: re.Pattern[str]
    blocks: dict[str, tuple[str, str]]
    interpolated: dict[str, Interpolated]


@cache
def _master(lexis: Lexis) -> _Master:
    blocks = {f"block{n}": pair for n, pair in enumerate(lexis.block_comments)}
    holed = {f"holed{n}": row for n, row in enumerate(lexis.interpolated)}
    forms = [(f"string{n}", row) for n, row in enumerate(lexis.strings)]
    forms += [(name, re.escape(pair[0])) for name, pair in blocks.items()]
    forms += [
        (f"long{n}", rf"{opening}(?s:.)*?(?:{closing}|\Z)")
        for n, (opening, closing) in enumerate(lexis.long_comments)
    ]
    rest = rf"(?:(?!{lexis.line_end})[^\n])*" if lexis.line_end else r"[^\n]*"
    forms += [(f"line{n}", rf"(?:{row}){rest}") for n, row in enumerate(lexis.line_comments)]
    forms += [(name, row.opening) for name, row in holed.items()]
    forms += [("here", lexis.here), ("newline", r"\n")] if lexis.here else []
    forms += [("regex", _REGEX)] if lexis.regexes else []
    operator = _OPERATOR_RUN if lexis.operators else _OPERATOR
    forms += [("number", _NUMBER), ("name", lexis.word), ("operator", operator)]
    forms += [("other", rf"[^{BLANKS}]")]
    pattern = "|".join(f"(?P<{name}>{form})" for name, form in forms)
    return _Master(re.compile(pattern, re.MULTILINE), blocks, holed)


def _tokens(text: str, lexis: Lexis, *, whole: bool) -> Iterator[_Token]:
    master = _master(lexis)
    here = _HereDocuments(text) if lexis.here else None
    at, before = 0, ""
    lead = re.match(lexis.lead, text) if whole and lexis.lead else None
    if lead is not None and lead[0].strip(BLANKS):
        at = lead.end()
        yield _Token(len(lead[0]) - len(lead[0].lstrip(BLANKS)), at, Kind.STRING)
    while match := master.pattern.search(text, at):
        group, (start, end) = match.lastgroup or "", match.span()
        if here is not None and group == "newline":
            at = here.end(end)
            if at > end:
                yield _Token(end, at, Kind.STRING)
            continue
        if here is not None and group == "here":
            here.waiting.append(match["word"])
        kind = _KINDS.get(group.rstrip("0123456789"), Kind.CODE)
        if group == "regex" and not _value_may_stand(before):
            end, kind = start + 1, Kind.CODE
        elif group in master.blocks:
            end = _end_of_block(text, end, master.blocks[group], lexis.nests)
        elif group in master.interpolated:
            end = _end_of_interpolated(text, end, master.interpolated[group])
        if kind not in COMMENTS:
            before = text[start:end] if kind is Kind.CODE else '"'
        yield _Token(start, end, kind)
        at = max(end, start + 1)


_KINDS = {
    "block": Kind.BLOCK_COMMENT,
    "long": Kind.BLOCK_COMMENT,
    "line": Kind.LINE_COMMENT,
    "string": Kind.STRING,
    "holed": Kind.STRING,
    "regex": Kind.STRING,
}


def _value_may_stand(before: str) -> bool:
    """Whether ``/`` behind that token begins a value rather than divides."""
    if _VALUE_AHEAD.fullmatch(before):
        return True
    return not before or not (_is_word(before[-1]) or before[-1] in ")]}\"'`")


def _end_of_block(text: str, at: int, marks: tuple[str, str], nests: bool) -> int:
    opening, closing = marks
    if not nests:
        end = text.find(closing, at)
        return end + len(closing) if end >= 0 else len(text)
    depth = 1
    marks_of_either = re.compile(f"{re.escape(opening)}|{re.escape(closing)}")
    for match in marks_of_either.finditer(text, at):
        depth += 1 if match.group() == opening else -1
        if not depth:
            return match.end()
    return len(text)


def _end_of_interpolated(text: str, at: int, form: Interpolated) -> int:
    """Behind the closing quote; the end of the line, or of the text, where there is none."""
    openings = dict(form.holes)
    marks = "|".join(re.escape(mark) for mark in (*openings, form.quote))
    open_now = [form.quote]
    for match in re.compile(rf"{marks}|\\(?s:.)|[(){{}}\[\]\n]").finditer(text, at):
        mark = match.group()
        if mark == "\n" and not form.lines:
            return match.start()
        if mark == open_now[-1]:
            open_now.pop()
        elif mark in openings:
            open_now.append(openings[mark])
        elif open_now[-1] != form.quote and mark == form.quote:
            open_now.append(form.quote)
        elif open_now[-1] != form.quote and mark in _CLOSERS:
            open_now.append(_CLOSERS[mark])
        if not open_now:
            return match.end()
    return len(text)


class _HereDocuments:
    """Those that wait for the end of the line on which they are named."""

    def __init__(self, text: str) -> None:
        self.waiting: list[str] = []
        self._lines: dict[str, list[int]] = defaultdict(list)
        for match in re.finditer(r"[^\n]+", text):
            self._lines[match.group().strip(" \t\r;,)")].append(match.end())

    def end(self, at: int) -> int:
        """Where the last of them ends; one whose mark does not come again is none."""
        for word in self.waiting:
            ends = self._lines.get(word, [])
            following = bisect_left(ends, at + len(word))
            at = ends[following] if following < len(ends) else at
        self.waiting.clear()
        return at
