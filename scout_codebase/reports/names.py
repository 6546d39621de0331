"""Names in code font: what the repository and its dependencies know, and what was made up.

A name is known where its words stand in this order in a file or are a path, or where its last part
is defined in a file that the parts before it lead to. A name that is not known stays as text and
loses its code font. Longer code (a command, an expression) is known where all of its words are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from markdown_it import MarkdownIt

from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import escape

_SPAN = re.compile(r"(?<![`\\])(?P<fence>`+)(?!`)(?P<code>[^\n]*?[^`\n])(?P=fence)(?!`)")
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"[@$]?(?P<name>[^\W\d][\w./:-]*)(?:\(.*\))?")
_SEPARATOR = re.compile(r"::|->|[./:]")
_ADDRESS = re.compile(r"://|@\w|\bwww\.|mailto:")
_EMPHASIS = re.compile(r"[_*~]")
_PARSER = MarkdownIt("commonmark").enable("table")
_SHORTENED = "…"


class NameCheck:
    """Looks up the names of one page, and counts them. ``packages`` are the names of what the
    repository depends on."""

    def __init__(self, checker: EvidenceChecker, packages: Iterable[str] = ()) -> None:
        self._checker = checker
        self._packages = frozenset(packages)
        self._dependency_words = frozenset(
            word for name in self._packages for word in _WORD.findall(name)
        )
        self._unmarked: set[str] = set()

    @property
    def unmarked(self) -> int:
        """How many different names lost their code font."""
        return len(self._unmarked)

    def count(self, markdown: str) -> int:
        """How many different names and pieces of code stand in code font."""
        tokens = _PARSER.parse(markdown)
        spans = {
            child.content
            for token in tokens
            for child in token.children or ()
            if child.type == "code_inline"
        }
        return sum(map(looks_like_code, spans))

    def keep_known(self, markdown: str) -> str:
        """The same Markdown; what is not known in it is no longer in code font."""
        return _SPAN.sub(self._kept, markdown)

    def _kept(self, match: re.Match[str]) -> str:
        code = match["code"].strip()
        if not looks_like_code(code) or self.known(code):
            return match.group()
        self._unmarked.add(code)
        text = _EMPHASIS.sub(r"\\\g<0>", escape(code.replace("`", "'")))
        return text if _NAME.fullmatch(code) else f"“{text}”"

    def known(self, code: str) -> bool:
        """Whether what stands in code font is in the repository or names a dependency."""
        name = _NAME.fullmatch(code)
        if name is None or "(" in code:
            words = _WORD.findall(code.partition(_SHORTENED)[0])
            return all(self._is_word(word) for word in words) and (
                name is None or self._is_name(name["name"])
            )
        return self._is_name(name["name"])

    def _is_word(self, word: str) -> bool:
        return word[0].isdigit() or word in self._checker.words or word in self._dependency_words

    def _is_name(self, name: str) -> bool:
        if name in self._packages:
            return True
        if not all(self._is_word(word) for word in _WORD.findall(name)):
            return False
        parts = [part for part in _SEPARATOR.split(name) if part]
        return len(parts) < 2 or self._checker.contains(name) or self._leads_to(parts)

    def _leads_to(self, parts: list[str]) -> bool:
        """Whether the last of the parts are a definition, in a file that the others lead to."""
        for first in range(len(parts)):
            above = parts[:first]
            for path in self._checker.places_of(".".join(parts[first:])):
                if set(above) <= set(re.split(r"[/.]", path)):
                    return True
        return False


def looks_like_code(code: str) -> bool:
    """Whether what stands in code font claims to be a name or code: it has a word that is no
    number, and is no address (which is shown as code so that no viewer links it)."""
    return not _ADDRESS.search(code) and any(not word[0].isdigit() for word in _WORD.findall(code))
