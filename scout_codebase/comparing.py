"""Around a review: what its findings are compared with, and which of them fail it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scout_codebase.pipeline import Packed
from scout_codebase.progress import Reporter
from scout_codebase.records import (
    Comparison,
    EarlierReview,
    Finding,
    FormerFinding,
    Gate,
    Report,
    states_line,
)
from scout_codebase.reports.comparison import Before
from scout_codebase.reports.definition import ReportDefinition
from scout_codebase.reports.places import BasePlaces
from scout_codebase.reports.present import PresentCode
from scout_codebase.reports.weaknesses import load_weaknesses
from scout_codebase.settings import ReviewSettings
from scout_codebase.templates import TemplateLibrary

_NOBODY_LOOKED = "no report of this review looks for findings"


def what_was_before(
    packed: Packed,
    earlier: EarlierReview | None,
    definitions: Sequence[ReportDefinition],
    library: TemplateLibrary,
) -> Before | None:
    """None where there is nothing to compare with, or no report that has findings."""
    if not any(definition.finder for definition in definitions):
        return None
    if earlier is None and packed.base is None:
        return None
    present = PresentCode(packed.snapshot, packed.graph)
    base, named = packed.base, packed.pack.base
    if base is None or named is None:
        return Before(present, earlier)
    places = BasePlaces(base.snapshot, base.graph, load_weaknesses(library))
    return Before(present, earlier, named.name, places)


def comparison_of(reports: Sequence[Report], earlier: EarlierReview | None) -> Comparison | None:
    """That of the report that has findings. Where none has, nobody looked at what an earlier review
    found."""
    made = next((report.comparison for report in reports if report.comparison), None)
    if made or earlier is None:
        return made
    rows = (FormerFinding(row, fixed=False, reason=_NOBODY_LOOKED) for row in earlier.findings)
    return Comparison(earlier.name, earlier.revision, former=tuple(rows))


def gate(reports: Iterable[Report], settings: ReviewSettings) -> Gate:
    """Which findings ``--fail-on`` counts: of that severity or graver, not suppressed, and new
    unless existing ones count too."""
    grave = [one for report in reports for one in report.findings if _is_grave(one, settings)]
    counted = [one for one in grave if one.is_new or settings.fail_on_existing]
    return Gate(
        fail_on=settings.fail_on,
        existing=settings.fail_on_existing,
        counted=len(counted),
        left_out=len(grave) - len(counted),
    )


def _is_grave(finding: Finding, settings: ReviewSettings) -> bool:
    return settings.fail_on is not None and finding.severity.rank <= settings.fail_on.rank


def tell_of_comparison(
    reports: Sequence[Report], comparison: Comparison | None, made: Gate, reporter: Reporter
) -> None:
    """What is new, and what did not count because it is not, in a line each."""
    if comparison is None:
        return
    states = [finding.state for report in reports for finding in report.findings]
    names = [comparison.baseline, f"base {comparison.base}" if comparison.base else ""]
    told = states_line(states, comparison)
    reporter.say(f"Compared with {' and '.join(filter(None, names))}: {told}")
    if made.left_out:
        reporter.say(
            f"Not counted by --fail-on {made.fail_on}: {made.left_out} that were there before "
            "(--fail-on-existing counts them)"
        )
