"""The text that a template leaves, as it is written."""

from __future__ import annotations


def tidy(body: str) -> str:
    """Without runs of empty lines and trailing blanks, which templates leave behind."""
    lines: list[str] = []
    for line in body.splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).strip() + "\n"
