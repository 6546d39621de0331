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
from scout_codebase.reports.changes.states import State
from scout_codebase.reports.statements import Parameter, declared_parameters, parameter_type

_CUT = "…"
_MOST_LINES = 300  # of a head whose end is looked for
_COMMENT = re.compile(r"#|//|/\*|--")
_BODY = re.compile(r"\{|;|=>|:[ \t]*(?:\n|\Z)|(?<!->)\n")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_LAST_COMMA = re.compile(r",(?=\s*[)\]}])")
_WORD = re.compile(r"[\w$]+")
_BESIDE_SIGN = re.compile(r"\s*([^\w\s])\s*")
_LOOSE = frozenset(
    {"elixir", "javascript", "jsx", "julia", "lua", "php", "python", "ruby", "shell"}
)
"""Languages that run whatever the types of a signature say."""
_NAME_FIRST = frozenset({"go"})
"""Languages in which the name of a parameter stands before its type with nothing between."""
_OWN_OBJECT = re.compile(r"(?:&?(?:'\w+ )?(?:mut )?_*self|cls|this)\b")
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


def is_cut(signature: str) -> bool:
    return signature.endswith(_CUT)


def whole_signature(
    state: State, path: str, name: str, lines: tuple[int, int], signature: str
) -> str:
    """The signature without comments; that of a long one from the source. ``lines`` are the first
    and the last of the definition."""
    if not is_cut(signature) and not _COMMENT.search(signature):
        return signature
    first, last = lines
    text = "\n".join(state.code.lines(path)[first - 1 : min(last, first + _MOST_LINES)])
    found = re.search(rf"(?<![\w$]){re.escape(name.rpartition('.')[2])}(?![\w$])", text)
    opening = text.find("(", found.end()) if found else -1
    end = _closing(text, opening, state.language(path)) if opening >= 0 else -1
    if end < 0:
        return signature
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


def difference(name: str, kind: str, was: str, now: str, language: str) -> Difference:
    """Between two signatures of one definition."""
    if kind not in ("function", "method"):
        return _of_type(was, now)
    last = name.rpartition(".")[2]
    old, new = _parameters(was, last, language), _parameters(now, last, language)
    found = _of_parameters(old, new, language)
    if plain(_around(was, last)) != plain(_around(now, last)):
        found.append((_weight_of_types(language), ("has another result or modifier", "")))
    weight = min((one for one, _ in found), default=Weight.TYPES)
    told = [note for one, note in found if weight is Weight.TYPES or one is not Weight.TYPES]
    if len(told) < len(found):
        told.append(("changes types", ""))
    return Difference(weight, tuple(told))


_Found = list[tuple[Weight, tuple[str, str]]]


def _of_type(was: str, now: str) -> Difference:
    """A type keeps its promise where all that its head named is still named."""
    kept = set(_WORD.findall(was)) <= set(_WORD.findall(now))
    weight = Weight.COMPATIBLE if kept else Weight.BREAKS
    return Difference(weight, (("is declared as", f"{was} → {now}"),))


def _weight_of_types(language: str) -> Weight:
    return Weight.TYPES if language in _LOOSE else Weight.BREAKS


@dataclass(frozen=True, slots=True)
class _Listed:
    """A parameter in its list. ``by_place``: callers may give it without its name."""

    parameter: Parameter
    by_place: bool

    @property
    def declaration(self) -> str:
        return self.parameter.declaration

    @property
    def is_optional(self) -> bool:
        return bool(
            self.parameter.default
            or _TAKES_ANY.search(self.declaration)
            or re.match(r"\W*\w+\s*\?", self.declaration)
        )


