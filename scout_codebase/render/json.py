"""A Report as data, for scripts."""

from __future__ import annotations

import json
from dataclasses import asdict

from scout_codebase.records import Report, RunRecord
from scout_codebase.render.markdown import base_values
from scout_codebase.render.recall import recall_summary

FORMAT_VERSION = 1


def render_json(report: Report, run: RunRecord) -> str:
    """Everything the page says and what it leaves out: the claims whose evidence was not found,
    the candidates that were dismissed, the questions that failed."""
    value = {
        "format_version": FORMAT_VERSION,
        "report": report.name,
        "complete": not report.failures,
        "tool_version": run.tool_version,
        "engine": asdict(run.identity),
        "pack_tokens": run.pack_tokens,
        **({"base": base_values(run)} if run.base else {}),
        "findings": [asdict(finding) for finding in report.findings],
        "suppressed": [asdict(finding) for finding in report.suppressed],
        "suppressions": asdict(report.suppressions) if report.suppressions else None,
        **({"comparison": asdict(report.comparison)} if report.comparison else {}),
        "rules": [asdict(rule) for rule in report.rules],
        "dismissed": [asdict(row) for row in report.dismissed],
        "evidence": [asdict(evidence) for evidence in report.evidence],
        "dropped": [asdict(row) for row in report.dropped],
        **({"recall": recall_summary(run.recall)} if run.recall else {}),
        **report.measured,
        "questions": [asdict(question) for question in report.asked],
    }
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"
