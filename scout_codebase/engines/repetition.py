"""When a streamed answer has gone into a loop.

The rule: the end of the text is one unit of at most 400 characters repeated without any change,
at least four times and over at least 640 characters. Sound prose, code and JSON do not do that;
a model in a loop does nothing else until its budget is spent.
"""

from __future__ import annotations

LONGEST_UNIT = 400
FEWEST_REPEATS = 4
SHORTEST_STRETCH = 640

_WINDOW = LONGEST_UNIT * FEWEST_REPEATS
_CHECK_EVERY = 64


def repeated_unit(text: str) -> str | None:
    """The unit that the end of ``text`` repeats by the rule above, or None."""
    tail = text[-_WINDOW:]
    for length in range(1, LONGEST_UNIT + 1):
        stretch = max(SHORTEST_STRETCH, length * FEWEST_REPEATS)
        if stretch > len(tail):
            return None
        if tail[-stretch:-length] == tail[len(tail) - stretch + length :]:
            return tail[-length:]
    return None


class LoopDetector:
    """Fed with the pieces of an answer as they come; looks for a loop now and then."""

    def __init__(self) -> None:
        self._tail = ""
        self._unchecked = 0

    def feed(self, piece: str) -> str | None:
        """The repeated unit as soon as the answer has gone into a loop."""
        self._tail = (self._tail + piece)[-_WINDOW:]
        self._unchecked += len(piece)
        if self._unchecked < _CHECK_EVERY:
            return None
        self._unchecked = 0
        return repeated_unit(self._tail)
