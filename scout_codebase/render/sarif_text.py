"""Untrusted text as SARIF may hold it.

In a message ``[text](target)`` is a link and ``{0}`` a placeholder (SARIF 2.1.0, 3.11.5, 3.11.6).
The standard would have brackets escaped and braces doubled; common readers show both as they are
written. So only what would be a link or a placeholder is broken up, by a space.
"""

from __future__ import annotations

import re
from typing import Any

from scout_codebase.plain import plain

_PLACEHOLDER = re.compile(r"\{(?=\d+\})")


def message(text: str) -> dict[str, Any]:
    """A message of one line that says what is written and does nothing."""
    return {"text": _PLACEHOLDER.sub("{ ", plain(text).replace("](", "] ("))}


def sentences(*texts: str) -> str:
    """One after the other, each ended; empty ones are left out."""
    lines = [plain(text) for text in texts]
    return " ".join(line if line[-1] in ".!?:…" else f"{line}." for line in lines if line)


def encodable(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which no JSON reader has to accept."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
