"""The program that holds a server's processes, so that none of them outlives scout-review.

    python -I supervisor.py

Reads one line of JSON (the fields of ``Order``) from its standard input and starts the server in
its own session, with standard output and error as they are. The server is ended when standard input
ends, which is when scout-review closes it or dies in whatever way; when scout-review is no longer
the parent of this process; on SIGTERM, SIGHUP or SIGINT. When the server has ended, by itself or
not, every process that it left is ended, its scratch folder and ``remove`` are removed, and
this process ends with its code (128 and the number of the signal that ended it).

Linux: descendants that leave the session are found too, and a server whose supervisor is killed is
killed by the kernel. It imports nothing of the package, so that it needs no path to it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

CANNOT_START = 127
_ON_LINUX = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LOOK_SECONDS = 1.0
_STEP_SECONDS = 0.02
POLITE_SECONDS = 2.0
_KILLED_SECONDS = 20.0  # a process may stay in a driver's call for a while
_TRACKER = b"multiprocessing.resource_tracker"


@dataclass(frozen=True)
class Order:
    """``parent`` is the process of scout-review; ``grace`` is the time in seconds that the server
    has to end by itself."""

    command: list[str]
    scratch: str
    remove: list[str]
    grace: float
    parent: int


class Supervisor:
    def __init__(self, order: Order) -> None:
        self._order = order
        self._asked = False
        self._server = 0
        self._code: int | None = None
        self._wake = _wake_on_signals(self._ask)

    def run(self) -> int:
        self._libc = ctypes.CDLL(None, use_errno=True) if _ON_LINUX else None
        if self._libc is not None:
            self._libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        try:
            Path(self._order.scratch).mkdir(mode=0o700)
            self._start()
            self._wait()
        except OSError as error:
            sys.stderr.write(f"The server cannot be started: {error}\n")
            self._code = CANNOT_START
        finally:
            self._end()
            self._clean()
        return CANNOT_START if self._code is None else self._code

    def _ask(self) -> None:
        self._asked = True

    def _start(self) -> None:
        child = subprocess.Popen(
            self._order.command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": self._order.scratch},
            preexec_fn=self._die_together,  # noqa: PLW1509  # this process has one thread
        )
        self._server = child.pid
        child.returncode = 0  # it is reaped here, with all the others

    def _die_together(self) -> None:
        if self._libc is not None:
            self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)

    def _wait(self) -> None:
        """Until the server has ended or has to."""
        while self._reap() and self._code is None:
            if self._asked or os.getppid() != self._order.parent:
                return
            readable, _, _ = select.select([0, self._wake], [], [], _LOOK_SECONDS)
            if self._wake in readable:
                os.read(self._wake, 4_096)
            if 0 in readable and not os.read(0, 4_096):
                return

    def _end(self) -> None:
        """First the server is asked, then what it left, then they are made to. Python's resource
        trackers go last, because they unlink the shared memory of those that were killed."""
        if self._server and self._code is None:
            _send(self._server, signal.SIGTERM)
            self._until(lambda: self._code is not None, self._order.grace)
        steps: tuple[tuple[signal.Signals, bool, float], ...] = (
            (signal.SIGTERM, True, POLITE_SECONDS),
            (signal.SIGKILL, False, POLITE_SECONDS),
            (signal.SIGKILL, True, _KILLED_SECONDS),
        )
        for number, trackers_too, seconds in steps:
            if self._until(self._is_alone, 0.0):
                return
            self._until(partial(self._insist, number, trackers_too, set()), seconds)

    def _insist(self, number: signal.Signals, trackers_too: bool, sent: set[int]) -> bool:
        """Whether nobody is left; else those that appeared since are told too."""
        for process in set(_members()) - sent:
            if trackers_too or not is_tracker(process):
                _send(process, number)
                sent.add(process)
        return self._is_alone()

    def _is_alone(self) -> bool:
        return not self._reap() and not any(True for _ in _members())

    def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while True:
            self._reap()
            if condition():
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(_STEP_SECONDS)

    def _reap(self) -> bool:
        """Whether this process has children left."""
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if not process:
                return True
            if process == self._server:
                code = os.waitstatus_to_exitcode(status)
                self._code = code if code >= 0 else 128 - code

    def _clean(self) -> None:
        shutil.rmtree(self._order.scratch, ignore_errors=True)
        for path in self._order.remove:
            with contextlib.suppress(OSError):
                Path(path).unlink()


def _wake_on_signals(ask: Callable[[], None]) -> int:
    """The end of a pipe that becomes readable with every signal."""
    readable, writable = os.pipe()
    for end in (readable, writable):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_: ask())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return readable


def _send(process: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process, number)


def _members() -> Iterator[int]:
    """The processes of the server that still run: descendants on Linux, else those of our group."""
    return _descendants() if _ON_LINUX else _group()


def _descendants() -> Iterator[int]:
    children: dict[int, list[tuple[int, bool]]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
                state, parent = stat.rpartition(")")[2].split()[:2]
                runs = state not in ("Z", "X")
                children.setdefault(int(parent), []).append((int(folder.name), runs))
    waiting = [os.getpid()]
    while waiting:
        for process, runs in children.get(waiting.pop(), []):
            waiting.append(process)
            if runs:
                yield process


def _group() -> Iterator[int]:
    listing = subprocess.Popen(
        ["ps", "-A", "-o", "pid=,pgid=,stat="], stdout=subprocess.PIPE, text=True
    )
    lines = listing.communicate()[0].splitlines()
    apart = {os.getpid(), listing.pid}
    for line in lines:
        process, group, state = line.split()[:3]
        if int(group) == os.getpid() and int(process) not in apart and state[0] != "Z":
            yield int(process)


def is_tracker(process: int) -> bool:
    """Whether it is a resource tracker of Python: it gives back the shared memory of processes that
    were killed, and ends by itself when they have."""
    if not _ON_LINUX:
        return False
    try:
        return _TRACKER in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def main() -> int:
    return Supervisor(Order(**json.loads(sys.stdin.readline()))).run()


if __name__ == "__main__":
    sys.exit(main())
