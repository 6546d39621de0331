"""Progress and messages on standard error.

Messages are printed unless the user wants quiet; moving parts only where standard error is a
terminal. Every bar shows what is known, and nothing is estimated before it was measured.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from scout_codebase.records import AnswerEvent, AnswerText, PrefillProgress

if TYPE_CHECKING:  # rich is loaded where something moves
    from rich.progress import Progress, TaskID

OnStage = Callable[[str, int | None, float], None]
"""Takes what is going on, how much of it is done in percent where that is known, and the seconds
since the start."""
_SHOWN_TEXT = 40  # characters of the answer that stream past


class Reporter:
    """Tells the user what is going on. Text from outside is escaped before it is shown."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet

    @property
    def animated(self) -> bool:
        return sys.stderr.isatty() and not self.quiet

    def say(self, message: str) -> None:
        """One line that stays."""
        if not self.quiet:
            print(printable(message), file=sys.stderr)  # noqa: T201

    @contextmanager
    def counting(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """A bar over ``total`` items; tell it how many more are done."""
        with self._bar(what, total, "count", "elapsed") as bar:
            yield lambda count: bar.progress.advance(bar.task, count) if bar else None

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """A spinner with the time that has gone by."""
        with self._bar(what, None, "elapsed"):
            yield

    @contextmanager
    def fetching(self, what: str) -> Iterator[Callable[[str, int, int], None]]:
        """A bar over stages; tell it which one, how many of its items are done, of how many."""
        with self._bar(what, None, "count", "elapsed") as bar:
            yield (
                lambda stage, done, total: (
                    bar.progress.update(bar.task, description=stage, completed=done, total=total)
                    if bar
                    else None
                )
            )

    @contextmanager
    def downloading(self) -> Iterator[Download]:
        """A bar in bytes."""
        with self._bar("Model weights", None, "bytes", "remaining") as bar:
            yield Download(bar)

    @contextmanager
    def asking(self, report: str, total: int, prompt_tokens: int) -> Iterator[Conversation]:
        """A bar over the questions of one report, with what the server does right now."""
        with self._bar(report, total, "count", "elapsed", "detail") as bar:
            yield Conversation(bar, prompt_tokens)

    @contextmanager
    def starting(self, what: str) -> Iterator[OnStage]:
        """What a server that is being started does: a bar, or a line for each new stage where
        nothing moves."""
        with self._bar(what, None, "elapsed", "detail") as bar:
            last = ""

            def show(stage: str, percent: int | None, seconds: float) -> None:
                nonlocal last
                if bar:
                    detail = stage if percent is None else f"{stage}, {percent} %"
                    bar.progress.update(bar.task, detail=printable(detail))
                elif stage != last:
                    self.say(f"{what}: {stage} ({seconds:.0f} s)")
                last = stage

            yield show

    @contextmanager
    def _bar(self, what: str, total: int | None, *columns: str) -> Iterator[Bar | None]:
        """None where nothing is to move."""
        if not self.animated:
            yield None
            return
        from scout_codebase.bars import make_progress

        with make_progress(columns) as progress:
            yield Bar(progress, progress.add_task(what, total=total, detail=""))


def printable(message: str) -> str:
    """One line that no terminal obeys: a message may quote what a server, a model or a repository
    says."""
    return "".join(character if character.isprintable() else " " for character in message)


@dataclass(frozen=True)
class Bar:
    """A task of a live display."""

    progress: Progress
    task: TaskID


class Download:
    """Shows bytes as they come in."""

    def __init__(self, bar: Bar | None) -> None:
        self._bar = bar

    def update(self, done: int, total: int, source: str) -> None:
        if self._bar:
            self._bar.progress.update(
                self._bar.task,
                completed=done,
                total=total,
                description=f"Model weights from {source}",
            )


class Listener(Protocol):
    """Is told how questions go, maybe from several threads."""

    def event(self, question_id: str, event: AnswerEvent) -> None: ...

    def answered(self, question_id: str) -> None: ...


class Conversation:
    """A Listener. Shows questions as they are asked: the prefill with its time, then the answer's
    tokens; of several at once how many there are, and the one that was asked first. May be told
    from several threads. The expected time of a prefill is the rate that was measured so far."""

    def __init__(self, bar: Bar | None, prompt_tokens: int) -> None:
        self._bar = bar
        self._prompt_tokens = prompt_tokens
        self._asked: dict[str, _Asked] = {}
        self._lock = threading.Lock()

    def question(self, question_id: str) -> None:
        short = question_id.partition("/")[2] or question_id
        with self._lock:
            waiting = f"{self._prompt_tokens:,} tokens sent, waiting"
            self._asked[question_id] = _Asked(short, time.monotonic(), waiting)
            self._show()

    def event(self, question_id: str, event: AnswerEvent) -> None:
        with self._lock:
            asked = self._asked.get(question_id)
            if asked is not None:
                asked.note(event)
                self._show()

    def answered(self, question_id: str) -> None:
        with self._lock:
            self._asked.pop(question_id, None)
            if self._bar:
                self._bar.progress.advance(self._bar.task)
                self._show()

    def _show(self) -> None:
        if not self._bar:
            return
        oldest = next(iter(self._asked.values()), None)
        detail = f"{oldest.name}: {oldest.state}" if oldest else ""
        if len(self._asked) > 1:
            detail = f"{len(self._asked)} at once; {detail}"
        self._bar.progress.update(self._bar.task, detail=printable(detail))


@dataclass
class _Asked:
    """One question that is being answered."""

    name: str
    since: float
    state: str
    tail: str = ""

    def note(self, event: AnswerEvent) -> None:
        if isinstance(event, PrefillProgress):
            self.state = self._prefill(event)
        elif isinstance(event, AnswerText):
            self.tail = (self.tail + event.text)[-_SHOWN_TEXT:]
            self.state = " ".join(self.tail.split())

    def _prefill(self, event: PrefillProgress) -> str:
        elapsed = time.monotonic() - self.since
        text = f"reading {event.done:,} of {event.total:,} tokens, {elapsed:.0f} s"
        if event.done and event.done < event.total:
            text += f" of about {elapsed * event.total / event.done:.0f} s"
        return text
