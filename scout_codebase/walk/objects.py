"""Blobs of the object database, in streams of ``git cat-file``."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TypeVar

from scout_codebase.walk.command import Git

_T = TypeVar("_T")


def blob_sizes(git: Git, object_ids: Iterable[str]) -> Iterator[int | None]:
    """The size of each blob in bytes, None for one that is missing or damaged."""
    return _ask(git, "--batch-check", object_ids, _read_size)


def blobs(git: Git, object_ids: Iterable[str]) -> Iterator[bytes | None]:
    """The bytes of each blob, None for one that is missing or damaged."""
    return _ask(git, "--batch", object_ids, _read_blob)


def missing_objects(git: Git, commit: str) -> list[str]:
    """The ids of the commit's trees and blobs that a partial clone lacks. Nothing is fetched."""
    listed = git.run("rev-list", "--objects", "--missing=print", "--max-count=1", commit)
    return [line[1:].decode("ascii") for line in listed.split(b"\n") if line.startswith(b"?")]


def _ask(
    git: Git, mode: str, object_ids: Iterable[str], read: Callable[[IO[bytes]], _T | None]
) -> Iterator[_T | None]:
    """The answer for each object. git gives up at a damaged object: it is started again behind
    that one."""
    waiting = deque(object_ids)
    while waiting:
        lines = [f"{object_id}\n".encode() for object_id in waiting]
        with git.stream("cat-file", mode, "--buffer", stdin=lines) as stream:
            answers = True
            while waiting and answers:
                waiting.popleft()
                try:
                    answer = read(stream)
                except EOFError:
                    answer, answers = None, False
                yield answer


def _read_size(stream: IO[bytes]) -> int | None:
    """One header of ``git cat-file``. EOFError where git gave up."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    *_, kind, size = line.split()
    return int(size) if kind == b"blob" else None


def _read_blob(stream: IO[bytes]) -> bytes | None:
    size = _read_size(stream)
    if size is None:
        return None
    data = stream.read(size)
    if stream.read(1) != b"\n":
        raise EOFError
    return data
