"""``python -m benchmarks.graph.times``: how long the graph of Django takes, cold and warm.

Of each run two times: that of the whole command, and that of the graph alone, from the files in
memory to the graph in memory, the start of the worker processes included. Ends with 1 if the second
is over 3 s cold or 0.3 s warm.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import platformdirs

from benchmarks.machine import machine
from benchmarks.packing.corpora import corpus
from benchmarks.packing.measure import empty, timed

LIMITS: Mapping[str, float] = {"cold": 3.0, "warm": 0.3}
"""Seconds of the graph alone."""
_COMMANDS: Mapping[str, Sequence[str]] = {
    "command": ("-m", "scout_codebase", "graph", "--quiet"),
    "graph alone": ("-m", "benchmarks.graph.timed_graph"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.graph.times", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind (default 5)")
    runs = parser.parse_args().runs
    tree = corpus("django", platformdirs.user_cache_path("scout-review-benchmarks"))
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        folders = {name: Path(scratch) / name for name in _COMMANDS}
        found = [_both(tree, folders) for _ in range(runs + 1)][1:]  # the first warms the disk
    failed = False
    for state, limit in LIMITS.items():
        for name in _COMMANDS:
            seconds = [run[state][name] for run in found]
            median = statistics.median(seconds)
            print(f"{state:<6}{name:<13}{median:>6.2f} s{min(seconds):>7.2f}{max(seconds):>7.2f}")
        failed |= median > limit
        print(f"{'':<6}{'MISSED' if median > limit else 'within'}: {limit} s for the graph alone")
    return int(failed)


def _both(tree: Path, folders: Mapping[str, Path]) -> dict[str, dict[str, float]]:
    """Seconds by state and command."""
    for folder in folders.values():
        empty(folder)
    return {
        state: {name: _seconds(name, tree, folder) for name, folder in folders.items()}
        for state in LIMITS
    }


def _seconds(name: str, tree: Path, folders: Path) -> float:
    run = timed([sys.executable, *_COMMANDS[name], str(tree)], folders)
    if name == "command":
        return run.seconds
    return float((folders / "log").read_text("utf-8"))


if __name__ == "__main__":
    sys.exit(main())
