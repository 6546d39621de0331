"""What a file's syntax tree says: a pure function of path and text.

``analyse`` depends on nothing but its arguments, so that a caller may run it in worker processes
and keep its results by the git object id of the bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

import tree_sitter

from scout_codebase.languages.detect import detect
from scout_codebase.languages.imports import collect_imports
from scout_codebase.languages.places import collect_places
from scout_codebase.languages.spec import LanguageSpec
from scout_codebase.languages.symbols import collect_symbols
from scout_codebase.languages.syntax import (
    STRUCTURE,
    Deadline,
    Match,
    find_errors,
    find_matches,
    load_query,
    parse,
    spans_within,
    text_of,
    windows,
)
from scout_codebase.records import FileAnalysis

__all__ = ["MOST_BYTES", "MOST_MATCHES", "analyse", "detect"]

MOST_BYTES = 300_000
MOST_MATCHES = 32_000
_NET_SECONDS = 30.0
"""The limits above decide what an analysis finds, the same on every machine. This one, of processor
time, is a net below them for a text that a grammar takes for ever to read."""


def analyse(path: str, text: str) -> FileAnalysis | None:
    """The analysis of one file, None for one whose language has no row. Never raises for what the
    file holds. The lines within the first ``MOST_BYTES`` bytes are parsed, and the first
    ``MOST_MATCHES`` matches in them are taken; ``complete`` is false where there was more."""
    spec = detect(path, text)
    if spec is None:
        return None
    line_count = text.count("\n") + (not text.endswith("\n") and text != "")
    if spec.grammar is None:
        return FileAnalysis(spec.name, line_count)
    return _analyse_source(spec, text.encode("utf-8", "replace"), line_count)


def _analyse_source(spec: LanguageSpec, whole: bytes, line_count: int) -> FileAnalysis:
    source = _head(whole)
    nothing = FileAnalysis(spec.name, line_count, syntax_errors=1, complete=False)
    deadline = Deadline(_NET_SECONDS)
    tree = parse(spec, source, deadline)
    if tree is None:
        return nothing
    errors = find_errors(tree.root_node, deadline)
    if not errors.searchable:
        return replace(nothing, syntax_errors=errors.count)
    matches = list(islice(_structure(spec, tree.root_node, source, deadline), MOST_MATCHES + 1))
    symbols = collect_symbols(matches[:MOST_MATCHES], source)
    found = FileAnalysis(
        language=spec.name,
        line_count=line_count,
        imports=collect_imports(matches, source),
        symbols=symbols,
        places=collect_places(spec, tree.root_node, source, symbols, deadline),
        environment=_environment(matches, source),
        entry_lines=_entry_lines(matches, source),
        syntax_errors=errors.count,
        complete=len(source) == len(whole) and len(matches) <= MOST_MATCHES,
    )
    return nothing if deadline.passed else found


def _head(source: bytes) -> bytes:
    """The lines that end within ``MOST_BYTES``; of a longer first line, its beginning."""
    if len(source) <= MOST_BYTES:
        return source
    return source[: source.rfind(b"\n", 0, MOST_BYTES) + 1 or MOST_BYTES]


def _structure(
    spec: LanguageSpec, root: tree_sitter.Node, source: bytes, deadline: Deadline
) -> Iterator[Match]:
    compiled = load_query(spec, STRUCTURE)
    if compiled is not None:
        yield from find_matches(compiled, root, windows(len(source)), deadline)


def _environment(matches: list[Match], source: bytes) -> tuple[tuple[str, int], ...]:
    found = {
        (text_of(source, match.node), match.node.start_point.row + 1)
        for match in matches
        if match.family == "environment"
    }
    return tuple(sorted(found, key=lambda pair: (pair[1], pair[0])))


def _entry_lines(matches: list[Match], source: bytes) -> tuple[int, ...]:
    functions = spans_within(matches, "dynamic")
    found = (
        match.node.start_point.row + 1
        for match in matches
        if match.family == "entry"
        and not (match.kind == "top" and functions.cover(match.node.start_byte))
    )
    shebang = (1,) if source.startswith(b"#!") else ()
    return tuple(sorted(set(chain(found, shebang))))
