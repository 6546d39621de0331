"""Run a command and never let it outlive whoever holds this process's standard input.

    python guard.py GRACE_SECONDS COMMAND [ARGUMENT ...]

The command runs in this process's group. When standard input reaches its end (its holder closed
it, or died in whatever way), the command is asked to stop. From then on, or from the moment the
command ends by itself, its descendants have the grace period to leave; then the whole group is
killed. This process must lead its own group, and it always ends by SIGKILL unless the command
could not be started. Linux only.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from typing import NoReturn

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that it can be awaited."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def kill_group() -> NoReturn:
    """Kill every process of this group, this one included."""
    os.killpg(0, signal.SIGKILL)
    raise AssertionError("unreachable")


def kill_group_after(grace: float) -> None:
    """Kill the group in ``grace`` seconds; returns at once."""
    timer = threading.Timer(grace, kill_group)
    timer.daemon = True
    timer.start()


def stop_at_end_of_input(pid: int, grace: float) -> None:
    """Block until standard input ends, then terminate ``pid`` and set the group's last hour."""
    while os.read(0, 4096):
        pass
    kill_group_after(grace)
    os.kill(pid, signal.SIGTERM)


def main(argv: list[str]) -> NoReturn:
    """Guard the command ``argv[1:]`` with ``argv[0]`` seconds of grace."""
    if os.getpgrp() != os.getpid():
        raise SystemExit("guard.py must lead its process group")
    grace = float(argv[0])
    adopt_orphans()
    pid = subprocess.Popen(argv[1:], stdin=subprocess.DEVNULL).pid
    threading.Thread(target=stop_at_end_of_input, args=(pid, grace), daemon=True).start()
    try:
        while True:
            if os.wait()[0] == pid:
                kill_group_after(grace)
    except ChildProcessError:
        kill_group()


if __name__ == "__main__":
    main(sys.argv[1:])
