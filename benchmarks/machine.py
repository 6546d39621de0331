"""What a benchmark ran on, as its first line says it."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def machine() -> str:
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    cores = len(os.sched_getaffinity(0))
    return f"{models[0]}, {cores} cores; Python {platform.python_version()}"
