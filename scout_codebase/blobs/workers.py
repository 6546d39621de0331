"""Work on many files in worker processes, where there is enough of it.

A grammar is C code that reads untrusted text: should it bring its process down, the file it was
reading is done without a syntax tree, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain

from scout_codebase.blobs.fork import CrashedError, can_fork, run_in_fork
from scout_codebase.blobs.loading import Loading, Loads
from scout_codebase.blobs.processes import Workers, processes_for
from scout_codebase.blobs.sharing import Result, Sharing, Task

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


class Pool:
    """Up to ``jobs`` processes (0: one for each processor), started when the first job is worth it,
    or by ``start``, and kept until the pool is closed. Where they cannot be started, or die, the
    work is done all the same."""

    def __init__(self, jobs: int, loads: Loads) -> None:
        self._jobs = processes_for(jobs)
        self.loads = loads
        self.loading = Loading(loads)
        self.workers: Workers | None = None

    def start(self) -> None:
        """Starts them now, so that they load while the caller does something else."""
        if self._jobs > 1 and self.workers is None:
            self.workers = Workers(self._jobs, self.loads)

    def close(self) -> None:
        if self.workers is not None:
            self.workers.close()
            self.workers = None

    def run(self, job: Job, tasks: Iterable[Task]) -> Iterator[Result]:
        """The result of each task, in whatever order they come. Raises what the job raises."""
        work = Work(self, job)
        for task in tasks:
            work.put(task)
        return work.results()


class Work:
    """Tasks of one job, put one by one. Processes that run begin with them at once."""

    def __init__(self, pool: Pool, job: Job) -> None:
        self._pool = pool
        self._job = job
        self._tasks: list[Task] = []
        self._size = 0
        self._sharing = Sharing(job.name, pool.workers) if pool.workers else None
        self._done: list[Result] = []

    def put(self, task: Task) -> None:
        self._tasks.append(task)
        self._size += task.size
        if self._sharing is None and self._job.instead:
            self._pool.loading.ahead()  # few files may be left to do here: what they need
        if self._sharing and self._size >= self._job.chunk:
            self._share(self._sharing)

    def results(self) -> Iterator[Result]:
        """Of each task, in whatever order they come. Raises what the job raises."""
        if self._sharing is None and self._size > _WORTH_A_PROCESS:
            self._pool.start()
        if self._sharing is None and self._pool.workers:
            tasks, self._tasks, self._size = self._tasks, [], 0
            self._sharing = Sharing(self._job.name, self._pool.workers)
            for task in tasks:
                self.put(task)
        if self._sharing is None:
            yield from self._unshared()
            return
        self._share(self._sharing)
        yield from self._done
        yield from self._sharing.finish()
        undone = chain.from_iterable(self._sharing.undone)
        yield from self._one_by_one(chain(undone, self._sharing.waiting()))

    def _share(self, sharing: Sharing) -> None:
        if self._tasks:
            self._done.extend(sharing.offer(tuple(self._tasks)))
            self._tasks, self._size = [], 0

    def _unshared(self) -> Iterator[Result]:
        if not self._tasks:
            return
        if not self._job.instead:
            yield from _in_this_process(self._job.name, self._tasks)
            return
        self._pool.loading.finish()
        if can_fork() or all(map(_is_small, self._tasks)):
            yield from _here_or_in_a_fork(self._job, self._tasks)
        else:
            yield from self._one_by_one(self._tasks)

    def _one_by_one(self, tasks: Iterable[Task]) -> Iterator[Result]:
        """Each task by itself, so that one that ends its worker is known for it."""
        left = list(tasks)
        if not self._job.instead:
            yield from _in_this_process(self._job.name, left)
            return
        while left:
            with closing(Workers(1, replace(self._pool.loads, vocabulary=False))) as workers:
                sharing = Sharing(self._job.name, workers)
                for task in left:
                    yield from sharing.offer((task,))
                yield from sharing.finish()
            left = list(sharing.waiting())
            if not sharing.undone:  # no process can be started
                yield from _in_this_process(self._job.name, left)
                return
            for chunk in sharing.undone:
                yield from _instead(self._job, chunk)


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
