"""What a whole review came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scout_codebase.records.reports import Report, RunRecord, Severity
from scout_codebase.records.source import Snapshot
from scout_codebase.records.states import Comparison


@dataclass(frozen=True, slots=True)
class Gate:
    """What ``--fail-on`` made of the findings. ``counted`` are those that fail the review;
    ``left_out`` are as grave, and do not count because they are not new. ``existing``: those count
    too."""

    fail_on: Severity | None = None
    existing: bool = False
    counted: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A review that has written its reports. ``files`` are the names of the files of each report,
    below the folder of the reports; ``exit_code`` is what the command ends with. ``comparison`` is
    None where the findings were compared with nothing. ``started`` and ``finished`` are in UTC, as
    ``2026-01-31T12:00:00``."""

    reports: tuple[Report, ...]
    run: RunRecord
    snapshot: Snapshot
    files: Mapping[str, tuple[str, ...]]
    gate: Gate
    exit_code: int
    comparison: Comparison | None = None
    started: str = ""
    finished: str = ""

    @property
    def complete(self) -> bool:
        """Whether every question of every report was answered."""
        return not any(report.failures for report in self.reports)
