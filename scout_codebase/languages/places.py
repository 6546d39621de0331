"""Places for the security review, from the matches of ``places.scm``.

The category is in the name of the main capture (``@place.sql``). Three further captures of a
pattern carry meaning:

    @name       whose ``#any-of?`` words a file is searched for before the query runs, and only
                around the hits does it run; a pattern without one gives pieces of text, in either
                case, with ``(#set! words "one two")``
    @computed   must not be a literal (or built of literals alone), else the match is dropped
    @secret     must not be a placeholder, a name or a sentence
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, reduce
from itertools import islice

import tree_sitter

from scout_codebase.languages.literals import STEP_UP, Effort, Literals
from scout_codebase.languages.spec import LanguageSpec
from scout_codebase.languages.syntax import (
    CompiledQuery,
    Deadline,
    Match,
    compile_query,
    find_matches,
    main_capture,
    pattern_texts,
    query_source,
    text_of,
    windows_around,
)
from scout_codebase.languages.token_digest import token_digest
from scout_codebase.records import Place, Symbol

_IDENTIFIER = re.compile(rb"[A-Za-z_$][\w$]*")
_NAMES = re.compile(r'#any-of\?\s+@name((?:\s+"[^"]*")+)')
# Read from the text: `Query.pattern_settings` of tree-sitter 0.25 and 0.26 returns a borrowed
# reference, which frees the dictionary under the query and crashes the interpreter later.
_WORDS = re.compile(r'#set!\s+words\s+"([^"]*)"')
_OWN_CODE = re.compile(
    "block|body|lambda|closure|compound_statement|arrow_function|anonymous|do_clause"
    "|func(?:tion)?_(?:expression|definition|declaration|literal)"
)
_MOST_BETWEEN = 24
_MOST_MATCHES = 10_000
_LONGEST_CODE = 240
_LONGEST_VALUE = 600


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One pattern, compiled by itself, with the identifiers and the lower-case pieces of text one
    of which must be where it matches."""

    compiled: CompiledQuery
    names: tuple[bytes, ...]
    fragments: tuple[bytes, ...]


@cache
def load_patterns(spec: LanguageSpec) -> tuple[_Pattern, ...]:
    source = query_source(spec, ("places",))
    if not source:
        return ()
    whole = compile_query(spec, source)
    return tuple(_load(spec, text) for text in pattern_texts(whole, source))


def _load(spec: LanguageSpec, text: str) -> _Pattern:
    query = compile_query(spec, text)
    listed = "".join(_NAMES.findall(text))
    names = tuple(name.encode() for name in re.findall(r'"([^"]*)"', listed))
    fragments = " ".join(_WORDS.findall(text)).lower().encode().split()
    if not names and not fragments:
        raise ValueError(f"{spec.name}: a pattern of places.scm names no words: {text}")
    return _Pattern(CompiledQuery(query, (main_capture(text),)), names, tuple(fragments))


def collect_places(
    spec: LanguageSpec,
    root: tree_sitter.Node,
    source: bytes,
    symbols: Sequence[Symbol],
    deadline: Deadline,
) -> tuple[Place, ...]:
    """Sorted; one a line and category; made of the first ``_MOST_MATCHES`` matches."""
    scopes = _Scopes(symbols)
    places: dict[tuple[int, str], Place] = {}
    effort = Effort()
    matches = islice(_matches(spec, root, source, deadline), _MOST_MATCHES)
    holding = _holding(list(matches), Literals(spec, source, effort))
    for construct in _constructs(holding, effort):
        place = reduce(_joined, (_place(match, source, scopes) for match in construct))
        key = place.start_line, place.category
        places[key] = _joined(places[key], place) if key in places else place
    return tuple(places[key] for key in sorted(places))


def _constructs(matches: Sequence[Match], effort: Effort) -> list[list[Match]]:
    """The matches of each place, the outermost first: text that is put together within a call is no
    place beside the call, on whichever line a formatter puts it. Code that is handed to the call,
    as a function or block, has places of its own."""
    found: list[list[Match]] = []
    around: list[list[Match]] = []
    for match in sorted(
        matches, key=lambda one: (one.kind, one.node.start_byte, -one.node.end_byte)
    ):
        while around and not _holds_within(around[-1][0], match):
            around.pop()
        if around and not _is_code_of_its_own(match.node, around[-1][0].node, effort):
            around[-1].append(match)
        else:
            around.append([match])
            found.append(around[-1])
    return found


def _holds_within(outer: Match, inner: Match) -> bool:
    return outer.kind == inner.kind and inner.node.end_byte <= outer.node.end_byte


