"""Around a review: the baseline that it starts from, the one that it leaves, and what is said."""

from __future__ import annotations

from collections.abc import Sequence

from scout_codebase.baseline import baseline_text
from scout_codebase.errors import UnusableAnswerError, UsageError
from scout_codebase.progress import Reporter
from scout_codebase.records import Baseline, Report, SuppressionKind
from scout_codebase.render.atomic import write_atomically
from scout_codebase.reports.definition import ReportDefinition
from scout_codebase.reports.suppressions import Allowed
from scout_codebase.settings import ReviewSettings


def allowed_suppressions(
    settings: ReviewSettings,
    definitions: Sequence[ReportDefinition],
    accepted: Baseline | None,
) -> Allowed:
    """What may suppress findings. Raises UsageError where a baseline is wanted from reports without
    findings."""
    looks_for_findings = any(definition.finder for definition in definitions)
    if settings.write_baseline and not looks_for_findings:
        raise UsageError(
            "--write-baseline needs a report with findings",
            remedy="Add --report security-review.",
        )
    return Allowed(in_source=settings.inline_suppressions, baseline=accepted)


def keep_baseline(
    settings: ReviewSettings,
    reports: Sequence[Report],
    earlier: Baseline | None,
    reporter: Reporter,
) -> None:
    """Writes the baseline that was asked for: every finding but those that a comment in the source
    suppresses already, and every earlier entry whose code is still there: a place beyond the limit,
    or one that the model calls safe this time, is still accepted. Raises UnusableAnswerError for a
    review that failed in part: its baseline would lack what was not judged."""
    if settings.write_baseline is None:
        return
    failed = sum(len(report.failures) for report in reports if report.rules)
    if failed:
        raise UnusableAnswerError(
            f"{settings.write_baseline} was not written: {failed} answers could not be used",
            remedy="Run again, or use a larger model.",
        )
    findings = [
        finding
        for report in reports
        for finding in (*report.findings, *report.suppressed)
        if all(by.kind is SuppressionKind.EXTERNAL for by in finding.suppressions)
    ]
    kept = [
        stale.entry
        for report in reports
        if report.suppressions and report.suppressions.baseline
        for stale in report.suppressions.baseline.stale
        if stale.code_found
    ]
    write_atomically(settings.write_baseline, baseline_text(findings, earlier, kept))
    more = f", and {len(kept)} whose code is still there" if kept else ""
    reporter.say(f"Findings accepted in {settings.write_baseline}: {len(findings)}{more}")


def tell_of_suppressions(report: Report, reporter: Reporter) -> None:
    told = report.suppressions
    if told is None:
        return
    if report.suppressed:
        reporter.say(f"Suppressed findings: {len(report.suppressed)}")
    if told.baseline and told.baseline.stale:
        stale, entries = len(told.baseline.stale), told.baseline.entries
        reporter.say(f"{told.baseline.name}: {stale} of {entries} entries match no finding")
