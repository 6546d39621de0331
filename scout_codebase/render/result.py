"""``result.json``: a whole review as data, for the jobs that come after it.

``result.schema.json`` beside this module describes it and allows nothing else. All text in it that
a model or a repository wrote is data: it is neither a path to open nor a command. Secrets are
labels in it, as they are in all that the model was shown.
"""

from __future__ import annotations

import json
from collections import Counter
from importlib import resources
from typing import Any

from scout_codebase.earlier import RESULT_FORMAT, RESULT_VERSION, TOOL
from scout_codebase.records import (
    NOBODY,
    FindingState,
    Outcome,
    Report,
    RunRecord,
    Severity,
    Site,
    Snapshot,
)
from scout_codebase.render.links import web_address
from scout_codebase.render.markdown import coverage
from scout_codebase.render.recall import recall_summary
from scout_codebase.render.result_findings import finding_rows, former_rows, shown_path
from scout_codebase.render.sarif_text import encodable

Json = dict[str, Any]

RESULT_NAME = "result.json"


def result_schema() -> Json:
    """The JSON Schema (draft 2020-12) of the file."""
    source = resources.files("scout_codebase.render").joinpath("result.schema.json")
    value: Json = json.loads(source.read_text(encoding="utf-8"))
    return value


def render_result(outcome: Outcome) -> str:
    run, snapshot = outcome.run, outcome.snapshot
    value = {
        "format": RESULT_FORMAT,
        "format_version": RESULT_VERSION,
        "status": "complete" if outcome.complete else "incomplete",
        "exit_code": outcome.exit_code,
        "tool": {"name": TOOL, "version": run.tool_version},
        "command": run.command,
        "repository": _repository(snapshot),
        "base": _base(run),
        "engine": _engine(run),
        "prompt": _prompt(run, snapshot),
        "questions": _questions(outcome),
        "recall": recall_summary(run.recall) if run.recall else None,
        "comparison": _comparison(outcome),
        "counts": _counts(outcome),
        "gate": {
            "fail_on": outcome.gate.fail_on,
            "existing_count": outcome.gate.existing,
            "counted": outcome.gate.counted,
            "left_out": outcome.gate.left_out,
        },
        "findings": finding_rows(outcome.reports, snapshot),
        "former": former_rows(outcome.comparison),
        "reports": [_report(report, outcome) for report in outcome.reports],
    }
    return json.dumps(_encodable(value), indent=2, ensure_ascii=True) + "\n"


def _repository(snapshot: Snapshot) -> Json:
    revision = snapshot.revision
    return {
        "name": snapshot.name,
        "folder": shown_path(snapshot.folder),
        "commit": revision.commit,
        "branch": revision.name,
        "committed_at": revision.committed_at,
        "uncommitted_changes": revision.dirty,
        "remote": web_address(revision.remote),
    }


def _base(run: RunRecord) -> Json | None:
    base = run.base
    if base is None:
        return None
    return {
        "name": base.name,
        "commit": base.revision.commit,
        "tokens": base.tokens,
        "amendment_tokens": run.pack_tokens - base.tokens,
        "changes": dict(sorted(Counter(str(change.kind) for change in base.changes).items())),
    }


def _engine(run: RunRecord) -> Json | None:
    if run.identity == NOBODY:
        return None
    return {
        "family": run.identity.family,
        "model": run.identity.model,
        "address": run.identity.address,
        "chosen": run.engine_choice,
        "embedded": run.identity.embedded,
        "context_window": run.window,
    }


def _prompt(run: RunRecord, snapshot: Snapshot) -> Json:
    return {
        "tokens": run.pack_tokens,
        "files": run.files_packed,
        "text_bytes": run.text_bytes,
        "coverage_percent": coverage(run),
        "masked_values": len({(row.path, row.label) for row in snapshot.masked})
        if snapshot.masking
        else None,
        "omissions": [
            {
                "path": shown_path(row.path, snapshot.folder),
                "reason": row.reason,
                "size": row.size,
                "detail": row.detail,
            }
            for row in run.omissions
        ],
    }


def _questions(outcome: Outcome) -> Json:
    """``cached_tokens`` is null where the server does not tell it."""
    asked = [question for report in outcome.reports for question in report.asked]
    sent = [question for question in asked if not question.earlier]
    cached = [row.cached_tokens for row in sent if row.cached_tokens is not None]
    tokens = sum(question.prompt_tokens for question in sent)
    return {
        "asked": len(asked),
        "failed": sum(len(report.failures) for report in outcome.reports),
        "kept_from_earlier": len(asked) - len(sent),
        "sent_tokens": tokens,
        "cached_tokens": sum(cached) if cached else None,
        "cached_share": round(sum(cached) / tokens, 4) if cached and tokens else None,
        "answer_tokens": sum(question.completion_tokens for question in sent),
        "seconds": round(sum(question.seconds for question in sent), 3),
    }


def _comparison(outcome: Outcome) -> Json | None:
    told = outcome.comparison
    if told is None:
        return None
    return {
        "baseline": told.baseline,
        "baseline_commit": told.baseline_revision,
        "base": told.base,
    }


def _counts(outcome: Outcome) -> Json:
    """Of the findings that are not suppressed; where nothing was compared, all are new."""
    reports, told = outcome.reports, outcome.comparison
    found = [finding for report in reports for finding in report.findings]
    states = Counter(finding.state or FindingState.NEW for finding in found)
    severities = Counter(finding.severity for finding in found)
    new = Counter(finding.severity for finding in found if finding.is_new)
    return {
        "findings": len(found),
        **{state: states[state] for state in FindingState if state is not FindingState.FIXED},
        "fixed": len(told.fixed) if told else 0,
        "unconfirmed": len(told.unconfirmed) if told else 0,
        "suppressed": sum(len(report.suppressed) for report in reports),
        "undecided": sum(row.undecided for report in reports for row in report.dismissed),
        "by_severity": {severity: severities[severity] for severity in Severity},
        "new_by_severity": {severity: new[severity] for severity in Severity},
    }


def _report(report: Report, outcome: Outcome) -> Json:
    return {
        "name": report.name,
        "title": report.title,
        "complete": not report.failures,
        "files": list(outcome.files.get(report.name, ())),
        "questions": len(report.asked),
        "quotes_checked": len(report.evidence),
        "quotes_found": sum(row.found for row in report.evidence),
        "failures": [{"question": row.id, "reason": row.failure} for row in report.failures],
        "pages": _pages(report.site) if report.site else None,
    }


def _pages(site: Site) -> Json:
    written = [page.record.path for page in site.pages]
    return {"written": written, "kept": len(site.record.pages) - len(written)}


def _encodable(value: Any) -> Any:
    """Without lone surrogates, which no JSON reader has to accept."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {encodable(key): _encodable(part) for key, part in value.items()}
    return [_encodable(part) for part in value] if isinstance(value, list) else value
