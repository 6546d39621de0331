"""Which definitions others can use, by the conventions and keywords of their language: a row each.

What only a build or a package's documentation could tell is not known here: a definition that
nothing marks as hidden counts as public.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scout_codebase.records import FileAnalysis, Symbol

_RECEIVER = re.compile(r"func \((?:\w+ )?\*?(\w+)")
_HIDING_WORD = re.compile(r"\b(?:private|fileprivate|internal)\b")
_SHOWING_WORD = re.compile(r"\b(?:public|protected)\b")
_HIDDEN_MODULE = re.compile(r"(?:^|/)_(?!_)")
_FUNCTIONS = ("function", "method")


@dataclass(frozen=True, slots=True)
class _Named:
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

    @property
    def modifiers(self) -> str:
        """What stands before the name."""
        name = re.escape(self.symbol.name.rpartition(".")[2])
        return re.split(rf"(?<!\w){name}(?!\w)", self.symbol.signature, maxsplit=1)[0]

    @property
    def of_interface(self) -> bool:
        return self.around is not None and self.around.kind == "interface"


def public_name(symbol: Symbol, language: str) -> str:
    """With the type that a method of Go belongs to, which its name does not hold."""
    receiver = _RECEIVER.match(symbol.signature) if language == "go" else None
    return f"{receiver[1]}.{symbol.name}" if receiver else symbol.name


def public_symbols(path: str, analysis: FileAnalysis, text: str) -> list[Symbol]:
    """The definitions that another package may use, constants aside, in order. What stands within
    a function or within something hidden is nobody's. ``text`` is that of the file."""
    language = analysis.language
    hidden = _hidden_types(path, analysis, text)
    around: list[tuple[Symbol, bool]] = []
    shown: list[Symbol] = []
    for symbol in analysis.symbols:
        while around and not _holds(around[-1][0], symbol):
            around.pop()
        outer, is_open = around[-1] if around else (None, True)
        one = _Named(path, public_name(symbol, language), symbol, outer, text)
        if _is_block(symbol, language):
            around.append((symbol, is_open and symbol.name not in hidden))
            continue
        is_open = is_open and _is_public(one, language)
        if is_open and symbol.kind != "constant":
            shown.append(symbol)
        around.append((symbol, is_open))
    return shown


def _holds(outer: Symbol, inner: Symbol) -> bool:
    return inner.name.startswith(f"{outer.name}.") and inner.end_line <= outer.end_line


def _is_block(symbol: Symbol, language: str) -> bool:
    """Whether it holds definitions of a type that is defined elsewhere."""
    return language == "rust" and symbol.signature.startswith(("impl ", "impl<"))


def _hidden_types(path: str, analysis: FileAnalysis, text: str) -> set[str]:
    """The names for which a file has hidden definitions alone."""
    public: dict[str, bool] = {}
    for symbol in analysis.symbols:
        if not _is_block(symbol, analysis.language):
            one = _Named(path, symbol.name, symbol, None, text)
            is_public = _is_public(one, analysis.language)
            public[symbol.name] = public.get(symbol.name, False) or is_public
    return {name for name, is_public in public.items() if not is_public}


def _is_public(one: _Named, language: str) -> bool:
    if one.around is not None and one.around.kind in _FUNCTIONS:
        return False
    return not _is_hidden_by_name(one.parts) and _RULES.get(language, _not_hidden)(one)


def _is_hidden_by_name(parts: Sequence[str]) -> bool:
    return any(
        part.startswith("#") or (part.startswith("_") and not re.fullmatch(r"__\w+__", part))
        for part in parts
    )


def _not_hidden(one: _Named) -> bool:
    return _HIDING_WORD.search(one.modifiers) is None


def _said_public(one: _Named) -> bool:
    return one.of_interface or _SHOWING_WORD.search(one.modifiers) is not None


def _of_script(one: _Named) -> bool:
    return _not_hidden(one) and _is_exported(one)


def _is_exported(one: _Named) -> bool:
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


def _of_python(one: _Named) -> bool:
    return not _HIDDEN_MODULE.search(one.path)


def _of_go(one: _Named) -> bool:
    if "internal" in one.path.split("/")[:-1]:
        return False
    return all(part[:1].isupper() for part in one.parts)


def _of_rust(one: _Named) -> bool:
    """Whether an attribute exports a macro is not in its signature."""
    return one.of_interface or re.match(r"pub\s|macro_rules", one.symbol.signature) is not None


def _of_zig(one: _Named) -> bool:
    return one.modifiers.startswith("pub ")


def _of_c(one: _Named) -> bool:
    return re.match(r"(?:inline\s+)?static\b", one.symbol.signature) is None


_RULES: Mapping[str, Callable[[_Named], bool]] = {
    "c": _of_c,
    "cpp": _of_c,
    "csharp": _said_public,
    "go": _of_go,
    "java": _said_public,
    "javascript": _of_script,
    "jsx": _of_script,
    "python": _of_python,
    "rust": _of_rust,
    "svelte": _of_script,
    "tsx": _of_script,
    "typescript": _of_script,
    "vue": _of_script,
    "zig": _of_zig,
}
"""Everywhere else it is public unless a word before its name hides it."""
