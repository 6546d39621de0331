"""Figures as Markdown, and their place in docs/quality.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from pathlib import Path

from benchmarks.security.score import Score
from benchmarks.security.truth import HELD_OUT, Sample

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
LEAST_RECALL, LEAST_PRECISION, MOST_ALARMS = 0.6, 0.6, 0.2

_HEAD = (
    "| | planted | found | recall | findings | precision | twins reported | evidence | seconds |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
)

Scores = Mapping[str, Mapping[str, Score]]
"""By the name of the repository, then by CWE."""


def total(scores: Sequence[Score]) -> Score:
    return reduce(add, scores, Score())


def by_class(scores: Scores) -> dict[str, Score]:
    names = {cwe for rows in scores.values() for cwe in rows}
    return {
        cwe: total([rows[cwe] for rows in scores.values() if cwe in rows])
        for cwe in sorted(names, key=lambda name: int(name.rpartition("-")[2]))
    }


def totals(samples: Sequence[Sample], scores: Scores) -> dict[str, Score]:
    """Of the repositories that were tuned on, and of each that was held out."""
    tuned = [total(list(scores[row.name].values())) for row in samples if row.use != HELD_OUT]
    held = {
        f"{row.name} (held out)": total(list(scores[row.name].values()))
        for row in samples
        if row.use == HELD_OUT
    }
    return ({"tuning" if held else "all": total(tuned)} if tuned else {}) | held


def missed(rows: Mapping[str, Score]) -> list[str]:
    """What falls short of the limits, a line each."""
    limits = (
        (f"recall is below {LEAST_RECALL}", lambda row: row.recall < LEAST_RECALL),
        (f"precision is below {LEAST_PRECISION}", lambda row: row.precision < LEAST_PRECISION),
        (f"more than {MOST_ALARMS:.0%} of the twins", lambda row: row.alarms > MOST_ALARMS),
        ("a place that does not resolve", lambda row: bool(row.unresolved)),
    )
    return [f"{name}: {what}" for name, row in rows.items() for what, short in limits if short(row)]


def to_markdown(samples: Sequence[Sample], scores: Scores) -> str:
    lines = ["By repository:", "", *_HEAD]
    lines += [_line(row.name, total(list(scores[row.name].values()))) for row in samples]
    lines += [_line(f"**{name}**", row) for name, row in totals(samples, scores).items()]
    lines += ["", "By class, all repositories:", "", *_HEAD]
    lines += [_line(cwe, row) for cwe, row in by_class(scores).items()]
    return "\n".join(lines)


def _line(name: str, row: Score) -> str:
    unnamed = row.planted - row.named
    found = f"{row.found}" + (f" ({unnamed} not named)" if unnamed else "")
    grades = ", ".join(f"{count} {grade}" for grade, count in sorted(row.grades.items())) or "–"
    cells = (
        name,
        str(row.planted),
        found,
        f"{row.recall:.2f}" if row.planted else "",
        str(row.hits + row.false),
        f"{row.precision:.2f}" if row.hits + row.false else "",
        f"{row.alarmed} of {row.twins}",
        grades,
        f"{row.seconds:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def write_into(page: Path, text: str) -> None:
    """Between the two marks of a page. Raises ValueError where it has none."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for the figures: {BEGIN} … {END}")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", "utf-8")
