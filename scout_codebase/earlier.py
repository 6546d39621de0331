"""The findings of an earlier review, read from what it wrote: its ``result.json`` or its SARIF.

A file of accepted findings (``baseline.py``) suppresses; these only tell what was found before.
What a file is, its content says, not its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from scout_codebase.baseline import baseline_of, read_json
from scout_codebase.errors import UsageError
from scout_codebase.neutralise import neutralise
from scout_codebase.plain import plain
from scout_codebase.records import Baseline, EarlierFinding, EarlierReview, Severity, display_path

Json = Mapping[str, Any]

RESULT_FORMAT = "scout-codebase/result"
RESULT_VERSION = 1
TOOL = "scout-codebase"
FINGERPRINT = "scoutReview/v1"
CODE_FINGERPRINT = "scoutReviewCode/v1"
"""The names of the partial fingerprints in SARIF."""
_FINGERPRINT = re.compile(r"v1:[0-9a-f]{32}")
_SEVERITIES = frozenset(map(str, Severity))
_STANDINGS = frozenset(("exposed", "guarded", "own", "open"))
_REMEDY = (
    "Name an accepted baseline (--write-baseline makes one), or the result.json or SARIF file of "
    "an earlier review."
)


@dataclass(frozen=True, slots=True)
class Baselines:
    """What the files of ``--baseline`` hold."""

    accepted: Baseline | None = None
    earlier: EarlierReview | None = None


def read_baselines(paths: Sequence[Path]) -> Baselines:
    """At most one accepted baseline and one earlier review. Raises UsageError where a file cannot
    be read, is neither, or is one too many: what was known before is then not known."""
    accepted: list[Baseline] = []
    earlier: list[EarlierReview] = []
    for path in dict.fromkeys(paths):
        value = read_json(path)
        reader = next((read for is_one, read in _READERS if is_one(value)), None)
        if reader:
            try:
                earlier.append(reader(path, value))
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise UsageError(
                    f"{path} is not whole: {type(error).__name__} at {error}", remedy=_REMEDY
                ) from error
        else:
            accepted.append(baseline_of(path, value))
    _refuse_several("accepted baselines", [row.name for row in accepted])
    _refuse_several("earlier reviews", [row.name for row in earlier])
    return Baselines(next(iter(accepted), None), next(iter(earlier), None))


def _refuse_several(what: str, names: Sequence[str]) -> None:
    if len(names) > 1:
        told = " and ".join(names)
        raise UsageError(f"{told} are {len(names)} {what}", remedy="Name one of each kind.")


def _read_result(path: Path, value: Json) -> EarlierReview:
    if value.get("format_version") != RESULT_VERSION:
        raise UsageError(f"{path} is not a result of format_version {RESULT_VERSION}")
    rows = [*value["findings"], *value["former"]["unconfirmed"]]
    commit = _text(value["repository"], "commit")
    return EarlierReview(str(path), commit, _unique(map(_of_result, rows)))


def _of_result(row: Json) -> EarlierFinding:
    return EarlierFinding(
        fingerprint=_fingerprint(row, "fingerprint", needed=True),
        rule=_text(row, "rule", needed=True),
        path=_text(row, "path", needed=True),
        line=_line(row.get("start_line", row.get("line", 0))),
        symbol=_symbol(row, "symbol"),
        code_fingerprint=_fingerprint(row, "code_fingerprint"),
        standing=_one_of(_STANDINGS, row, "standing"),
        severity=_one_of(_SEVERITIES, row, "severity"),
    )


def _read_sarif(path: Path, value: Json) -> EarlierReview:
    """What was absent from that review already is none of its findings. Raises UsageError where
    another tool wrote it."""
    runs = [run for run in value["runs"] if run["tool"]["driver"]["name"] == TOOL]
    if not runs:
        raise UsageError(f"{path} was not written by {TOOL}", remedy=_REMEDY)
    results = [row for run in runs for row in run.get("results", ())]
    commits = (_text(run.get("properties", {}), "revision") for run in runs)
    found = (_of_sarif(row) for row in results if row.get("baselineState") != "absent")
    return EarlierReview(str(path), next(filter(None, commits), ""), _unique(found))


def _of_sarif(row: Json) -> EarlierFinding:
    location = row["locations"][0]
    physical = location["physicalLocation"]
    names = location.get("logicalLocations") or [{}]
    uri = _text(physical["artifactLocation"], "uri", needed=True)
    raw = unquote_to_bytes(uri).decode("utf-8", "surrogateescape")
    properties = row.get("properties", {})
    return EarlierFinding(
        fingerprint=_fingerprint(row["partialFingerprints"], FINGERPRINT, needed=True),
        rule=_text(row, "ruleId", needed=True),
        path=neutralise(display_path(raw))[0],
        line=_line(physical.get("region", {}).get("startLine", 0)),
        symbol=_symbol(names[0], "fullyQualifiedName"),
        code_fingerprint=_fingerprint(row["partialFingerprints"], CODE_FINGERPRINT),
        standing=_one_of(_STANDINGS, properties, "standing"),
        severity=_one_of(_SEVERITIES, properties, "severity"),
    )


def _unique(rows: Iterator[EarlierFinding]) -> tuple[EarlierFinding, ...]:
    return tuple({row.fingerprint: row for row in rows}.values())


def _text(row: Json, name: str, *, needed: bool = False) -> str:
    """Ours are printable: what is not was put there by somebody else."""
    value = row[name] if needed else row.get(name, "")
    if not isinstance(value, str) or (needed and not value) or not value.isprintable():
        raise ValueError(f"{name!r}, which is no text")
    return value


def _symbol(row: Json, name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name!r}, which is no text")
    return plain(value)


def _fingerprint(row: Json, name: str, *, needed: bool = False) -> str:
    value = _text(row, name, needed=needed)
    if value and not _FINGERPRINT.fullmatch(value):
        raise ValueError(f"{name!r}, which is no fingerprint")
    return value


def _one_of(known: frozenset[str], row: Json, name: str) -> str:
    """ "" for what is not known."""
    value = _text(row, name)
    return value if value in known else ""


def _line(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("a line that is no number")
    return value


_READERS: tuple[tuple[Callable[[Json], bool], Callable[[Path, Json], EarlierReview]], ...] = (
    (lambda value: value.get("format") == RESULT_FORMAT, _read_result),
    (lambda value: isinstance(value.get("runs"), list), _read_sarif),
)
