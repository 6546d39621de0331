"""Where an answer is shown while it comes in: a terminal, a stream, or nowhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

from scout_codebase.asking.absence import NothingFound, absence_markdown
from scout_codebase.plain import CONTROL_CHARACTERS
from scout_codebase.reports.citations import CitedBlock, checked_markdown
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import LinkTo

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live

_PREVIEW_LINES = 12
_NOT_WHOLE = "This answer broke off, and does not count."


class View(Protocol):
    def partial(self, text: str) -> None:
        """What the model has written of a block that is not whole yet: not looked up."""

    def block(self, block: CitedBlock) -> None:
        """A whole block, in place of what was shown of it."""

    def nothing(self, found: NothingFound) -> None:
        """In place of an answer that says just that."""

    def end(self, *, whole: bool) -> None:
        """Nothing more comes of this answer; where it is not ``whole``, that is said."""


class Nowhere:
    """A View for answers that are shown later."""

    def partial(self, text: str) -> None:
        del text

    def block(self, block: CitedBlock) -> None:
        del block

    def nothing(self, found: NothingFound) -> None:
        del found

    def end(self, *, whole: bool) -> None:
        pass


class Stream:
    """A View on standard output that is no terminal: Markdown, block by block."""

    def __init__(self, checker: EvidenceChecker, link_to: LinkTo) -> None:
        self._checker, self._link_to = checker, link_to

    def partial(self, text: str) -> None:
        del text

    def block(self, block: CitedBlock) -> None:
        self._write(checked_markdown(block, self._checker, self._link_to))

    def nothing(self, found: NothingFound) -> None:
        self._write(absence_markdown(found, self._checker, self._link_to))

    def end(self, *, whole: bool) -> None:
        if not whole:
            self._write(_NOT_WHOLE)

    def _write(self, text: str) -> None:
        sys.stdout.write(f"{text}\n\n")
        sys.stdout.flush()


class Terminal:
    """A View on a terminal: the end of what is being written, unformatted, and in its place the
    block as soon as it is whole."""

    def __init__(self, checker: EvidenceChecker, link_to: LinkTo) -> None:
        from rich.console import Console

        self._checker, self._link_to = checker, link_to
        self._console: Console = Console(highlight=False, markup=False, emoji=False)
        self._live: Live | None = None

    def partial(self, text: str) -> None:
        from rich.live import Live
        from rich.text import Text

        if self._live is None:
            self._live = Live(console=self._console, transient=True, auto_refresh=False)
            self._live.start()
        shown = Text(without_controls(text), style="dim")
        lines = shown.wrap(self._console, self._console.width)[-_PREVIEW_LINES:]
        self._live.update(Text("\n").join(lines), refresh=True)

    def block(self, block: CitedBlock) -> None:
        self._print(checked_markdown(block, self._checker, self._link_to))

    def nothing(self, found: NothingFound) -> None:
        self._print(absence_markdown(found, self._checker, self._link_to))

    def end(self, *, whole: bool) -> None:
        self._clear()
        if not whole:
            self._console.print(_NOT_WHOLE, style="bold")

    def _print(self, text: str) -> None:
        from rich.markdown import Markdown

        self._clear()
        self._console.print(Markdown(text))
        self._console.print()

    def _clear(self) -> None:
        if self._live is not None:
            live, self._live = self._live, None
            live.stop()


def without_controls(text: str) -> str:
    """Text that no terminal obeys, with its lines. Each character is judged by itself, so that
    it does not matter where a stream cuts it."""
    return CONTROL_CHARACTERS.sub(" ", text)


def view_for(checker: EvidenceChecker, link_to: LinkTo) -> View:
    """What suits standard output."""
    if is_terminal():
        return Terminal(checker, lambda path, line: _hosted(link_to(path, line)))
    return Stream(checker, link_to)


def _hosted(address: str) -> str:
    """A terminal follows no relative link; it finds the place that is shown by itself."""
    return address if address.startswith("https://") else ""


def is_terminal() -> bool:
    """Whether standard output is a terminal that can draw."""
    import os

    return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
