"""Findings and reports of a packed repository, without a model."""

from __future__ import annotations

from dataclasses import replace

from scout_codebase.pack import tokens_by_path
from scout_codebase.records import (
    AskedQuestion,
    Dismissed,
    EngineIdentity,
    Evidence,
    Finding,
    Report,
    RunRecord,
    Severity,
)
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.facts import Facts, collect_facts
from scout_codebase.reports.ratings import rules_of
from scout_codebase.reports.suppressions import COMMENTS_ALLOWED, Allowed, screen
from support.packing import Packed, shipped_weaknesses

IDENTITY = EngineIdentity("vllm", "m", "http://127.0.0.1:1/v1", 8192, llama4_vocabulary=False)
RUN = RunRecord("0.1.0", "scout-review .", IDENTITY, "named by --base-url", 8192, 100, 2, (), 10)


def facts_of(packed: Packed) -> Facts:
    tokens = tokens_by_path(packed.pack)
    return collect_facts(packed.snapshot, packed.graph, tokens, shipped_weaknesses())


def findings_of(packed: Packed, source: tuple[str, str] | None = None) -> list[Finding]:
    """One for each place. ``source`` is the path and the quote of where its value comes from."""
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    before = (checker.check(*source),) if source else ()
    return [
        Finding(
            rule=row["weakness"]["cwe"],
            title=f"A title of {row['category']}",
            severity=Severity(row["severity"]),
            confidence="medium",
            explanation="Comes from: outside. Check: none named.",
            exploit="Send it.",
            fix="Do not.",
            evidence=(*before, _whole_line(checker, row["path"], row["line"])),
            symbol=row["symbol"],
            fingerprint=row["fingerprint"],
            code_fingerprint=row["code_fingerprint"],
            standing=row["standing"],
        )
        for row in facts_of(packed)["places"]
    ]


def _whole_line(checker: EvidenceChecker, path: str, line: int) -> Evidence:
    source = checker.source(path)
    assert source is not None
    text = source.line(line)
    found = checker.check(path, text.strip())
    start = len(text) - len(text.lstrip()) + 1
    return replace(
        found, start_line=line, end_line=line, start_column=start, end_column=len(text.rstrip()) + 1
    )


def report_of(
    packed: Packed,
    *,
    allowed: Allowed = COMMENTS_ALLOWED,
    failure: str = "",
    source: tuple[str, str] | None = None,
) -> Report:
    """A security review that judged every place vulnerable. One question failed where there is a
    ``failure``."""
    screened = screen(findings_of(packed, source), facts_of(packed), allowed)
    asked = [AskedQuestion("security-review/judge/one", 10, 0, 5, 1.0, 0.5)]
    if failure:
        asked.append(AskedQuestion("security-review/judge/two", 10, 0, 5, 1.0, 0.5, failure))
    return Report(
        name="security-review",
        title="Security review",
        body="The body.\n",
        findings=screened.findings,
        dismissed=(Dismissed("CWE-89", "a.py", 1, "quoted"),),
        evidence=(),
        asked=tuple(asked),
        suppressed=screened.suppressed,
        suppressions=screened.suppressions,
        rules=rules_of(shipped_weaknesses()),
    )
