"""A Report and the record of its run -> one Markdown page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from scout_codebase.records import (
    Grade,
    OmissionReason,
    Report,
    RunRecord,
    SuppressionKind,
    states_line,
)
from scout_codebase.render.recall import recall_values
from scout_codebase.templates import TemplateLibrary

_NOT_TEXT = (OmissionReason.BINARY, OmissionReason.SUBMODULE, OmissionReason.SYMLINK)


def render_markdown(
    report: Report,
    run: RunRecord,
    repository: Mapping[str, Any],
    library: TemplateLibrary,
    filters: Mapping[str, Any],
) -> str:
    """The title, a warning where a section failed, the head that every report has, the body."""
    head = library.render("_shared/head.md.j2", head_values(report, run, repository), filters)
    return f"{head.strip()}\n\n{report.body}"


def base_values(run: RunRecord) -> dict[str, Any] | None:
    """What the prompt began with and what has changed since; None where it began with the revision
    itself."""
    base = run.base
    if base is None:
        return None
    kinds = Counter(str(change.kind) for change in base.changes)
    return {
        "name": base.name,
        "commit": base.revision.commit,
        "tokens": base.tokens,
        "amendments": run.pack_tokens - base.tokens,
        "changes": sorted(kinds.items()),
    }


def head_values(report: Report, run: RunRecord, repository: Mapping[str, Any]) -> dict[str, Any]:
    """What the head's template sees; shares are rounded down, so that 100 means all."""
    return {
        "title": report.title,
        "report": report.name,
        "repository": repository,
        "tool_version": run.tool_version,
        "command": run.command,
        "model": run.identity.model,
        "engine": f"{run.identity.family} at {run.identity.address}",
        "engine_choice": run.engine_choice,
        "window": run.window,
        "prompt_tokens": max((row.prompt_tokens for row in report.asked), default=run.pack_tokens),
        "files_packed": run.files_packed,
        "files_omitted": len(run.omissions),
        "coverage": coverage(run),
        "evidence_checked": len(report.evidence),
        "evidence_found": sum(evidence.found for evidence in report.evidence),
        "suppressions_line": suppressions_line(report),
        "comparison": report.comparison,
        "states_line": states_line((one.state for one in report.findings), report.comparison),
        "evidence_grades": [
            (str(grade), count)
            for grade in Grade
            if (count := sum(row.grade is grade for row in report.evidence))
        ],
        "questions_asked": len(report.asked),
        "questions_failed": len(report.failures),
        "failures": report.failures,
        "questions_earlier": sum(question.earlier for question in report.asked),
        "duration": duration(sum(row.seconds for row in report.asked if not row.earlier)),
        "recall": recall_values(run.recall) if run.recall else None,
        "recall_page": run.recall_page,
        "base": base_values(run),
        **_traffic(report, run),
    }


def _traffic(report: Report, run: RunRecord) -> dict[str, Any]:
    """What was sent and what of it the prefix cache saved; None is not known."""
    asked = [question for question in report.asked if not question.earlier]
    sent = sum(question.prompt_tokens for question in asked)
    told = [row.cached_tokens for row in asked if row.cached_tokens is not None]
    cached = sum(told) if told else None
    saved = cached / run.prefill_rate if cached is not None and run.prefill_rate else None
    return {
        "sent": sent,
        "cached": cached,
        "cached_share": 100 * (cached or 0) // sent if sent else 0,
        "cache_remedy": run.cache_remedy,
        "prefill_rate": round(run.prefill_rate) if run.prefill_rate else None,
        "saved": duration(saved) if saved is not None else None,
    }


def suppressions_line(report: Report) -> str:
    """What was suppressed and what asked for it in vain; "" where nothing asked."""
    told = report.suppressions
    if told is None or not (told.baseline or told.comments):
        return ""
    counts = Counter(
        kind for one in report.suppressed for kind in {by.kind for by in one.suppressions}
    )
    by_whom = [
        f"{counts[kind]} by {name}"
        for kind, name in (
            (SuppressionKind.EXTERNAL, "the baseline"),
            (SuppressionKind.IN_SOURCE, "comments in the source"),
        )
        if counts[kind]
    ]
    number = len(report.suppressed)
    parts = [f"{number} finding{'' if number == 1 else 's'}"]
    parts[0] += f" ({', '.join(by_whom)})" if by_whom else ""
    if told.baseline and told.baseline.stale:
        stale, entries = len(told.baseline.stale), told.baseline.entries
        parts.append(f"{stale} of {entries} entries of the baseline match no finding")
    in_vain = sum(not comment.findings for comment in told.comments)
    if in_vain:
        parts.append(f"{in_vain} of {len(told.comments)} comments that ask for it have no effect")
    return "; ".join(parts)


def coverage(run: RunRecord) -> int:
    """The share of the repository's text that is in the pack, in percent. Binary files, links
    and submodules hold no text of the repository."""
    omitted = sum(row.size for row in run.omissions if row.reason not in _NOT_TEXT)
    whole = run.text_bytes + omitted
    return 100 * run.text_bytes // whole if whole else 100


def duration(seconds: float) -> str:
    """``42 s``, ``3 min 5 s``, ``2 h 7 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
