"""Markdown as HTML: what it shows, and that a browser is told to run and fetch nothing."""

from __future__ import annotations

import base64
import hashlib
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from support.html import Tags, assert_harmless

from scout_codebase.render.html.body import Body, Drawn
from scout_codebase.render.html.page import page

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg"><style>text { fill: red }</style><text>7</text></svg>'
)
PAGE = """# Recall

![the curve](probe.svg)

## Rows of it

| a | severity |
| --- | --- |
| 1 | `x < y` |
| high | high |

| | |
| --- | --- |
| Model | m |

```mermaid
flowchart LR
```

<script>alert(1)</script> [link](javascript:alert(1)) ![far](https://example.com/a.png)
[file](../shop/index.html#L3) [probe](probe.md) [line](https://github.com/o/r/blob/c/a.py#L3)
[below](#rows-of-it)
"""


def html_of(markdown: str, drawn: Drawn | None = None) -> str:
    body = Body(markdown, drawn or Drawn())
    return page("t", body.render(body.tokens), contents=body.headings)


def test_the_picture_and_the_drawing_stand_in_the_page_and_nothing_else_is_loaded() -> None:
    drawn = Drawn({"probe.svg": PICTURE}, {"flowchart LR": "<svg id='drawn'></svg>"})
    text = html_of(PAGE, drawn)
    assert_harmless(text)
    tags = Tags(text)
    assert {"svg", "table", "main", "h1", "title"} <= tags.names()
    assert "<svg id='drawn'>" in text
    assert "<script>alert(1)</script>" in tags.text
    assert "far" in tags.text
    assert "x < y" in tags.text


def test_a_diagram_that_nobody_drew_is_shown_as_it_is_written() -> None:
    assert "flowchart LR" in Tags(html_of(PAGE)).text


def test_links_lead_into_the_page_to_its_neighbours_and_to_the_hosted_source() -> None:
    """A browser would run a file of the repository that is linked to on disk."""
    links = [row["href"] for row in Tags(html_of(PAGE)).all("a")]
    assert links[-3:] == ["probe.html", "https://github.com/o/r/blob/c/a.py#L3", "#rows-of-it"]
    assert not [link for link in links if link and "shop" in link]
    assert "file" in Tags(html_of(PAGE)).text


def test_tables_have_captions_and_heads() -> None:
    text = html_of(PAGE)
    tags = Tags(text)
    assert text.count("<caption>Rows of it</caption>") == 2
    assert [row.get("scope") for row in tags.all("th")] == ["col", "col", "row"]
    assert len(tags.with_class("severity")) == 1, "in its own column alone"
    regions = [row for row in tags.all("div") if row.get("role") == "group"]
    assert [row.get("tabindex") for row in regions] == ["0", "0"]


def test_headings_can_be_linked_to() -> None:
    text = html_of('# a\n\n## Same, same\n\n## Same same\n\n## ?\n\n## One <a id="x-1"></a>\n')
    names = re.findall(r'<h2 id="([^"]*)"', text)
    assert names == ["same-same", "same-same-2", "section", "x-1"]
    assert [row["href"] for row in Tags(text).all("a")][1:] == [f"#{name}" for name in names]
    assert "&lt;a id" not in text


def test_an_anchor_in_the_title_of_a_finding_is_text() -> None:
    """Escaped, it looked like the template's own once it was read."""
    text = html_of('## &lt;a id="main"&gt;&lt;/a&gt;\n')
    assert '<h2 id="a-id-main-a">' in text
    assert '<a id="main"></a>' in Tags(text).text


def test_a_long_list_in_a_quotation_is_folded() -> None:
    rows = "".join(f"> - row {number}\n" for number in range(9))
    assert "All 9 of them" in html_of(f"> **Failed.**\n{rows}")
    assert "All 9 of them" not in html_of(rows.replace("> ", ""))


def test_a_browser_takes_the_styles_and_the_script_of_the_page_and_nothing_more() -> None:
    text = html_of(PAGE, Drawn({"probe.svg": PICTURE}))
    policy = next(
        row["content"] or ""
        for row in Tags(text).all("meta")
        if row.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.keys() == {"default-src", "style-src", "script-src", "base-uri", "form-action"}
    for kind, count in (("style", 2), ("script", 1)):
        parts = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digests = [hashlib.sha256(part.encode()).digest() for part in parts]
        told = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
        assert rules[f"{kind}-src"].split() == told
        assert len(parts) == count
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"


def test_a_title_is_text() -> None:
    text = page("</title><script>x</script>", "")
    assert_harmless(text)
    assert "&lt;/title&gt;" in text


@settings(deadline=None)
@given(st.text(st.sampled_from("<>&\"'`![]()#|*_\\:/ \nascript=onerror"), max_size=200))
def test_no_markdown_runs_or_fetches_anything(markdown: str) -> None:
    body = Body(markdown, Drawn())
    tags = Tags(body.render(body.tokens))
    assert tags.names().isdisjoint({"img", "script", "link", "iframe", "svg"})
    for _, attributes in tags.found:
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith(("#", "https://"))
