"""Chunks of work, shared out to worker processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from scout_codebase.blobs.processes import Workers
from scout_codebase.errors import ScoutError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


@dataclass(frozen=True, slots=True)
class Task:
    """``arguments`` of a job, which holds about ``size`` characters; ``index`` is the caller's."""

    index: int
    size: int
    arguments: tuple[Any, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of the task with this index. What is not ``whole`` came of an accident: it must not
    be taken for what the file holds in another run."""

    index: int
    value: Any = field(repr=False)
    whole: bool = True


Chunk = tuple[Task, ...]


class Sharing:
    """Hands chunks of one job out, one at a time to each worker, from when it is ready. A worker
    that died gets no more; ``undone`` has its chunk."""

    def __init__(self, job: str, workers: Workers) -> None:
        self._job = job
        self._workers = workers
        self._waiting: deque[Chunk] = deque()
        self._held: dict[Connection, Chunk] = {}
        self.undone: list[Chunk] = []

    def offer(self, chunk: Chunk) -> Iterator[Result]:
        """Puts the chunk in the queue; what was done by now."""
        self._waiting.append(chunk)
        self._hand_out()
        return self._answered(self._busy(), seconds=0)

    def finish(self) -> Iterator[Result]:
        """Everything that the workers do before they are through, or gone."""
        while busy := self._busy():
            yield from self._answered(busy)

    def waiting(self) -> Iterator[Task]:
        """What no worker began."""
        for chunk in self._waiting:
            yield from chunk

    def _busy(self) -> list[Connection]:
        return [*self._held, *(self._workers.loading if self._waiting else ())]

    def _answered(self, busy: list[Connection], seconds: float | None = None) -> Iterator[Result]:
        from multiprocessing.connection import wait

        for worker in cast("list[Connection]", wait(busy, seconds)):
            yield from self._receive(worker)

    def _receive(self, worker: Connection) -> Iterator[Result]:
        chunk = self._held.pop(worker, ())
        try:
            results = worker.recv()
        except (EOFError, OSError):
            self._workers.lose(worker)
            self.undone.extend([chunk] if chunk else [])
            return
        if isinstance(results, ScoutError):
            raise results
        self._workers.admit(worker)
        self._hand_out()
        for task, value in zip(chunk, results, strict=True):
            yield Result(task.index, value)

    def _hand_out(self) -> None:
        for worker in self._workers.ready:
            if self._waiting and worker not in self._held:
                self._held[worker] = self._waiting.popleft()
                self._send(worker)

    def _send(self, worker: Connection) -> None:
        try:
            worker.send((self._job, [task.arguments for task in self._held[worker]]))
        except OSError:
            return  # it died; reading from it says so
