"""Prints how many seconds there were from the files of a folder in memory to their graph in memory:
``python -m benchmarks.graph.timed_graph FOLDER``."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from scout_codebase.pipeline import READING, graph_repository
from scout_codebase.progress import Reporter
from scout_codebase.settings import SelectionSettings


class _Clock(Reporter):
    """Notes when the repository had been read."""

    read = 0.0

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        yield
        if what == READING:
            self.read = time.perf_counter()


def main() -> None:
    clock = _Clock(quiet=True)
    graph_repository(SelectionSettings(sys.argv[1]), clock)
    print(time.perf_counter() - clock.read)


if __name__ == "__main__":
    main()
