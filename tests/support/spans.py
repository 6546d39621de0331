"""What stands at the lines and columns that an evidence or a span tells."""

from __future__ import annotations

import re
from typing import Protocol


class Stretch(Protocol):
    """Lines and columns from 1; the last line is included, the last column is not."""

    @property
    def start_line(self) -> int: ...
    @property
    def end_line(self) -> int: ...
    @property
    def start_column(self) -> int: ...
    @property
    def end_column(self) -> int: ...


def offsets(text: str, stretch: Stretch) -> tuple[int, int]:
    """Its first character, and the one behind its last."""
    starts = [0] + [match.end() for match in re.finditer("\n", text)]
    start = starts[stretch.start_line - 1] + stretch.start_column - 1
    return start, starts[stretch.end_line - 1] + stretch.end_column - 1


def text_at(text: str, stretch: Stretch) -> str:
    start, end = offsets(text, stretch)
    return text[start:end]
