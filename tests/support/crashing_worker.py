"""A worker that dies at files called ``boom.py``, as a fault in a grammar would make it die."""

from __future__ import annotations

import os
import sys
from typing import Any

from scout_codebase.blobs import Wanted, jobs, worker
from scout_codebase.blobs.facts import compute_facts


def compute_or_die(path: str, text: str, wanted: Wanted, **settings: Any) -> Any:
    if path.endswith("boom.py"):
        os.abort()
    return compute_facts(path, text, wanted, **settings)


if __name__ == "__main__":
    vars(jobs)["compute_facts"] = compute_or_die
    worker.main(sys.argv[1:])
