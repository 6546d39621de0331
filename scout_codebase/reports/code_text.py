"""The code of a repository as text: without comments and docstrings, by lines and by statements.

A comment is no code: it may say anything of a value, and neither checks nor sets it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from scout_codebase.languages.lexing import COMMENTS, Kind, lex
from scout_codebase.languages.lexis import lexis_of
from scout_codebase.records import LONGEST_VALUE, FileAnalysis

LinesOf = Callable[[str], Sequence[str]]
"""The lines of the file of that path."""

LONGEST = LONGEST_VALUE
"""Characters of a statement that are read: more are no code that people write."""

_MOST_LINES = 40
_BLANKED = re.compile(b"[%b]+" % re.escape(bytes((*COMMENTS, Kind.PROSE))))
_VISIBLE = re.compile(r"[^\n]")
_BRACKET = re.compile(r"[()\[\]{}]")
_CLOSES = {")": "(", "]": "[", "}": "{"}
_CONTROL = re.compile(
    r"\s*(?:\}?\s*(?:else|catch|finally)\b|(?:if|for|foreach|while|switch|match|select|func|fn|fun"
    r"|def|function|class|struct|enum|impl|trait|interface|try|do|loop|unsafe|with|type|export"
    r"|public|private|protected|static|async)\b)"
)
_LITERAL_BEFORE = re.compile(
    r"(?:[=(\[{,:?&|+]|\b(?:return|const|let|var|default|yield))\s*$|[\w\]]$"
)
_ENDS_OPEN = re.compile(r"(?:(?<![=!<>])=|(?<!\+)\+|\|\||&&|\?|\\|(?<![.\d])\.|<<|%)\s*$")
_GOES_ON = re.compile(r"\s*(?:\??\.(?![.\d])|->|\+(?!\+)|\|\||&&|\?(?!>)|:(?!:)|<<|\|>)")
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Statement:
    """The text from a line on to where its brackets and strings are closed, on one line.
    ``complete`` is false where that is too far."""

    text: str
    end: int
    complete: bool


@dataclass(frozen=True, slots=True)
class _File:
    """``brackets`` of each line with their columns; ``openers`` is the innermost bracket that is
    open where a line begins, and the number of its line; ``strings`` are the lines whose newline
    is part of a string."""

    lines: Sequence[str]
    brackets: Sequence[Sequence[tuple[int, str]]] = ()
    openers: Sequence[tuple[str, int]] = ()
    strings: frozenset[int] = frozenset()
    words: Mapping[str, Sequence[int]] = field(default_factory=dict)


class CodeText:
    """Reads a file when it is first asked for."""

    def __init__(self, analyses: Mapping[str, FileAnalysis], lines_of: LinesOf) -> None:
        self._analyses, self._raw = analyses, lines_of
        self._file = cache(self._read)
        self._statement = cache(self._joined)

    def lines(self, path: str) -> Sequence[str]:
        """In the columns of the file."""
        return self._file(path).lines

    def matches(self, path: str, name: str, pattern: re.Pattern[str]) -> bool:
        """Whether some line matches a pattern that holds a name, comments included: told without
        looking for comments."""
        return any(name in line and pattern.search(line) for line in self._raw(path))

    def lines_with(
        self, path: str, word: str, first: int = 1, last: int | None = None
    ) -> Sequence[int]:
        """The numbers of the lines in which a word stands, of some lines or of all."""
        numbers = self._file(path).words.get(word.strip("$"), ())
        end = len(numbers) if last is None else bisect_right(numbers, last)
        return numbers[bisect_left(numbers, first) : end]

    def begins_statement(self, path: str, line: int) -> bool:
        """Whether no list of arguments or values goes on in this line."""
        return self._file(path).openers[line - 1][0] not in ("(", "[")

    def opened(self, path: str, line: int) -> int:
        """The line of the innermost bracket that is open where a line begins; 0 for none."""
        return self._file(path).openers[line - 1][1]

    def statement(self, path: str, line: int) -> Statement:
        return self._statement(path, line)

    def _read(self, path: str) -> _File:
        analysis = self._analyses.get(path)
        text = "\n".join(self._raw(path))
        lexed = lex(text, lexis_of(analysis.language if analysis else ""))
        plain = _without_comments(text, lexed.kinds)
        lines = plain.split("\n")
        brackets: list[list[tuple[int, str]]] = [[] for _ in lines]
        words: dict[str, list[int]] = {}
        openers: list[tuple[str, int]] = []
        stack: list[str] = []
        opened: list[int] = []
        strings, start = set(), 0
        for index, line in enumerate(lines):
            openers.append((stack[-1], opened[-1]) if stack else ("", 0))
            for match in _BRACKET.finditer(line):
                if lexed.kinds[start + match.start()] == Kind.CODE:
                    brackets[index].append((match.start(), match[0]))
                    _nest(stack, match[0])
                    opened.extend([index + 1] * (len(stack) - len(opened)))
                    del opened[len(stack) :]
            for word in dict.fromkeys(_WORD.findall(line)):
                words.setdefault(word, []).append(index + 1)
            start += len(line) + 1
            if start <= len(lexed.kinds) and lexed.kinds[start - 1] == Kind.STRING:
                strings.add(index)
        return _File(lines, brackets, openers, frozenset(strings), words)

    def _joined(self, path: str, first: int) -> Statement:
        file = self._file(path)
        stack: list[str] = []
        rows: list[str] = []
        size = 0
        for index in range(first - 1, min(len(file.lines), first - 1 + _MOST_LINES)):
            line = file.lines[index]
            rows.append(line)
            size += len(line)
            for column, sign in file.brackets[index]:
                if sign != "{" or stack or _is_literal(line[:column], rows[0]):
                    _nest(stack, sign)
            if size > LONGEST:
                break
            if not stack and index not in file.strings and not _continues(file.lines, index, rows):
                return Statement(" ".join("\n".join(rows).split()), index + 1, complete=True)
        text = " ".join("\n".join(rows).split())[:LONGEST]
        return Statement(text, first - 1 + len(rows), complete=False)


def _without_comments(text: str, kinds: bytearray) -> str:
    parts, position = [], 0
    for stretch in _BLANKED.finditer(kinds):
        parts.append(text[position : stretch.start()])
        parts.append(_VISIBLE.sub(" ", text[stretch.start() : stretch.end()]))
        position = stretch.end()
    return "".join([*parts, text[position:]])


def _nest(stack: list[str], sign: str) -> None:
    if sign in "([{":
        stack.append(sign)
    elif stack and stack[-1] == _CLOSES[sign]:
        stack.pop()


def _is_literal(before: str, first: str) -> bool:
    """Whether a brace opens an object or a table, not a block of code."""
    if _LITERAL_BEFORE.search(before):
        return True
    return bool(re.search(r"\w\s$", before)) and _CONTROL.match(first) is None and "=" in before


def _continues(lines: Sequence[str], index: int, rows: Sequence[str]) -> bool:
    if _ENDS_OPEN.search(lines[index]):
        return True
    following = next((line for line in lines[index + 1 : index + 4] if line.strip()), "")
    match = _GOES_ON.match(following)
    if match is None:
        return False
    return not match[0].strip().startswith(":") or any("?" in row for row in rows)
