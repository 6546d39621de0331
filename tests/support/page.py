"""What a viewer makes of a page: CommonMark with tables, raw HTML let through."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
_MADE_BY_MARKDOWN = frozenset(
    (
        *("a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li"),
        *("ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    )
)


@dataclass
class Page:
    """``strange`` are tags and attributes that no Markdown makes; ``text`` is what is read."""

    html: str
    links: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    text: str = ""


def rendered(markdown: str) -> Page:
    page = Page(_MARKDOWN.render(markdown))
    parser = _Reader(page)
    parser.feed(page.html)
    parser.close()
    return page


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        page = self._page
        page.tags.append(tag)
        if tag not in _MADE_BY_MARKDOWN:
            page.strange.append(tag)
        for name, value in attrs:
            if (tag, name) == ("a", "href"):
                page.links.append(value or "")
            elif name not in ("class", "style", "start") and (tag, name) != ("a", "id"):
                page.strange.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self._page.text += data

    def handle_comment(self, data: str) -> None:
        self._page.strange.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self._page.strange.append(f"declaration {decl}")

    def unknown_decl(self, data: str) -> None:
        self._page.strange.append(f"declaration {data}")

    def handle_pi(self, data: str) -> None:
        self._page.strange.append(f"instruction {data}")
