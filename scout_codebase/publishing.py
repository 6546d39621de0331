"""The end of a review: whether it is whole, the files that speak of all of it, and what goes to
standard output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from scout_codebase.comparing import comparison_of, gate, tell_of_comparison
from scout_codebase.earlier import Baselines
from scout_codebase.errors import LimitError, UnusableAnswerError
from scout_codebase.progress import Reporter
from scout_codebase.records import Outcome, Report, RunRecord, Snapshot
from scout_codebase.render.files import ReportFiles
from scout_codebase.render.formats import FORMATS
from scout_codebase.render.result import RESULT_NAME, render_result
from scout_codebase.settings import ReviewSettings
from scout_codebase.suppressing import keep_baseline

_DONE = (0, 1)
"""The exit codes of a review that is whole, or was accepted as it is."""


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")


@dataclass(frozen=True, slots=True)
class Publisher:
    """Made where a review begins. ``show`` is given what goes to standard output."""

    settings: ReviewSettings
    reporter: Reporter
    show: Callable[[str], None]
    started: str = field(default_factory=_now)

    def conclude(
        self,
        reports: Sequence[Report],
        run: RunRecord,
        snapshot: Snapshot,
        known: Baselines,
        files: ReportFiles,
        stopped: LimitError | None = None,
    ) -> None:
        """Raises UnusableAnswerError for a review that is incomplete, and ``stopped`` for one that
        a limit ended, once it is published as such."""
        comparison = comparison_of(reports, known.earlier)
        made = gate(reports, self.settings)
        tell_of_comparison(reports, comparison, made, self.reporter)
        outcome = Outcome(
            reports=tuple(reports),
            run=run,
            snapshot=snapshot,
            files=files.written,
            gate=made,
            exit_code=1 if made.counted else 0,
            comparison=comparison,
            started=self.started,
            finished=_now(),
        )
        try:
            if stopped is not None:
                raise stopped
            self._refuse_incomplete(reports, files)
            keep_baseline(self.settings, reports, known.accepted, self.reporter)
        except (LimitError, UnusableAnswerError) as error:
            self._publish(replace(outcome, exit_code=error.exit_code), files)
            raise
        self._publish(outcome, files)

    def _refuse_incomplete(self, reports: Sequence[Report], files: ReportFiles) -> None:
        failed = [report for report in reports if report.failures]
        if not failed or self.settings.allow_partial:
            return
        count = sum(len(report.failures) for report in failed)
        pages = ", ".join(str(files.pages[report.name]) for report in failed)
        raise UnusableAnswerError(
            f"{count} answers could not be used ({failed[0].failures[0].failure}); see {pages}",
            remedy=(
                "Use a larger model, or --allow-partial to accept reports with failed sections."
            ),
        )

    def _publish(self, outcome: Outcome, files: ReportFiles) -> None:
        """``result.json`` comes last: where it is, all else is there too. A probe alone has none.
        Raises UsageError where a file cannot be written."""
        if not self.settings.reports:
            return
        row = FORMATS[self.settings.output_format]
        texts = {
            name: file.render(outcome)
            for name, file in row.files.items()
            if file.of_incomplete or outcome.exit_code in _DONE
        }
        texts[RESULT_NAME] = render_result(outcome)
        files.write_of_run({name: text for name, text in texts.items() if text})
        self.show(row.printed(outcome))
