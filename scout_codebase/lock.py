"""A lock between processes, released by the system when its holder ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_POLL_SECONDS = 0.2

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def file_lock(path: Path, go_on: Callable[[float], bool] = lambda _: True) -> Iterator[bool]:
    """Waits until no other process holds the lock, and yields whether it is held now: ``go_on`` is
    asked again and again, with the seconds that have gone by, whether to wait on. The file stays:
    removing it would let two processes lock two files of the same name."""
    began = time.monotonic()
    with path.open("ab") as file:
        while not (held := _try_lock(file)) and go_on(time.monotonic() - began):
            time.sleep(_POLL_SECONDS)
        yield held
