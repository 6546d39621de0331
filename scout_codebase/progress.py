"""Progress and messages on standard error.

Messages are printed unless the user wants quiet; moving parts only where standard error is a
terminal. Every bar shows what is known, and nothing is estimated before it was measured.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from scout_codebase.records import Answer, AnswerEvent, AnswerText, PrefillProgress

_SHOWN_TEXT = 40  # characters of the answer that stream past


class Reporter:
    """Tells the user what is going on. Text from outside is escaped before it is shown."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._console = Console(file=sys.stderr, highlight=False, soft_wrap=True)

    @property
    def animated(self) -> bool:
        return self._console.is_terminal and not self.quiet

    def say(self, message: str) -> None:
        """One line that stays."""
        if not self.quiet:
            self._console.print(escape(message))

    @contextmanager
    def counting(self, what: str, total: int) -> Iterator[Progress]:
        """A bar over ``total`` items; advance its only task."""
        with self._progress(MofNCompleteColumn(), TimeElapsedColumn()) as progress:
            progress.add_task(what, total=total)
            yield progress

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """A spinner with the time that has gone by."""
        with self._progress(TimeElapsedColumn()) as progress:
            progress.add_task(what, total=None)
            yield

    @contextmanager
    def downloading(self) -> Iterator[Download]:
        """A bar in bytes."""
        with self._progress(DownloadColumn(), TimeRemainingColumn()) as progress:
            yield Download(progress, progress.add_task("Model weights", total=None))

    @contextmanager
    def asking(self, report: str, total: int, prompt_tokens: int) -> Iterator[Conversation]:
        """A bar over the questions of one report, with what the server does right now."""
        with self._progress(MofNCompleteColumn(), TimeElapsedColumn(), detail=True) as progress:
            task = progress.add_task(report, total=total, detail="")
            yield Conversation(progress, task, prompt_tokens)

    def _progress(self, *columns: ProgressColumn, detail: bool = False) -> Progress:
        shown: list[ProgressColumn] = [
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
        ]
        tail = [TextColumn("{task.fields[detail]}", markup=False)] if detail else []
        return Progress(
            *shown,
            *columns,
            *tail,
            console=self._console,
            disable=not self.animated,
            transient=True,
        )


class Download:
    """Shows bytes as they come in."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def update(self, done: int, total: int, source: str) -> None:
        self._progress.update(
            self._task, completed=done, total=total, description=f"Model weights from {source}"
        )


class Conversation:
    """Shows questions as they are asked: the prefill with its time, then the answer's tokens.
    The expected time of a prefill is the rate of the last one that was measured in this run."""

    def __init__(self, progress: Progress, task: TaskID, prompt_tokens: int) -> None:
        self._progress, self._task = progress, task
        self._prompt_tokens = prompt_tokens
        self._asked_at = time.monotonic()
        self._tail = ""

    def question(self, question_id: str) -> None:
        self._asked_at, self._tail = time.monotonic(), ""
        short = question_id.partition("/")[2] or question_id
        self._show(f"{short}: {self._prompt_tokens:,} tokens sent, waiting")

    def event(self, event: AnswerEvent) -> None:
        if isinstance(event, PrefillProgress):
            self._show(self._prefill(event))
        elif isinstance(event, AnswerText):
            self._tail = (self._tail + event.text)[-_SHOWN_TEXT:]
            self._show(" ".join(self._tail.split()))

    def answered(self, answer: Answer) -> None:
        del answer
        self._progress.advance(self._task)

    def _prefill(self, event: PrefillProgress) -> str:
        elapsed = time.monotonic() - self._asked_at
        text = f"reading {event.done:,} of {event.total:,} tokens, {elapsed:.0f} s"
        if event.done and event.done < event.total:
            text += f" of about {elapsed * event.total / event.done:.0f} s"
        return text

    def _show(self, detail: str) -> None:
        self._progress.update(self._task, detail=detail)
