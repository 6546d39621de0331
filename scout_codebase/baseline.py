"""The file in which a team keeps the findings that it has accepted.

    {"format_version": 1, "findings": [
        {"fingerprint": "v1:…", "rule": "CWE-89", "path": "shop/store.py", "symbol": "find",
         "reason": "the column comes from a fixed list"}]}

Only the fingerprint decides. The rest is for whoever reads a change of the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scout_codebase.errors import UsageError
from scout_codebase.records import Baseline, BaselineEntry, Finding

FORMAT_VERSION = 1
_REMEDY = "Make one with --write-baseline."
_NOT_REPORT = "Name the result.json or the SARIF file that stands beside it."
_TEXTS = ("fingerprint", "rule", "path", "symbol", "reason")


def read_baseline(path: Path) -> Baseline:
    """Raises UsageError where the file is not there or is no baseline: what was to be suppressed
    is then not known."""
    return baseline_of(path, read_json(path))


def read_json(path: Path) -> dict[str, Any]:
    """The object that a file holds, an empty one where it holds something else. Raises UsageError
    where it cannot be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", remedy=_REMEDY) from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no JSON: {error}", remedy=_REMEDY) from error
    return value if isinstance(value, dict) else {}


def baseline_of(path: Path, value: Mapping[str, Any]) -> Baseline:
    """Raises UsageError where it is none, such as the data of a report: to take that for findings
    that somebody accepted would suppress them all."""
    rows = value.get("findings")
    if "report" in value:
        raise UsageError(f"{path} is the data of one report, no baseline", remedy=_NOT_REPORT)
    if not isinstance(rows, list):
        raise UsageError(f"{path} is no baseline: it has no list 'findings'", remedy=_REMEDY)
    if value.get("format_version") != FORMAT_VERSION:
        raise UsageError(
            f"{path} is not a baseline of format_version {FORMAT_VERSION}", remedy=_REMEDY
        )
    return Baseline(str(path), tuple(_entry(path, number, row) for number, row in enumerate(rows)))


def _entry(path: Path, number: int, row: Any) -> BaselineEntry:
    if not isinstance(row, dict) or not row.get("fingerprint"):
        raise UsageError(f"{path}: finding {number + 1} has no fingerprint", remedy=_REMEDY)
    for name in _TEXTS:
        if not isinstance(row.get(name, ""), str):
            raise UsageError(f"{path}: finding {number + 1}: '{name}' is not a text")
    return BaselineEntry(**{name: row.get(name, "") for name in _TEXTS})


def baseline_text(
    findings: Iterable[Finding], earlier: Baseline | None, kept: Iterable[BaselineEntry] = ()
) -> str:
    """A baseline of these findings and of the entries that are ``kept`` without one, by path; what
    stood in an ``earlier`` one keeps its reason. Sorted, so that a change of it shows what changed.
    """
    reasons = {row.fingerprint: row.reason for row in earlier.entries} if earlier else {}
    rows = {entry.fingerprint: entry for entry in kept}
    rows |= {
        finding.fingerprint: BaselineEntry(
            fingerprint=finding.fingerprint,
            rule=finding.rule,
            path=finding.evidence[-1].path,
            symbol=finding.symbol,
            reason=reasons.get(finding.fingerprint, ""),
        )
        for finding in findings
    }
    ordered = sorted(rows.values(), key=lambda row: (row.path, row.rule, row.fingerprint))
    value = {"format_version": FORMAT_VERSION, "findings": [asdict(row) for row in ordered]}
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"
