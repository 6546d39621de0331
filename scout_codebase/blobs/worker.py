"""A process that does jobs: ``python -m scout_codebase.blobs.worker [--FLAG ...] FD [FD ...]``.

It loads what the flags of ``loading.Loads`` say, once, and forks a child for each of the sockets
that it was given, so that all of them share its memory. A child says that it is
ready, then answers chunks until its socket closes, which happens however the process at the other
end is ended. Unlike the pools of ``multiprocessing``, none of this runs the main module of the
calling program again.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from scout_codebase.blobs.loading import Loading, Loads
from scout_codebase.errors import ScoutError

_READY: list[Any] = []
"""The answer to no task."""
_ALLOCATIONS_BETWEEN_COLLECTIONS = 100_000


def main(arguments: Sequence[str]) -> None:
    loads = Loads(secrets="--secrets" in arguments, vocabulary="--vocabulary" in arguments)
    Loading(loads).finish()
    descriptors = [int(argument) for argument in arguments if not argument.startswith("-")]
    gc.collect()
    gc.freeze()  # else the collector writes to every page, and none stays shared
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS)
    children = []
    for own in descriptors:
        child = os.fork()
        if child == 0:
            for other in descriptors:
                if other != own:
                    os.close(other)
            _serve(Connection(own))
            os._exit(0)
        children.append(child)
    for own in descriptors:
        os.close(own)
    for child in children:
        os.waitpid(child, 0)


def _serve(connection: Connection) -> None:
    with suppress(EOFError, OSError):  # the other end is gone
        connection.send(_READY)
        while True:
            job, tasks = connection.recv()
            connection.send(_answer(job, tasks))


def _answer(job: str, tasks: Sequence[tuple[Any, ...]]) -> list[Any] | ScoutError:
    from scout_codebase.blobs.jobs import JOBS  # takes a while: `main` has done so by now

    try:
        return [JOBS[job](*arguments) for arguments in tasks]
    except ScoutError as error:
        return error


if __name__ == "__main__":
    main(sys.argv[1:])
