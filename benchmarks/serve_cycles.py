"""``python -m benchmarks.serve_cycles``: servers that are started and ended at random moments.

Each cycle starts ``scout-review serve``, waits for a moment of at most twice the time that a start
takes, ends one of its processes in one of the ways of ``WAYS``, and waits until the command has
ended. Then no process, port, temporary file or shared memory of it may be left;
what is left after a minute is printed and the run ends with 1. The same ``--seed`` gives the same
ways and moments.

Without ``--vllm-python`` the server is the stand-in of the tests, which in turn starts, crashes,
never becomes ready or ignores SIGTERM, and has children that ignore it. Linux only.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.serving_peer import Peer  # noqa: E402

GONE_WITHIN = 60.0
READY_WITHIN = 900.0
MODES = ("ready", "ready", "ready", "deaf", "never", "crash")
SHARED = b"/dev/shm/"


@dataclass(frozen=True)
class Way:
    """``target`` is how many generations below scout-review the process is that gets the signals:
    0 scout-review, 1 the supervisor, 2 the server."""

    title: str
    target: int
    signals: tuple[signal.Signals, ...]


WAYS = (
    Way("Ctrl-C", 0, (signal.SIGINT,)),
    Way("Ctrl-C, and again", 0, (signal.SIGINT, signal.SIGINT)),
    Way("SIGTERM", 0, (signal.SIGTERM,)),
    Way("SIGHUP", 0, (signal.SIGHUP,)),
    Way("SIGKILL", 0, (signal.SIGKILL,)),
    Way("SIGTERM, then SIGKILL", 0, (signal.SIGTERM, signal.SIGKILL)),
    Way("SIGTERM of the supervisor", 1, (signal.SIGTERM,)),
    Way("SIGKILL of the supervisor", 1, (signal.SIGKILL,)),
    Way("SIGKILL of the server", 2, (signal.SIGKILL,)),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Start and end servers at random moments.")
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--vllm-python", type=Path, help="start the real one (its CPU build)")
    parser.add_argument("--model", type=Path, help="a folder with a model for it")
    given = parser.parse_args()
    if bool(given.vllm_python) != bool(given.model):
        parser.error("--vllm-python and --model go together")
    draw = random.Random(given.seed)
    usual = start_seconds(given)
    print(f"a start takes {usual:.1f} s")
    ended: Counter[str] = Counter()
    gone: list[float] = []
    failed = 0
    for number in range(1, given.cycles + 1):
        way, moment = draw.choice(WAYS), draw.uniform(0.0, 2.0 * usual)
        mode = draw.choice(MODES)
        code, state, seconds, left = cycle(given, way, moment, mode)
        ended[state] += 1
        gone.append(seconds)
        failed += bool(left)
        print(f"{number:3} {way.title} after {moment:.1f} s, {state}: code {code}, "
              f"gone after {seconds:.1f} s {' '.join(left)}")  # fmt: skip
    print(f"{given.cycles} cycles ({', '.join(f'{n} {state}' for state, n in ended.items())}), "
          f"{failed} left something; gone after {statistics.median(gone):.1f} s (median), "
          f"{max(gone):.1f} s (longest)")  # fmt: skip
    return 1 if failed else 0


@contextmanager
def started(given: argparse.Namespace, mode: str) -> Iterator[tuple[Peer, subprocess.Popen[str]]]:
    with Peer.at_home() as peer:
        flags: tuple[str | Path, ...] = ("--gpu", "h100", "--count", "8")
        passed: tuple[str, ...] = ()
        if given.vllm_python:
            peer.environment |= {"VLLM_CPU_OMP_THREADS_BIND": "nobind", "HF_HUB_OFFLINE": "1"}
            peer.environment |= {"VLLM_NO_USAGE_STATS": "1", "VLLM_HOST_IP": "127.0.0.1"}
            flags = ("--vllm-python", given.vllm_python.absolute(),
                     "--model", given.model.absolute(), "--tokens", "30000")  # fmt: skip
            passed = ("--", "--enforce-eager")
        else:
            peer.with_fake().behaves(mode=mode, delay=0.4)
        ready = peer.home / "ready.env"
        run = peer.start("serve", *flags, "--port", str(peer.port), "--ready-file", ready, *passed)
        try:
            yield peer, run
        finally:
            run.kill()
            run.communicate()


def start_seconds(given: argparse.Namespace) -> float:
    begun = time.monotonic()
    with started(given, "ready") as (peer, run):
        while not (peer.home / "ready.env").exists():
            if run.poll() is not None or time.monotonic() > begun + READY_WITHIN:
                run.kill()
                raise SystemExit(f"the server does not start: {run.communicate()[1]}")
            time.sleep(0.1)
        taken = time.monotonic() - begun
        run.send_signal(signal.SIGINT)
        run.wait()
        left, _ = wait_until_gone(peer, set())
        if left:
            raise SystemExit(f"left after an ordinary end: {left}")
    return taken


def cycle(
    given: argparse.Namespace, way: Way, moment: float, mode: str
) -> tuple[int, str, float, list[str]]:
    """The command's exit code, how far the server was, the seconds from the first signal until
    nothing was left, and what was."""
    with started(given, mode) as (peer, run):
        deadline = time.monotonic() + moment
        shared: set[Path] = set()
        while time.monotonic() < deadline and run.poll() is None:
            shared |= shared_memory(peer)
            time.sleep(0.2)
        ready = (peer.home / "ready.env").exists()
        state = "ended by itself" if run.poll() is not None else "ready" if ready else "starting"
        shared |= shared_memory(peer)
        begun = time.monotonic()
        target = descendant(run.pid, way.target)
        missed = way.target and target == run.pid  # there is no such process yet
        for number in (signal.SIGTERM,) if missed else way.signals:
            with suppress(ProcessLookupError):
                os.kill(target, number)
            time.sleep(0.3 if len(way.signals) > 1 else 0.0)
        try:
            run.communicate(timeout=GONE_WITHIN)
        except subprocess.TimeoutExpired:
            return 0, state, GONE_WITHIN, ["the command itself"]
        left, gone_at = wait_until_gone(peer, shared)
        return run.returncode, state, gone_at - begun, left


def wait_until_gone(peer: Peer, shared: set[Path]) -> tuple[list[str], float]:
    deadline = time.monotonic() + GONE_WITHIN
    while True:
        left = peer.left() + [f"memory {path}" for path in shared if path.exists()]
        if (peer.home / "ready.env").exists():
            left.append("ready file")
        if not left or time.monotonic() > deadline:
            return left, time.monotonic()
        time.sleep(0.1)


def descendant(process: int, generations: int) -> int:
    """Following first children; the last that there is."""
    for _ in range(generations):
        try:
            listing = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
        except OSError:
            return process
        if not listing.split():
            return process
        process = int(listing.split()[0])
    return process


def shared_memory(peer: Peer) -> set[Path]:
    """What processes of the run have mapped of /dev/shm."""
    found = set()
    for process in peer.processes():
        with suppress(OSError):
            for line in Path(f"/proc/{process}/maps").read_bytes().splitlines():
                if SHARED in line and not line.endswith(b"(deleted)"):
                    found.add(Path(os.fsdecode(line[line.index(SHARED) :])))
    return found


if __name__ == "__main__":
    sys.exit(main())
