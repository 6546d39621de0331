"""One report, from its definition and the facts to a Report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scout_codebase.records import (
    Ask,
    Comparison,
    Dismissed,
    Finding,
    FindingState,
    Report,
    Severity,
    states_line,
)
from scout_codebase.reports.ask import CheckedAnswer, Interview, interview
from scout_codebase.reports.comparison import Before, compare
from scout_codebase.reports.definition import ReportDefinition
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.facts import Facts
from scout_codebase.reports.markdown import LinkTo, filters, no_link
from scout_codebase.reports.ratings import rules_of
from scout_codebase.reports.security import judged_places
from scout_codebase.reports.site import SitePlan, SiteWriter
from scout_codebase.reports.suppressions import COMMENTS_ALLOWED, Allowed, Screened, screen
from scout_codebase.reports.tidy import tidy
from scout_codebase.templates import TemplateLibrary

Finder = Callable[
    [Mapping[str, Sequence[CheckedAnswer]], EvidenceChecker],
    tuple[tuple[Finding, ...], tuple[Dismissed, ...]],
]

# What turns answers into findings, by the name that a report definition gives.
FINDERS: Mapping[str, Finder] = {"judged-places": judged_places}


def write_report(
    definition: ReportDefinition,
    facts: Facts,
    checker: EvidenceChecker,
    library: TemplateLibrary,
    ask: Ask,
    link_to: LinkTo,
    on_question: Callable[[str], None],
    at_once: int = 1,
    allowed: Allowed = COMMENTS_ALLOWED,
    before: Before | None = None,
    link_to_base: LinkTo = no_link,
    site: SitePlan | None = None,
) -> Report:
    """Asks, checks and renders one report. Raises EngineError or WindowError where the server
    fails, LimitError where a limit was reached before anything was answered; a section whose answer
    cannot be used stands as failed in the report. ``allowed`` is what may suppress findings,
    ``before`` what they are compared with; ``site`` says which pages are wanted of a report that
    has some."""
    if definition.pages:
        plan = site or SitePlan(lambda _: link_to)
        writer = SiteWriter(definition, facts, checker, library, plan)
        return writer.write(ask, on_question, at_once)
    result = interview(definition, facts, checker, library, ask, on_question, at_once)
    found, dismissed = _findings(definition, result, checker)
    marked, comparison = compare(found, dismissed, facts, before if definition.finder else None)
    screened = screen(marked, facts, allowed)
    values = page_values(definition, facts, result, screened, dismissed, comparison)
    body = library.render(definition.page, values, filters(checker, link_to, link_to_base))
    return Report(
        name=definition.name,
        title=definition.title,
        body=tidy(body),
        findings=screened.findings,
        dismissed=dismissed,
        evidence=tuple(result.evidence),
        asked=tuple(result.asked),
        suppressed=screened.suppressed,
        suppressions=screened.suppressions if definition.finder else None,
        rules=rules_of(facts["weaknesses"]) if definition.finder else (),
        dropped=tuple(result.dropped),
        comparison=comparison,
        measured={name: facts[name] for name in definition.data if name in facts},
        stopped=result.stopped,
    )


def _findings(
    definition: ReportDefinition, result: Interview, checker: EvidenceChecker
) -> tuple[tuple[Finding, ...], tuple[Dismissed, ...]]:
    if not definition.finder:
        return (), ()
    return FINDERS[definition.finder](result.answers, checker)


def page_values(
    definition: ReportDefinition,
    facts: Facts,
    result: Interview,
    screened: Screened,
    dismissed: Sequence[Dismissed],
    comparison: Comparison | None = None,
) -> dict[str, Any]:
    """What the page template sees."""
    failed = [
        answer
        for row in definition.questions
        if not row.after
        for answer in result.answers[row.id]
        if answer.failure
    ]
    first = definition.questions[0].id if definition.questions else ""
    answered = [answer for answer in result.answers.get(first, ()) if answer.value is not None]
    return {
        "facts": facts,
        "answers": result.answers,
        "findings": screened.findings,
        "finding_counts": dict(Counter(finding.rule for finding in screened.findings)),
        "suppressed": screened.suppressed,
        "suppressions": screened.suppressions,
        "dismissed": dismissed,
        "failed": failed,
        "judged": len(answered),
        "summary_line": _summary_line(screened.findings),
        "comparison": comparison,
        "states_line": states_line(map(_state, screened.findings), comparison),
    }


def _state(finding: Finding) -> FindingState | None:
    return finding.state


def _summary_line(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    parts = [f"{counts[severity]} {severity}" for severity in Severity if counts[severity]]
    return ", ".join(parts) or "No findings"
