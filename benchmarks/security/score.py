"""From a report and the truth to figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.security.truth import Judged, Sample, Spot

Json = Mapping[str, Any]
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Score:
    """Counts of one class of weakness, of a repository or of several. ``named`` and ``named_twins``
    were put to the model, which is to say that a query found them; ``hits`` are findings at planted
    weaknesses, ``false`` all others, those at ``alarmed`` twins among them. ``seconds`` are those
    of the questions; ``grades`` are those of what the model named as evidence, and ``unresolved``
    places that the findings show and that the repository does not have."""

    planted: int = 0
    named: int = 0
    found: int = 0
    twins: int = 0
    named_twins: int = 0
    alarmed: int = 0
    hits: int = 0
    false: int = 0
    seconds: float = 0.0
    grades: Counter[str] = field(default_factory=Counter)
    unresolved: int = 0

    def __add__(self, other: Score) -> Score:
        sums = {
            name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__
        }
        return Score(**sums)

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        """Of the findings; 1 where there are none."""
        findings = self.hits + self.false
        return self.hits / findings if findings else 1.0

    @property
    def alarms(self) -> float:
        """The share of the twins that were reported."""
        return self.alarmed / self.twins if self.twins else 0.0


def score_report(sample: Sample, report: Json, cwes: Mapping[str, str]) -> dict[str, Score]:
    """The score of each class that is in the repository or was asked about, by CWE. ``report`` is
    ``security-review.json``; ``cwes`` are those of the tool's categories."""
    findings = [_at_place(sample, row) for row in report["findings"]]
    named = [_asked_about(sample, row["id"], cwes) for row in report["questions"]]
    classes = {spot.cwe for spot in sample.spots} | {row.cwe for row in (*findings, *named)}
    return {
        cwe: _score_class(cwe, sample, findings, named, report, cwes)
        for cwe in sorted(classes, key=lambda name: int(name.rpartition("-")[2]))
    }


def _score_class(
    cwe: str,
    sample: Sample,
    findings: Sequence[Judged],
    named: Sequence[Judged],
    report: Json,
    cwes: Mapping[str, str],
) -> Score:
    planted = [spot for spot in sample.planted if spot.cwe == cwe]
    twins = [spot for spot in sample.twins if spot.cwe == cwe]
    own = [row for row in findings if row.cwe == cwe]
    hits = sum(any(spot.is_at(row) for spot in planted) for row in own)
    return Score(
        planted=len(planted),
        named=_count(planted, named),
        found=_count(planted, own),
        twins=len(twins),
        named_twins=_count(twins, named),
        alarmed=_count(twins, own),
        hits=hits,
        false=len(own) - hits,
        seconds=sum(
            row["seconds"] for row in report["questions"] if cwes[_category(row["id"])] == cwe
        ),
        grades=Counter(
            row["grade"] for row in report["evidence"] if cwes[_category(row["question"])] == cwe
        ),
        unresolved=sum(
            not _resolves(sample, evidence)
            for finding in report["findings"]
            if finding["rule"] == cwe
            for evidence in finding["evidence"]
        ),
    )


def _resolves(sample: Sample, evidence: Json) -> bool:
    """Whether what is quoted stands in the file at these lines. White space, comments and elisions
    may differ, so that half of the words are enough."""
    lines = sample.files.get(evidence["path"], "").split("\n")
    first, last = evidence["start_line"], evidence["end_line"]
    if not 1 <= first <= last <= len(lines):
        return False
    there = set(_WORD.findall("\n".join(lines[first - 1 : last])))
    quoted = set(_WORD.findall(evidence["quote"]))
    return len(quoted & there) * 2 >= len(quoted) > 0


def _count(spots: Iterable[Spot], rows: Sequence[Judged]) -> int:
    return sum(any(spot.is_at(row) for row in rows) for spot in spots)


def _at_place(sample: Sample, finding: Json) -> Judged:
    place = finding["evidence"][-1]
    return sample.judged(place["path"], place["start_line"], finding["rule"])


def _asked_about(sample: Sample, question: str, cwes: Mapping[str, str]) -> Judged:
    _, path, line = _place_of(question).split(":")
    return sample.judged(path, int(line), cwes[_category(question)])


def _category(question: str) -> str:
    return _place_of(question).partition(":")[0]


def _place_of(question: str) -> str:
    """The last part of an id such as ``security-review/judge/sql:shop/store.py:12``."""
    return question.split("/", 2)[2]
