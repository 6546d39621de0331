"""Views: of a file that holds code of another language, that code, each line where it was."""

from __future__ import annotations

import re

_SCRIPT = re.compile(rb"<script\b[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_BLANKED = re.compile(rb"[^\n]")


def scripts(source: bytes) -> bytes:
    """The script blocks of a single-file component, everything else as blanks: lines and columns
    are those of the file."""
    parts, end = [], 0
    for block in _SCRIPT.finditer(source):
        parts += [_BLANKED.sub(b" ", source[end : block.start(1)]), block[1]]
        end = block.end(1)
    return b"".join([*parts, _BLANKED.sub(b" ", source[end:])])