def _parameters(signature: str, name: str, language: str) -> Mapping[str, _Listed]:
    """By the name that callers may write."""
    found: dict[str, _Listed] = {}
    by_place = True
    for number, row in enumerate(_declarations(signature, name, language)):
        if number == 0 and _OWN_OBJECT.match(row):
            continue
        by_place = by_place and not row.startswith("*")
        for parameter in declared_parameters(f"{name}(_, {row})", name)[1:]:
            names = parameter.names or (parameter.declaration,)
            key = names[0] if language in _NAME_FIRST else names[-1]
            found.setdefault(key, _Listed(parameter, by_place))
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


def _of_parameters(old: Mapping[str, _Listed], new: Mapping[str, _Listed], language: str) -> _Found:
    renamed = _renamed(old, new)
    found: _Found = []
    for name, row in old.items():
        if name in renamed:
            found.append(_of_renamed(row, new[renamed[name]], language))
        elif name not in new:
            found.append((Weight.BREAKS, ("removes", row.declaration)))
    for name, row in new.items():
        if name in old:
            found += _of_one(old[name], row, language)
        elif name not in renamed.values():
            found.append(_of_added(name, old, new))
    if _places(old, new) != _places(new, old):
        found.append((Weight.BREAKS, ("puts the parameters in another order", "")))
    return found


def _places(rows: Mapping[str, _Listed], others: Mapping[str, _Listed]) -> list[str]:
    """Those that both lists have, and in both by their place, in the order of the first."""
    return [
        name
        for name, row in rows.items()
        if name in others and row.by_place and others[name].by_place
    ]


def _renamed(old: Mapping[str, _Listed], new: Mapping[str, _Listed]) -> Mapping[str, str]:
    """As many parameters as before, one of them with another name in its place."""
    if len(old) != len(new):
        return {}
    pairs = zip(old, new, strict=True)
    return {was: now for was, now in pairs if was not in new and now not in old}


def _of_renamed(old: _Listed, new: _Listed, language: str) -> tuple[Weight, tuple[str, str]]:
    note = ("renames", f"{old.declaration} → {new.declaration}")
    if old.declaration.startswith("*") and new.declaration.startswith("*"):
        return Weight.TYPES, note
    if language not in _BY_PLACE:
        nobody_names_it = language == "python" and old.declaration.startswith("__")
        return (Weight.TYPES if nobody_names_it else Weight.BREAKS), note
    at = 0 if language in _NAME_FIRST else -1
    first, second = (
        plain(parameter_type(row.parameter, (row.parameter.names or ("",))[at]))
        for row in (old, new)
    )
    return (Weight.TYPES if first == second or language in _LOOSE else Weight.BREAKS), note


def _of_added(
    name: str, old: Mapping[str, _Listed], new: Mapping[str, _Listed]
) -> tuple[Weight, tuple[str, str]]:
    row, names = new[name], list(new)
    if not row.is_optional:
        return Weight.BREAKS, ("now requires", row.declaration)
    behind = names[names.index(name) + 1 :]
    moves = [one for one in behind if one in old and old[one].by_place and new[one].by_place]
    if row.by_place and moves:
        return Weight.BREAKS, (f"before {moves[0]} adds", row.declaration)
    return Weight.COMPATIBLE, ("adds", row.declaration)


def _of_one(old: _Listed, new: _Listed, language: str) -> _Found:
    text = f"{old.declaration} → {new.declaration}"
    found: _Found = []
    if old.is_optional and not new.is_optional:
        found.append((Weight.BREAKS, ("no longer has a default", text)))
    elif plain(old.parameter.default) != plain(new.parameter.default):
        found.append((Weight.COMPATIBLE, ("has another default", text)))
    elif _type(old, language) != _type(new, language):
        found.append((_weight_of_types(language), ("is declared otherwise", text)))
    if old.by_place and not new.by_place and not new.declaration.startswith("*"):
        found.append((Weight.BREAKS, ("takes by its name alone", new.declaration)))
    return found


def _type(row: _Listed, language: str) -> str:
    """The declaration without the default. A type of Python's may stand in quotes."""
    text = row.declaration.partition("=")[0]
    return plain(re.sub(r"[\"']", "", text) if language == "python" else text)
