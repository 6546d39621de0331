"""What a run may cost at most, in tokens and in minutes, as the user bounds it."""

from __future__ import annotations

import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import NoReturn, TypeVar

from scout_codebase.errors import LimitError

Result = TypeVar("Result")
Spent = Callable[[int], None]

_TOO_EARLY = (" before anything was asked", "Raise it: no answer is kept yet.")
_LEAST_TIMER = 1e-6  # seconds; a timer of 0 never ends


class Limits:
    """The clock runs from the moment in which this is made. ``max_tokens`` counts tokens that the
    server has to read, those from its prefix cache aside, and tokens that it writes; None is no
    limit. May be used from several threads at once."""

    def __init__(self, max_tokens: int | None = None, max_minutes: float | None = None) -> None:
        self.max_tokens, self.max_minutes = max_tokens, max_minutes
        self._end = None if max_minutes is None else monotonic() + 60 * max_minutes
        self._spent = 0
        self._lock = threading.Lock()

    @property
    def seconds_left(self) -> float | None:
        """None where there is no limit."""
        return None if self._end is None else max(0.0, self._end - monotonic())

    def check_time(self, when: str = "", remedy: str = "") -> None:
        """Raises LimitError where the time is over."""
        if self.seconds_left == 0:
            text = f"The {self.max_minutes:g} minutes of --max-minutes are over{when}"
            raise LimitError(text, remedy=remedy)

    def in_time(self, action: Callable[[], Result]) -> Result:
        """What the action returns or raises. It is left to its thread, which does not keep the
        process alive, where the time is over: raises LimitError."""
        if self._end is None:
            return action()
        self.check_time()
        results: queue.SimpleQueue[tuple[Result | None, BaseException | None]] = queue.SimpleQueue()

        def work() -> None:
            try:
                results.put((action(), None))
            except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
                results.put((None, error))

        threading.Thread(target=work, name="in-time", daemon=True).start()
        try:
            result, error = results.get(timeout=self.seconds_left)
        except queue.Empty:
            self.check_time()
            raise
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # set where there is no error

    @contextmanager
    def spending(self, most: int) -> Iterator[Spent]:
        """Sets ``most`` tokens aside for what the block asks; tell it what they came to. Where it
        is not told, all of them count as spent. Raises LimitError where they are not left."""
        with self._lock:
            if self.max_tokens is not None and self._spent + most > self.max_tokens:
                raise LimitError(
                    f"The next question may take {most:,} tokens, and of the {self.max_tokens:,} "
                    f"of --max-tokens {max(0, self.max_tokens - self._spent):,} are left"
                )
            self._spent += most

        def spent(tokens: int) -> None:
            with self._lock:
                self._spent += tokens - most

        yield spent

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """The end of the time interrupts what the block does in the main thread, as Ctrl-C would:
        raises LimitError. For what leaves nothing worth keeping. Where there is no such timer, as
        on Windows, the block runs to its end first."""
        if self._end is None or not _has_timer():
            yield
        else:
            before = signal.signal(signal.SIGALRM, _time_is_over)
            try:
                signal.setitimer(signal.ITIMER_REAL, max(self.seconds_left or 0, _LEAST_TIMER))
                yield
            except _TimeIsOver:
                self.check_time(*_TOO_EARLY)
                raise
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
        self.check_time(*_TOO_EARLY)


class _TimeIsOver(KeyboardInterrupt):
    """Is heard wherever Ctrl-C is."""


def _time_is_over(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise _TimeIsOver


def _has_timer() -> bool:
    is_main = threading.current_thread() is threading.main_thread()
    return sys.platform != "win32" and is_main
