"""The rules of a security review and their taxonomy, CWE, as SARIF 2.1.0 has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from scout_codebase.records import Rule, Severity
from scout_codebase.render.sarif_text import message

Json = dict[str, Any]

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_CWE_SITE = "https://cwe.mitre.org/"


def rules(found: Sequence[Rule]) -> list[Json]:
    """``reportingDescriptor`` objects in the order given. ``security-severity`` is what GitHub and
    others rank by."""
    return [_rule(rule, index) for index, rule in enumerate(found)]


def _rule(rule: Rule, index: int) -> Json:
    number = _number(rule.id)
    safe = f"Not vulnerable if {rule.safe}."
    unsafe = f"Vulnerable if {rule.unsafe}."
    score = f"CVSS 4.0 {rule.score}, {rule.vector}."
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in re.findall(r"\w+", rule.title)),
        "shortDescription": message(rule.title[:1].upper() + rule.title[1:]),
        "fullDescription": message(f"{rule.title[:1].upper()}{rule.title[1:]}: {rule.unsafe}."),
        "helpUri": _definition(number),
        "help": {
            **message(f"{rule.question} {unsafe} {safe} {score}"),
            "markdown": "\n\n".join((rule.question, unsafe, safe, score)),
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "relationships": [
            {
                "target": {"id": number, "index": index, "toolComponent": _REFERENCE},
                "kinds": ["superset"],
            }
        ],
        "properties": {
            "tags": ["security", f"external/cwe/cwe-{number.zfill(3)}"],
            "security-severity": str(rule.score),
            "severity": rule.severity,
            "cvss": rule.vector,
        },
    }


_REFERENCE = {"name": "CWE", "index": 0}


def supported() -> list[Json]:
    """What the driver says of taxonomies."""
    return [_REFERENCE]


def taxonomies(found: Sequence[Rule]) -> list[Json]:
    """CWE, as far as the rules need it, in their order."""
    return [
        {
            "name": "CWE",
            "organization": "MITRE",
            "informationUri": _CWE_SITE,
            "shortDescription": {"text": "The MITRE Common Weakness Enumeration"},
            "isComprehensive": False,
            "taxa": [
                {
                    "id": _number(rule.id),
                    "shortDescription": message(rule.title),
                    "helpUri": _definition(_number(rule.id)),
                }
                for rule in found
            ],
        }
    ]


def _number(cwe: str) -> str:
    return cwe.removeprefix("CWE-")


def _definition(number: str) -> str:
    return f"{_CWE_SITE}data/definitions/{number}.html"
