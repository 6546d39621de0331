"""A page's Markdown as HTML: the same content, with tables that scroll, pictures and drawings in
place, and no link that leads anywhere but into the page, to its neighbours or to the hosted source.

What a model or a repository wrote comes through the Markdown, which may hold no HTML.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from scout_codebase.plain import plain
from scout_codebase.records import Severity
from scout_codebase.render.html.page import Heading, text

_ANCHOR = re.compile(r"\s*<a id=\"([a-z0-9-]+)\"></a>\s*$")
_NEIGHBOUR = re.compile(r"[a-z0-9-]+(?:\.incomplete)?\.md")
_NOT_IN_ADDRESS = re.compile(r"[^a-z0-9]+")
_SEVERITIES = frozenset(Severity)
_LONGEST_ID = 48
_LONG_ASIDE = 5  # items


@dataclass(frozen=True, slots=True)
class Drawn:
    """What stands in a page in place of a name. ``pictures`` are SVG by the names under which the
    page refers to them, ``drawings`` HTML by the text of the diagram that they draw."""

    pictures: Mapping[str, str] = field(default_factory=dict)
    drawings: Mapping[str, str] = field(default_factory=dict)


class Body:
    """The tokens of one page, which can be rendered in stretches. ``pages`` are the addresses of
    pages of Markdown that it may lead to."""

    def __init__(self, markdown: str, drawn: Drawn, pages: frozenset[str] = frozenset()) -> None:
        self._renderer = _Renderer()
        self._parser = MarkdownIt("commonmark", {"html": False}).enable("table")
        self._environment = {"drawn": drawn, "pages": pages}
        self.headings: list[Heading] = []
        self.tokens = _marked_tables(self._named_headings(self._parser.parse(markdown)))

    def render(self, tokens: Sequence[Token]) -> str:
        return self._renderer.render(list(tokens), self._parser.options, self._environment)

    def _named_headings(self, tokens: list[Token]) -> list[Token]:
        """Each heading has an id: the one that the template gave it, else one made of its text."""
        taken: set[str] = set()
        for opening, inline in itertools.pairwise(tokens):
            if opening.type != "heading_open":
                continue
            name = _take_anchor(inline) or _made_id(inline, taken)
            taken.add(name)
            opening.attrSet("id", name)
            if opening.tag == "h2":
                self.headings.append(Heading(name, plain_text(inline)))
        return tokens


def _take_anchor(inline: Token) -> str:
    """``<a id="…"></a>`` at the end of a heading is the template's: in any other text a ``<`` was
    escaped."""
    match = _ANCHOR.search(inline.content)
    if match is None or not inline.children:
        return ""
    last = inline.children[-1]
    last.content = _ANCHOR.sub("", last.content)
    return match[1]


def _made_id(inline: Token, taken: set[str]) -> str:
    words = _NOT_IN_ADDRESS.sub("-", plain_text(inline).lower())[:_LONGEST_ID].strip("-")
    name = words or "section"
    number = 2
    while name in taken or name == "main":
        name, number = f"{words or 'section'}-{number}", number + 1
    return name


def plain_text(inline: Token) -> str:
    """What is read of a line, without its marks."""
    return plain("".join(child.content for child in inline.children or ()))


def _marked_tables(tokens: list[Token]) -> list[Token]:
    """Each table knows the heading that it stands below. A table whose head is empty has none: the
    cells of its first column are the heads of its rows."""
    marked: list[Token] = []
    heading, at = "", 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "heading_open":
            heading = plain_text(tokens[at + 1])
        if token.type == "table_open":
            end = end_of(tokens, at, "table_close")
            marked += _marked_table(tokens[at : end + 1], heading)
            at = end
        else:
            marked.append(token)
        at += 1
    return marked


def end_of(tokens: Sequence[Token], start: int, name: str) -> int:
    """The first token of that name from ``start`` on, of those that do not nest."""
    return next(at for at in range(start, len(tokens)) if tokens[at].type == name)


def _marked_table(tokens: list[Token], heading: str) -> list[Token]:
    tokens[0].meta["heading"] = heading
    end = end_of(tokens, 0, "thead_close")
    if any(token.content for token in tokens[:end] if token.type == "inline"):
        for at, token in enumerate(tokens[:end]):
            if token.type == "th_open" and tokens[at + 1].content:
                token.attrSet("scope", "col")
            elif token.type == "th_open":
                token.tag = tokens[at + 2].tag = "td"  # a head that is empty heads nothing
        _mark_severities(tokens)
        return tokens
    tokens[0].meta["headless"] = True
    rest = tokens[end + 1 :]
    for at, opening in enumerate(rest):
        if opening.type == "tr_open":
            rest[at + 1].type, rest[at + 1].tag = "th_open", "th"
            rest[at + 1].attrSet("scope", "row")
            rest[at + 3].type, rest[at + 3].tag = "th_close", "th"
    return [tokens[0], *rest]


def _mark_severities(tokens: Sequence[Token]) -> None:
    """The cells below the head ``severity``, where they hold one and no more."""
    heads: list[str] = []
    column = 0
    for at, token in enumerate(tokens):
        if token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            heads.append(tokens[at + 1].content)
        elif token.type == "td_open":
            content = tokens[at + 1].content
            if heads[column : column + 1] == ["severity"] and content in _SEVERITIES:
                token.attrSet("class", f"severity {content}")
            column += 1


class _Renderer(RendererHTML):
    """Wide tables and code scroll by themselves, by keyboard too; no picture but ours is shown, and
    no link leads to a file on disk: a browser would run what is in it."""

    def table_open(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        meta = tokens[index].meta
        label = text(meta["heading"] or "Table")
        kind = "facts" if meta.get("headless") else "rows"
        return (
            f'<div class="wide" role="group" aria-label="{label}" tabindex="0">'
            f'<table class="{kind}"><caption>{label}</caption>\n'
        )

    def table_close(self, *_: Any) -> str:
        return "</table></div>\n"

    def bullet_list_open(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """A long list that is an aside, such as that of what failed, is folded."""
        end, count = index + 1, 0
        while tokens[end].type != "bullet_list_close" or tokens[end].level != tokens[index].level:
            count += tokens[end].type == "list_item_open"
            end += 1
        is_long = count > _LONG_ASIDE and bool(index) and tokens[index].level > 0
        tokens[end].meta["folded"] = is_long
        opening = f"<details><summary>All {count} of them</summary>" if is_long else ""
        return f"{opening}<ul>\n"

    def bullet_list_close(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        return "</ul></details>\n" if tokens[index].meta.get("folded") else "</ul>\n"

    def image(self, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
        token = tokens[index]
        picture = env["drawn"].pictures.get(token.attrGet("src"))
        return picture if picture is not None else escape(token.content)

    def fence(self, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
        content = tokens[index].content
        drawing = env["drawn"].drawings.get(content.strip())
        return drawing if drawing is not None else _scrolling(content)

    def code_block(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        return _scrolling(tokens[index].content)

    def link_open(self, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
        address = _followed(str(tokens[index].attrGet("href") or ""), env["pages"])
        closing = tokens[end_of(tokens, index, "link_close")]
        closing.meta["shown"] = bool(address)
        if not address:
            return ""
        leaves = ' rel="noreferrer noopener"' if address.startswith("https://") else ""
        return f'<a href="{escape(address)}"{leaves}>'

    def link_close(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        return "</a>" if tokens[index].meta.get("shown") else ""


def _scrolling(code: str) -> str:
    return (
        '<pre tabindex="0" role="group" aria-label="Code"><code>'
        f"{escape(code, quote=False)}</code></pre>\n"
    )


def _followed(address: str, pages: frozenset[str]) -> str:
    """The address that a link keeps, "" for none."""
    if address.startswith(("#", "https://")) or address in pages:
        return address
    return f"{address[:-3]}.html" if _NEIGHBOUR.fullmatch(address) else ""
