"""Places for the security review, from the matches of ``places.scm``.

The category is in the name of the main capture (``@place.sql``). Further captures of a
pattern carry meaning:

    @name       whose ``#any-of?`` words a file is searched for before the query runs, and only
                around the hits does it run; a pattern without one gives pieces of text, in either
                case, with ``(#set! words "one two")``
    @computed   must not be a literal (or built of literals alone), else the match is dropped
    @secret     must not be a placeholder, a name or a sentence
    @receiver   must end in a name that the file declares of, or sets to, the type of
                ``(#set! type "module.Type")``
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice

import tree_sitter

from scout_codebase.languages.literals import STEP_UP, Effort, Literals
from scout_codebase.languages.spec import LanguageSpec
from scout_codebase.languages.syntax import (
    CompiledQuery,
    Deadline,
    Match,
    Span,
    compile_query,
    find_matches,
    main_capture,
    pattern_texts,
    query_source,
    text_of,
    windows_around,
)
from scout_codebase.languages.token_digest import token_digest
from scout_codebase.records import LONGEST_VALUE, Place, Symbol

_IDENTIFIER = re.compile(rb"[A-Za-z_$][\w$]*")
_NAMES = re.compile(r'#any-of\?\s+@name((?:\s+"[^"]*")+)')
# Read from the text: `Query.pattern_settings` of tree-sitter 0.25 and 0.26 returns a borrowed
# reference, which frees the dictionary under the query and crashes the interpreter later.
_WORDS = re.compile(r'#set!\s+words\s+"([^"]*)"')
_TYPE = re.compile(r'#set!\s+type\s+"([^"]*)"')
_OWN_CODE = re.compile(
    "block|body|lambda|closure|compound_statement|arrow_function|anonymous|do_clause"
    "|func(?:tion)?_(?:expression|definition|declaration|literal)"
)
_MOST_BETWEEN = 24
_MOST_MATCHES = 10_000
_LONGEST_CODE = 240
_LONGEST_BETWEEN = 4 * LONGEST_VALUE  # bytes between two literals
_KEPT_OF_TEXT = (100, 20, 1)
_MOST_NODES = 4_000
_FIXED_TEXTS = frozenset(
    {"string_content", "string_fragment", "interpreted_string_literal_content"}
    | {"raw_string_literal_content", "nowdoc_body"}
)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One pattern, compiled by itself, with the identifiers and the lower-case pieces of text one
    of which must be where it matches, and the type of its ``@receiver``, "" for any."""

    compiled: CompiledQuery
    names: tuple[bytes, ...]
    fragments: tuple[bytes, ...]
    type: str


@cache
def load_patterns(spec: LanguageSpec) -> tuple[_Pattern, ...]:
    source = query_source(spec, ("places",))
    if not source:
        return ()
    whole = compile_query(spec, source)
    return tuple(_load(spec, text) for text in pattern_texts(whole, source))


def _load(spec: LanguageSpec, text: str) -> _Pattern:
    query = compile_query(spec, text if spec.case_counts else _NAMES.sub(_in_either_case, text))
    listed = "".join(_NAMES.findall(text))
    names = tuple(_cased(name.encode(), spec) for name in re.findall(r'"([^"]*)"', listed))
    fragments = " ".join(_WORDS.findall(text)).lower().encode().split()
    if not names and not fragments:
        raise ValueError(f"{spec.name}: a pattern of places.scm names no words: {text}")
    compiled = CompiledQuery(query, (main_capture(text),))
    return _Pattern(compiled, names, tuple(fragments), "".join(_TYPE.findall(text)))


def _in_either_case(names: re.Match[str]) -> str:
    listed = "|".join(map(re.escape, re.findall(r'"([^"]*)"', names[1])))
    return f'#match? @name "(?i)^({listed})$"'


def _cased(code: bytes, spec: LanguageSpec) -> bytes:
    """Code as its names are compared."""
    return code if spec.case_counts else code.lower()


def collect_places(
    spec: LanguageSpec,
    root: tree_sitter.Node,
    source: bytes,
    symbols: Sequence[Symbol],
    deadline: Deadline,
) -> tuple[Place, ...]:
    """Sorted; one a line and category; made of the first ``_MOST_MATCHES`` matches."""
    scopes = _Scopes(symbols)
    lines: dict[tuple[int, str], list[Match]] = defaultdict(list)
    effort = Effort()
    matches = islice(_matches(spec, root, source, deadline), _MOST_MATCHES)
    holding = _holding(list(matches), Literals(spec, source, effort))
    for construct in _constructs(holding, effort):
        lines[construct[0].node.start_point.row + 1, construct[0].kind] += construct
    return tuple(_place(lines[key], spec, source, scopes) for key in sorted(lines))


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
    lower = source.lower()
    named = _cased(source, spec)
    identifiers = set(_IDENTIFIER.findall(named))
    for pattern in load_patterns(spec):
        names = sorted(identifiers.intersection(pattern.names))
        ranges = windows_around(named, names) + windows_around(lower, pattern.fragments)
        if not ranges:
            continue
        declared = _declared(pattern.type, source)
        for match in find_matches(pattern.compiled, root, sorted(ranges), deadline):
            receivers = match.captures.get("receiver", ())
            if all(_last_name(source, node) in declared for node in receivers):
                yield match


