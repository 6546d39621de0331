"""Text that shows what it holds: nothing in it moves a cursor, turns a line around or is
invisible."""

from __future__ import annotations

import re

CONTROL_CHARACTERS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)


def plain(text: str) -> str:
    """One line without control characters or bidirectional overrides."""
    return " ".join(CONTROL_CHARACTERS.sub(" ", text).split())
