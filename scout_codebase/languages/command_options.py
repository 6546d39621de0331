"""The options of command lines that code declares, by the libraries that are used for it.

Read as text: the calls of argparse, optparse, click and typer, commander and yargs, Go's flag and
pflag, clap, OptionParser and picocli all name an option by a literal.

``options.py`` reads options from syntax trees, with the defaults and help that the documentation
shows. It cannot take the place of this: it has no queries for Ruby and Kotlin, for clap's builder,
``make_option`` and ``new Option``, and of what stands there it gives the place of the declaration,
not of each name. The comparison of two states needs names alone, and misses one less this way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_QUOTED = r"[rRbB]?(?:\"[^\"\n]*\"|'[^'\n]*')"
_NAME = re.compile(r"(?<![\w-])--[A-Za-z][\w-]*")
_LITERAL = re.compile(r"[\"']([^\"'\n]*)[\"']")

_CALL = re.compile(
    rf"(?:add_argument|add_option|make_option|\boption|\bOption)\s*\(\s*"
    rf"(?P<names>{_QUOTED}(?:\s*,\s*{_QUOTED})*)"
)
_METHOD = re.compile(rf"(?:\.(?:option|requiredOption)|new Option)\s*\(\s*(?P<names>{_QUOTED})")
_GO = re.compile(
    r"\b(?:flags?|fs|flag[sS]et|pflag|cmd|Flags\(\)|PersistentFlags\(\))\."
    r"(?:String|Bool|Int|Uint|Float|Duration|Count|Text)\w*\(\s*(?:&?[\w.\[\]]+,\s*)?"
    r"\"(?P<bare>[A-Za-z][\w.-]*)\""
)
_CLAP = re.compile(r"\blong\s*=\s*\"(?P<bare>[A-Za-z][\w-]*)\"|\.long\(\s*\"(?P<called>[\w-]+)\"")
_RUBY = re.compile(rf"\.on\(\s*(?P<names>{_QUOTED}(?:\s*,\s*{_QUOTED})*)")
_PICOCLI = re.compile(r"@(?:\w+\.)?Option\s*\(\s*names?\s*=\s*(?P<names>\{[^}]*\}|\"[^\"]*\")")

_BY_LANGUAGE: Mapping[str, re.Pattern[str]] = {
    "python": _CALL,
    "javascript": _METHOD,
    "typescript": _METHOD,
    "tsx": _METHOD,
    "go": _GO,
    "rust": _CLAP,
    "ruby": _RUBY,
    "java": _PICOCLI,
    "kotlin": _PICOCLI,
}


_SIGNS = ('"--', "'--", "lags", "flag", "long", "cmd.")


def may_declare_options(text: str) -> bool:
    """Whether it is worth while to take the comments out of a text and look."""
    return any(sign in text for sign in _SIGNS)


def command_options(text: str, language: str) -> Iterator[tuple[str, int]]:
    """Each long option that a text without comments declares, ``--`` before it, and its line."""
    pattern = _BY_LANGUAGE.get(language)
    for match in pattern.finditer(text) if pattern else ():
        groups = match.groupdict()
        start = match.start()
        line = text.count("\n", 0, start) + 1
        bare = groups.get("bare") or groups.get("called")
        if bare:
            yield f"--{bare}", line
            continue
        for literal in _LITERAL.finditer(groups.get("names") or ""):
            at = text.count("\n", 0, match.start("names") + literal.start()) + 1
            for name in _NAME.findall(literal[1]):
                yield name, at
