"""Expressions and statements read as text, alike in every language with infix calls.

What is read wrongly costs a hint: a fact of ``origins`` that is missing, never a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scout_codebase.records import LONGEST_VALUE

_STRING = re.compile(
    r"""(?P<quote>["'`])(?P<text>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)""", re.DOTALL
)
_INSERTED = re.compile(r"\$?\{([^{}]*)\}|(\$[A-Za-z_]\w*(?:->\w+|\[\w*\])?)")
_NAME = re.compile(r"(?<![\w$.])(?<!->)(?<!::)(?<!\\)\$?[A-Za-z_]\w*")
_CALLEE = re.compile(r"[\w$.:>\\-]*[\w$]$")
# A call, the name of an argument, a key, or what is gone through item by item.
_NO_VALUE_BEFORE = re.compile(
    r"\s*(?:\(|=(?![=>~])|:(?!:))|\.(?:map|flatMap|forEach|filter|reduce|length|size)\b"
)
_ITERATED = re.compile(r"\bfor\s+[\w$, ()]+\s+(?:in|of)\s+$|\bfor\s+$|\bfor\s+[\w, ]+,\s*$")
_NOT_VALUES = frozenset(
    {
        "and", "as", "async", "await", "case", "catch", "const", "def", "default", "do", "echo",
        "elif", "else", "except", "False", "false", "for", "foreach", "from", "func",
        "function", "if", "import", "in", "instanceof", "int", "is", "isset", "lambda", "let",
        "map", "new", "nil", "None", "not", "null", "or", "print", "range", "return",
        "static", "string", "switch", "throw", "True", "true", "try", "typeof",
        "undefined", "unless", "use", "var", "while", "with", "yield", "err", "byte",
    }
)  # fmt: skip
_ASSIGNMENT = re.compile(
    r"^\s*(?:(?:const|let|var|final|my|local|auto|export|static|private|public|protected|\}?\s*else"
    r"|(?:if|for|while|switch)\s*\(?)\s+)*"
    r"(?P<targets>[\w$,\s{}\[\].:>*&<?-]+?)\s*"
    r"(?:\:=|[.+|&?-]?=|\?\?=)(?![=>~])\s*(?P<value>.+)$"
)
_LOOP = re.compile(
    r"^\s*(?:async\s+)?for(?:each)?\s*(?:await\s*)?\(?\s*(?:const|let|var)?\s*"
    r"(?P<targets>[\w$,\s()*]+?)\s+(?:in|of|:)\s+(?P<value>.+?)[:{)\s]*$"
)
_FOREACH = re.compile(r"^\s*foreach\s*\((?P<value>.+?)\s+as\s+(?P<targets>.+?)\)\s*\{?\s*$")
_WITH = re.compile(r"^\s*(?:async\s+)?with\s+(?P<value>.+)\s+as\s+(?P<targets>[\w, ()]+):\s*$")
_CONDITION = re.compile(
    r"^\s*(?:\}?\s*else\s*)?(?:if|elif|unless|while|switch|assert|guard|when|require|case)\b|\?\s|"
    r"\bif\b"
)


LONGEST = LONGEST_VALUE  # characters of an expression or a line
_LONGEST_CALLEE = 80


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an expression in the order in which it is written: the text of a literal, or the
    ``name`` that a value begins with. ``around`` are the calls (``f(``) and the tables (``t[``)
    that the value is given to on the way out, the innermost first."""

    text: str = ""
    name: str = ""
    around: tuple[str, ...] = ()
    start: int = 0


def pieces(expression: str) -> tuple[Piece, ...]:
    """Of the first characters of an expression: more than a thousand are no code that people write,
    and reading takes the square of them."""
    return tuple(_pieces(expression[:LONGEST], (), 0))


def _pieces(expression: str, outer: tuple[str, ...], offset: int) -> Iterator[Piece]:
    position = 0
    for string in _STRING.finditer(expression):
        yield from _names(expression, position, string.start(), outer, offset)
        around = (*_around(expression, string.start()), *outer)
        yield from _inside(string, around, offset)
        position = string.end()
    yield from _names(expression, position, len(expression), outer, offset)


def _inside(string: re.Match[str], around: tuple[str, ...], offset: int) -> Iterator[Piece]:
    """The literal text of a string, and the values that are put into it."""
    text, position, start = string["text"], 0, offset + string.start("text")
    for inserted in _INSERTED.finditer(text):
        if inserted.start() > position:
            yield Piece(text=text[position : inserted.start()], around=around, start=start)
        group = 1 if inserted[1] is not None else 2
        yield from _pieces(inserted[group], around, start + inserted.start(group))
        position = inserted.end()
    if text[position:]:
        yield Piece(text=text[position:], around=around, start=start + position)


def _names(
    expression: str, start: int, end: int, outer: tuple[str, ...], offset: int
) -> Iterator[Piece]:
    for match in _NAME.finditer(expression, start, end):
        rest = expression[match.end() :]
        if match[0] in _NOT_VALUES or rest.startswith(("'", '"', "`")):
            continue
        if _NO_VALUE_BEFORE.match(rest) or _ITERATED.search(expression[: match.start()]):
            continue
        around = (*_around(expression, match.start()), *outer)
        yield Piece(name=match[0], around=around, start=offset + match.start())


def _around(expression: str, position: int) -> Iterator[str]:
    """What encloses a position: ``callee(`` and ``table[``, the innermost first."""
    depth = 0
    for index in range(position - 1, -1, -1):
        sign = expression[index]
        if sign in ")]":
            depth += 1
        elif sign in "([" and depth:
            depth -= 1
        elif sign in "([":
            callee = _CALLEE.search(expression[max(0, index - _LONGEST_CALLEE) : index])
            if callee:
                yield callee[0] + sign


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


def parameter_name(declaration: str) -> str:
    """The name in a declaration of a parameter, whatever the order of name and type."""
    plain = declaration.partition("=")[0].strip()
    dollar = re.search(r"\$\w+", plain)
    if dollar:
        return dollar[0]
    if ":" in plain:
        plain = plain.partition(":")[0]
    words = re.findall(r"[A-Za-z_]\w*", plain)
    return words[0] if words else ""


def assigned(line: str) -> tuple[frozenset[str], str] | None:
    """The names that a line sets, and the expression that they are set to."""
    if len(line) > LONGEST:
        return None
    for form in (_FOREACH, _LOOP, _WITH, _ASSIGNMENT):
        match = form.match(line)
        if match:
            targets = match["targets"]
            names = frozenset(
                name
                for name in re.findall(r"(?<![\w$.>])\$?[A-Za-z_]\w*", targets)
                if name not in _NOT_VALUES
            )
            if names:
                return names, match["value"]
    return None


def is_condition(line: str) -> bool:
    return _CONDITION.search(line) is not None


def mentions(line: str, name: str) -> bool:
    return re.search(rf"(?<![\w$.]){re.escape(name)}(?!\w)", line) is not None


def block_around(lines: Sequence[str], line: int) -> tuple[int, int]:
    """First and last line (from 1) of what belongs together around a line at the top level: from
    the line without indentation above it to the next below."""
    first = line
    while first > 1 and (not lines[first - 1].strip() or lines[first - 1][:1].isspace()):
        first -= 1
    last = line
    while last < len(lines) and (not lines[last].strip() or lines[last][:1].isspace()):
        last += 1
    return first, last
