"""What a file's syntax tree says: a pure function of path and text.

``analyse`` depends on nothing but its arguments, so that a caller may run it in worker processes
and keep its results by the git object id of the bytes.
"""

from __future__ import annotations

from itertools import chain

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

__all__ = ["LARGEST_FILE", "SECONDS_A_FILE", "analyse", "detect"]

SECONDS_A_FILE = 1.2
LARGEST_FILE = 1_500_000
_SECONDS_TO_STRUCTURE = 0.8  # the rest is for what becomes of the matches, and for places


def analyse(path: str, text: str) -> FileAnalysis | None:
    """The analysis of one file, None for one whose language has no row. Never raises for what the
    file holds. A file of more than ``LARGEST_FILE`` bytes is not parsed, and after
    ``SECONDS_A_FILE`` of processor time the rest is left; ``complete`` is then false."""
    spec = detect(path, text)
    if spec is None:
        return None
    line_count = text.count("\n") + (not text.endswith("\n") and text != "")
    if spec.grammar is None:
        return FileAnalysis(spec.name, line_count)
    return _analyse_source(spec, text.encode("utf-8", "replace"), line_count)


def _analyse_source(spec: LanguageSpec, source: bytes, line_count: int) -> FileAnalysis:
    if len(source) > LARGEST_FILE:
        return FileAnalysis(spec.name, line_count, complete=False)
    deadline, structure_deadline = Deadline(SECONDS_A_FILE), Deadline(_SECONDS_TO_STRUCTURE)
    tree = parse(spec, source, deadline)
    if tree is None:
        return FileAnalysis(spec.name, line_count, syntax_errors=1, complete=False)
    errors = find_errors(tree.root_node, deadline)
    if not errors.searchable:
        return FileAnalysis(spec.name, line_count, syntax_errors=errors.count, complete=False)
    matches = _structure(spec, tree.root_node, source, structure_deadline)
    symbols = collect_symbols(matches, source)
    return FileAnalysis(
        language=spec.name,
        line_count=line_count,
        imports=collect_imports(matches, source),
        symbols=symbols,
        places=collect_places(spec, tree.root_node, source, symbols, deadline),
        environment=_environment(matches, source),
        entry_lines=_entry_lines(matches, source),
        syntax_errors=errors.count,
        complete=not (deadline.noticed or structure_deadline.noticed),
    )


def _structure(
    spec: LanguageSpec, root: tree_sitter.Node, source: bytes, deadline: Deadline
) -> list[Match]:
    compiled = load_query(spec, STRUCTURE)
    if compiled is None:
        return []
    return list(find_matches(compiled, root, windows(len(source)), deadline))


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
