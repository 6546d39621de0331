"""Definitions of one file, from the matches of ``symbols.scm``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import tree_sitter

from scout_codebase.languages.syntax import Match, spans_within, text_of
from scout_codebase.records import Symbol

_LONGEST_SIGNATURE = 300
_LONGEST_DOCSTRING = 600
_TYPES = frozenset({"class", "interface", "enum"})
_LINE_COMMENT = re.compile(r"//[/!]?")
_QUOTES = re.compile(r"""^[rRuUbBfF]{0,2}("{3}|'{3}|"|')(.*?)(?:\1)?$""", re.DOTALL)


@dataclass(slots=True)
class _Definition:
    kind: str
    name: str
    start: int
    end: int
    head_end: int
    start_line: int
    end_line: int


def collect_symbols(matches: Sequence[Match], source: bytes) -> tuple[Symbol, ...]:
    """Sorted by position. A name is qualified by the definitions around it. A constant is one at
    the top level only."""
    functions = spans_within(matches, "dynamic")
    definitions: dict[int, _Definition] = {}
    docstrings: dict[int, str] = {}
    for match in matches:
        if match.family == "documented":
            text = _documentation(match.captures["doc"][-1], source)
            docstrings[match.node.start_point.row + 1] = first_paragraph(text)
        elif match.family == "definition" and not (
            match.kind == "constant" and functions.cover(match.node.start_byte)
        ):
            found = _read(match, source)
            known = definitions.setdefault(found.start, found)
            if known.kind == "constant":
                definitions[found.start] = found
    return _qualify(sorted(definitions.values(), key=lambda one: one.start), docstrings, source)


def _read(match: Match, source: bytes) -> _Definition:
    node = match.node
    bodies = match.captures.get("body", [])
    head_end = _before(bodies[0]) if bodies else node.end_byte
    return _Definition(
        kind=match.kind,
        name="".join(text_of(source, match.captures["name"][0]).split()),
        start=node.start_byte,
        end=node.end_byte,
        head_end=head_end,
        start_line=node.start_point.row + 1,
        end_line=node.end_point.row + 1,
    )


def _documentation(last: tree_sitter.Node, source: bytes) -> str:
    """The text of a documentation node; of a line comment, with the lines right above it, without
    their marks."""
    text = text_of(source, last)
    if not _LINE_COMMENT.match(text):
        return text
    lines = [text]
    above = last.prev_sibling
    while above is not None and len(lines) < _LONGEST_DOCSTRING:
        text = text_of(source, above)
        end = above.end_point.row - (above.end_point.column == 0)  # Rust's hold their line's end
        if end + 1 < last.start_point.row or not _LINE_COMMENT.match(text):
            break
        lines.append(text)
        last, above = above, above.prev_sibling
    return "\n".join(_LINE_COMMENT.sub("", line).strip() for line in reversed(lines))


def _before(body: tree_sitter.Node) -> int:
    """Where the head of a definition ends: before its body and the comments above that."""
    sibling = body.prev_sibling
    while sibling is not None and sibling.type == "comment":
        body, sibling = sibling, sibling.prev_sibling
    return body.start_byte


def _qualify(
    definitions: Sequence[_Definition], docstrings: dict[int, str], source: bytes
) -> tuple[Symbol, ...]:
    symbols: list[Symbol] = []
    around: list[tuple[_Definition, str]] = []
    for one in definitions:
        while around and around[-1][0].end <= one.start:
            around.pop()
        parent, prefix = around[-1] if around else (None, "")
        if one.kind == "constant" and parent is not None:
            continue
        name = f"{prefix}.{one.name}" if prefix else one.name
        in_type = parent is not None and parent.kind in _TYPES
        kind = "method" if one.kind == "function" and in_type else one.kind
        around.append((one, name))
        symbols.append(
            Symbol(
                name=name,
                kind=kind,
                start_line=one.start_line,
                end_line=one.end_line,
                signature=_signature(source, one),
                docstring=docstrings.get(one.start_line, ""),
            )
        )
    return tuple(symbols)


def _signature(source: bytes, one: _Definition) -> str:
    end = min(one.head_end, one.start + 4 * _LONGEST_SIGNATURE)
    head = " ".join(source[one.start : end].decode("utf-8", "ignore").split())
    head = head.removesuffix("=>").rstrip(" :{=") if one.head_end < one.end else head
    return head if len(head) <= _LONGEST_SIGNATURE else head[: _LONGEST_SIGNATURE - 1] + "…"


def first_paragraph(text: str) -> str:
    """The first paragraph of a docstring or documentation comment, on one line."""
    text = text.strip()
    if text.startswith("/*"):
        lines = [
            line.strip().lstrip("*").strip() for line in text[2:].removesuffix("*/").split("\n")
        ]
        lines = _until(lines, "@")
    else:
        quoted = _QUOTES.match(text)
        lines = [line.strip() for line in (quoted[2] if quoted else text).split("\n")]
    paragraph = "\n".join(lines).strip().split("\n\n")[0]
    return " ".join(paragraph.split())[:_LONGEST_DOCSTRING]


def _until(lines: list[str], mark: str) -> list[str]:
    stop = next((index for index, line in enumerate(lines) if line.startswith(mark)), len(lines))
    return lines[:stop]
