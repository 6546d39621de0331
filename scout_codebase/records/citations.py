"""What an answer in prose cites, and what the look-up of it found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scout_codebase.records.reports import Evidence, Grade


class CitationStatus(StrEnum):
    VERIFIED = "verified"
    CORRECTED = "corrected"
    AMBIGUOUS = "ambiguous"
    UNQUOTED = "not quoted"
    MISSING = "not found in the source"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place that an answer names, numbered from 1 within its session. ``path``, ``line`` (0 where
    none is named) and ``quote`` ("" where nothing is quoted) are the model's; the place in
    ``evidence`` is the tool's. Of a place without a quote the evidence is only that there is such a
    line: it shows nothing of what the model says of it."""

    number: int
    path: str
    line: int
    quote: str
    evidence: Evidence

    @property
    def claimed(self) -> str:
        """The place as the model named it."""
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def status(self) -> CitationStatus:
        found = self.evidence
        if not found.found:
            return CitationStatus.MISSING
        if not self.quote:
            return CitationStatus.UNQUOTED
        if found.grade is Grade.CORRECTED:
            return CitationStatus.CORRECTED
        if found.start_line <= self.line <= found.end_line:
            return CitationStatus.VERIFIED
        if found.grade is Grade.AMBIGUOUS:
            return CitationStatus.AMBIGUOUS
        return CitationStatus.CORRECTED if self.line else CitationStatus.VERIFIED

    @property
    def verified(self) -> bool:
        """Whether the quote stands in the source, at the place that ``evidence`` gives."""
        return bool(self.quote) and self.evidence.found
