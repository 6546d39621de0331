"""Facts made in worker processes.

A grammar is C code that reads untrusted text: should it bring its process down, the file it was
reading is set aside without a syntax tree, and the rest goes on.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for_any

from scout_codebase.blobs.codec import FACTS
from scout_codebase.blobs.facts import compute_facts

CHUNK_CHARACTERS = 200_000
_WAITING_CHUNKS = 3
"""Chunks a worker that are on their way to it: enough that none ever waits, few enough that memory
stays bounded."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file whose facts are wanted; ``index`` is the caller's."""

    index: int
    path: str
    text: str


Chunk = tuple[Task, ...]
Result = tuple[int, bytes]


def encoded_facts(tasks: Sequence[Task], *, detailed: bool, jobs: int) -> Iterator[Result]:
    """The facts of each task as bytes, in whatever order they come. ``jobs`` is the number of
    processes; with 1 the work is done in this one."""
    if jobs < 2:
        for task in tasks:
            yield _compute(task, detailed=detailed)
        return
    undone: list[Chunk] = []
    with _pool(jobs) as pool:
        yield from _Shift(pool, _chunks(tasks), undone, most=jobs * _WAITING_CHUNKS).run(
            detailed=detailed
        )
    for task in (task for chunk in undone for task in chunk):
        yield from _alone(task, detailed=detailed)


class _Shift:
    """Hands chunks to a pool until there are no more, or until a worker dies; ``undone`` then gets
    every chunk whose results did not come."""

    def __init__(
        self, pool: ProcessPoolExecutor, chunks: Iterator[Chunk], undone: list[Chunk], most: int
    ) -> None:
        self._pool, self._chunks, self._undone, self._most = pool, chunks, undone, most
        self._waiting: dict[Future[list[Result]], Chunk] = {}

    def run(self, *, detailed: bool) -> Iterator[Result]:
        while True:
            self._submit(detailed=detailed)
            if not self._waiting:
                return
            done, _ = wait(self._waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield from self._results(future)

    def _submit(self, *, detailed: bool) -> None:
        while len(self._waiting) < self._most and (chunk := next(self._chunks, None)):
            try:
                future = self._pool.submit(_compute_chunk, chunk, detailed=detailed)
            except BrokenProcessPool:
                self._undone += [chunk, *self._chunks]
            else:
                self._waiting[future] = chunk

    def _results(self, future: Future[list[Result]]) -> list[Result]:
        chunk = self._waiting.pop(future)
        try:
            return future.result()
        except BrokenProcessPool:
            self._undone.append(chunk)
            return []


def _alone(task: Task, *, detailed: bool) -> Iterator[Result]:
    """One task in a process of its own."""
    with _pool(1) as pool:
        try:
            yield pool.submit(_compute, task, detailed=detailed).result()
        except BrokenProcessPool:
            yield _compute(task, detailed=detailed, parse=False)


def _chunks(tasks: Iterable[Task]) -> Iterator[Chunk]:
    chunk: list[Task] = []
    size = 0
    for task in tasks:
        chunk.append(task)
        size += len(task.text)
        if size >= CHUNK_CHARACTERS:
            yield tuple(chunk)
            chunk, size = [], 0
    if chunk:
        yield tuple(chunk)


def _compute_chunk(chunk: Chunk, *, detailed: bool) -> list[Result]:
    return [_compute(task, detailed=detailed) for task in chunk]


def _compute(task: Task, *, detailed: bool, parse: bool = True) -> Result:
    facts = compute_facts(task.path, task.text, detailed=detailed, parse=parse)
    return task.index, FACTS.encode(facts)


@contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with this one, however it ends."""
    context = get_context("forkserver" if sys.platform == "linux" else "spawn")
    if sys.platform == "linux":
        context.set_forkserver_preload(["scout_codebase.blobs.preload"])
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker)
    try:
        yield pool
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption ends
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait_for_any([parent.sentinel])
        os._exit(1)
