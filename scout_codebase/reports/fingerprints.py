"""Which finding is which, from run to run.

A fingerprint is made of the class of weakness, the path from the top of the repository, the
definition around the place and the digest of its tokens (``languages/token_digest.py``); where all
of these are equal, of a number, counted from the top of the file. The numbers run over all places
that the syntax trees have, whatever the model said of them: its verdict on one must not rename
another. No line number and nothing that a model wrote goes in.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]

VERSION = "v1"
_DIGITS = 32


def with_fingerprints(rows: Sequence[Row], folder: str) -> list[Row]:
    """The places with their ``fingerprint``. ``folder`` is the reviewed one, from the top of the
    repository, so that a review of a folder and one of the whole agree."""
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for row in sorted(rows, key=lambda row: (row["raw_path"], row["line"], row["category"])):
        path = f"{folder}/{row['raw_path']}" if folder else row["raw_path"]
        same = (row["weakness"]["cwe"], path, row["symbol"], row["digest"])
        found.append({**row, "fingerprint": fingerprint(*same, number=seen[same])})
        seen[same] += 1
    return found


def fingerprint(rule: str, path: str, symbol: str, digest: str, *, number: int) -> str:
    """``v1:`` and 32 hexadecimal digits. ``number`` counts equal ones from 0."""
    parts = "\0".join((VERSION, rule, path, symbol, digest, str(number)))
    hashed = hashlib.sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{VERSION}:{hashed[:_DIGITS]}"
