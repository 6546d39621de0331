"""A process that makes facts: ``python -m scout_codebase.blobs.worker FD [FD ...]``.

It loads the vocabulary once and forks a child for each of the sockets that it was given, so that
all of them share its memory. A child says that it is ready, then answers chunks until its socket
closes, which happens however the process at the other end is ended. Unlike the pools of
``multiprocessing``, none of this runs the main module of the calling program again.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from scout_codebase.blobs.codec import FACTS
from scout_codebase.blobs.facts import compute_facts
from scout_codebase.blobs.wanted import Wanted
from scout_codebase.errors import ScoutError
from scout_codebase.tokens import count_tokens

READY = "ready"


def main(descriptors: Sequence[int]) -> None:
    count_tokens("")
    gc.collect()
    gc.freeze()  # else the collector writes to every page, and none stays shared
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
        connection.send(READY)
        while True:
            wanted, tasks = connection.recv()
            connection.send(_answer(wanted, tasks))


def _answer(
    wanted: Wanted, tasks: Sequence[tuple[int, str, str]]
) -> list[tuple[int, bytes]] | ScoutError:
    try:
        return [
            (index, FACTS.encode(compute_facts(path, text, wanted))) for index, path, text in tasks
        ]
    except ScoutError as error:
        return error


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]])
