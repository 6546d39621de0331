"""What is known of the contents of one file."""

from __future__ import annotations

from dataclasses import dataclass

from scout_codebase.records.graph import FileAnalysis
from scout_codebase.records.source import Secret


@dataclass(frozen=True, slots=True)
class BlobFacts:
    """A function of a file's path and text. ``analysis`` is None for a language without a row;
    ``tokens`` are those of the file's section of the pack; ``neutralised`` are the strings that
    were rewritten in it, sorted, and how often; ``secrets`` stand in it, where they were looked
    for."""

    analysis: FileAnalysis | None
    tokens: int
    neutralised: tuple[tuple[str, int], ...] = ()
    secrets: tuple[Secret, ...] = ()
