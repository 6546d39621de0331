"""Puts untrusted text into Markdown: the filters that the page templates use.

What a model says and what a repository holds is shown, never interpreted: no HTML, no image, no
link that the tool did not make.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote as percent_encode

from scout_codebase.plain import CONTROL_CHARACTERS, plain
from scout_codebase.records import Dismissed, Evidence
from scout_codebase.reports.evidence import EvidenceChecker

LinkTo = Callable[[str, int], str]
"""(path, line) -> the address of that line, "" where there is none."""

PAGE_FILTERS = (
    "cell",
    "cite",
    "cite_base",
    "code_cell",
    "code_span",
    "heading",
    "in_file",
    "in_repository",
    "label",
    "name",
    "prose",
    "prose_line",
    "proposal",
    "sentence",
    "source_line",
)
"""The filters that page templates can use besides Jinja's own; see ``filters``."""
SITE_FILTERS = (
    *PAGE_FILTERS,
    "different_steps",
    "excerpt",
    "known",
    "shown_steps",
    "to_page",
)
"""Those that the pages of a site can use; see ``site_text.py``."""

# Shown as code: what stands in back quotes on one line, and addresses that a viewer would link.
_AS_CODE = re.compile(
    r"(?<![\\`])(?P<fence>`+)(?!`)(?P<code>[^\n]{0,1000}?[^`\n])(?P=fence)(?!`)"
    r"|(?i:(?<![a-z0-9])(?:[a-z][a-z0-9+.-]{0,20}://|www\.|mailto:)[^\s`]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)"
)
_FENCED = re.compile(r"^ {0,3}```[^`\n]*\n(.*?)(?:^ {0,3}```+ *$|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$")
_LINE_START = r"^((?:\s|[-+*]\s|\d+[.)]\s|>)*)"
_BREAKS_PAGE = re.compile(_LINE_START + r"(?=#{1,6}(?:\s|$)|=+\s*$|-+\s*$|~{3})")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_STARTS_BLOCK = re.compile(
    r"^(\d*)(?=#{1,6}(?:\s|$)|[-+*](?:\s|$)|[-*_]{3}|[>|]|~{3}|(?<=\d)[.)](?:\s|$))"
)
_LONGEST_LINE = 160


def escape(text: str) -> str:
    """Text whose HTML, links, images and autolinks are shown as they are written. Code in back
    quotes stays code; every other back quote and backslash is escaped, so that no viewer sees
    code, and no escape, where this function does not."""
    parts: list[str] = []
    end = 0
    for match in _AS_CODE.finditer(text):
        gap = _escape_text(text[end : match.start()])
        parts += [gap or " " * bool(parts), _as_code(plain(match["code"] or match.group()))]
        end = match.end()
    return "".join([*parts, _escape_text(text[end:])])


def _escape_text(text: str) -> str:
    text = _ENTITY.sub("&amp;", re.sub(r"[\\`]", r"\\\g<0>", text)).replace("<", "&lt;")
    return re.sub(r"\]([(\[:])", r"\\]\1", text.replace("![", "!\\["))


def sentence(text: str) -> str:
    """One escaped line that ends in a full stop."""
    line = _line(text)
    return line if not line or line[-1] in ".!?:…" else f"{line}."


def _line(text: str) -> str:
    """One escaped line that is running text wherever it stands: no heading, list or quotation."""
    return _STARTS_BLOCK.sub(r"\1\\", escape(plain(text)))


def heading(text: str) -> str:
    return escape(plain(text).strip("# ")).rstrip(".")


def cell(text: str) -> str:
    """Escaped text that cannot leave its table cell."""
    return plain(text).replace("|", "\\|")


def name(text: str) -> str:
    """A raw name, escaped for running text and for table cells."""
    return cell(_line(text))


def label(text: str) -> str:
    """A raw name as the text of a link, which no bracket in it can end."""
    return re.sub(r"(?<!\\)((?:\\\\)*)([\[\]])", r"\1\\\2", name(text.replace("`", "'")))


