"""A page as HTML: what it shows, and that a browser is told to run and fetch nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from scout_codebase.render.html import render_html

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg"><style>text { fill: red }</style><text>7</text></svg>'
)
PAGE = """# Recall

![the curve](probe.svg)

| a | b |
| --- | --- |
| 1 | `x < y` |

<script>alert(1)</script> [link](javascript:alert(1)) ![far](https://example.com/a.png)
"""


class Tags(HTMLParser):
    """Every element with its attributes, and the text outside styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def names(self) -> set[str]:
        return {tag for tag, _ in self.found}


def test_the_picture_stands_in_the_page_and_nothing_else_is_loaded() -> None:
    page = Tags(render_html("Recall probe: shop", PAGE, {"probe.svg": PICTURE}))
    assert {"svg", "table", "main", "h1", "title"} <= page.names()
    assert page.names().isdisjoint({"img", "script", "link", "iframe", "object", "a"})
    assert "<script>alert(1)</script>" in page.text
    assert "far" in page.text
    assert "x < y" in page.text


def test_a_browser_takes_the_styles_that_stand_in_the_page_and_nothing_more() -> None:
    page = render_html("t", PAGE, {"probe.svg": PICTURE})
    policy = next(
        attributes["content"] or ""
        for tag, attributes in Tags(page).found
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in styles]
    assert rules["default-src"] == "'none'"
    assert rules["style-src"].split() == [f"'sha256-{digest}'" for digest in digests]
    assert len(styles) == 2


def test_a_title_is_text() -> None:
    page = Tags(render_html("</title><script>x</script>", "", {}))
    assert "script" not in page.names()


@given(st.text(st.sampled_from("<>&\"'`![]()#|*_\\:/ \nascript=onerror"), max_size=200))
def test_no_markdown_runs_or_fetches_anything(markdown: str) -> None:
    page = Tags(render_html("t", markdown, {}))
    assert page.names().isdisjoint({"img", "script", "link", "iframe", "svg"})
    for _, attributes in page.found:
        assert not any(name.startswith("on") for name in attributes)
        assert not (attributes.get("href") or "").lower().startswith(("javascript:", "data:"))
