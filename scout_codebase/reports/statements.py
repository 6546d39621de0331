"""Statements read as text, alike in every language with infix calls: what a line sets, what a
function takes, what is a condition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scout_codebase.reports.code_text import LONGEST
from scout_codebase.reports.expressions import NOT_VALUES, split_arguments

_ASSIGNMENT = re.compile(
    r"^\s*(?:(?:const|let|var|final|my|local|auto|export|static|private|public|protected|readonly"
    r"|\}?\s*else|(?:if|for|while|switch)\s*\(?)\s+)*"
    r"(?P<targets>[\w$,\s{}\[\].:>*&<?|-]+?)\s*"
    r"(?P<operator>\:=|[.+|&?*/%-]?=|\?\?=|\|\|=)(?![=>~])\s*(?P<value>.+)$"
)
_LOOP = re.compile(
    r"^\s*(?:async\s+)?for(?:each)?\s*(?:await\s*)?\(?\s*(?:const|let|var)?\s*"
    r"(?P<targets>[\w$,\s()*]+?)\s+(?:in|of|:)\s+(?P<value>.+?)[:{)\s]*$"
)
_FOREACH = re.compile(r"^\s*foreach\s*\((?P<value>.+?)\s+as\s+(?P<targets>.+?)\)\s*\{?\s*$")
_WITH = re.compile(r"^\s*(?:async\s+)?with\s+(?P<value>.+)\s+as\s+(?P<targets>[\w, ()]+):\s*$")
_IF = re.compile(r"^\s*(?:\}?\s*else\s+)?if\s*\((?:[^()]|\([^()]*\)){0,300}\)\s*(?=[\w$])")
_CONDITION = re.compile(
    r"^\s*(?:\}?\s*else\s*)?(?:if|elif|unless|while|switch|assert|guard|when|require|case)\b|\?\s|"
    r"\bif\b"
)
_TARGET = re.compile(r"(?<![\w$.>])\$?[A-Za-z_]\w*")
_MODIFIERS = re.compile(
    r"^(?:(?:public|private|protected|readonly|final|const|mut|var|val|let|in|out|ref|inout|params"
    r"|@\w+(?:\([^()]*\))?)\s+)+"
)
_ONE_WORD_ARROW = re.compile(r"=\s*(?:async\s+)?([\w$]+)\s*$")


@dataclass(frozen=True, slots=True)
class Assignment:
    """``conditional``: the line sets the names only sometimes, or to something that holds their
    former value."""

    names: frozenset[str]
    value: str
    conditional: bool = False


def assigned(statement: str) -> Assignment | None:
    """The names that a statement sets, and the expression that they are set to."""
    if len(statement) > LONGEST:
        return None
    condition = _IF.match(statement)
    text = statement[condition.end() :] if condition else statement
    for form in (_FOREACH, _LOOP, _WITH, _ASSIGNMENT):
        match = form.match(text)
        if match:
            found = _TARGET.findall(match["targets"])
            names = frozenset(name for name in found if name not in NOT_VALUES)
            operator = match.groupdict().get("operator") or "="
            if names:
                conditional = bool(condition) or operator not in ("=", ":=")
                return Assignment(names, match["value"], conditional)
    return None


def is_condition(line: str) -> bool:
    return _CONDITION.search(line) is not None


def mentions(line: str, name: str) -> bool:
    return re.search(rf"(?<![\w$.]){re.escape(name)}(?!\w)", line) is not None


def indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


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


@dataclass(frozen=True, slots=True)
class Parameter:
    """``names`` are several where the parameter is taken apart; ``default`` is an expression, ""
    for none; ``field``: the object keeps it under that name."""

    declaration: str
    names: tuple[str, ...]
    default: str = ""
    field: bool = False


def declared_parameters(signature: str, name: str) -> tuple[Parameter, ...]:
    """Those of a signature, whose list follows the name; none where it cannot be read."""
    around = re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", signature)
    if around is None:
        return ()
    opening = signature.find("(", around.end())
    if opening < 0:
        arrow = _ONE_WORD_ARROW.search(signature, around.end())
        return (Parameter(arrow[1], (arrow[1],)),) if arrow else ()
    rows = split_arguments(signature[opening + 1 :])
    found = tuple(_parameter(row) for row in rows if row not in ("/", "*"))
    if found and re.fullmatch(r"(?:&?(?:mut )?self|cls)\b.*", found[0].declaration):
        return found[1:]
    return found


def _parameter(declaration: str) -> Parameter:
    modifiers = _MODIFIERS.match(declaration)
    plain, _, default = declaration.partition("=")
    kept = bool(modifiers and re.search(r"public|private|protected|readonly|va[lr]", modifiers[0]))
    if declaration.lstrip().startswith(("{", "[")):
        return Parameter(declaration, tuple(_TARGET.findall(declaration)))
    return Parameter(declaration, _names(plain), default.strip(), kept)


def _names(declaration: str) -> tuple[str, ...]:
    """The name, or the words of which one is: some languages put the type before it."""
    dollar = re.search(r"\$\w+", declaration)
    if dollar:
        return (dollar[0],)
    plain = _MODIFIERS.sub("", declaration.strip())
    words = re.findall(r"[A-Za-z_]\w*", plain.partition(":")[0])
    return tuple(dict.fromkeys(words[-1:] if ":" in plain else [*words[:1], *words[-1:]]))


def parameter_type(parameter: Parameter, name: str) -> str:
    """What the declaration says beside the name and the default."""
    plain = _MODIFIERS.sub("", parameter.declaration.partition("=")[0])
    return plain.replace(name, "", 1).strip(" :?")
