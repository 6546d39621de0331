"""Several things at once, their results in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

Result = TypeVar("Result")


def in_order(tasks: Sequence[Callable[[], Result]], at_once: int) -> Iterator[Result]:
    """The results of ``tasks`` in their order, at most ``at_once`` running at a time; with one at a
    time each runs when its result is asked for, in the caller's thread.

    An exception of any task is raised as soon as it happens, and no further task begins. Those that
    run are left to themselves: their threads do not keep the process alive."""
    if at_once <= 1 or len(tasks) <= 1:
        yield from (task() for task in tasks)
        return
    run = _Run(tasks)
    try:
        for number in range(min(at_once, len(tasks))):
            threading.Thread(target=run.work, name=f"question-{number}", daemon=True).start()
        for number in range(len(tasks)):
            yield run.wait_for(number)
    finally:
        run.stop()


class _Run(Generic[Result]):
    """What the threads share."""

    def __init__(self, tasks: Sequence[Callable[[], Result]]) -> None:
        self._tasks = tasks
        self._next = 0
        self._results: dict[int, Result] = {}
        self._error: BaseException | None = None
        self._changed = threading.Condition()

    def work(self) -> None:
        while (number := self._take()) is not None:
            try:
                result = self._tasks[number]()
            except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
                self._fail(error)
                return
            with self._changed:
                self._results[number] = result
                self._changed.notify_all()

    def wait_for(self, number: int) -> Result:
        with self._changed:
            self._changed.wait_for(lambda: self._error or number in self._results)
            if self._error:
                raise self._error
            return self._results.pop(number)

    def stop(self) -> None:
        with self._changed:
            self._next = len(self._tasks)

    def _take(self) -> int | None:
        with self._changed:
            number = self._next
            if number >= len(self._tasks):
                return None
            self._next = number + 1
            return number

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            self._next = len(self._tasks)
            self._error = self._error or error
            self._changed.notify_all()
