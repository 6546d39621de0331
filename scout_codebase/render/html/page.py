"""The frame of every HTML page: one file that loads nothing, with landmarks and a skip link.

A browser is told to fetch nothing at all (Content Security Policy, W3C), and to take no style and
no script but those whose digests are named: whatever else stands in the page, it cannot act.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape as _escape
from importlib.resources import files

from scout_codebase.plain import plain

_STYLES = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_LONGEST = 160  # characters of a name that are shown


@dataclass(frozen=True, slots=True)
class Heading:
    """A section of a page, as its table of contents names it."""

    id: str
    text: str


def text(value: object) -> str:
    """Any text as HTML, for content and for attributes between double quotes: on one line, without
    control characters."""
    return _escape(plain(str(value)), quote=True)


def short(value: str, longest: int = _LONGEST) -> str:
    """Cut in the middle, as both ends of a path say most. Not escaped."""
    line = plain(value)
    if len(line) <= longest:
        return line
    front = (longest - 1) // 2
    return f"{line[:front]}…{line[front + 1 - longest :]}"


def page(title: str, body: str, *, contents: Sequence[Heading] = (), home: str = "") -> str:
    """``body`` is HTML that was escaped; its styles, those of pictures, are let through by digest.
    ``home`` is the address of the page above this one."""
    style, script = _resource("page.css"), _resource("page.js")
    styles = " ".join(_digest(row) for row in (style, *_STYLES.findall(body)))
    policy = (
        f"default-src 'none'; style-src {styles}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{text(short(title))}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the content</a>\n'
        f"{_header(home)}{_contents(contents)}"
        f'<main id="main" tabindex="-1">\n{body}</main>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _header(home: str) -> str:
    above = f'<a href="{text(home)}">All reports</a>' if home else ""
    return f'<header class="top"><span class="tool">scout-codebase</span>{above}</header>\n'


def _contents(contents: Sequence[Heading]) -> str:
    if len(contents) < 2:
        return ""
    rows = "".join(
        f'<li><a href="#{text(row.id)}">{text(short(row.text, 60))}</a></li>' for row in contents
    )
    return f'<nav class="contents" aria-label="On this page"><ul>{rows}</ul></nav>\n'


@cache
def _resource(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _digest(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"
