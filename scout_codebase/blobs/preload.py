"""Imported by the process that worker processes are forked from: what all of them need is loaded
once, and shared."""

from __future__ import annotations

import gc

from scout_codebase.blobs import facts
from scout_codebase.tokens import count_tokens

__all__ = ["facts"]

count_tokens("")
gc.collect()
gc.freeze()  # else the collector writes to every page, and none stays shared
