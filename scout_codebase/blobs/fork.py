"""A job in a fork of this process, which has loaded what the job needs: a crash ends the fork."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import Any


class CrashedError(Exception):
    """The fork ended before it had an answer."""


def can_fork() -> bool:
    """Not where other threads may hold a lock that the fork would wait for, nor on macOS, whose
    libraries do not promise to work in a fork."""
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def run_in_fork(run: Callable[..., bytes], arguments: tuple[Any, ...]) -> bytes:
    """What ``run`` returns. Raises CrashedError."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer_and_exit(writing, run, arguments)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        value = answer.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise CrashedError
    return value


def _answer_and_exit(writing: int, run: Callable[..., bytes], arguments: tuple[Any, ...]) -> None:
    """Nothing of this process's own ending is done, such as the writing of what it buffers."""
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a C library's last words
        with os.fdopen(writing, "wb") as answer:
            answer.write(run(*arguments))
        status = 0
    finally:
        os._exit(status)
