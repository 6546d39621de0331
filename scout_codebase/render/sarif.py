"""A security review as SARIF 2.1.0 (OASIS, errata 01), for code scanning and other readers.

The same findings and the same command give the same bytes: there is no time and no random
identifier in it, and no path of this machine but those that stand in the command.
``primaryLocationLineHash`` is left to GitHub, which computes its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from scout_codebase.plain import plain
from scout_codebase.records import Report, RunRecord, Snapshot
from scout_codebase.render.links import web_address
from scout_codebase.render.sarif_results import ROOT, Locations, results, uri
from scout_codebase.render.sarif_rules import rules, supported, taxonomies
from scout_codebase.render.sarif_text import encodable, message

Json = dict[str, Any]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
TOOL = "scout-codebase"
_MOST_COMMENTS = 100
_LABEL = re.compile(r"MASKED_[A-Z0-9_]+_\d+")
_NOTIFICATIONS = {
    "question-failed": ("error", "A place was not judged: nothing follows for its code."),
    "path-omitted": ("note", "Paths of the repository were not read."),
    "baseline-stale": ("warning", "Entries of the baseline match no finding."),
    "comment-refused": ("note", "A comment asks for a suppression in vain."),
}


def render_sarif(report: Report, run: RunRecord, snapshot: Snapshot) -> str:
    """``report`` has rules. A review of which any part failed has an unsuccessful invocation."""
    locations = Locations(snapshot)
    found = results((*report.findings, *report.suppressed), report, locations)
    value = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(report, run)},
                "taxonomies": taxonomies(report.rules),
                "invocations": [_invocation(report, run, locations)],
                "automationDetails": {"id": _category(report, snapshot)},
                "versionControlProvenance": list(_provenance(snapshot)),
                "originalUriBaseIds": {
                    ROOT: {"description": {"text": "The top of the repository."}}
                },
                "columnKind": "unicodeCodePoints",
                "redactionTokens": _labels(found, snapshot),
                "results": found,
                "properties": _properties(report, run, snapshot),
            }
        ],
    }
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def _labels(found: list[Json], snapshot: Snapshot) -> list[str]:
    """What stands in place of secrets in the results."""
    labels = {row.label for row in snapshot.masked}
    return sorted(labels.intersection(_LABEL.findall(json.dumps(found))))


def _driver(report: Report, run: RunRecord) -> Json:
    return {
        "name": TOOL,
        "version": run.tool_version,
        "semanticVersion": run.tool_version,
        "rules": rules(report.rules),
        "supportedTaxonomies": supported(),
        "notifications": [
            {
                "id": name,
                "shortDescription": {"text": text},
                "defaultConfiguration": {"level": level},
            }
            for name, (level, text) in _NOTIFICATIONS.items()
        ],
    }


def _category(report: Report, snapshot: Snapshot) -> str:
    """What tells the runs of several folders of one repository apart. Ends in a slash."""
    folder = f"{uri(snapshot.folder)}/" if snapshot.folder else ""
    return f"{TOOL}/{report.name}/{folder}"


def _provenance(snapshot: Snapshot) -> Iterator[Json]:
    """Of the repository and of the submodules that were read, where they have an address."""
    revision, folder = snapshot.revision, f"{snapshot.folder}/" if snapshot.folder else ""
    rows = [(revision.remote, revision.commit, "")]
    rows += [(one.remote, one.commit, f"{folder}{one.path}/") for one in snapshot.submodules]
    for remote, commit, below in rows:
        address = web_address(remote)
        if address:
            mapped = {"uri": uri(below)} if below else {}
            yield {
                "repositoryUri": quote(address, safe=":/%~+@"),
                "revisionId": commit,
                "mappedTo": {**mapped, "uriBaseId": ROOT},
            }


def _properties(report: Report, run: RunRecord, snapshot: Snapshot) -> Json:
    return {
        "revision": snapshot.revision.commit,
        "uncommittedChanges": snapshot.revision.dirty,
        "model": plain(run.identity.model),
        "server": plain(run.identity.family),
        "promptTokens": run.pack_tokens,
        "questions": len(report.asked),
        "questionsFailed": len(report.failures),
        "judgedSafe": len(report.dismissed),
    }


def _invocation(report: Report, run: RunRecord, locations: Locations) -> Json:
    """A review that failed in part never looks like a clean one."""
    return {
        "executionSuccessful": not report.failures,
        "commandLine": encodable(plain(run.command)),
        "toolExecutionNotifications": [
            *(
                _notification("question-failed", f"{question.id}: {question.failure}")
                for question in report.failures
            ),
            *_omitted(run),
        ],
        "toolConfigurationNotifications": list(_about_suppressions(report, locations)),
    }


def _notification(name: str, text: str, **more: Any) -> Json:
    level, _ = _NOTIFICATIONS[name]
    number = list(_NOTIFICATIONS).index(name)
    descriptor = {"id": name, "index": number}
    return {"level": level, "descriptor": descriptor, "message": message(text), **more}


def _omitted(run: RunRecord) -> Iterator[Json]:
    if run.omissions:
        text = f"{len(run.omissions)} paths were not read; the report says which, and why."
        yield _notification("path-omitted", text)


def _about_suppressions(report: Report, locations: Locations) -> Iterator[Json]:
    told = report.suppressions
    if told is None:
        return
    if told.baseline and told.baseline.stale:
        stale, entries = len(told.baseline.stale), told.baseline.entries
        text = f"{stale} of {entries} entries of {told.baseline.name} match no finding."
        yield _notification("baseline-stale", text)
    in_vain = (comment for comment in told.comments if not comment.findings)
    for comment in islice(in_vain, _MOST_COMMENTS):
        why = comment.refused or "there is no such finding in its line"
        place = locations.at(comment.path, {"startLine": comment.line})
        yield _notification("comment-refused", f"It suppresses nothing: {why}", locations=[place])
