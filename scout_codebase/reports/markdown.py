"""Puts untrusted text into Markdown: the filters that the page templates use.

What a model says and what a repository holds is shown, never interpreted: no HTML, no image, no
link that the tool did not make.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote as percent_encode

from scout_codebase.records import Dismissed, Evidence
from scout_codebase.reports.evidence import EvidenceChecker

LinkTo = Callable[[str, int], str]
"""(path, line) -> the address of that line, "" where there is none."""

PAGE_FILTERS = (
    "cell",
    "cite",
    "code_cell",
    "code_span",
    "heading",
    "in_file",
    "in_repository",
    "name",
    "prose",
    "prose_line",
    "sentence",
    "source_line",
)
"""The filters that page templates can use besides Jinja's own; see ``filters``."""

_CODE = re.compile(r"(```.*?(?:```|\Z)|``.*?``|`[^`\n]*`)", re.DOTALL)
_CONTROL_CHARACTERS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
_ADDRESS = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.|mailto:)[^\s`]+")
_LONGEST_LINE = 160


def plain(text: str) -> str:
    """One line without control characters or bidirectional overrides."""
    return " ".join(_CONTROL_CHARACTERS.sub(" ", text).split())


def escape(text: str) -> str:
    """Text whose HTML, links, images and autolinks are shown as they are written. Code in back
    quotes stays code."""
    parts = _CODE.split(text)
    return "".join(part if number % 2 else _escape_text(part) for number, part in enumerate(parts))


def _escape_text(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("`", "\\`")
    text = re.sub(r"\]([(\[:])", r"\\]\1", text.replace("![", "!\\["))
    return _ADDRESS.sub(lambda address: f"`{address.group()}`", text)


def sentence(text: str) -> str:
    """One escaped line that ends in a full stop."""
    line = escape(plain(text))
    return line if not line or line[-1] in ".!?:" else f"{line}."


def heading(text: str) -> str:
    return escape(plain(text).strip("# ")).rstrip(".")


def cell(text: str) -> str:
    """Escaped text that cannot leave its table cell."""
    return plain(text).replace("|", "\\|")


def name(text: str) -> str:
    """A raw name, escaped for running text and for table cells."""
    return cell(escape(plain(text)))


def code_span(text: str) -> str:
    """A code span whose fence is longer than any run of back quotes in it."""
    line = _shortened(plain(text))
    if not line:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def code_cell(text: str) -> str:
    return code_span(text).replace("|", "\\|")


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"


def prose(text: str) -> str:
    """Paragraphs and lists of the model's, escaped; its headings become bold lines."""
    lines = []
    for line in escape(_CONTROL_CHARACTERS.sub(" ", text)).splitlines():
        title = re.match(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$", line)
        lines.append(f"**{title.group(1)}**" if title else line)
    return "\n".join(lines).strip()


def filters(checker: EvidenceChecker, link_to: LinkTo) -> Mapping[str, Callable[..., Any]]:
    """The filters of ``PAGE_FILTERS``."""

    def cite(place: Evidence | Dismissed | Mapping[str, Any]) -> str:
        path, line = _place(place)
        return _link(path, line, link_to)

    def source_line(evidence: Evidence) -> str:
        source = checker.source(evidence.path)
        return source.line(evidence.start_line).strip() if source else ""

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
        "code_cell": code_cell,
        "code_span": code_span,
        "heading": heading,
        "in_file": in_file,
        "in_repository": in_repository,
        "name": name,
        "prose": checked_prose,
        "prose_line": lambda text: sentence(text.split("\n\n")[0]),
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

    return re.sub(r"(?<!`)`[^`\n]+`(?!`)", marked, text)


def _looks_like_a_name(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z_][\w./:-]*(?:\(\))?", text) is not None
