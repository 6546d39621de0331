"""Source code as HTML: comments, strings, numbers and the commonest keywords told apart.

Texts are cut by the same rules by which quotes are looked up (``languages/lexing.py``), which take
time that grows with the text, whatever is in it, and know where a file's strings and comments
begin. What cannot be seen, such as a mark that turns a line around, is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from scout_codebase.languages.detect import detect
from scout_codebase.languages.lexing import Kind, lex
from scout_codebase.languages.lexis import PLAIN, lexis_of
from scout_codebase.plain import CONTROL_CHARACTERS

_LONGEST_LINE = 400  # characters
_CLASSES = {
    Kind.STRING: "s",
    Kind.PROSE: "s",
    Kind.LINE_COMMENT: "c",
    Kind.BLOCK_COMMENT: "c",
}
_KEYWORDS = (
    "abstract and as assert async await begin break case catch class const continue def default "
    "defer del do elif else elsif end enum except export extends extern finally fn for foreach "
    "from func function go goto guard if impl implements import in interface internal is lambda "
    "let loop match mod module mut namespace new not or override package pass private protected "
    "protocol pub public raise range ref rescue return select sealed self static struct super "
    "switch template then this throw throws trait try type typedef typeof union unless unsafe "
    "until use using val var virtual void volatile when where while with yield true false null "
    "nil none None True False"
)
_WORD = re.compile(
    rf"\b(?P<k>{'|'.join(_KEYWORDS.split())})\b|(?<![\w.])(?P<n>\d[\w.]*)|(?P<f>[A-Za-z_]\w*)(?=\()"
)


class Highlighted:
    """One file, line by line, as HTML."""

    def __init__(self, path: str, source: str) -> None:
        spec = detect(path, source)
        lexis = lexis_of(spec.name if spec else "")
        self._kinds = lex(source, lexis, whole=True).kinds
        self._has_words = lexis is not PLAIN
        self._lines = source.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    @property
    def line_count(self) -> int:
        return len(self._lines) - (self._lines[-1] == "")

    def without_blank_ends(self, first: int, last: int) -> tuple[int, int]:
        """The same stretch of lines without the empty ones at its ends."""
        full = [number for number in range(first, last + 1) if self._lines[number - 1].strip()]
        return (full[0], full[-1]) if full else (first, last)

    def line(self, number: int) -> str:
        """Line ``number``, from 1; a very long one is cut."""
        line, start = self._lines[number - 1].rstrip("\r"), self._starts[number - 1]
        shown = line[:_LONGEST_LINE]
        kinds = self._kinds[start : start + len(shown)]
        parts, at = [], 0
        for kind, run in groupby(kinds):
            end = at + len(list(run))
            parts.append(self._run(shown[at:end], _CLASSES.get(Kind(kind), "")))
            at = end
        return "".join(parts) + ("…" if len(line) > _LONGEST_LINE else "")

    def _run(self, run: str, name: str) -> str:
        if name:
            return _marked(name, run)
        return "".join(self._words(run)) if self._has_words else _visible(run)

    def _words(self, run: str) -> Iterator[str]:
        at = 0
        for match in _WORD.finditer(run):
            yield _visible(run[at : match.start()])
            yield _marked(match.lastgroup or "", match.group())
            at = match.end()
        yield _visible(run[at:])


def _marked(name: str, run: str) -> str:
    return f'<span class="{name}">{_visible(run)}</span>' if run.strip() else _visible(run)


def _visible(run: str) -> str:
    """Escaped; a control character as its name."""
    parts, at = [], 0
    for match in CONTROL_CHARACTERS.finditer(run):
        parts.append(escape(run[at : match.start()], quote=False))
        parts.append(f'<span class="x">U+{ord(match.group()):04X}</span>')
        at = match.end()
    return "".join([*parts, escape(run[at:], quote=False)])
