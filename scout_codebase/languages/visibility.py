"""What of a file is meant for others: by the conventions of its language, a row each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from scout_codebase.records import Symbol

_HIDDEN = re.compile(r"\b(?:private|fileprivate|protected internal)\b")
_SHOWN = re.compile(r"\b(?:public|protected)\b")
_FUNCTIONS = frozenset({"function", "method"})
_OPEN_KINDS = frozenset({"interface"})

_Rule = Callable[[Symbol, str], bool]
"""Of a symbol and the kind of what it stands in ("" at the top), whether others may use it."""


def _capital(symbol: Symbol, _around: str) -> bool:
    return all(part[:1].isupper() for part in symbol.name.split("."))


def _said_public(symbol: Symbol, around: str) -> bool:
    return around in _OPEN_KINDS or _SHOWN.search(_head(symbol)) is not None


def _not_hidden(symbol: Symbol, _around: str) -> bool:
    return _HIDDEN.search(_head(symbol)) is None


def _pub(symbol: Symbol, around: str) -> bool:
    head = _head(symbol)
    return around in _OPEN_KINDS or head.startswith(("pub ", "pub(", "impl", "macro_rules"))


def _not_static(symbol: Symbol, _around: str) -> bool:
    return not symbol.signature.startswith("static ")


def _anything(_symbol: Symbol, _around: str) -> bool:
    return True


def _head(symbol: Symbol) -> str:
    """The modifiers: what stands before the name."""
    name = re.escape(symbol.name.rpartition(".")[2])
    return re.split(rf"(?<!\w){name}(?!\w)", symbol.signature, maxsplit=1)[0]


_RULES: Mapping[str, _Rule] = {
    "go": _capital,
    "rust": _pub,
    "java": _said_public,
    "csharp": _said_public,
    "c": _not_static,
    "kotlin": _not_hidden,
    "scala": _not_hidden,
    "swift": _not_hidden,
    "php": _not_hidden,
    "typescript": _not_hidden,
    "tsx": _not_hidden,
    "zig": _pub,
}
"""Everywhere else, and besides: a name that begins with ``_`` or ``#`` is nobody else's."""


def public_symbols(language: str, symbols: Sequence[Symbol]) -> list[Symbol]:
    """What others may use, in order. What stands within a function or within something hidden is
    not for others."""
    rule = _RULES.get(language, _anything)
    kinds = {symbol.name: symbol.kind for symbol in symbols}
    hidden: set[str] = set()
    shown: list[Symbol] = []
    for symbol in symbols:
        above, _, name = symbol.name.rpartition(".")
        around = kinds.get(above, "")
        inner = around in _FUNCTIONS or above in hidden
        private = name.startswith(("_", "#")) and not re.fullmatch(r"__\w+__", name)
        if inner or private or not rule(symbol, around):
            hidden.add(symbol.name)
        else:
            hidden.discard(symbol.name)
            shown.append(symbol)
    return shown
