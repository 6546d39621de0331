"""Parsing and querying under a deadline.

A query file captures with a fixed vocabulary; one capture of each pattern, its *main* capture,
says what the match is, and the part behind the dot says which kind:

    @import[.kind]        a statement; with @module, and @name (any number), @level; of the kind
                          "reference", the use of a name that may need no import
    @within.kind          a stretch whose imports are of that kind
    @within.module        a module written out inside the file; with @name
    @local.scope          a stretch that binds names for itself; @local.definition is such a name,
                          or what declares its @name: no reference where it is bound
    @package[.inner]      a package, namespace or module that the file declares (in the one before
                          it); with @name, and with @body where it holds for a part of the file only
    @declaration          what other files may use by name, without naming this file; with @name
    @definition.kind      a symbol; with @name and @body; a constant counts at the top level only
    @documented           the node whose documentation is @doc
    @environment          the name of an environment variable
    @option.kind          the arguments of what declares a program's option; with @name (options.py)
    @entry[.top]          something that starts a program (at the top level only)
    @place.category       a place for the security review; with @name and @computed (places.py)

Captures that begin with ``_`` serve predicates only.
"""

from __future__ import annotations

import ctypes
import re
import sys
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import tree_sitter

from scout_codebase.languages.spec import LanguageSpec

Captures = dict[str, list[tree_sitter.Node]]
Span = tuple[int, int]

LINKS = ("imports", "references", "locals", "declarations", "entry")
DETAILS = ("imports", "symbols", "environment", "options")

_QUERIES = Path(__file__).parent / "queries"
_MAIN_CAPTURE = re.compile(
    r"@(import|within|local|package|declaration|definition|documented|environment|entry|option|place)"
    r"\b[.\w]*"
)
_WINDOW_BYTES = 100_000
_WIDEST_ERROR = 8_000
_DEEPEST = 400
_NEAR_BYTES = 100
_WIDEST_WINDOW = 20_000


class Deadline:
    """A limit on the processor time of this thread."""

    def __init__(self, seconds: float) -> None:
        self._end = time.thread_time() + seconds

    @property
    def passed(self) -> bool:
        return time.thread_time() > self._end


@dataclass(frozen=True, slots=True)
class Match:
    """One match: ``family`` and ``kind`` are the two halves of the main capture's name, ``node``
    is its node."""

    family: str
    kind: str
    node: tree_sitter.Node
    captures: Captures


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """``main`` holds the main capture's name of each pattern."""

    query: tree_sitter.Query
    main: tuple[str, ...]


@cache
def load_grammar(spec: LanguageSpec) -> tree_sitter.Language:
    if spec.grammar is None:
        raise ValueError(f"{spec.name} has no grammar")
    return tree_sitter.Language(spec.grammar())


@cache
def load_query(spec: LanguageSpec, kinds: tuple[str, ...]) -> CompiledQuery | None:
    """The query files of these kinds, joined and compiled; None where there is none."""
    source = query_source(spec, kinds)
    if not source:
        return None
    query = compile_query(spec, source)
    return CompiledQuery(query, tuple(map(main_capture, pattern_texts(query, source))))


def compile_query(spec: LanguageSpec, source: str) -> tree_sitter.Query:
    """A query that lives as long as the process. The binding (tree-sitter 0.25 and 0.26) frees the
    predicates of a query twice when it is destroyed, which corrupts the heap; the reference taken
    here keeps it from being destroyed, even at exit."""
    query = tree_sitter.Query(load_grammar(spec), source)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(query))
    return query


def query_source(spec: LanguageSpec, kinds: tuple[str, ...]) -> str:
    candidates = (_QUERIES / folder / f"{kind}.scm" for kind in kinds for folder in spec.queries)
    return "\n".join(path.read_text("utf-8") for path in candidates if path.is_file())


def pattern_texts(query: tree_sitter.Query, source: str) -> list[str]:
    """The source of each pattern, without comments."""
    encoded = source.encode()
    bounds = (
        (query.start_byte_for_pattern(index), query.end_byte_for_pattern(index))
        for index in range(query.pattern_count)
    )
    return [re.sub(r"(?m)^\s*;.*$", "", encoded[start:end].decode()) for start, end in bounds]


def main_capture(pattern: str) -> str:
    capture = _MAIN_CAPTURE.search(pattern)
    if capture is None:
        raise ValueError(f"a pattern captures nothing known: {pattern}")
    return capture[0][1:]


def find_matches(
    compiled: CompiledQuery, root: tree_sitter.Node, ranges: Iterable[Span], deadline: Deadline
) -> Iterator[Match]:
    """Every match that touches one of the ranges, each once. Stops at the deadline."""
    seen: set[tuple[int, ...]] = set()
    for start, end in ranges:
        if deadline.passed:
            return
        cursor = tree_sitter.QueryCursor(compiled.query, match_limit=4096)
        cursor.set_byte_range(start, end)
        cursor.set_max_start_depth(_DEEPEST)
        for index, captures in cursor.matches(root):
            key = (index, *(node.id for nodes in captures.values() for node in nodes))
            if key not in seen:
                seen.add(key)
                name = compiled.main[index]
                family, _, kind = name.partition(".")
                yield Match(family, kind, captures[name][0], captures)


def windows_around(source: bytes, words: Iterable[bytes]) -> list[Span]:
    """Ranges that hold every place of a word; those near each other are joined, up to a width."""
    merged: list[Span] = []
    for start, end in sorted(chain.from_iterable(_hits(source, word) for word in words)):
        near = merged and start - merged[-1][1] < _NEAR_BYTES
        if near and end - merged[-1][0] < _WIDEST_WINDOW:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _hits(source: bytes, word: bytes) -> Iterator[Span]:
    start = source.find(word)
    while start >= 0:
        yield start, start + len(word)
        start = source.find(word, start + len(word))


def windows(length: int) -> Iterator[Span]:
    """Ranges that cover a file, each short enough to be searched in a fraction of a second."""
    for start in range(0, max(length, 1), _WINDOW_BYTES):
        yield start, start + _WINDOW_BYTES


@dataclass(frozen=True, slots=True)
class SyntaxErrors:
    """``searchable`` is false for a tree that no query may be run on: the children of an error lie
    flat, and searching them takes the square of their number."""

    count: int
    searchable: bool = True


def find_errors(root: tree_sitter.Node, deadline: Deadline) -> SyntaxErrors:
    """The syntax errors below ``root``, nested ones not counted again."""
    count, widest, pending = 0, 0, [root] if root.has_error else []
    while pending and not deadline.passed:
        node = pending.pop()
        if node.is_error or node.is_missing:
            count += 1
            widest = max(widest, node.child_count)
        else:
            pending.extend(child for child in node.children if child.has_error)
    return SyntaxErrors(count or int(root.has_error), widest <= _WIDEST_ERROR)


class Spans:
    """Stretches of a file; those inside another do not count."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans: list[Span] = []
        for start, end in sorted(spans):
            if not self._spans or start >= self._spans[-1][1]:
                self._spans.append((start, end))

    def cover(self, offset: int) -> bool:
        index = bisect_right(self._spans, (offset, sys.maxsize)) - 1
        return index >= 0 and offset < self._spans[index][1]


def spans_within(matches: Iterable[Match], kind: str) -> Spans:
    """What ``@within.kind`` captured."""
    return Spans(
        (match.node.start_byte, match.node.end_byte)
        for match in matches
        if match.family == "within" and match.kind == kind
    )


def text_of(source: bytes, node: tree_sitter.Node) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")
