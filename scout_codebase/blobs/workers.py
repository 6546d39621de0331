"""Work on many files in worker processes, where there is enough of it.

A grammar is C code that reads untrusted text: should it bring its process down, the file it was
reading is done without a syntax tree, and the rest goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from scout_codebase.blobs.fork import CrashedError, can_fork, run_in_fork
from scout_codebase.blobs.loading import Loads, load
from scout_codebase.blobs.processes import Workers, processes_for
from scout_codebase.errors import ScoutError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_WORTH_A_PROCESS = 600_000
"""Characters below which starting a process takes longer than the work."""
_SMALL_CHARACTERS = 20_000
"""What no grammar crashes on: it takes a hundred thousand brackets to overflow a stack."""


@dataclass(frozen=True, slots=True)
class Job:
    """``name`` is that in ``jobs.JOBS``. About ``chunk`` characters are handed out at once. A
    task that ended its process is given to the job ``instead``; one that cannot do so by its
    nature has none, and may run in this process whatever its size."""

    name: str
    chunk: int
    instead: str = ""


FACTS_JOB = Job("facts", 200_000, instead="facts without tree")
SECTION_JOB = Job("section", 1_000_000)
TEXT_JOB = Job("text", 1_000_000)


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


class Pool:
    """Up to ``jobs`` processes (0: one for each processor), started when the first job is worth it,
    or by ``start``, and kept until the pool is closed. Where they cannot be started, or die, the
    work is done all the same."""

    def __init__(self, jobs: int, loads: Loads) -> None:
        self._jobs = processes_for(jobs)
        self._loads = loads
        self._workers: Workers | None = None

    def start(self) -> None:
        """Starts them now, so that they load while the caller does something else."""
        if self._jobs > 1 and self._workers is None:
            self._workers = Workers(self._jobs, self._loads)

    def close(self) -> None:
        if self._workers is not None:
            self._workers.close()
            self._workers = None

    def run(self, job: Job, tasks: Sequence[Task]) -> Iterator[Result]:
        """The result of each task, in whatever order they come. Raises what the job raises."""
        if not tasks:
            return
        if sum(task.size for task in tasks) > _WORTH_A_PROCESS:
            self.start()
        if self._workers is None and not job.instead:
            yield from _in_this_process(job.name, tasks)
            return
        if self._workers is None and (can_fork() or all(map(_is_small, tasks))):
            load(self._loads)
            yield from _here_or_in_a_fork(job, tasks)
            return
        chunks = _chunks(tasks, job.chunk)
        undone: list[Chunk] = []
        if self._workers is not None:
            yield from _share_out(job.name, self._workers.ready, chunks, undone)
        left = [task for chunk in (*undone, *chunks) for task in chunk]
        yield from self._one_by_one(job, deque(left))

    def _one_by_one(self, job: Job, tasks: deque[Task]) -> Iterator[Result]:
        """Each task by itself, so that one that ends its worker is known for it."""
        if not job.instead:
            yield from _in_this_process(job.name, tasks)
            return
        while tasks:
            guilty: list[Chunk] = []
            with closing(Workers(1, replace(self._loads, vocabulary=False))) as workers:
                if not workers.ready:
                    yield from _in_this_process(job.name, tasks)
                    return
                singles = ((tasks.popleft(),) for _ in range(len(tasks)))
                yield from _share_out(job.name, workers.ready, singles, guilty)
            for chunk in guilty:
                yield from _instead(job, chunk)


def _share_out(
    job: str, workers: list[Connection], chunks: Iterator[Chunk], undone: list[Chunk]
) -> Iterator[Result]:
    """One chunk at a time to each worker, as long as there are chunks and workers. A worker that
    died leaves the list; ``undone`` gets its chunk."""
    from multiprocessing.connection import wait

    held: dict[Connection, Chunk] = {}

    def hand_out(worker: Connection) -> None:
        chunk = next(chunks, None)
        if chunk is not None:
            held[worker] = chunk
            _send(worker, job, chunk)

    for worker in workers:
        hand_out(worker)
    while held:
        for worker in cast("list[Connection]", wait(list(held))):
            chunk = held.pop(worker)
            try:
                results = worker.recv()
            except (EOFError, OSError):
                undone.append(chunk)
                workers.remove(worker)
                continue
            if isinstance(results, ScoutError):
                raise results
            hand_out(worker)
            for task, value in zip(chunk, results, strict=True):
                yield Result(task.index, value)


def _send(worker: Connection, job: str, chunk: Chunk) -> None:
    try:
        worker.send((job, [task.arguments for task in chunk]))
    except OSError:
        return  # it died; reading from it says so


def _in_this_process(job: str, tasks: Iterable[Task]) -> Iterator[Result]:
    # Parsers take a while to load, and are not needed where workers do the work.
    from scout_codebase.blobs.jobs import JOBS

    run = JOBS[job]
    for task in tasks:
        yield Result(task.index, run(*task.arguments))


def _here_or_in_a_fork(job: Job, tasks: Iterable[Task]) -> Iterator[Result]:
    from scout_codebase.blobs.jobs import JOBS

    for task in tasks:
        if _is_small(task):
            yield from _in_this_process(job.name, [task])
            continue
        try:
            yield Result(task.index, run_in_fork(JOBS[job.name], task.arguments))
        except CrashedError:
            yield from _instead(job, [task])


def _instead(job: Job, tasks: Iterable[Task]) -> Iterator[Result]:
    for result in _in_this_process(job.instead, tasks):
        yield replace(result, whole=False)


def _is_small(task: Task) -> bool:
    return task.size <= _SMALL_CHARACTERS


def _chunks(tasks: Iterable[Task], characters: int) -> Iterator[Chunk]:
    chunk: list[Task] = []
    size = 0
    for task in tasks:
        chunk.append(task)
        size += task.size
        if size >= characters:
            yield tuple(chunk)
            chunk, size = [], 0
    if chunk:
        yield tuple(chunk)
