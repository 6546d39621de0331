"""The evaluation of the security review holds together: data, queries, arithmetic."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support.packing import Packed, pack_texts, shipped_weaknesses

from benchmarks.security.score import Score, score_report
from benchmarks.security.table import (
    BEGIN,
    END,
    by_class,
    missed,
    to_markdown,
    total,
    totals,
    write_into,
)
from benchmarks.security.truth import FOLDER, HELD_OUT, Sample, load_samples
from scout_codebase.reports.definition import load_definition
from scout_codebase.reports.places import judged_places
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens

SAMPLES = load_samples()
OWN = [sample for sample in SAMPLES if sample.folder.parent.name == "repositories"]
CWES = {row["category"]: row["cwe"] for row in shipped_weaknesses()}
samples = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


def pack(sample: Sample) -> Packed:
    return pack_texts(sample.files)


def test_there_are_four_and_one_is_held_out() -> None:
    assert len(OWN) >= 4
    assert [sample.use for sample in OWN].count(HELD_OUT) == 1


@pytest.mark.parametrize("sample", OWN, ids=lambda sample: sample.name)
def test_each_is_small_and_each_weakness_has_a_twin(sample: Sample) -> None:
    assert sum(count_tokens(text) for text in sample.files.values()) < 4_000
    assert len(sample.planted) >= 8
    assert len({spot.cwe for spot in sample.planted}) >= 8
    assert Counter((spot.path, spot.cwe) for spot in sample.planted) == Counter(
        (spot.path, spot.cwe) for spot in sample.twins
    )


@samples
def test_every_spot_is_in_the_source_and_no_other(sample: Sample) -> None:
    for spot in sample.spots:
        lines = sample.files[spot.path].split("\n")
        at = [
            number
            for number in range(1, len(lines) + 1)
            if spot.is_at(sample.judged(spot.path, number, spot.cwe))
        ]
        assert len(at) == 1 + len(spot.also), spot


@samples
def test_nothing_in_the_source_gives_it_away(sample: Sample) -> None:
    words = ("vulnerab", "insecure", "unsafe", "injection", "sanitiz", "attack", "weakness", "cwe")
    for text in sample.files.values():
        assert not [word for word in words if word in text.lower().replace("insecureskip", "")]


@samples
def test_the_queries_name_every_spot(sample: Sample) -> None:
    packed = pack(sample)
    rows = judged_places(packed.snapshot, packed.graph, shipped_weaknesses())["places"]
    judged = [sample.judged(row["path"], row["line"], row["weakness"]["cwe"]) for row in rows]
    unnamed = [spot for spot in sample.spots if not any(spot.is_at(row) for row in judged)]
    assert [spot for spot in unnamed if spot.is_planted] == []
    assert sample not in OWN or not unnamed
    assert all(analysis.syntax_errors == 0 for analysis in packed.graph.analyses.values())


def line_of(sample: Sample, index: int) -> tuple[str, int]:
    spot = sample.spots[index]
    lines = sample.files[spot.path].split("\n")
    number = next(
        number
        for number, line in enumerate(lines, start=1)
        if line.strip() == spot.line and spot.is_at(sample.judged(spot.path, number, spot.cwe))
    )
    return spot.path, number


def finding(sample: Sample, index: int, rule: str = "") -> dict[str, Any]:
    path, line = line_of(sample, index)
    evidence = {"path": path, "start_line": line, "grade": "verified"}
    return {"rule": rule or sample.spots[index].cwe, "evidence": [evidence], "symbol": ""}


def question(sample: Sample, index: int, failure: str = "") -> dict[str, Any]:
    path, line = line_of(sample, index)
    category = next(key for key, cwe in CWES.items() if cwe == sample.spots[index].cwe)
    return {
        "id": f"security-review/judge/{category}:{path}:{line}",
        "seconds": 2.0,
        "failure": failure,
    }


def test_a_report_of_known_quality_gets_that_score() -> None:
    """Two planted weaknesses found, one twin reported, one dismissed, one failed."""
    sample = SAMPLES[0]
    path, line = line_of(sample, 5)
    report = {
        "findings": [finding(sample, 0), finding(sample, 2), finding(sample, 1)],
        "dismissed": [{"path": path, "line": line, "rule": sample.spots[5].cwe}],
        "questions": [question(sample, 0), question(sample, 4, "the answer is empty")],
    }
    scores = score_report(sample, report, CWES)
    whole = total(list(scores.values()))
    assert (whole.planted, whole.found, whole.named) == (len(sample.planted), 2, 3)
    assert (whole.twins, whole.alarmed, whole.named_twins) == (len(sample.twins), 1, 2)
    assert (whole.hits, whole.false, whole.seconds) == (2, 1, 4.0)
    assert whole.precision == pytest.approx(2 / 3)
    assert whole.grades == {"verified": 3}
    assert scores[sample.spots[0].cwe].recall == 1.0
    assert scores[sample.spots[0].cwe].alarms == 1.0


def test_a_finding_of_another_class_or_place_is_false() -> None:
    sample = SAMPLES[0]
    other = next(cwe for cwe in CWES.values() if cwe != sample.spots[0].cwe)
    report = {"findings": [finding(sample, 0, other)], "dismissed": [], "questions": []}
    whole = total(list(score_report(sample, report, CWES).values()))
    assert (whole.found, whole.hits, whole.false, whole.alarmed) == (0, 0, 1, 0)
    assert (whole.precision, whole.recall) == (0.0, 0.0)


def test_what_misses_a_limit_is_named() -> None:
    good = Score(planted=10, found=6, twins=10, alarmed=2, hits=6, false=4)
    assert missed({"a": good}) == []
    assert len(missed({"a": Score(planted=10, found=5, twins=5, alarmed=2, hits=5, false=4)})) == 3
    assert missed({"a": Score(planted=10, found=9, hits=5, false=4, twins=9)}) == [
        "a: precision is below 0.6"
    ]
    assert missed({"a": good + Score(grades=Counter(missing=1))}) == [
        "a: evidence that does not resolve"
    ]


def test_the_held_out_repository_is_reported_separately(tmp_path: Path) -> None:
    scores = {
        sample.name: {"CWE-89": Score(planted=2, found=index, hits=index, twins=2)}
        for index, sample in enumerate(SAMPLES)
    }
    held = [f"{sample.name} (held out)" for sample in SAMPLES if sample.use == HELD_OUT]
    rows = totals(SAMPLES, scores)
    assert list(rows) == ["tuning", *held]
    assert rows["tuning"].planted == 2 * (len(SAMPLES) - len(held))
    assert by_class(scores)["CWE-89"].planted == 2 * len(SAMPLES)
    page = tmp_path / "page.md"
    page.write_text(f"Before.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n")
    text = to_markdown(SAMPLES, scores)
    write_into(page, text)
    assert page.read_text() == f"Before.\n\n{BEGIN}\n{text}\n{END}\n\nAfter.\n"
    page.write_text("nothing\n")
    with pytest.raises(ValueError, match="no place for the figures"):
        write_into(page, text)


def test_the_brief_questions_are_those_of_users_without_the_accounts() -> None:
    shipped = load_definition(TemplateLibrary(), "security-review")
    brief = load_definition(TemplateLibrary(FOLDER / "brief"), "security-review")
    assert brief.questions == shipped.questions[:-1]
    assert shipped.questions[-1].id == "detail"
    assert (brief.title, brief.finder) == (shipped.title, shipped.finder)
