"""Worker processes: started, reached, ended. Light to load, so that they can be started early."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scout_codebase.blobs.loading import Loads

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

WORKER = "scout_codebase.blobs.worker"
MOST_PROCESSES = 8
"""Unless the user wants more: beyond it, handing chunks out takes longer than the work, and each
process takes memory."""
_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "2000000", "MALLOC_MMAP_THRESHOLD_": "33554432"}
"""Bytes (mallopt(3)). Left alone, glibc raises both with the first large text, and keeps what is
freed; set low, every large text is mapped anew, which takes longer than to count it."""


def processes_for(jobs: int) -> int:
    """How many processes ``jobs`` stands for: 0 is one for each processor that this one may use."""
    return jobs or min(_processors(), MOST_PROCESSES)


class Workers:
    """Processes that load what they need while the caller does something else. They are in a
    session of their own: an interruption from the terminal is this process's to handle. They end
    when this object is closed or this process ends. Those that are ``loading`` answer with nothing
    when they are ready; none is either where processes cannot be started."""

    def __init__(self, jobs: int, loads: Loads) -> None:
        from multiprocessing.connection import Connection  # slow to load, and seldom needed

        pairs = [socket.socketpair() for _ in range(jobs)]
        self._connections = [Connection(pair[0].detach()) for pair in pairs]
        self._process = _start([pair[1].fileno() for pair in pairs], loads)
        for pair in pairs:
            pair[1].close()
        self.loading = list(self._connections) if self._process else []
        self.ready: list[Connection] = []

    def admit(self, worker: Connection) -> None:
        """It has answered."""
        if worker in self.loading:
            self.loading.remove(worker)
            self.ready.append(worker)

    def lose(self, worker: Connection) -> None:
        """It has died."""
        for workers in (self.loading, self.ready):
            if worker in workers:
                workers.remove(worker)

    def close(self) -> None:
        for connection in self._connections:
            connection.close()
        if self._process:
            self._process.kill()  # its children, if it has any yet, end with their connections
            self._process.wait()


def _start(descriptors: Sequence[int], loads: Loads) -> subprocess.Popen[bytes] | None:
    # -P: else Python would look for modules in the working folder first, which may be that of the
    # repository under review.
    command = [sys.executable, "-P", "-m", WORKER, *loads.flags, *map(str, descriptors)]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=descriptors,
            start_new_session=True,
            env={
                **os.environ,
                **_MEMORY,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            },
        )
    except OSError:
        return None


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1
