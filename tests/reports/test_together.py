"""Several things at once, their results in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scout_codebase.errors import ServerError
from scout_codebase.reports.together import in_order


class Slow:
    """Tasks that wait for each other; ``most`` is how many ran at the same time."""

    def __init__(self, at_once: int) -> None:
        self._all_here = threading.Barrier(at_once)
        self._lock = threading.Lock()
        self._running = 0
        self.most = 0
        self.ended: list[int] = []

    def run(self, number: int) -> int:
        with self._lock:
            self._running += 1
            self.most = max(self.most, self._running)
        self._all_here.wait(10)
        time.sleep(0.05 if number == 0 else 0.0)
        with self._lock:
            self._running -= 1
            self.ended.append(number)
        return number

    def tasks(self, count: int) -> list[Callable[[], int]]:
        return [partial(self.run, number) for number in range(count)]


def test_results_come_in_the_order_of_the_tasks_whichever_ends_first() -> None:
    slow = Slow(at_once=3)
    assert list(in_order(slow.tasks(6), at_once=3)) == [0, 1, 2, 3, 4, 5]
    assert slow.most == 3
    assert slow.ended[0] != 0


@given(count=st.integers(0, 12), at_once=st.integers(1, 5))
def test_every_task_runs_once(count: int, at_once: int) -> None:
    ran: list[int] = []

    def task(number: int) -> int:
        ran.append(number)
        return number * number

    tasks = [partial(task, number) for number in range(count)]
    assert list(in_order(tasks, at_once)) == [number * number for number in range(count)]
    assert sorted(ran) == list(range(count))


def test_one_at_a_time_runs_when_its_result_is_asked_for() -> None:
    slow = Slow(at_once=1)
    results = in_order(slow.tasks(3), at_once=1)
    assert slow.ended == []
    assert next(results) == 0
    assert slow.ended == [0]


def test_a_failure_is_raised_at_once_and_nothing_more_begins() -> None:
    begun: list[int] = []
    release = threading.Event()

    def task(number: int) -> int:
        begun.append(number)
        if number == 1:
            raise ServerError("it died")
        release.wait(10)
        return number

    started = time.monotonic()
    with pytest.raises(ServerError, match="it died"):
        list(in_order([partial(task, number) for number in range(9)], at_once=2))
    assert time.monotonic() - started < 5
    release.set()
    assert sorted(begun) == [0, 1]


def test_who_stops_asking_stops_the_rest() -> None:
    slow = Slow(at_once=2)
    results = in_order(slow.tasks(8), at_once=2)
    assert next(results) == 0
    del results
    time.sleep(0.2)
    assert len(slow.ended) < 8
