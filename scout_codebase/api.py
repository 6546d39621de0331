"""The public interface for Python: what ``import scout_codebase`` offers."""

from __future__ import annotations

from pathlib import Path

from scout_codebase import pipeline, reviewing
from scout_codebase.errors import ScoutError
from scout_codebase.progress import Reporter
from scout_codebase.records import Finding, Pack, Report, Severity
from scout_codebase.reviewing import Review
from scout_codebase.settings import EngineSettings, ReviewSettings, SelectionSettings
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens

__all__ = [
    "EngineSettings",
    "Finding",
    "Pack",
    "Report",
    "Review",
    "ReviewSettings",
    "ScoutError",
    "SelectionSettings",
    "Severity",
    "count_tokens",
    "pack_repository",
    "review_repository",
]


def pack_repository(
    selection: SelectionSettings, *, prompts: Path | None = None, quiet: bool = True
) -> Pack:
    """The prompt of a review, less its question, and what was left out of it and why: the same
    bytes as ``scout-review pack`` writes. ``prompts`` is a folder that overlays the shipped one;
    unless ``quiet``, progress goes to standard error. Raises ScoutError."""
    library = TemplateLibrary(prompts)
    return pipeline.pack_repository(selection, library, Reporter(quiet=quiet)).pack


def review_repository(settings: ReviewSettings, *, quiet: bool = True) -> Review:
    """Asks the model and writes the reports, as ``scout-review review`` does. What it returns is
    whole: a report with sections that failed raises ScoutError, after it was written, unless
    ``settings.allow_partial``."""
    return reviewing.review(settings, Reporter(quiet=quiet))
