"""The stretches of source that evidence stands in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from scout_codebase.frame import prompt_path
from scout_codebase.records import Evidence, Grade, Snapshot
from scout_codebase.render.html.highlight import Highlighted
from scout_codebase.render.html.page import short, text
from scout_codebase.render.links import LinkTo

_AROUND = 3  # lines, of the place of a finding
_AROUND_STEP = 1
_MOST_LINES = 12  # of evidence
_MOST_STEPS = 12
_FILES_KEPT = 16


class Excerpts:
    """Reads a file when it is first asked for. Secrets are masked in a snapshot, and so here."""

    def __init__(self, snapshot: Snapshot, link_to: LinkTo) -> None:
        self._texts = {prompt_path(file.path): file.text for file in snapshot.files}
        self._link_to = link_to
        self._read = lru_cache(maxsize=_FILES_KEPT)(self._highlighted)

    def _highlighted(self, path: str) -> Highlighted:
        return Highlighted(path, self._texts[path])

    def of_finding(self, evidence: Sequence[Evidence]) -> str:
        """The way from the source to the place, the place last and with more around it."""
        shown = [*evidence[:-1][-_MOST_STEPS:], evidence[-1]]
        rows = [self._step(row, number, len(shown)) for number, row in enumerate(shown)]
        left_out = len(evidence) - len(shown)
        note = f"<li>{left_out} more steps before</li>" if left_out else ""
        return f'<ol class="steps">{note}{"".join(rows)}</ol>\n'

    def _step(self, evidence: Evidence, number: int, count: int) -> str:
        is_place = number == count - 1
        name = "place" if is_place else "step" if number else "source"
        notes = [name]
        if evidence.grade is Grade.AMBIGUOUS:
            notes.append(f"one of {evidence.matches}")
        where = self.where(evidence.path, evidence.start_line)
        code = self._code(evidence, _AROUND if is_place else _AROUND_STEP)
        return (
            f'<li><figure class="excerpt {name}"><figcaption><span class="step">'
            f"{', '.join(notes)}</span> {where}</figcaption>{code}</figure></li>"
        )

    def where(self, path: str, line: int) -> str:
        """A place as a name, and as a link where it is hosted. No link leads to a file on disk: a
        browser would run what is in it."""
        name = f"<code>{text(short(f'{path}:{line}' if line else path))}</code>"
        address = self._link_to(path, line)
        if not address.startswith("https://"):
            return name
        return f'<a href="{escape(address)}" rel="noreferrer noopener">{name}</a>'

    def _code(self, evidence: Evidence, around: int) -> str:
        if evidence.path not in self._texts:
            return ""
        source = self._read(evidence.path)
        end = min(evidence.end_line, evidence.start_line + _MOST_LINES - 1)
        first, last = source.without_blank_ends(
            max(1, evidence.start_line - around), min(source.line_count, end + around)
        )
        marked = range(evidence.start_line, end + 1)
        rows = "".join(
            f'<span class="{"line hit" if number in marked else "line"}">'
            f'<span class="no" data-no="{number}"></span>{source.line(number)}\n</span>'
            for number in range(first, last + 1)
        )
        label = text(short(f"{evidence.path}, lines {first} to {last}"))
        return (
            f'<pre class="code" tabindex="0" role="group" aria-label="{label}">'
            f"<code>{rows}</code></pre>"
        )
