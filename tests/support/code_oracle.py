"""Which code a stretch of source text is, told by the grammars themselves.

The oracle shares nothing with the checker of evidence: it puts a quote in the place of what was
found, parses the whole file, and compares the leaves of the tree. Where Python's own parser reads
both, it has to agree.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import tree_sitter

from scout_codebase.languages.spec import LanguageSpec
from scout_codebase.languages.syntax import load_grammar

REMARKS = {"python": "#", "typescript": "//", "tsx": "//", "javascript": "//", "go": "//"}
REMARKS |= {"haskell": "--", "kotlin": "//", "cmake": "#", "yaml": "#", "toml": "#", "make": "#"}
REMARKS |= {"rust": "//", "java": "//", "csharp": "//", "c": "//", "cpp": "//", "shell": "#"}


@dataclass(frozen=True)
class Source:
    path: str
    text: str
    spec: LanguageSpec | None

    @property
    def language(self) -> str:
        return self.spec.name if self.spec else ""


@dataclass(frozen=True)
class Leaf:
    """A token, by offsets in characters. ``is_text``: blanks in it count."""

    start: int
    end: int
    text: str
    comment: bool = False


def has_grammar(source: Source) -> bool:
    spec = source.spec
    return spec is not None and spec.grammar is not None and spec.view is None


def same_code(source: Source, start: int, end: int, quote: str) -> bool:
    """Whether the file is the same code with the quote in the place of that stretch."""
    text = source.text
    ended = quote + "\n" * (text[end : end + 1] not in ("", "\n") and _has_remark(source, quote))
    spliced = text[:start] + ended + text[end:]
    if source.language == "json":
        return _json(text) == _json(spliced) is not None or text[start:end].split() == quote.split()
    if source.spec is None or source.spec.grammar is None:
        return _words(source, text[start:end]) == _words(source, quote)
    if not has_grammar(source) or (
        _is_broken(source.spec, spliced) and not _is_broken(source.spec, text)
    ):
        return _runs(source, text[start:end]) == _runs(source, quote)
    if _shown(source.spec, text) != _shown(source.spec, spliced):
        return False
    if source.language == "python" and not _has_lost_indentation(quote):
        trees = _tree(text), _tree(spliced)
        return None in trees or trees[0] == trees[1]
    return True


def _words(source: Source, text: str) -> list[str]:
    """What blanks separate, comments at the ends of lines aside: for what has no grammar."""
    mark = REMARKS.get(source.language)
    return (re.sub(rf"(?m)(?:^|(?<=\s)){mark}.*$", "", text) if mark else text).split()


def _runs(source: Source, text: str) -> list[str]:
    """Words, and signs that touch: for what its grammar does not read as it stands."""
    signs = r"\w+|[()\[\]{},;]|[^\w\s()\[\]{},;]+"
    return re.findall(signs, " ".join(_words(source, text)))


@cache
def _is_broken(spec: LanguageSpec, text: str) -> bool:
    return tree_sitter.Parser(load_grammar(spec)).parse(text.encode()).root_node.has_error


def _has_lost_indentation(quote: str) -> bool:
    """Of every line, or moved as a whole: in the place of the source it makes other blocks."""
    return quote.startswith("\n") or all(line == line.lstrip() for line in quote.splitlines())


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _has_remark(source: Source, quote: str) -> bool:
    return REMARKS.get(source.language, "\0") in quote.rpartition("\n")[2]


@cache
def _tree(text: str) -> str | None:
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = " ".join(node.value.split())  # the leaves compare these
    return ast.dump(module)


@cache
def _shown(spec: LanguageSpec, text: str) -> tuple[str, ...]:
    """The text of every token but comments. Of a string the ends of its lines do not count, and of
    one that is a statement no blank does."""
    return tuple(leaf.text for leaf in leaves(spec, text) if not leaf.comment)


@cache
def leaves(spec: LanguageSpec, text: str) -> tuple[Leaf, ...]:
    data = text.encode()
    tree = tree_sitter.Parser(load_grammar(spec)).parse(data)
    return tuple(_leaves(tree.root_node, data, _offsets(text)))


def _offsets(text: str) -> Callable[[int], int]:
    if text.isascii():
        return lambda at: at
    table: dict[int, int] = {}
    at = 0
    for index, character in enumerate(text):
        table[at] = index
        at += len(character.encode())
    table[at] = len(text)
    return lambda offset: table[offset]


def _leaves(root: tree_sitter.Node, data: bytes, offset: Callable[[int], int]) -> Iterator[Leaf]:
    pending = [root]
    while pending:
        node = pending.pop()
        comment = "comment" in node.type
        if node.child_count and not comment and not _is_whole(node):
            pending.extend(reversed(node.children))
            continue
        raw = data[node.start_byte : node.end_byte].decode()
        if not raw.strip():
            continue
        text = re.sub(r"[ \t\r]*\n[ \t\r]*", "\n", raw).strip()
        text = re.sub(r"^#[ \t]+(?=\w+$)", "#", text)  # a directive
        if _is_statement(node) or node.type in ("text", "jsx_text"):
            text = " ".join(text.split())
        yield Leaf(offset(node.start_byte), offset(node.end_byte), text, comment)


def _is_whole(node: tree_sitter.Node) -> bool:
    """Whether what is between the children of a node counts too."""
    is_string = "string" in node.type and not node.type.endswith("type")
    is_string = is_string and node.type != "concatenated_string"
    return is_string or "heredoc" in node.type


def _is_statement(node: tree_sitter.Node) -> bool:
    parent = node.parent
    return (
        node.type == "string"
        and parent is not None
        and parent.type == "expression_statement"
        and parent.child_count == 1
    )
