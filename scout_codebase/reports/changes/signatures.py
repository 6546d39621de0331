"""What of a signature has changed, and whether those who call it have to know.

A signature is compared as its tokens: how a formatter lays it out is no change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from scout_codebase.languages.lexing import Kind, lex
from scout_codebase.languages.lexis import lexis_of
from scout_codebase.records import Symbol
from scout_codebase.reports.changes.states import State
from scout_codebase.reports.statements import Parameter, declared_parameters, parameter_type

_CUT = "…"
_MOST_LINES = 300  # of a head whose end is looked for
_COMMENT = re.compile(r"#|//|/\*|--")
_BODY = re.compile(r"\{|;|=>|:[ \t]*(?:\n|\Z)|(?<!->)\n")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_LAST_COMMA = re.compile(r",(?=\s*[)\]}])")
_BESIDE_SIGN = re.compile(r"\s*([^\w\s])\s*")
_LOOSE = frozenset(
    {"elixir", "javascript", "jsx", "julia", "lua", "php", "python", "ruby", "shell"}
)
"""Languages that run whatever the types of a signature say."""
_NAME_FIRST = frozenset({"go"})
"""Languages in which the name of a parameter stands before its type with nothing between."""
_OWN_OBJECT = re.compile(r"(?:&?(?:'\w+ )?(?:mut )?self|cls|this)\b")
_BY_PLACE = frozenset(
    {"c", "cpp", "go", "java", "javascript", "jsx", "rust", "tsx", "typescript", "zig"}
)
"""Languages whose callers name no parameter."""
_TAKES_ANY = re.compile(r"^(?:\*|\.\.\.|&)|\.\.\.|^params\b")


class Weight(IntEnum):
    """How much a change of a signature asks of those who use it, most first."""

    BREAKS = 0
    COMPATIBLE = 1
    TYPES = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """``notes`` say in a few words each what has changed, about code in back quotes."""

    weight: Weight
    notes: tuple[tuple[str, str], ...]


def whole_signature(state: State, path: str, symbol: Symbol) -> str:
    """The signature without comments; that of a long one from the source."""
    if not symbol.signature.endswith(_CUT) and not _COMMENT.search(symbol.signature):
        return symbol.signature
    last = min(symbol.end_line, symbol.start_line + _MOST_LINES)
    text = "\n".join(state.code.lines(path)[symbol.start_line - 1 : last])
    name = symbol.name.rpartition(".")[2]
    found = re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text)
    opening = text.find("(", found.end()) if found else -1
    end = _closing(text, opening, state.language(path)) if opening >= 0 else -1
    if end < 0:
        return symbol.signature
    behind = _BODY.split(text[end + 1 :], maxsplit=1)[0]
    return " ".join(f"{text[: end + 1]}{behind}".split())


def _closing(text: str, opening: int, language: str) -> int:
    depth = 0
    for index, sign in _code_signs(text, opening, language):
        depth += 1 if sign in _BRACKETS else -1
        if depth == 0:
            return index
    return -1


def _code_signs(text: str, start: int, language: str) -> list[tuple[int, str]]:
    """The brackets and commas that stand in code, from a position on."""
    kinds = lex(text, lexis_of(language)).kinds
    return [
        (index, text[index])
        for index in range(start, len(text))
        if text[index] in "()[]{}" and kinds[index] == Kind.CODE
    ]


def plain(signature: str) -> str:
    """The form in which signatures are compared. ``any`` is Go's name for ``interface{}``."""
    signature = signature.replace("interface{}", "any")
    return _BESIDE_SIGN.sub(r"\1", _LAST_COMMA.sub("", signature)).strip()


def difference(name: str, was: str, now: str, language: str) -> Difference:
    """Between two signatures of one definition."""
    last = name.rpartition(".")[2]
    old, new = _parameters(was, last, language), _parameters(now, last, language)
    weight, notes = _of_parameters(old, new, language)
    if plain(_around(was, last)) != plain(_around(now, last)):
        weight = min(weight, _weight_of_types(language))
        notes.append(("the rest of the signature has changed", ""))
    return Difference(weight, tuple(notes))


def _weight_of_types(language: str) -> Weight:
    return Weight.TYPES if language in _LOOSE else Weight.BREAKS


