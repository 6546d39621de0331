"""A digest of a piece of code that survives a formatter.

It is made of the words and marks of the code in their order. Left out is what formatters (black,
Prettier, gofmt) set and drop: white space, comments, semicolons, commas in front of a closing
bracket, parentheses that decide nothing, the backslash of a continued line and of a quote; any
quote is the same as any other, and where the quotes around a key may be left out they do not count.
Everything else does, the words within a string too. The numbers of masking labels do not: they
change when another secret comes or goes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import tree_sitter

_TOKEN = re.compile(r"\w+|[^\w\s;\\]|\\(?![\s'\"`])")
_QUOTES = str.maketrans("'`", '""')
_LAST_COMMA = re.compile(r",(?=\s*[)\]}])")
_QUOTED_KEY = re.compile(r"(?<=[{,])(\s*)(['\"])([A-Za-z_$][\w$]*)\2(?=\s*:)")
_LABEL = re.compile(r"\b(MASKED_[A-Z0-9_]+)_\d+\b")
_MAY_BE_LEFT_OUT = re.compile(rb"#|/[/*]|--|\{-|%|[^\w\s)\]]\s*\(|\w\s+\(|=>")
_TIES = re.compile(
    "operator|binary|unary|attribute|member|subscript|index|selector|call|conditional|ternary|await"
    "|update|new|cast|splat|spread|satisfies|as_|non_null|slice"
)
_TIES_LOOSELY = re.compile(
    "(binary|comparison|boolean|not)_(operator|expression)|(binary|unary)_expression"
)
_TIED = re.compile(r"(?!new)\w*(call|attribute|member|subscript|index|selector)\w*|integer|number")
_ATOMS = frozenset({"identifier", "variable_name", "string", "template_string", "encapsed_string"})
_NEEDS_THEM = frozenset({"object", "sequence_expression", "yield", "yield_expression"})
_LONGEST = 64_000  # bytes of a construct
_MOST_TOKENS = 2_000  # by number, as white space must not decide where it ends
_MOST_NODES = 400
_DIGEST_BYTES = 8


def token_digest(
    nodes: Iterable[tree_sitter.Node], source: bytes, *, free_keys: bool = False
) -> str:
    """16 hexadecimal digits, of several pieces in their order. Of a very long piece the beginning
    counts. ``free_keys``: the quotes around a key may be left out."""
    tokens = [token for node in nodes for token in _tokens(node, source, free_keys=free_keys)]
    return hashlib.blake2b(" ".join(tokens).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _tokens(node: tree_sitter.Node, source: bytes, *, free_keys: bool) -> list[str]:
    text = _without_what_is_free(node, source).decode("utf-8", "replace")
    text = _LAST_COMMA.sub("", _LABEL.sub(r"\1", text))
    if free_keys:
        text = _QUOTED_KEY.sub(r"\1\3", text)
    return _TOKEN.findall(text.translate(_QUOTES))[:_MOST_TOKENS]


def is_comment(node: tree_sitter.Node) -> bool:
    """Grammars call them ``comment``, ``line_comment``, ``multiline_comment`` and the like."""
    return "comment" in node.type


def _without_what_is_free(node: tree_sitter.Node, source: bytes) -> bytes:
    """A construct without its comments and without parentheses that decide nothing."""
    end = min(node.end_byte, node.start_byte + _LONGEST)
    begins = source.startswith(b"(", node.start_byte)
    if not begins and not _MAY_BE_LEFT_OUT.search(source, node.start_byte, end):
        return source[node.start_byte : end]
    parts: list[bytes] = []
    position = node.start_byte
    for start, stop in sorted(_left_out(node)):
        if position <= start < end:
            parts += (source[position:start], b" ")
            position = stop
    return b"".join([*parts, source[position:end]])


def _left_out(node: tree_sitter.Node) -> Iterator[tuple[int, int]]:
    """Of the first nodes of a construct: its comments, and parentheses that decide nothing."""
    pending, looked_at = [(node, "")], 0
    while pending and looked_at < _MOST_NODES:
        current, around = pending.pop()
        looked_at += 1
        if is_comment(current):
            yield current.start_byte, current.end_byte
            continue
        if _is_in_free_parentheses(current, around):
            yield current.start_byte, current.start_byte + 1
            yield current.end_byte - 1, current.end_byte
        # What a pair of parentheses stands in decides of the pair within it.
        inside = around if current.type == "parenthesized_expression" else current.type
        pending.extend((child, inside) for child in reversed(current.children))


def _is_in_free_parentheses(node: tree_sitter.Node, around: str) -> bool:
    """Whether a node is a pair of parentheses that a formatter may set or drop. ``around`` is the
    type of the node that they stand in."""
    inner = node.named_child(0) if node.named_child_count == 1 else None
    if inner is None:
        return False
    if node.type == "formal_parameters":
        return around == "arrow_function" and inner.type == "identifier"
    if node.type != "parenthesized_expression" or inner.type in _NEEDS_THEM:
        return False
    if inner.type in _ATOMS or inner.type == node.type or not _TIES.search(around):
        return True
    return bool(_TIES_LOOSELY.fullmatch(around) and _TIED.fullmatch(inner.type))
