"""Findings as workflow commands of GitHub Actions, which become annotations of a run.

The escapes are those of the ``@actions/core`` toolkit (``command.ts``): nothing in a finding can
end its command or begin another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scout_codebase.plain import plain
from scout_codebase.records import Finding, Outcome, Severity
from scout_codebase.render.sarif_results import raw_paths
from scout_codebase.render.sarif_text import encodable, sentences

MOST_SHOWN = 10
"""Annotations of one kind that GitHub shows of a step."""
KINDS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}
_TITLE = "scout-review"


def workflow_commands(outcome: Outcome) -> str:
    """One for each finding that is not suppressed, the new ones first, and a line for those of
    which GitHub would show none. An incomplete review leaves room for the error that says so."""
    found = [finding for report in outcome.reports for finding in report.findings]
    ordered = sorted(found, key=lambda finding: not finding.is_new)
    paths = raw_paths(outcome.snapshot)
    lines: list[str] = []
    for kind in dict.fromkeys(KINDS.values()):
        rows = [finding for finding in ordered if KINDS[finding.severity] == kind]
        most = MOST_SHOWN - (kind == "error" and outcome.exit_code > 1)
        lines += _of_kind(kind, rows, most, paths, compared=outcome.comparison is not None)
    return "".join(f"{line}\n" for line in lines)


def _of_kind(
    kind: str, rows: Sequence[Finding], most: int, paths: dict[str, str], *, compared: bool
) -> Iterator[str]:
    for finding in rows[:most]:
        place = finding.evidence[-1]
        state = f", {finding.state}" if compared else ""
        properties = {
            "file": encodable(paths[place.path]),
            "line": str(place.start_line),
            "endLine": str(place.end_line),
            "title": f"{plain(finding.title)} ({finding.rule}, {finding.severity}{state})",
        }
        fix = f"Fix: {finding.fix}" if finding.fix else ""
        says = sentences(finding.explanation, finding.exploit, fix)
        yield command(kind, says or finding.title, **properties)
    if len(rows) > most:
        more = len(rows) - most
        yield f"{more} more of the kind {kind} stand in the reports: GitHub shows {MOST_SHOWN}."


def failure_annotation(message: str) -> str:
    """That a review did not come to its end."""
    return command("error", plain(message), title=_TITLE) + "\n"


def command(kind: str, message: str, **properties: str) -> str:
    """``::kind name=value,…::message``."""
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
