"""What GitHub's code scanning is to show, as SARIF.

It opens an alert for every result of an upload and knows neither ``suppressions`` nor
``baselineState``: what is accepted and what is fixed must not be in it. It compares with the branch
itself (docs.github.com, "SARIF support for code scanning").
"""

from __future__ import annotations

import json

from scout_codebase.records import Outcome
from scout_codebase.render.sarif import render_sarif

_ABSENT = "absent"


def code_scanning(outcome: Outcome) -> str:
    """The open findings of the security review; "" where there is none."""
    for report in outcome.reports:
        if report.rules:
            value = json.loads(render_sarif(report, outcome.run, outcome.snapshot))
            for run in value["runs"]:
                run["results"] = [
                    row
                    for row in run["results"]
                    if not row.get("suppressions") and row.get("baselineState") != _ABSENT
                ]
            return json.dumps(value, indent=2, ensure_ascii=True) + "\n"
    return ""
