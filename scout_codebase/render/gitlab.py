"""A review as GitLab's artefacts: a Code Quality report, and a SAST report in the form of GitLab's
security report schemas. Findings that are suppressed are in neither. All others are, as GitLab
itself compares them with those of the target branch.

GitLab renders descriptions of a SAST report as Markdown, with mentions and pictures: what the model
wrote stands in a code block of it, whose fence nothing within can close.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from scout_codebase.earlier import TOOL
from scout_codebase.plain import plain
from scout_codebase.records import Finding, Outcome, Rule, Severity
from scout_codebase.render.sarif_results import raw_paths
from scout_codebase.render.sarif_text import encodable

Json = dict[str, Any]

SAST_VERSION = "15.2.1"
"""Of the security report schemas. GitLab takes one whose first two numbers it knows: 17.5 and later
know 15.2."""
_QUALITY = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
}
_LONGEST = 20_000  # characters of a description, of a million that GitLab takes
_LONGEST_NAME = 255


def code_quality(outcome: Outcome) -> str:
    """A list of issues: ``description``, ``check_name``, ``fingerprint``, ``severity`` and
    ``location``."""
    paths = raw_paths(outcome.snapshot)
    return _json(
        [
            {
                "description": f"{plain(finding.title)} ({finding.rule})",
                "check_name": finding.rule,
                "fingerprint": finding.fingerprint,
                "severity": _QUALITY[finding.severity],
                "location": {
                    "path": encodable(paths[finding.evidence[-1].path]),
                    "lines": {
                        "begin": finding.evidence[-1].start_line,
                        "end": finding.evidence[-1].end_line,
                    },
                },
            }
            for finding in _found(outcome)
        ]
    )


def sast(outcome: Outcome) -> str:
    """``scan.status`` is ``failure`` where a question was not answered."""
    rules = {rule.id: rule for report in outcome.reports for rule in report.rules}
    paths = raw_paths(outcome.snapshot)
    scanner = {
        "id": TOOL,
        "name": TOOL,
        "version": outcome.run.tool_version,
        "vendor": {"name": TOOL},
    }
    failed = [question for report in outcome.reports for question in report.failures]
    told = [{"level": "warn", "value": plain(f"{row.id}: {row.failure}")} for row in failed]
    return _json(
        {
            "version": SAST_VERSION,
            "scan": {
                "analyzer": scanner,
                "scanner": scanner,
                "type": "sast",
                "start_time": outcome.started,
                "end_time": outcome.finished,
                "status": "success" if outcome.complete else "failure",
                **({"messages": told} if told else {}),
            },
            "vulnerabilities": [
                _vulnerability(finding, rules[finding.rule], paths) for finding in _found(outcome)
            ],
        }
    )


def _found(outcome: Outcome) -> Iterator[Finding]:
    return (finding for report in outcome.reports for finding in report.findings)


def _vulnerability(finding: Finding, rule: Rule, paths: Mapping[str, str]) -> Json:
    place, number = finding.evidence[-1], finding.rule.removeprefix("CWE-")
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{TOOL}/{finding.fingerprint}")),
        "name": (rule.title[:1].upper() + rule.title[1:])[:_LONGEST_NAME],
        "description": _description(finding),
        "severity": finding.severity.capitalize(),
        "solution": f"It is not vulnerable if {rule.safe}.",
        "location": {
            "file": encodable(paths[place.path]),
            "start_line": place.start_line,
            "end_line": place.end_line,
            **({"method": plain(finding.symbol)} if finding.symbol else {}),
        },
        "identifiers": [
            {
                "type": "cwe",
                "name": finding.rule,
                "value": number,
                "url": f"https://cwe.mitre.org/data/definitions/{number}.html",
            }
        ],
        "links": [{"url": f"https://cwe.mitre.org/data/definitions/{number}.html"}],
    }


def _description(finding: Finding) -> str:
    state = f" {finding.state.capitalize()}." if finding.state else ""
    fix = f"Fix: {finding.fix}" if finding.fix else ""
    parts = (finding.title, finding.explanation, finding.exploit, fix)
    text = "\n".join(filter(None, map(plain, parts)))[:_LONGEST]
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"Confidence {finding.confidence}.{state}\n\n{fence}\n{text}\n{fence}\n"


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"
