"""Options that a file declares for a command line, from the matches of ``options.scm``.

A match is the list of arguments of what declares one: a call, a decorator, an annotation or an
attribute. Libraries differ in where name, default and help stand; ``_POSITIONS`` says it for those
that go by position, and ``_KEYWORDS`` names the arguments of the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import tree_sitter

from scout_codebase.languages.syntax import Match, text_of
from scout_codebase.records import ProgramOption

_LONGEST_VALUE = 80
_LONGEST_HELP = 240
_KEYWORDS = {
    "default": "default",
    "default_value": "default",
    "default_value_t": "default",
    "defaultValue": "default",
    "fallback": "default",
    "help": "help",
    "description": "help",
    "describe": "help",
    "desc": "help",
    "names": "name",
    "name": "name",
    "long": "name",
}
_PAIRS = {"keyword_argument": "name", "pair": "key", "element_value_pair": "key"}
"""The node of a named argument, and the field of its name; its value is its last child."""
_LITERAL = re.compile(r"""[bBrRuU]?(?P<quote>"{3}|'{3}|"|'|`)(?P<text>.*?)(?P=quote)""", re.DOTALL)
_RUST_PART = re.compile(r"""(\w+)\s*=\s*("(?:[^"\\]|\\.)*"|[\w.:-]+)""")
_DOC = re.compile(r"^\s*///?\s?|^\s*/\*+|\*+/\s*$")

_Roles = dict[str, list[str]]


def collect_options(matches: Sequence[Match], source: bytes) -> tuple[ProgramOption, ...]:
    """Sorted by line; one without a name is none."""
    found = (_read(match, source) for match in matches if match.family == "option")
    return tuple(sorted({row for row in found if row}, key=lambda row: (row.line, row.name)))


def _read(match: Match, source: bytes) -> ProgramOption | None:
    roles = _READERS[match.kind](match, source)
    names = ", ".join(roles.get("name", ()))
    if not names:
        return None
    return ProgramOption(
        name=" ".join(names.split()),
        line=match.node.start_point.row + 1,
        default=_shortened(" ".join(roles.get("default", ())), _LONGEST_VALUE),
        help=_shortened(" ".join(roles.get("help", ())), _LONGEST_HELP),
    )


def _dashed(match: Match, source: bytes) -> _Roles:
    """Names are the strings that begin with a dash, whether by position or by keyword; the rest
    has keywords."""
    roles: _Roles = {}
    for role, node in _arguments(match.node, source):
        texts = _strings(node, source) or [text_of(source, node)]
        if role in ("", "name"):
            roles.setdefault("name", []).extend(text for text in texts if text.startswith("-"))
        elif role == "default":
            roles["default"] = [text_of(source, node)]
        else:
            roles[role] = ["".join(_strings(node, source))]
    return roles


def _described(match: Match, source: bytes) -> _Roles:
    """A name, a description and a default by position (Commander), or a name and an object
    (yargs)."""
    rows = [node for _, node in _arguments(match.node, source, objects=False)]
    named = {role: node for role, node in _arguments(match.node, source) if role}
    name = "".join(_strings(rows[0], source)) if rows else ""
    has_object = len(rows) > 1 and rows[1].type == "object"
    if not (name.startswith("-") or (name and has_object and named)):
        return {}
    roles: _Roles = {"name": [name if name.startswith("-") else f"--{name}"]}
    if has_object:
        for role, node in named.items():
            texts = [text_of(source, node)] if role == "default" else _strings(node, source)
            roles.setdefault(role, []).extend(texts)
        return roles
    roles["help"] = [text for node in rows[1:2] for text in _strings(node, source)]
    roles["default"] = [text_of(source, node) for node in rows[2:3]]
    return roles


def _positions(match: Match, source: bytes) -> _Roles:
    """Go's flag and pflag: a target where the function's name ends in Var, the name, a short one
    where it ends in P, the default, the help."""
    function = text_of(source, match.captures["name"][0])
    order = ["name", "default", "help"]
    if function.endswith("P"):
        order.insert(1, "short")
    if function.removesuffix("P").endswith("Var"):
        order.insert(0, "target")
    rows = dict(zip(order, (node for _, node in _arguments(match.node, source)), strict=False))
    if "name" not in rows or not _strings(rows["name"], source):
        return {}
    dashes = "--" if function.endswith("P") else "-"
    names = [f"-{text}" for node in [rows.get("short")] if node for text in _strings(node, source)]
    name = dashes + "".join(_strings(rows["name"], source))
    return {
        "name": [*(one for one in names if one != "-"), name],
        "default": [text_of(source, rows["default"])] if "default" in rows else [],
        "help": _strings(rows["help"], source) if "help" in rows else [],
    }


def _attribute(match: Match, source: bytes) -> _Roles:
    """Rust's clap: named after its field, with the field's documentation as help."""
    text = text_of(source, match.node)
    parts = {name: value.strip('"') for name, value in _RUST_PART.findall(text)}
    words = set(re.findall(r"\w+", text))
    field = text_of(source, match.captures["name"][0])
    names = ["-" + parts.get("short", field[:1]).strip("'")] if "short" in words else []
    if "long" in words:
        names.append("--" + parts.get("long", field.replace("_", "-")))
    default = parts.get("default_value") or parts.get("default_value_t", "")
    documented = parts.get("help") or _documentation(match.captures["name"][0].parent, source)
    return {"name": names, "default": [default], "help": [documented]}


def _documentation(field: tree_sitter.Node | None, source: bytes) -> str:
    lines: list[str] = []
    above = field.prev_sibling if field else None
    while above is not None and above.type in ("attribute_item", "line_comment", "block_comment"):
        if above.type != "attribute_item":
            lines.insert(0, _DOC.sub("", text_of(source, above)).strip())
        above = above.prev_sibling
    return " ".join(lines)


_READERS = {
    "dashed": _dashed,
    "described": _described,
    "positions": _positions,
    "attribute": _attribute,
}
"""By the kind of the match: how its library says what is what."""


def _arguments(
    node: tree_sitter.Node, source: bytes, *, objects: bool = True
) -> Iterator[tuple[str, tree_sitter.Node]]:
    """Each argument with its role, "" for one by position. Those in an object count too."""
    for child in node.named_children:
        if child.type == "comment":
            continue
        if child.type in _PAIRS:
            key = child.child_by_field_name(_PAIRS[child.type])
            role = _KEYWORDS.get(text_of(source, key).strip("\"'") if key else "")
            if role and child.named_children:
                yield role, child.named_children[-1]
        elif child.type == "object" and objects:
            yield from _arguments(child, source)
        else:
            yield "", child


def _strings(node: tree_sitter.Node, source: bytes) -> list[str]:
    """The contents of the literals that an argument is made of: a string, several in a row, or a
    list of them."""
    if "string" not in node.type and node.type not in ("element_value_array_initializer", "array"):
        return []
    return [match["text"] for match in _LITERAL.finditer(text_of(source, node))]


def _shortened(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