def _parameters(signature: str, name: str, language: str) -> Mapping[str, Parameter]:
    """By the name that callers may write."""
    rows = _declarations(signature, name, language)
    found: dict[str, Parameter] = {}
    for number, row in enumerate(rows):
        if number == 0 and _OWN_OBJECT.match(row):
            continue
        for parameter in declared_parameters(f"{name}(_, {row})", name)[1:]:
            names = parameter.names or (parameter.declaration,)
            key = names[0] if language in _NAME_FIRST else names[-1]
            found.setdefault(key, parameter)
    return found


def _declarations(signature: str, name: str, language: str) -> Sequence[str]:
    """What stands between the commas of the list behind the name."""
    span = _list_span(signature, name, language)
    if span is None:
        return ()
    start, end = span
    kinds = lex(signature, lexis_of(language)).kinds
    rows, depth, begun = [], 0, start
    for index in range(start, end):
        sign = signature[index] if kinds[index] == Kind.CODE else ""
        depth += (sign in tuple("([{")) - (sign in tuple(")]}"))
        if sign == "," and depth == 0:
            rows.append(signature[begun:index])
            begun = index + 1
    return [row.strip() for row in (*rows, signature[begun:end]) if row.strip()]


def _list_span(signature: str, name: str, language: str) -> tuple[int, int] | None:
    """Where the parameters stand, without their brackets."""
    found = [*re.finditer(rf"(?<![\w$]){re.escape(name)}(?![\w$])", signature)]
    for match in found:
        opening = signature.find("(", match.end())
        if opening >= 0 and not signature[match.end() : opening].strip(" =:<>?!\t"):
            end = _closing(signature, opening, language)
            return (opening + 1, end) if end >= 0 else None
    opening = signature.find("(", found[0].end()) if found else -1
    end = _closing(signature, opening, language) if opening >= 0 else -1
    return (opening + 1, end) if end >= 0 else None


def _around(signature: str, name: str) -> str:
    span = _list_span(signature, name, "")
    return signature[: span[0]] + signature[span[1] :] if span else signature


def _of_parameters(
    old: Mapping[str, Parameter], new: Mapping[str, Parameter], language: str
) -> tuple[Weight, list[tuple[str, str]]]:
    renamed = _renamed(old, new)
    found: list[tuple[Weight, tuple[str, str]]] = []
    for name, row in old.items():
        if name in renamed:
            found.append(_of_renamed(row, new[renamed[name]], language))
        elif name not in new:
            found.append((Weight.BREAKS, ("removes", row.declaration)))
    for name, row in new.items():
        if name in old and plain(old[name].declaration) != plain(row.declaration):
            found.append(_of_one(old[name], row, language))
        elif name not in old and name not in renamed.values():
            optional = _is_optional(row)
            note = ("adds" if optional else "now requires", row.declaration)
            found.append((Weight.COMPATIBLE if optional else Weight.BREAKS, note))
    if [name for name in old if name in new] != [name for name in new if name in old]:
        found.append((Weight.BREAKS, ("puts the parameters in another order", "")))
    weights = [weight for weight, _ in found]
    return min(weights, default=Weight.TYPES), [note for _, note in found]


def _renamed(old: Mapping[str, Parameter], new: Mapping[str, Parameter]) -> Mapping[str, str]:
    """As many parameters as before, one of them with another name in its place."""
    if len(old) != len(new):
        return {}
    pairs = zip(old, new, strict=True)
    return {was: now for was, now in pairs if was not in new and now not in old}


def _of_renamed(old: Parameter, new: Parameter, language: str) -> tuple[Weight, tuple[str, str]]:
    note = ("renames", f"{old.declaration} → {new.declaration}")
    if language not in _BY_PLACE:
        return Weight.BREAKS, note
    types = [parameter_type(row, name) for row in (old, new) for name in row.names[:1]]
    same = len(types) == 2 and plain(types[0]) == plain(types[1])
    return (Weight.TYPES if same or language in _LOOSE else Weight.BREAKS), note


def _is_optional(row: Parameter) -> bool:
    declaration = row.declaration
    return bool(
        row.default or _TAKES_ANY.search(declaration) or re.match(r"\W*\w+\s*\?", declaration)
    )


def _of_one(old: Parameter, new: Parameter, language: str) -> tuple[Weight, tuple[str, str]]:
    text = f"{old.declaration} → {new.declaration}"
    if _is_optional(old) and not _is_optional(new):
        return Weight.BREAKS, ("no longer has a default", text)
    if plain(old.default) != plain(new.default):
        return Weight.COMPATIBLE, ("has another default", text)
    return _weight_of_types(language), ("is declared otherwise", text)
