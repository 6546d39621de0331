"""Comments that ask for a finding to be suppressed:

    # scout-review: ignore CWE-89 -- the table name comes from a fixed list

Only what the syntax tree calls a comment is heard, never a string. A comment speaks of the code on
a line with it, or, alone on its lines, of the line below. It must name the classes of weakness
(``CWE-89, CWE-78``) and give a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import tree_sitter

from scout_codebase.languages.token_digest import is_comment
from scout_codebase.records import IgnoreComment

_MARK = re.compile(rb"scout-review:[ \t]*ignore\b([^\r\n]*)")
_RULES = re.compile(r"\s*(CWE-\d{1,6}(?:\s*,\s*CWE-\d{1,6})*)\b", re.IGNORECASE)
_REASON = re.compile(r"\s+--\s*(.*)")
_CLOSING = re.compile(r"\s*(?:\*+/|-->|--%>|-\}|\]\]|=\}|\*\)|#\}|%\})\s*$")
_MOST = 1000  # in one file
_LONGEST_REASON = 200  # characters
_HIGHEST = 4  # nodes between a piece of a comment and the comment


def collect_ignores(root: tree_sitter.Node, source: bytes) -> tuple[IgnoreComment, ...]:
    """In the order in which they stand, among the first ``_MOST`` places with these words. What
    is beyond suppresses nothing."""
    return tuple(_ignores(root, source))


def _ignores(root: tree_sitter.Node, source: bytes) -> Iterator[IgnoreComment]:
    for mark in islice(_MARK.finditer(source), _MOST):
        comment = _comment_around(root, mark.start())
        if comment is None:
            continue
        stop = min(mark.end(), comment.end_byte)
        wish = source[mark.start(1) : stop].decode("utf-8", "replace")
        line = comment.start_point.row + source.count(b"\n", comment.start_byte, mark.start()) + 1
        yield _ignore(line, _covered_line(comment, source), wish)


def _comment_around(root: tree_sitter.Node, start: int) -> tree_sitter.Node | None:
    """The comment as a whole: some grammars have nodes within it. None for a mark in code."""
    node = root.descendant_for_byte_range(start, start + 1)
    found = None
    for _ in range(_HIGHEST):
        if node is None:
            break
        if is_comment(node):
            found = node
        node = node.parent
    return found


def _covered_line(comment: tree_sitter.Node, source: bytes) -> int:
    """The line of code that the comment speaks of."""
    first, last = comment.start_point.row + 1, _last_line(comment, source)
    line_start = source.rfind(b"\n", 0, comment.start_byte) + 1
    if source[line_start : comment.start_byte].strip():
        return first
    line_end = source.find(b"\n", comment.end_byte)
    behind = source[comment.end_byte : line_end if line_end >= 0 else len(source)]
    ends_in_newline = source[comment.end_byte - 1 : comment.end_byte] == b"\n"
    return last if behind.strip() and not ends_in_newline else last + 1


def _last_line(comment: tree_sitter.Node, source: bytes) -> int:
    """Of its text: in some grammars a comment includes its newline."""
    text = source[comment.start_byte : comment.end_byte].rstrip()
    return comment.start_point.row + text.count(b"\n") + 1


def _ignore(line: int, covers: int, wish: str) -> IgnoreComment:
    named = _RULES.match(wish)
    if named is None:
        return IgnoreComment(line, covers, (), "", refused="it names no CWE")
    rules = tuple(rule.strip().upper() for rule in named[1].split(","))
    given = _REASON.match(wish, named.end())
    reason = _CLOSING.sub("", given[1]).strip()[:_LONGEST_REASON] if given else ""
    if not any(map(str.isalnum, reason)):
        return IgnoreComment(line, covers, rules, "", refused="it gives no reason behind '--'")
    return IgnoreComment(line, covers, rules, reason)
