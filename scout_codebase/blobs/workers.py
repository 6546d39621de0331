"""Facts made in worker processes.

A grammar is C code that reads untrusted text: should it bring its process down, the file it was
reading is set aside without a syntax tree, and the rest goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import cast

from scout_codebase.blobs.codec import FACTS
from scout_codebase.blobs.processes import Workers
from scout_codebase.blobs.wanted import Wanted
from scout_codebase.errors import ScoutError

CHUNK_CHARACTERS = 200_000
_SMALL_CHARACTERS = 20_000
"""What no grammar crashes on: it takes a hundred thousand brackets to overflow a stack."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file whose facts are wanted; ``index`` is the caller's."""

    index: int
    path: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of the task with this index. Those that are not ``parsed`` came of an accident:
    they must not be taken for what the file holds in another run."""

    index: int
    facts: bytes = field(repr=False)
    parsed: bool = True


Chunk = tuple[Task, ...]


def encoded_facts(
    tasks: Sequence[Task], wanted: Wanted, *, jobs: int, early: Workers | None = None
) -> Iterator[Result]:
    """The facts of each task as bytes, in whatever order they come. ``jobs`` is the number of
    processes; where one is enough and every file is small, the work is done in this process.
    ``early`` were started before, and stay the caller's to close."""
    small = all(len(task.text) <= _SMALL_CHARACTERS for task in tasks)
    if jobs < 2 and small and early is None:
        yield from _in_this_process(tasks, wanted)
        return
    chunks = _chunks(tasks)
    undone: list[Chunk] = []
    with nullcontext(early) if early else closing(Workers(jobs, wanted)) as workers:
        yield from _share_out(workers.ready, chunks, undone, wanted)
    left = [task for chunk in (*undone, *chunks) for task in chunk]
    yield from _one_by_one(deque(left), wanted)


def _share_out(
    workers: list[Connection], chunks: Iterator[Chunk], undone: list[Chunk], wanted: Wanted
) -> Iterator[Result]:
    """One chunk at a time to each worker, as long as there are chunks and workers; ``undone`` gets
    the chunks whose worker died."""
    held: dict[Connection, Chunk] = {}

    def hand_out(worker: Connection) -> None:
        chunk = next(chunks, None)
        if chunk is not None:
            held[worker] = chunk
            _send(worker, chunk, wanted)

    for worker in workers:
        hand_out(worker)
    while held:
        for worker in cast("list[Connection]", wait(list(held))):
            chunk = held.pop(worker)
            try:
                results = worker.recv()
            except (EOFError, OSError):
                undone.append(chunk)
                continue
            if isinstance(results, ScoutError):
                raise results
            hand_out(worker)
            for index, facts in results:
                yield Result(index, facts)


def _send(worker: Connection, chunk: Chunk, wanted: Wanted) -> None:
    tasks = [(task.index, task.path, task.text) for task in chunk]
    try:
        worker.send((wanted, tasks))
    except OSError:
        return  # it died; reading from it says so


def _one_by_one(tasks: deque[Task], wanted: Wanted) -> Iterator[Result]:
    """Each task by itself, so that one that ends its worker is known for it."""
    while tasks:
        guilty: list[Chunk] = []
        with closing(Workers(1, wanted)) as workers:
            if not workers.ready:
                yield from _in_this_process(tasks, wanted)
                return
            singles = ((tasks.popleft(),) for _ in range(len(tasks)))
            yield from _share_out(workers.ready, singles, guilty, wanted)
        for (task,) in guilty:
            yield _unparsed(task, wanted)


def _unparsed(task: Task, wanted: Wanted) -> Result:
    from scout_codebase.blobs.facts import compute_facts

    facts = compute_facts(task.path, task.text, wanted, parse=False)
    return Result(task.index, FACTS.encode(facts), parsed=False)


def _in_this_process(tasks: Iterable[Task], wanted: Wanted) -> Iterator[Result]:
    # Parsers and vocabulary take a while to load, and are not needed where workers do the work.
    from scout_codebase.blobs.facts import compute_facts

    for task in tasks:
        facts = compute_facts(task.path, task.text, wanted)
        yield Result(task.index, FACTS.encode(facts))


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
