"""Text to syntax tree, within limits.

A grammar may take for ever over a text that was made for it: one looks for the end of every
comment as far as the end of the file, another follows every reading of an ambiguous expression at
once. What a parse may do is limited by numbers that are the same on every machine: the reads that
it makes, the steps that it takes, the brackets that stand open. Below lies a net of processor time.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import accumulate
from operator import sub

import tree_sitter

from scout_codebase.languages.spec import LanguageSpec
from scout_codebase.languages.syntax import Deadline, load_grammar

_READ_BYTES = 2048
_MOST_READS = 10_000
_STEPS_A_CALL = 100
_CALLS_A_LOOK = 16  # at the clock, which takes longer than all else
_STEPS_OF_ANY_TEXT = 4_000
_TEXT_BYTES = 64
_MOST_OPEN = 1000
_DEEPEST_OPEN = 1000
_BRACKETS = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
_ALL_BYTES = bytes(range(256))
_STATEMENTS = re.compile(rb"[;{}>]")


def parse(spec: LanguageSpec, source: bytes, deadline: Deadline) -> tree_sitter.Tree | None:
    """The tree, or None for a text that the grammar cannot read within the limits."""
    if _nests_too_deeply(source):
        return None
    if spec.ambiguous and _opens_too_often(source, spec.ambiguous):
        return None
    reader = _Reader(source)
    limit = _Limit(spec, reader, len(source), deadline)
    parser = tree_sitter.Parser(load_grammar(spec))
    try:
        tree = parser.parse(reader, progress_callback=limit)
    except ValueError:  # what the binding raises for a parse that was called off
        return None
    finally:
        reader.serve_texts()
    return None if reader.exhausted else tree


def _opens_too_often(source: bytes, mark: bytes) -> bool:
    """tree-sitter's memory grows with the square of what stands open: two gigabytes at 16,000."""
    return any(part.count(mark) > _MOST_OPEN for part in _STATEMENTS.split(source))


def _nests_too_deeply(source: bytes) -> bool:
    """What stands open at the end of a text is looked through in one step that no limit interrupts,
    in time and memory that grow with the square of its depth."""
    return any(
        source.count(opening) > _DEEPEST_OPEN and _depth(source, opening, closing) > _DEEPEST_OPEN
        for opening, closing in _BRACKETS
    )


def _depth(source: bytes, opening: bytes, closing: bytes) -> int:
    """How many of these brackets stand open at most, those in comments and strings included."""
    brackets = source.translate(None, delete=_ALL_BYTES.translate(None, delete=opening + closing))
    steps = map({opening[0]: 1, closing[0]: -1}.__getitem__, brackets)
    heights = list(accumulate(steps, initial=0))
    # Above the lowest so far: a bracket that closes nothing does not count.
    depths: Iterator[int] = map(sub, heights, accumulate(heights, min))
    return max(depths)


class _Reader:
    """Hands out a source: first to the parser, then to whoever asks for the text of a node.

    The parser gets views, each released when the next is asked for, since the binding (tree-sitter
    0.26) never lets go of what it was handed. After ``_MOST_READS`` the source is
    ``exhausted`` and seems to end. Of a text, the binding frees each slice just
    before it looks at it, therefore the last one is held here."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._view = memoryview(source)
        self._slice = self._view[:0]
        self._left = _MOST_READS
        self._text: bytes | None = None
        self._end, self._length = -1, _TEXT_BYTES

    def __call__(self, offset: int, _point: object) -> bytes | memoryview:
        if self._text is not None:
            return self._read_text(offset)
        self._slice.release()
        self._left -= 1
        end = 0 if self.exhausted else offset + _READ_BYTES
        self._slice = self._view[offset:end]
        return self._slice

    @property
    def exhausted(self) -> bool:
        return self._left < 0

    def serve_texts(self) -> None:
        """From here on it is asked for the texts of nodes, most of them short."""
        self._slice.release()
        self._view.release()
        self._text = b""

    def _read_text(self, offset: int) -> bytes:
        self._length = 4 * self._length if offset == self._end else _TEXT_BYTES
        self._text = self._source[offset : offset + self._length]
        self._end = offset + len(self._text)
        return self._text


class _Limit:
    """Says when to give a parse up; tree-sitter asks every hundred steps, and tells whether it is
    recovering from an error."""

    def __init__(
        self, spec: LanguageSpec, reader: _Reader, length: int, deadline: Deadline
    ) -> None:
        self._reader = reader
        self._deadline = deadline
        self._recoveries = spec.recovery_limit or sys.maxsize
        in_proportion = _STEPS_OF_ANY_TEXT + spec.most_steps_a_byte * length
        self._calls = min(spec.most_steps, in_proportion) // _STEPS_A_CALL

    def __call__(self, _offset: int, recovering: bool) -> bool:
        self._recoveries -= recovering
        self._calls -= 1
        return (
            self._recoveries <= 0
            or self._calls <= 0
            or self._reader.exhausted
            or (self._calls % _CALLS_A_LOOK == 0 and self._deadline.passed)
        )
