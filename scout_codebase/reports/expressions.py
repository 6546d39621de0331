"""Expressions read as text, alike in every language with infix calls.

What is read wrongly costs a hint: a fact of ``origins`` that is missing, never a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from scout_codebase.reports.code_text import LONGEST

_STRING = re.compile(
    r"""(?P<quote>["'`])(?P<text>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)""", re.DOTALL
)
_REGEX = re.compile(
    r"(?<=[(,=:?&|!])\s?/(?![*/\s])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[\s\"'`])+/[gimsuy]*(?=[\s,.);])"
)
_DOLLAR_BRACES = r"\$\{(?P<braces>[^{}]*)\}"
_IN_TEMPLATE = re.compile(_DOLLAR_BRACES)
_IN_DOUBLE = re.compile(
    rf"{_DOLLAR_BRACES}|\{{(?P<php>\$[^{{}}]*)\}}|#\{{(?P<ruby>[^{{}}]*)\}}|\\\((?P<swift>[^()]*)\)"
    r"|(?P<plain>\$[A-Za-z_]\w*(?:->\w+|\[\w*\])?)"
)
_IN_FORMAT = re.compile(r"(?<!\{)\{(?P<braces>[^{}]+)\}")
_FORMAT_PREFIX = re.compile(r"(?<![A-Za-z])(?:[rR]?[fF][rR]?|\$@?|@\$)$|\w!\s*\([^()]*$")
_FORMAT_END = re.compile(r"(?:![rsa])?(?::[^\[\](){}'\"]*)?$|=$")
_NAME = re.compile(r"(?<![\w$.@])(?<!->)(?<!::)(?<!\\)\$?[A-Za-z_]\w*")
_CHAIN = re.compile(r"\$?[A-Za-z_]\w*(?:(?:\??\.|\?->|->|::)\$?[A-Za-z_]\w*)*!?\s*\(?")
_CALLEE = re.compile(r"[\w$.:>\\?-]*[\w$]!?\s*$")
_ARGUMENT_NAME = re.compile(r"\s*=(?![=>~])")
_DECLARED_BEHIND = re.compile(r"[^()]*\)\s*=>|\s*=>")
_DECLARED_BEFORE = re.compile(r"\blambda\s[\w, ]*$|\b(?:function|func|fn)\b[\s\w]*\([^()]*$")
_COUNTED = re.compile(r"\??\.(?:length|size|count)(?![\w(])")
_INLINE = (
    r"(?:async\s+)?(?:\((?P<many>[^()]*)\)\s*=>|(?P<one>[\w$]+)\s*=>"
    r"|function\s*\w*\s*\((?P<old>[^()]*)\))"
)
_MAPPED = re.compile(rf"\??\.(?:map|flatMap|forEach)\(\s*{_INLINE}")
_CALLBACK = re.compile(rf"\??\.(?:map|flatMap|forEach|filter|find|some|every)\(\s*{_INLINE}")
_MEMBER = re.compile(r"\??\.\w+(?:\((?:[^()]|\([^()]*\))*\))?")
_KEY_BEHIND = re.compile(r"\s*:(?!:)")
_KEY_BEFORE = re.compile(r"(?:[{,(\[]|\blambda(?:\s+[\w, ]+)?)\s*$")
_ITERATED = re.compile(r"\bfor\s+[\w$, ()]+\s+(?:in|of)\s+$|\bfor\s+$|\bfor\s+[\w, ]+,\s*$")
_COMPREHENSION = re.compile(
    r"\bfor\s+(?P<names>[\w, ()]{1,80}?)\s+in\s+(?P<source>(?:[^()\[\]]|\([^()]*\)|\[[^\[\]]*\])+?)"
    r"(?=\s+(?:if|for)\s|[)\]}]|$)"
)
_TERNARY = re.compile(r"(?<!\?)\?(?![?.:>]|->)\s")
_PYTHON_TERNARY = re.compile(r"\sif\s(?P<condition>.*?)\selse\s")
NOT_VALUES = frozenset(
    {
        "and", "as", "async", "await", "case", "catch", "const", "def", "default", "do", "echo",
        "elif", "else", "except", "False", "false", "fn", "for", "foreach", "from", "func",
        "function", "if", "import", "in", "instanceof", "int", "is", "isset", "lambda", "let",
        "map", "mut", "new", "nil", "None", "not", "null", "or", "print", "range", "return",
        "static", "string", "struct", "switch", "throw", "True", "true", "try", "typeof",
        "undefined", "unless", "use", "var", "void", "while", "with", "yield", "err", "byte",
    }
)  # fmt: skip
_LONGEST_CALLEE = 80
_MOST_AROUND = 12


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an expression in the order in which it is written: the text of a literal, or the
    ``name`` that a value begins with, with its ``chain`` of members (``request.args.get(``), which
    ends with a bracket where it is called. ``around`` are the calls (``f(``) and the tables
    (``t[``) that the value is given to on the way out, the innermost first."""

    text: str = ""
    name: str = ""
    around: tuple[str, ...] = ()
    start: int = 0
    chain: str = ""

    @property
    def is_call(self) -> bool:
        return self.chain.endswith("(")


@lru_cache(maxsize=4_096)
def pieces(expression: str) -> tuple[Piece, ...]:
    """Of the first characters of an expression: reading takes the square of them."""
    return tuple(_pieces(_without_regexes(expression[:LONGEST]), (), 0))


def _without_regexes(expression: str) -> str:
    """With blanks in place of the patterns that are literals of JavaScript, Ruby and Perl."""
    return _REGEX.sub(lambda match: " " * len(match[0]), expression)


def bindings(expression: str) -> Mapping[str, str]:
    """The names that stand for the items of something within an expression, and what of."""
    found = {}
    for match in _COMPREHENSION.finditer(expression[:LONGEST]):
        found.update(dict.fromkeys(_words(match["names"]), match["source"].strip()))
    for match in _CALLBACK.finditer(expression[:LONGEST]):
        names = match["many"] or match["one"] or match["old"] or ""
        source = expression[_start_of_chain(expression, match.start()) : match.start()]
        found.update(dict.fromkeys(_words(names), source))
    return found


def _start_of_chain(expression: str, end: int) -> int:
    """Where what ends there begins: a name, its members and their arguments."""
    depth = 0
    for index in range(end - 1, -1, -1):
        sign = expression[index]
        if sign in ")]":
            depth += 1
        elif sign in "([":
            if depth == 0:
                return index + 1
            depth -= 1
        elif depth == 0 and not re.match(r"[\w$.?]", sign):
            return index + 1
    return 0


def _words(text: str) -> list[str]:
    return re.findall(r"[$A-Za-z_]\w*", text)


def _pieces(expression: str, outer: tuple[str, ...], offset: int) -> Iterator[Piece]:
    position = 0
    code = _STRING.sub(lambda match: " " * len(match[0]), expression)
    conditions = _conditions(code)
    for string in _STRING.finditer(expression):
        yield from _names(expression, position, string.start(), outer, offset, conditions)
        if not _within(string.start(), conditions):
            around = (*_around(code, string.start()), *outer)
            yield from _inside(string, expression[: string.start()], around, offset)
        position = string.end()
    yield from _names(expression, position, len(expression), outer, offset, conditions)


def _inside(
    string: re.Match[str], before: str, around: tuple[str, ...], offset: int
) -> Iterator[Piece]:
    """The literal text of a string, and the values that are put into it."""
    text, position, start = string["text"], 0, offset + string.start("text")
    is_format = _FORMAT_PREFIX.search(before) is not None
    for inserted in _inserted(string["quote"], text, is_format):
        group = inserted.lastgroup or 0
        if inserted.start() > position:
            yield Piece(text=text[position : inserted.start()], around=around, start=start)
        value = inserted[group]
        if is_format:
            value = _FORMAT_END.sub("", value, count=1)
        yield from _pieces(value, around, start + inserted.start(group))
        position = inserted.end()
    if text[position:]:
        yield Piece(text=text[position:], around=around, start=start + position)


def _inserted(quote: str, text: str, is_format: bool) -> Iterator[re.Match[str]]:
    if is_format:
        return _IN_FORMAT.finditer(text)
    if quote == "`":
        return _IN_TEMPLATE.finditer(text)
    return _IN_DOUBLE.finditer(text) if quote == '"' else iter(())


def _names(
    expression: str,
    start: int,
    end: int,
    outer: tuple[str, ...],
    offset: int,
    conditions: tuple[tuple[int, int], ...],
) -> Iterator[Piece]:
    for match in _NAME.finditer(expression, start, end):
        before, rest = expression[: match.start()], expression[match.end() :]
        if match[0] in NOT_VALUES or rest.startswith(("'", '"', "`", "{")):
            continue
        if _DECLARED_BEHIND.match(rest) or _DECLARED_BEFORE.search(before[-120:]):
            continue
        if _ARGUMENT_NAME.match(rest) or _ITERATED.search(before[-120:]) or _is_elsewhere(rest):
            continue
        if _KEY_BEHIND.match(rest) and _KEY_BEFORE.search(before[-80:]):
            continue
        if _within(match.start(), conditions):
            continue
        chain = _CHAIN.match(expression, match.start())
        yield Piece(
            name=match[0],
            around=(*_around(expression, match.start()), *outer),
            start=offset + match.start(),
            chain=re.sub(r"\s+", "", chain[0]) if chain else match[0],
        )


def _is_elsewhere(rest: str) -> bool:
    """Whether something is only counted, or gone through by a function whose result is the value,
    by the members that follow it."""
    position = 0
    while True:
        if _MAPPED.match(rest, position) or _COUNTED.match(rest, position):
            return True
        member = _MEMBER.match(rest, position)
        if member is None:
            return False
        position = member.end()


def _within(position: int, spans: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= position < last for first, last in spans)


def _conditions(code: str) -> tuple[tuple[int, int], ...]:
    """Where an expression only chooses between values."""
    found = [match.span("condition") for match in _PYTHON_TERNARY.finditer(code)]
    marks = [match.start() for match in _TERNARY.finditer(code)]
    return (*found, *((_start_of_condition(code, mark), mark) for mark in marks))


def _start_of_condition(code: str, end: int) -> int:
    depth = 0
    for index in range(end - 1, -1, -1):
        sign = code[index]
        if sign in ")]}":
            depth += 1
        elif sign in "([{":
            if depth == 0:
                return index + 1
            depth -= 1
        elif depth == 0 and (sign in ",;:" or code[index - 1 : index + 2] in (" = ", "=> ")):
            return index + 1
    return 0


def _around(expression: str, position: int) -> Iterator[str]:
    """What encloses a position: ``callee(`` and ``table[``, the innermost first."""
    depth = found = 0
    for index in range(position - 1, -1, -1):
        sign = expression[index]
        if sign in ")]":
            depth += 1
        elif sign in "([" and depth:
            depth -= 1
        elif sign in "([":
            callee = _CALLEE.search(expression[max(0, index - _LONGEST_CALLEE) : index])
            if callee:
                yield callee[0].strip() + sign
                found += 1
                if found == _MOST_AROUND:
                    return


def call_arguments(text: str, name: str) -> tuple[str, ...] | None:
    """The arguments of the first call of ``name`` in the text, as they are written."""
    call = re.search(rf"(?<![\w$]){re.escape(name)}\s*\(", text)
    return split_arguments(text[call.end() :]) if call else None


def split_arguments(text: str) -> tuple[str, ...]:
    """What stands between commas up to the bracket that closes the list."""
    text = text[:LONGEST]
    strings = [match.span() for match in _STRING.finditer(text)]
    parts, depth, start = [], 0, 0
    for index, sign in enumerate(text):
        if any(first <= index < last for first, last in strings):
            continue
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            if depth == 0:
                parts.append(text[start:index])
                break
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    else:
        parts.append(text[start:])
    return tuple(part.strip() for part in parts if part.strip())


def first_statement(text: str) -> str:
    """Up to a semicolon that stands in no string and no bracket."""
    masked, depth = _STRING.sub(lambda match: " " * len(match[0]), text), 0
    for index, sign in enumerate(masked):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == ";" and depth <= 0:
            return text[:index]
    return text
