"""Prints how many seconds there were from the files of a folder in memory to their graph in memory:
``python -m benchmarks.graph.timed_graph FOLDER``.

The repository is read before the clock starts, and given to the pipeline from memory. So the start
of the worker processes and what they parse are within the clock, although a command hides part of
both behind its reading.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from scout_codebase import pipeline
from scout_codebase.progress import Reporter
from scout_codebase.records import Snapshot, SourceFile
from scout_codebase.settings import SelectionSettings
from scout_codebase.walk import WalkSettings, walk


def main() -> None:
    folder = sys.argv[1]
    snapshot = walk(Path(folder), WalkSettings())

    def from_memory(
        _repository: Path, _settings: WalkSettings, on_file: Callable[[SourceFile], None]
    ) -> Snapshot:
        for file in snapshot.files:
            on_file(file)
        return snapshot

    with patch.object(pipeline, "walk", from_memory):
        started = time.perf_counter()
        pipeline.graph_repository(SelectionSettings(folder), Reporter(quiet=True))
        print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
