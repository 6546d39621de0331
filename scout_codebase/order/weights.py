"""Sizes as the order knows them."""

from __future__ import annotations


def weight(size: int) -> int:
    """A size in bytes as the order knows it, in steps of a quarter at most: most edits leave it as
    it was, and with it the order, so that a prompt's prefix can be used again after them."""
    steps = max(0, size.bit_length() - 3)
    return (size >> steps) << steps