def _declared(type_name: str, source: bytes) -> Set[bytes]:
    """The names that a file declares of a type, or sets to a value of it."""
    if not type_name or type_name.encode() not in source:
        return frozenset()
    sign = r"[ \t]{0,40}(?::?=|:)?[ \t]{0,40}(?:[&*]|new\()?"
    pattern = rf"\b(\w{{1,80}}){sign}{re.escape(type_name)}\b"
    return frozenset(re.findall(pattern.encode(), source))


def _last_name(source: bytes, node: tree_sitter.Node) -> bytes:
    return source[node.start_byte : node.end_byte].rpartition(b".")[2]


def _place(matches: Sequence[Match], spec: LanguageSpec, source: bytes, scopes: _Scopes) -> Place:
    """What the matches of one line are together; it begins and ends as the first."""
    node = matches[0].node
    line_end = source.find(b"\n", node.start_byte)
    stop = node.end_byte if line_end < 0 else min(line_end, node.end_byte)
    code = source[node.start_byte : stop][: 4 * _LONGEST_CODE].decode("utf-8", "ignore")
    constructs = _outermost(match.node for match in matches)
    return Place(
        category=matches[0].kind,
        start_line=node.start_point.row + 1,
        end_line=node.end_point.row + 1,
        code=code.strip()[:_LONGEST_CODE],
        symbol=scopes.around(node.start_point.row + 1),
        value=_value(_outermost(chain.from_iterable(map(_decisive, matches))), source),
        digest=token_digest(constructs, source, free_keys=spec.free_keys),
    )


def _decisive(match: Match) -> Sequence[tree_sitter.Node]:
    """More may decide than what has to be computed: all that a program is given, if not the
    program."""
    return match.captures.get("value") or match.captures.get("computed") or [match.node]


def _outermost(nodes: Iterable[tree_sitter.Node]) -> list[tree_sitter.Node]:
    """The nodes that no other of them holds, in their order."""
    found: list[tree_sitter.Node] = []
    for node in sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte)):
        if not found or node.start_byte >= found[-1].end_byte:
            found.append(node)
    return found


def _value(nodes: Sequence[tree_sitter.Node], source: bytes) -> str:
    """The text of all nodes, each once, on one line. Where that is too long, the middle of what is
    fixed gives way to ``…``: what is put into a text, and how the text goes on, may stand at its
    very end."""
    for keep in (LONGEST_VALUE, *_KEPT_OF_TEXT):
        texts = (_shortened(node, source, keep) for node in nodes)
        value = ", ".join(dict.fromkeys(islice(texts, LONGEST_VALUE)))
        if len(value) <= LONGEST_VALUE:
            break
    return value[:LONGEST_VALUE]


def _shortened(node: tree_sitter.Node, source: bytes, keep: int) -> str:
    """The text of a node, with ``keep`` characters each of the beginning and the end of the fixed
    texts in it."""
    if node.end_byte - node.start_byte <= LONGEST_VALUE:
        return " ".join(text_of(source, node).split())
    parts: list[str] = []
    at = node.start_byte
    for start, end in _fixed_texts(node):
        text = source[start:end].decode("utf-8", "replace")
        short = text if len(text) <= 2 * keep else f"{text[:keep]}…{text[-keep:]}"
        parts += (_between(source, at, start), short)
        at = end
    parts.append(_between(source, at, node.end_byte))
    return " ".join("".join(parts).split())


def _between(source: bytes, start: int, end: int) -> str:
    return source[start : min(end, start + _LONGEST_BETWEEN)].decode("utf-8", "replace")


def _fixed_texts(node: tree_sitter.Node) -> Iterator[Span]:
    """The contents of the literals among the first nodes of an expression."""
    pending, looked_at = [node], 0
    while pending and looked_at < _MOST_NODES:
        current = pending.pop()
        looked_at += 1
        if current.type in _FIXED_TEXTS:
            yield current.start_byte, current.end_byte
        else:
            pending.extend(reversed(current.children))


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
