"""The filters of the pages of a site, and the names and files that they come upon."""

from __future__ import annotations

import posixpath
import re
import textwrap
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from scout_codebase.plain import plain
from scout_codebase.reports.commands import shown_steps
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import (
    LinkTo,
    code_cell,
    code_span,
    fenced,
    filters,
    label,
    sentence,
)
from scout_codebase.reports.names import NameCheck

_LONGEST_CODE = 160
_REFERENCE = re.compile(r"\[(?P<code>`[^`\n]+`)\](?:\[[^\]\n]*\]|\([^)\s]*\))?")
_WHOLE = re.compile(r".{20,}[.!?](?=\s)", re.DOTALL)
_FENCED = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1[`~]* *$|\Z)", re.MULTILINE | re.DOTALL)


def whole_sentences(text: str) -> str:
    """Without what was begun behind the last whole sentence, where there is one."""
    text = text.strip().rstrip(",;")
    whole = _WHOLE.match(text)
    return whole[0] if whole and text[-1] not in ".!?:…)`\"'" else text


def without_references(text: str) -> str:
    """Documentation whose links to other names, as rustdoc and KDoc have them, are the names."""
    return _REFERENCE.sub(r"\g<code>", text)


def whole_words(code: str) -> str:
    """One line of code that is not too long; where it is cut, no half of a name is left."""
    line = plain(code)
    if len(line) > _LONGEST_CODE:
        line = f"{line[: _LONGEST_CODE - 1]}…"
    return re.sub(r"\w+…$", "…", line)


def different_steps(steps: Sequence[Any], symbol: Mapping[str, Any]) -> list[Any]:
    """Those that a line of their own shows, other than the one that the definition begins with."""
    first = (symbol["path"], symbol["line"])
    rows: dict[tuple[str, int], Any] = {}
    for step in steps:
        rows.setdefault((step["evidence"].path, step["evidence"].start_line), step)
    return [step for place, step in rows.items() if place != first]


class PageText:
    """What the templates of one page put text through. ``filters`` are those of ``SITE_FILTERS``;
    ``cited`` are the paths that the page has linked to so far."""

    def __init__(
        self,
        path: str,
        pages: Collection[str],
        checker: EvidenceChecker,
        link_to: LinkTo,
        packages: Collection[str],
    ) -> None:
        self.names = NameCheck(checker, packages)
        self.cited: set[str] = set()
        self._path, self._pages, self._checker, self._link_to = path, pages, checker, link_to
        self.filters = self._filters()

    def _filters(self) -> Mapping[str, Callable[..., Any]]:
        common = dict(filters(self._checker, self._cited_link))
        prose = common["prose_line"]
        return {
            **common,
            "code_cell": lambda text: code_cell(whole_words(text)),
            "code_span": lambda text: code_span(whole_words(text)),
            "excerpt": self._excerpt,
            "known": self.names.keep_known,
            "prose": self._paragraph,
            "prose_line": lambda text: self.names.keep_known(prose(without_references(text))),
            "different_steps": different_steps,
            "shown_steps": lambda steps: shown_steps(steps, self._checker),
            "sentence": lambda text: self.names.keep_known(sentence(whole_sentences(text))),
            "to_page": self._to_page,
        }

    def _cited_link(self, path: str, line: int) -> str:
        self.cited.add(path)
        return self._link_to(path, line)

    def _paragraph(self, text: str) -> str:
        """Running text of the model's as one paragraph: code of its own making is no documentation,
        and a list or heading is not what was asked for."""
        return self.names.keep_known(sentence(whole_sentences(_FENCED.sub(" ", text))))

    def _to_page(self, page: str, text: str) -> str:
        """A link to another page of the site, or the text alone where there is no such page."""
        if page not in self._pages:
            return label(text)
        return f"[{label(text)}]({posixpath.relpath(page, posixpath.dirname(self._path) or '.')})"

    def _excerpt(self, place: Mapping[str, Any]) -> str:
        """The lines of a place, as a block of code."""
        source = self._checker.source(place["path"])
        if source is None or not place["line"]:
            return ""
        self.cited.add(place["path"])
        last = min(place.get("end_line") or place["line"], source.line_count)
        lines = [source.line(number) for number in range(place["line"], last + 1)]
        return fenced(textwrap.dedent("\n".join(lines)).expandtabs(4))