def code_span(text: str) -> str:
    """A code span whose fence is longer than any run of back quotes in it."""
    return _as_code(_shortened(plain(text)))


def _as_code(line: str) -> str:
    if not line:
        return ""
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def code_cell(text: str) -> str:
    return code_span(text).replace("|", "\\|")


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"


def prose(text: str) -> str:
    """Paragraphs, lists and fenced code of the model's, escaped; its headings become bold
    lines."""
    parts = _FENCED.split(CONTROL_CHARACTERS.sub(" ", text))
    blocks = (fenced(part) if number % 2 else _running(part) for number, part in enumerate(parts))
    return "".join(blocks).strip()


def _running(text: str) -> str:
    return "\n".join(_prose_line(line) for line in escape(text).split("\n"))


def _prose_line(line: str) -> str:
    title = _HEADING.match(line)
    return f"**{title.group(1)}**" if title else _BREAKS_PAGE.sub(r"\1\\", line)


def fenced(code: str) -> str:
    """At the start of a line and without a language, so that nothing is drawn from it."""
    fence = "`" * max(3, _longest_run(code) + 1)
    return f"{fence}\n{code.rstrip()}\n{fence}"


def no_link(_path: str, _line: int) -> str:
    return ""


def filters(
    checker: EvidenceChecker, link_to: LinkTo, link_to_base: LinkTo = no_link
) -> Mapping[str, Callable[..., Any]]:
    """The filters of ``PAGE_FILTERS``. ``link_to_base`` is for places of the base."""

    def cite(place: Evidence | Dismissed | Mapping[str, Any]) -> str:
        path, line = _place(place)
        return _link(path, line, link_to)

    def cite_base(place: Mapping[str, Any]) -> str:
        return _link(*_place(place), link_to_base)

    def source_line(place: Evidence | Dismissed) -> str:
        path, line = _place(place)
        source = checker.source(path)
        return source.line(line).strip() if source and line else ""

    def in_repository(text: str) -> bool:
        return bool(text.strip()) and checker.contains(text)

    def in_file(text: str, path: str) -> bool:
        source = checker.source(path)
        return bool(text.strip()) and source is not None and text.strip("\"' ") in source.text

    def checked_prose(text: str) -> str:
        return _mark_unknown_names(prose(text), checker)

    return {
        "cell": cell,
        "cite": cite,
        "cite_base": cite_base,
        "code_cell": code_cell,
        "code_span": code_span,
        "heading": heading,
        "in_file": in_file,
        "in_repository": in_repository,
        "label": label,
        "name": name,
        "prose": checked_prose,
        "prose_line": lambda text: sentence(text.split("\n\n")[0]),
        "proposal": sentence,  # names that are yet to be made are not in the repository
        "sentence": lambda text: _mark_unknown_names(sentence(text), checker),
        "source_line": source_line,
    }


def _place(place: Evidence | Dismissed | Mapping[str, Any]) -> tuple[str, int]:
    if isinstance(place, Evidence):
        return place.path, place.start_line
    if isinstance(place, Dismissed):
        return place.path, place.line
    return place["path"], place.get("line", 0)


def _link(path: str, line: int, link_to: LinkTo) -> str:
    label = code_cell(f"{path}:{line}" if line else path)
    address = link_to(path, line)
    return f"[{label}]({percent_encode(address, safe='/:#.-_~%@+,=')})" if address else label


def _mark_unknown_names(text: str, checker: EvidenceChecker) -> str:
    """A name in code font that stands nowhere in the repository is marked as such."""

    def marked(match: re.Match[str]) -> str:
        name = match.group()[1:-1].strip()
        if not _looks_like_a_name(name) or checker.contains(name.removesuffix("()")):
            return match.group()
        return f"{match.group()} *(not in the repository)*"

    return re.sub(r"(?<![`\\])`[^`\n]+`(?!`)", marked, text)


def _looks_like_a_name(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z_][\w./:-]*(?:\(\))?", text) is not None
