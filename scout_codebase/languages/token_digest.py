"""A digest of a piece of code that survives a formatter.

It is made of the words and marks of the code in their order. Left out is what formatters set and
drop: white space, comments, parentheses, commas, semicolons, the quotes around strings and the
backslash of a continued line. Brackets, braces and operators count, and so does every word within a
string. The numbers of masking labels do not: they change when another secret comes or goes.
"""

from __future__ import annotations

import hashlib
import re

import tree_sitter

_TOKEN = re.compile(r"\w+|[^\w\s,;()'\"`\\]")
_LABEL = re.compile(r"\b(MASKED_[A-Z0-9_]+)_\d+\b")
_MAY_BEGIN_COMMENT = re.compile(rb"#|/[/*]|--|\{-|%")
_LONGEST = 64_000  # bytes of a construct
_MOST_TOKENS = 2_000  # by number, as white space must not decide where it ends
_MOST_NODES = 400
_DIGEST_BYTES = 8


def token_digest(node: tree_sitter.Node, source: bytes) -> str:
    """16 hexadecimal digits. Of a very long construct the beginning counts."""
    text = _without_comments(node, source).decode("utf-8", "replace")
    tokens = _TOKEN.findall(_LABEL.sub(r"\1", text))[:_MOST_TOKENS]
    return hashlib.blake2b(" ".join(tokens).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def is_comment(node: tree_sitter.Node) -> bool:
    """Grammars call them ``comment``, ``line_comment``, ``multiline_comment`` and the like."""
    return "comment" in node.type


def _without_comments(node: tree_sitter.Node, source: bytes) -> bytes:
    end = min(node.end_byte, node.start_byte + _LONGEST)
    if not _MAY_BEGIN_COMMENT.search(source, node.start_byte, end):
        return source[node.start_byte : end]
    parts: list[bytes] = []
    position = node.start_byte
    for start, stop in sorted(_comments(node)):
        if position <= start < end:
            parts += (source[position:start], b" ")
            position = stop
    return b"".join([*parts, source[position:end]])


def _comments(node: tree_sitter.Node) -> list[tuple[int, int]]:
    """Those among the first nodes of a construct."""
    found: list[tuple[int, int]] = []
    pending, looked_at = [node], 0
    while pending and looked_at < _MOST_NODES:
        current = pending.pop()
        looked_at += 1
        if is_comment(current):
            found.append((current.start_byte, current.end_byte))
        else:
            pending.extend(reversed(current.children))
    return found