def _is_code_of_its_own(node: tree_sitter.Node, outer: tree_sitter.Node, effort: Effort) -> bool:
    """Whether a function or block lies between the two, among the nodes next to the inner one."""
    between = node if node.id == outer.id else node.parent
    for _ in range(_MOST_BETWEEN):
        if between is None or between.id == outer.id or not effort.spend(STEP_UP):
            return False
        if _OWN_CODE.search(between.type):
            return True
        between = between.parent
    return False


def _matches(
    spec: LanguageSpec, root: tree_sitter.Node, source: bytes, deadline: Deadline
) -> Iterator[Match]:
    identifiers = set(_IDENTIFIER.findall(source))
    lower = source.lower()
    for pattern in load_patterns(spec):
        names = sorted(identifiers.intersection(pattern.names))
        ranges = windows_around(source, names) + windows_around(lower, pattern.fragments)
        if ranges:
            yield from find_matches(pattern.compiled, root, sorted(ranges), deadline)


def _place(match: Match, source: bytes, scopes: _Scopes) -> Place:
    start, end = match.node.start_point.row + 1, match.node.end_point.row + 1
    line_end = source.find(b"\n", match.node.start_byte)
    stop = match.node.end_byte if line_end < 0 else min(line_end, match.node.end_byte)
    code = source[match.node.start_byte : stop][: 4 * _LONGEST_CODE].decode("utf-8", "ignore")
    # More may decide than what has to be computed: all that a program is given, if not the program.
    decisive = match.captures.get("value") or match.captures.get("computed") or [match.node]
    value = ", ".join(" ".join(text_of(source, node).split()) for node in decisive)
    return Place(
        category=match.kind,
        start_line=start,
        end_line=end,
        code=code.strip()[:_LONGEST_CODE],
        symbol=scopes.around(start),
        value=value[:_LONGEST_VALUE],
        digest=token_digest(match.node, source),
    )


def _joined(first: Place, other: Place) -> Place:
    """The first of two matches of a line, with what decides in either."""
    if other.value in first.value:
        return first
    return replace(first, value=f"{first.value}, {other.value}"[:_LONGEST_VALUE])


class _Scopes:
    """Which definition is around a line: the innermost class or function that spans it."""

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        self._symbols = [symbol for symbol in symbols if symbol.kind != "constant"]
        self._starts = [symbol.start_line for symbol in self._symbols]
        self._parents = _parents(self._symbols)

    def around(self, line: int) -> str:
        index = bisect_right(self._starts, line) - 1
        while index >= 0 and self._symbols[index].end_line < line:
            index = self._parents[index]
        return self._symbols[index].name if index >= 0 else ""


def _parents(symbols: Sequence[Symbol]) -> list[int]:
    parents: list[int] = []
    open_symbols: list[int] = []
    for index, symbol in enumerate(symbols):
        while open_symbols and symbols[open_symbols[-1]].end_line < symbol.start_line:
            open_symbols.pop()
        parents.append(open_symbols[-1] if open_symbols else -1)
        open_symbols.append(index)
    return parents


def _holding(matches: Sequence[Match], literals: Literals) -> list[Match]:
    """The matches of whose captures all are what they must be. Text that is a match itself, where
    it is put together, is none a second time where its name is used."""
    placed: dict[str, set[int]] = defaultdict(set)
    for match in matches:
        placed[match.kind].add(match.node.id)
    return [match for match in matches if _holds(match, literals, placed[match.kind])]


def _holds(match: Match, literals: Literals, placed: Set[int]) -> bool:
    computed = match.captures.get("computed", ())
    secrets = match.captures.get("secret", ())
    return all(literals.is_computed(node, placed) for node in computed) and all(
        looks_secret(text_of(literals.source, node)) for node in secrets
    )


_SHORTEST_SECRET = 6
_PLACEHOLDER = re.compile(
    r"(?i).*(?:placeholder|change[-_ ]?me|your[-_ ]|example|dummy|redacted|xxxx|<[^>]*>|\*{3}"
    r"|\.\.\.|\{\w*\}|\$\{|%\(|%s).*|(?:none|null|true|false|undefined|password|passwd|secret|token"
    r"|bearer|basic|string|hidden|csrf|required|optional|unknown|default)"
)


def looks_secret(value: str) -> bool:
    """Whether the text may be a real secret: long enough, no placeholder, no message, no path."""
    if len(value) < _SHORTEST_SECRET or any(character.isspace() for character in value):
        return False
    if value.startswith(("/", "./", "http://", "https://", "--", "#", ".")):
        return False
    return _PLACEHOLDER.fullmatch(value) is None
