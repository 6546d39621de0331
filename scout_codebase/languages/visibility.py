"""Which definitions others can use, by the conventions and keywords of their language.

What only a build or a package's documentation could tell is not known here: a definition that
nothing marks as hidden counts as visible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scout_codebase.records import Symbol

_RECEIVER = re.compile(r"func \((?:\w+ )?\*?(\w+)")
_HIDING_WORD = re.compile(r"(?:\W|^)(?:private|fileprivate|internal)\b")
_HIDDEN_MODULE = re.compile(r"(?:^|/)_(?!_)")
_SCRIPTS = frozenset({"javascript", "jsx", "typescript", "tsx", "vue", "svelte"})
_FUNCTIONS = ("function", "method")


@dataclass(frozen=True, slots=True)
class Named:
    """A definition where it stands: ``name`` is what users call it by, ``around`` the definition
    that it belongs to, ``text`` that of its file."""

    path: str
    name: str
    symbol: Symbol
    around: Symbol | None
    text: str

    @property
    def parts(self) -> list[str]:
        return self.name.split(".")


def public_name(symbol: Symbol, language: str) -> str:
    """With the type that a method of Go belongs to, which its name does not hold."""
    receiver = _RECEIVER.match(symbol.signature) if language == "go" else None
    return f"{receiver[1]}.{symbol.name}" if receiver else symbol.name


def is_visible(one: Named, language: str) -> bool:
    """Whether another package may use it. What stands within a function is nobody's."""
    if one.around is not None and one.around.kind in _FUNCTIONS:
        return False
    if one.symbol.kind == "constant" or _is_hidden_by_name(one.parts):
        return False
    if language in _SCRIPTS:
        return not _HIDING_WORD.search(_head(one.symbol)) and _is_exported(one)
    return _RULES.get(language, _has_no_hiding_word)(one)


def _is_hidden_by_name(parts: list[str]) -> bool:
    return any(
        part.startswith("#") or (part.startswith("_") and not re.fullmatch(r"__\w+__", part))
        for part in parts
    )


def _head(symbol: Symbol) -> str:
    """What stands before the parameters: modifiers are nowhere else."""
    return symbol.signature.partition("(")[0]


def _has_no_hiding_word(one: Named) -> bool:
    return _HIDING_WORD.search(_head(one.symbol)) is None


def _is_exported(one: Named) -> bool:
    """By a keyword, or by the name in an export of the file. A plain script exports all it has."""
    if "export" not in one.text:
        return True
    top = re.escape(one.parts[0])
    if one.parts[0] in ("exports", "module"):
        return True
    return bool(
        re.search(
            rf"(?m)^\s*export\b[^=(\n]*\b{top}\b"
            rf"|\bexports\b[^;\n]*=[^;\n]*\b{top}\b"
            rf"|\b(?:exports\s*=|export)\s*\{{[^}}]*\b{top}\b",
            one.text,
        )
    )


def _of_python(one: Named) -> bool:
    return not _HIDDEN_MODULE.search(one.path)


def _of_go(one: Named) -> bool:
    if "internal" in one.path.split("/")[:-1]:
        return False
    return all(part[:1].isupper() for part in one.parts)


def _of_rust(one: Named) -> bool:
    if one.symbol.signature.startswith(("impl ", "impl<")):
        return False
    in_trait = one.around is not None and one.around.kind == "interface"
    return in_trait or re.match(r"pub\s", one.symbol.signature) is not None


def _of_c(one: Named) -> bool:
    return re.match(r"(?:inline\s+)?static\b", one.symbol.signature) is None


_RULES: Mapping[str, Callable[[Named], bool]] = {
    "c": _of_c,
    "cpp": _of_c,
    "go": _of_go,
    "python": _of_python,
    "rust": _of_rust,
}
