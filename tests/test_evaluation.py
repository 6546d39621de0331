"""The evaluation of the security review holds together: data, queries, arithmetic."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from engines.scripted_server import PROMPT_TOKENS, Chat, ScriptedServer
from support.command_line import sound
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
    lines = {"start_line": line, "end_line": line}
    evidence = {"path": path, "quote": sample.spots[index].line, "grade": "verified", **lines}
    return {"rule": rule or sample.spots[index].cwe, "evidence": [evidence], "symbol": ""}


def question(sample: Sample, index: int) -> str:
    path, line = line_of(sample, index)
    category = next(key for key, cwe in CWES.items() if cwe == sample.spots[index].cwe)
    return f"security-review/judge/{category}:{path}:{line}"


def asked(sample: Sample, *indices: int) -> list[dict[str, Any]]:
    return [{"id": question(sample, index), "seconds": 2.0} for index in indices]


def test_a_report_of_known_quality_gets_that_score() -> None:
    """Two planted weaknesses found, one twin reported, a planted one and a twin not."""
    sample = SAMPLES[0]
    named = [("verified", 0), ("missing", 0), ("corrected", 2)]
    report = {
        "findings": [finding(sample, 0), finding(sample, 2), finding(sample, 1)],
        "questions": asked(sample, 0, 1, 2, 4, 5),
        "evidence": [{"grade": grade, "question": question(sample, at)} for grade, at in named],
    }
    scores = score_report(sample, report, CWES)
    whole = total(list(scores.values()))
    assert (whole.planted, whole.found, whole.named) == (len(sample.planted), 2, 3)
    assert (whole.twins, whole.alarmed, whole.named_twins) == (len(sample.twins), 1, 2)
    assert (whole.hits, whole.false, whole.seconds) == (2, 1, 10.0)
    assert whole.precision == pytest.approx(2 / 3)
    assert whole.grades == {"verified": 1, "missing": 1, "corrected": 1}
    assert scores[sample.spots[2].cwe].grades == {"corrected": 1}
    assert whole.unresolved == 0
    assert scores[sample.spots[0].cwe].recall == 1.0
    assert scores[sample.spots[0].cwe].alarms == 1.0


def test_a_finding_of_another_class_or_place_is_false() -> None:
    sample = SAMPLES[0]
    other = next(cwe for cwe in CWES.values() if cwe != sample.spots[0].cwe)
    report = {"findings": [finding(sample, 0, other)], "questions": [], "evidence": []}
    whole = total(list(score_report(sample, report, CWES).values()))
    assert (whole.found, whole.hits, whole.false, whole.alarmed) == (0, 0, 1, 0)
    assert (whole.precision, whole.recall) == (0.0, 0.0)


def test_a_class_that_was_only_asked_about_counts_its_seconds() -> None:
    sample = SAMPLES[0]
    path, line = line_of(sample, 0)
    category, other = next(
        (key, cwe) for key, cwe in CWES.items() if cwe not in {spot.cwe for spot in sample.spots}
    )
    row = {"id": f"security-review/judge/{category}:{path}:{line}", "seconds": 3.0}
    scores = score_report(sample, {"findings": [], "questions": [row], "evidence": []}, CWES)
    assert scores[other] == Score(seconds=3.0)
    assert f"| {other} | 0 | 0 |  | 0 |  | 0 of 0 | – | 3 |" in to_markdown(
        [sample], {sample.name: scores}
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_line": 1, "end_line": 1},
        {"start_line": 0, "end_line": 0},
        {"end_line": 100_000},
        {"path": "no/such/file.py"},
        {"quote": "nothing of this stands there"},
        {"quote": ""},
    ],
)
def test_a_place_that_the_repository_does_not_have_is_counted(wrong: dict[str, Any]) -> None:
    sample = SAMPLES[0]
    row = finding(sample, 0)
    way = row["evidence"][0] | wrong
    report = {
        "findings": [row | {"evidence": [way, *row["evidence"]]}],
        "questions": [],
        "evidence": [],
    }
    assert total(list(score_report(sample, report, CWES).values())).unresolved == 1


def test_what_misses_a_limit_is_named() -> None:
    good = Score(planted=10, found=6, twins=10, alarmed=2, hits=6, false=4)
    assert missed({"a": good}) == []
    assert len(missed({"a": Score(planted=10, found=5, twins=5, alarmed=2, hits=5, false=4)})) == 3
    assert missed({"a": Score(planted=10, found=9, hits=5, false=4, twins=9)}) == [
        "a: precision is below 0.6"
    ]
    assert missed({"a": good + Score(unresolved=1)}) == ["a: a place that does not resolve"]


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


# --- the command ---------------------------------------------------------------------------------

REVIEWED = next(sample for sample in OWN if sample.name == "python-library")
_JUDGED = re.compile(r"^Is this line .*\((CWE-\d+)\)\? Answer yes or no: (.*)$", re.MULTILINE)
_DETAILED = re.compile(r"^(.*), line \d+, is .*\((CWE-\d+)\):\n\n(.*)$", re.MULTILINE)
OVERLOOKED, INVENTED = "CWE-89", "CWE-78"
"""The class that the scripted model calls safe, and the one of which it makes up the source."""


def knows_the_truth(chat: Chat) -> None:
    """Says yes where a weakness was planted, and names the line itself as its source."""
    question = chat.body["messages"][-1]["content"].rpartition("<question>")[2]
    value = sound(chat.body["response_format"]["json_schema"]["schema"])
    for cwe, line in _JUDGED.findall(question):
        planted = (cwe, line) in {(spot.cwe, spot.line) for spot in REVIEWED.planted}
        value["answer"] = "yes" if planted and cwe != OVERLOOKED else "no"
    for path, cwe, line in _DETAILED.findall(question):
        made_up = "nothing.like(this)" if cwe == INVENTED else line
        value["source"] = {"path": path, "quote": made_up}
    chat.begin()
    chat.say(json.dumps(value), "stop")
    chat.usage(10)
    chat.end()


def evaluate(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    others = {name: value for name, value in os.environ.items() if "SCOUT_REVIEW" not in name}
    command = [sys.executable, "-m", "benchmarks.security", *arguments]
    root = FOLDER.parents[1]
    return subprocess.run(
        command, cwd=root, env=others | own, capture_output=True, text=True, check=False
    )


def test_a_real_report_gets_the_score_of_what_the_model_said(tmp_path: Path) -> None:
    server = ScriptedServer(
        answers=knows_the_truth,
        models=[{"id": "m", "owned_by": "vllm", "max_model_len": 65_536}],
        routes={"/tokenize": {"count": PROMPT_TOKENS}},
    )
    with server.running():
        address = f"--base-url={server.base_url}"
        run = evaluate(tmp_path, "--only", REVIEWED.name, "--keep", str(tmp_path / "kept"), address)
    assert run.returncode == 0, run.stderr
    assert "Every figure is within its limit." in run.stderr
    report = json.loads((tmp_path / "kept" / REVIEWED.name / "security-review.json").read_text())
    scores = score_report(REVIEWED, report, CWES)
    whole = total(list(scores.values()))
    planted = Counter(spot.cwe for spot in REVIEWED.planted)
    assert {cwe: row.found for cwe, row in scores.items()} == planted | {OVERLOOKED: 0}
    assert whole.named == whole.planted
    assert (whole.alarmed, whole.false, whole.unresolved) == (0, 0, 0)
    assert whole.named_twins == whole.twins
    assert scores[INVENTED].grades == {"missing": planted[INVENTED]}
    assert whole.grades["missing"] == planted[INVENTED]
    assert whole.grades.total() == whole.found
    assert to_markdown([REVIEWED], {REVIEWED.name: scores}) in run.stdout
    assert "every answer asked for anew" in run.stdout


def test_a_mistyped_repository_is_refused(tmp_path: Path) -> None:
    run = evaluate(tmp_path, "--only", "python-libary")
    assert (run.returncode, run.stdout) == (2, "")
    assert "python-libary" in run.stderr
    assert REVIEWED.name in run.stderr
