"""Which finding is which, from run to run.

A fingerprint is made of the class of weakness, the path from the top of the repository, the
definition around the place and the digest of its tokens (``languages/token_digest.py``); where all
of these are equal, of a number, counted from the top of the file. The numbers run over all places
that the syntax trees have, whatever the model said of them: its verdict on one must not rename
another. No line number and nothing that a model wrote goes in.

The fingerprint of the code alone leaves out where it stands: by it a place is known again that has
moved with its definition.
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
    """The places with their ``fingerprint`` and ``code_fingerprint``. ``folder`` is the reviewed
    one, from the top of the repository, so that a review of a folder and one of the whole agree."""
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for row in sorted(rows, key=lambda row: (row["raw_path"], row["line"], row["category"])):
        path = f"{folder}/{row['raw_path']}" if folder else row["raw_path"]
        same = (row["weakness"]["cwe"], path, row["symbol"], row["digest"])
        numbered = fingerprint(*same, number=seen[same])
        of_code = code_fingerprint(same[0], row["digest"])
        found.append({**row, "fingerprint": numbered, "code_fingerprint": of_code})
        seen[same] += 1
    return found


def fingerprint(rule: str, path: str, symbol: str, digest: str, *, number: int) -> str:
    """``v1:`` and 32 hexadecimal digits. ``number`` counts equal ones from 0."""
    return _hashed(rule, path, symbol, digest, str(number))


def code_fingerprint(rule: str, digest: str) -> str:
    """Of the same form."""
    return _hashed(rule, digest)


def _hashed(*parts: str) -> str:
    text = "\0".join((VERSION, *parts))
    hashed = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{VERSION}:{hashed[:_DIGITS]}"
