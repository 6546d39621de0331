"""Cuts Markdown that is coming in into blocks that can be shown before the rest is there."""

from __future__ import annotations


class Blocks:
    """A block ends at an empty line, outside of fences. A fenced block belongs to what stands
    before it, so that a quote stays with the place that it is from. Joined, the blocks and what
    ``finish`` gives are the whole text, empty lines between them aside."""

    def __init__(self) -> None:
        self._text = ""

    @property
    def rest(self) -> str:
        """What is no whole block yet."""
        return self._text

    def feed(self, piece: str) -> list[str]:
        """The blocks that are whole now."""
        self._text = (self._text + piece).lstrip("\n") if not self._text else self._text + piece
        blocks: list[str] = []
        while (end := _end_of_block(self._text)) is not None:
            blocks.append(self._text[:end].rstrip())
            self._text = self._text[end:].lstrip("\n")
        return blocks

    def finish(self) -> list[str]:
        """The last block, where there is one."""
        last, self._text = self._text.strip("\n").rstrip(), ""
        return [last] if last else []


def _end_of_block(text: str) -> int | None:
    """Where the first block ends, None where that cannot be told yet."""
    fence, end, offset = "", None, 0
    for line in text.split("\n"):
        whole = offset + len(line) < len(text)
        words = line.strip()
        if fence:
            fence = "" if whole and _closes(words, fence) else fence
        elif words.startswith(("```", "~~~")):
            fence, end = words[: len(words) - len(words.lstrip(words[0]))], None
        elif not words and whole and offset:
            end = end or offset
        elif words and end is not None and (whole or len(words) > 2 or words[0] not in "`~"):
            return end
        offset += len(line) + 1
    return None


def _closes(words: str, fence: str) -> bool:
    return words.startswith(fence) and not words.strip(fence[0])
