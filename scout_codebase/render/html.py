"""A Markdown page with pictures as one HTML file: no script, and nothing is loaded from elsewhere.

What a model or a repository wrote comes through the Markdown, which may hold no HTML; the pictures
are our own. A browser is told to run and fetch nothing at all (Content Security Policy, W3C), and
to take no style but those whose digests are named.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_STYLE = """
:root { color-scheme: light dark;
  --ink: #1f2328; --page: #ffffff; --line: #d0d7de; --quiet: #f6f8fa; --link: #0550ae }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1, h2, h3 { line-height: 1.25; margin: 2rem 0 .75rem }
h1 { margin-top: 0 }
a { color: var(--link) }
code { background: var(--quiet); border-radius: 4px; padding: .1em .3em; font-size: .9em;
  overflow-wrap: break-word }
pre { background: var(--quiet); border-radius: 6px; padding: .75rem; overflow: auto }
pre code { padding: 0; overflow-wrap: normal }
.wide { overflow-x: auto }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { border: 1px solid var(--line); padding: .3rem .6rem;
  text-align: left; vertical-align: top }
th { background: var(--quiet) }
svg { max-width: 100%; height: auto }
@media (prefers-color-scheme: dark) {
:root { --ink: #e6edf3; --page: #0d1117; --line: #30363d; --quiet: #161b22; --link: #6cb6ff }
}
@media print {
main { max-width: none; padding: 0 }
a { color: inherit }
tr, svg { break-inside: avoid }
}
"""
_STYLES = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def render_html(title: str, markdown: str, pictures: Mapping[str, str]) -> str:
    """``pictures`` are SVG by the name under which the page refers to them."""
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
    body = parser.render(markdown, {"pictures": pictures})
    styles = [_STYLE, *(style for svg in pictures.values() for style in _STYLES.findall(svg))]
    allowed = " ".join(map(_source, styles))
    policy = f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _source(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


class _Renderer(RendererHTML):
    """Wide tables scroll by themselves, by keyboard too; a picture of ours stands in the page, and
    no other picture is loaded."""

    def table_open(self, *_: Any) -> str:
        return '<div class="wide" role="region" aria-label="Table" tabindex="0"><table>\n'

    def table_close(self, *_: Any) -> str:
        return "</table></div>\n"

    def image(self, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
        token = tokens[index]
        picture = env["pictures"].get(token.attrGet("src"))
        return picture if picture is not None else escape(token.content)
