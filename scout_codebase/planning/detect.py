"""The GPUs of this machine, as nvidia-smi shows them."""

from __future__ import annotations

import csv
import re
import subprocess
from io import StringIO

from scout_codebase.errors import UsageError
from scout_codebase.planning.hardware import GPUS, Cluster

_QUERY = ("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
_TIMEOUT = 20.0
_REMEDY = "Name the hardware: --gpu h100 --count 8."


def detected_cluster() -> Cluster:
    """Raises UsageError where there is no nvidia-smi, or it shows no GPU of the table, or GPUs of
    more than one kind."""
    try:
        done = subprocess.run(_QUERY, check=False, capture_output=True, text=True, timeout=_TIMEOUT)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(
            "no GPU is named, and nvidia-smi shows none here", remedy=_REMEDY
        ) from error
    if done.returncode:
        raise UsageError("no GPU is named, and nvidia-smi fails here", remedy=_REMEDY)
    return cluster_of(done.stdout)


def cluster_of(listing: str) -> Cluster:
    """``listing`` has a row for each GPU: its name and its memory in MiB."""
    rows = [row for row in csv.reader(StringIO(listing), skipinitialspace=True) if row]
    names = sorted({row[0].strip() for row in rows})
    if len(names) != 1:
        shown = ", ".join(names) or "no GPU"
        raise UsageError(
            f"nvidia-smi shows {shown}; a plan is for GPUs of one kind", remedy=_REMEDY
        )
    found = next((gpu for gpu in GPUS if gpu.reported and re.search(gpu.reported, names[0])), None)
    if found is None:
        raise UsageError(f"{names[0]} is not in the table of GPUs", remedy=_REMEDY)
    return Cluster(found, len(rows))
