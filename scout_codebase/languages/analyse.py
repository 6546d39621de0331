"""What a file's syntax tree says: a pure function of path and text.

``analyse`` depends on nothing but its arguments, so that a caller may run it in worker processes
and keep its results by the git object id of the bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain, islice

import tree_sitter

from scout_codebase.languages.declarations import collect_declarations, collect_packages
from scout_codebase.languages.detect import detect
from scout_codebase.languages.ignores import collect_ignores
from scout_codebase.languages.imports import collect_imports
from scout_codebase.languages.options import collect_options
from scout_codebase.languages.parsing import parse
from scout_codebase.languages.places import collect_places
from scout_codebase.languages.scopes import within_modules
from scout_codebase.languages.spec import LanguageSpec
from scout_codebase.languages.symbols import collect_symbols
from scout_codebase.languages.syntax import (
    DETAILS,
    LINKS,
    Deadline,
    Match,
    Span,
    find_errors,
    find_matches,
    load_query,
    spans_within,
    text_of,
    windows,
    windows_around,
)
from scout_codebase.records import FileAnalysis

__all__ = ["MOST_MATCHES", "analyse", "detect", "unanalysed"]

MOST_MATCHES = 32_000
_NET_SECONDS = 30.0
"""The limits above decide what an analysis finds, the same on every machine. This one, of processor
time, is a net below them for a text that a grammar takes for ever to read."""


def analyse(path: str, text: str, *, detailed: bool = True) -> FileAnalysis | None:
    """The analysis of one file, None for one whose language has no row. Never raises for what the
    file holds. The lines within the first ``most_bytes`` of its language are parsed, and the first
    ``MOST_MATCHES`` matches in them are taken; ``complete`` is false where there was more."""
    spec = detect(path, text)
    if spec is None:
        return None
    line_count = _line_count(text)
    if spec.grammar is None:
        return FileAnalysis(spec.name, line_count, detailed=detailed)
    source = text.encode("utf-8", "replace")
    source = spec.view(source) if spec.view else source
    return _analyse_source(spec, source, line_count, detailed=detailed)


def unanalysed(path: str, text: str) -> FileAnalysis | None:
    """What is known of a file without parsing it."""
    spec = detect(path, text)
    if spec is None:
        return None
    return FileAnalysis(spec.name, _line_count(text), complete=spec.grammar is None)


def _line_count(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and text != "")


def _analyse_source(
    spec: LanguageSpec, whole: bytes, line_count: int, *, detailed: bool
) -> FileAnalysis:
    nothing = FileAnalysis(
        spec.name, line_count, syntax_errors=1, complete=False, detailed=detailed
    )
    source = _head(whole, spec.most_bytes)
    deadline = Deadline(_NET_SECONDS)
    tree = parse(spec, source, deadline)
    if tree is None:
        return replace(nothing, timed_out=deadline.passed)
    errors = find_errors(tree.root_node, deadline)
    if not errors.searchable:
        return replace(nothing, syntax_errors=errors.count)
    parsed = _Parsed(spec, tree.root_node, source, deadline)
    found = _links(parsed, replace(nothing, syntax_errors=errors.count, complete=True))
    if detailed:
        found = _details(parsed, found)
    if deadline.passed:
        return replace(nothing, timed_out=True)
    return found if source is whole else replace(found, complete=False)


@dataclass(frozen=True, slots=True)
class _Parsed:
    spec: LanguageSpec
    root: tree_sitter.Node
    source: bytes
    deadline: Deadline


def _links(parsed: _Parsed, found: FileAnalysis) -> FileAnalysis:
    """What links the file to others."""
    source, words = parsed.source, parsed.spec.link_words
    ranges = windows_around(source, words) if words else list(windows(len(source)))
    matches, complete = _matches(parsed, LINKS, ranges)
    return replace(
        found,
        imports=within_modules(collect_imports(matches, source), matches, source),
        packages=collect_packages(matches, source),
        declarations=collect_declarations(matches, source),
        entry_lines=_entry_lines(matches, source),
        complete=complete,
    )


def _details(parsed: _Parsed, found: FileAnalysis) -> FileAnalysis:
    """What is in the file."""
    spec, source = parsed.spec, parsed.source
    matches, complete = _matches(parsed, DETAILS, windows(len(source)))
    symbols = collect_symbols(matches, source)
    return replace(
        found,
        symbols=symbols,
        places=collect_places(spec, parsed.root, source, symbols, parsed.deadline),
        environment=_environment(matches, source),
        options=collect_options(matches, source),
        ignores=collect_ignores(parsed.root, source),
        complete=found.complete and complete,
    )


def _matches(
    parsed: _Parsed, kinds: tuple[str, ...], ranges: Iterable[Span]
) -> tuple[list[Match], bool]:
    """The first ``MOST_MATCHES`` matches, and whether that is all."""
    compiled = load_query(parsed.spec, kinds)
    if compiled is None:
        return [], True
    matches = find_matches(compiled, parsed.root, ranges, parsed.deadline)
    found = list(islice(matches, MOST_MATCHES + 1))
    return found[:MOST_MATCHES], len(found) <= MOST_MATCHES


def _head(source: bytes, most: int) -> bytes:
    """The lines that end within ``most`` bytes; of a longer first line, its beginning."""
    if len(source) <= most:
        return source
    return source[: source.rfind(b"\n", 0, most) + 1 or most]


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
    is_script = source.startswith(b"#!") and not source.startswith(b"#![")  # an attribute of Rust
    shebang = (1,) if is_script else ()
    return tuple(sorted(set(chain(found, shebang))))
