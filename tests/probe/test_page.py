"""The page and the picture of a probe."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from support.page import rendered
from support.probed import invented, packed_texts, probed, reply, wrong

from scout_codebase.probing import probe_report
from scout_codebase.records import AskedQuestion, Probe, Recall
from scout_codebase.render.curve import recall_curve
from scout_codebase.render.recall import recall_data, recall_values
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import filters
from scout_codebase.templates import TemplateLibrary

GOLDEN = Path(__file__).parents[1] / "golden"
TEXTS = invented(12)


def body(recall: Recall, asked: tuple[AskedQuestion, ...] = ()) -> str:
    packed = packed_texts(TEXTS)
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    shown = filters(checker, lambda path, line: f"../{path}#L{line}")
    return probe_report(recall, asked, TemplateLibrary(), shown).body


@pytest.fixture(scope="module")
def half() -> Recall:
    """Of a model that forgets what lies between a third and two thirds, and fails once."""

    def says(probe: Probe) -> str:
        if 0.33 < probe.depth < 0.66:
            return reply(wrong(probe))
        return "" if probe.question.id.endswith("/24") else reply(probe.answer)

    return probed(TEXTS, 24, says)[0]


@pytest.mark.parametrize("name", ["probe.md", "probe.svg"])
def test_the_page_and_the_picture_are_the_golden_files(half: Recall, name: str) -> None:
    """Set SCOUT_TEST_REGENERATE=1 to write them anew; then read what changed."""
    text = body(half) if name.endswith(".md") else recall_curve(half)
    if os.environ.get("SCOUT_TEST_REGENERATE"):
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


def test_a_viewer_reads_the_page(half: Recall) -> None:
    page = rendered(body(half))
    assert page.tags.count("table") == 2
    assert set(page.strange) == {"img", "img src=probe.svg", "img alt=" + ALT}
    assert page.links
    assert all(re.fullmatch(r"\.\./shop/\w+\.py#L\d+", link) for link in page.links)


ALT = "Recall by depth of the prompt: the table below as a picture"


def test_the_picture_needs_nothing_and_runs_nothing(half: Recall) -> None:
    root = ET.fromstring(recall_curve(half))
    kinds = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert kinds <= {"svg", "title", "desc", "style", "rect", "text", "line", "polyline", "circle"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not any(name.startswith("on") or "href" in name for name in attributes)
    style = next(element.text or "" for element in root.iter() if element.tag.endswith("style"))
    assert "prefers-color-scheme: dark" in style
    assert "url(" not in style
    assert "@import" not in style


def test_every_mark_lies_where_its_figure_says(half: Recall) -> None:
    root = ET.fromstring(recall_curve(half))
    circles = [row for row in root.iter() if row.tag.endswith("circle")][: len(half.bands)]
    heights = [float(row.attrib["cy"]) for row in circles]
    shares = [band.score.share for band in half.bands]
    for first, height in zip(shares, heights, strict=True):
        for second, other in zip(shares, heights, strict=True):
            assert (first > second) == (height < other)
    weak = [row for row in root.iter() if row.attrib.get("class") == "weak"]
    assert len(weak) == len(half.weak) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_the_picture_can_be_read(half: Recall, scheme: str) -> None:
    """A contrast of 4.5 to 1 with what it stands on (WCAG 2.2, 1.4.3)."""
    style = re.search(r"<style>(.*?)</style>", recall_curve(half), re.DOTALL)
    assert style
    light, _, dark = style[1].partition("@media")
    fills = dict(re.findall(r"(text|\.[\w-]+) \{[^}]*?fill: (#\w{6})", light))
    if scheme == "dark":
        fills |= dict(re.findall(r"(text|\.[\w-]+) \{[^}]*?fill: (#\w{6})", dark))
    for name in ("text", ".small", ".weak-text"):
        assert _contrast(fills[name], fills[".page"]) >= 4.5


def _contrast(first: str, second: str) -> float:
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_page_of_nothing_asked_says_so() -> None:
    recall, _, _ = probed({"a.txt": "}\n"}, 24, lambda probe: reply(probe.answer))
    assert body(recall).startswith("No question with exactly one right answer")
    assert "By depth" not in body(recall)


def test_fewer_questions_than_wanted_are_told() -> None:
    recall, _, _ = probed({"a.py": TEXTS["shop/bb.py"]}, 40, lambda probe: reply(probe.answer))
    assert 0 < recall.score.asked < 40
    assert "40 questions were wanted" in body(recall)
    assert "were wanted" not in body(replace(recall, wanted=recall.score.asked))


def test_weak_bands_that_touch_are_one_stretch(half: Recall) -> None:
    (stretch,) = recall_values(half)["weak"]
    first, last = half.weak
    assert (stretch["start"], stretch["end"]) == (round(100 * first.start), round(100 * last.end))
    assert stretch["paths"] == list(dict.fromkeys((*first.paths, *last.paths)))


def test_the_data_hold_every_question_and_every_answer(half: Recall) -> None:
    data = json.loads(json.dumps(recall_data(half)))
    assert [row["id"] for row in data["answers"]] == [row.probe.question.id for row in half.answers]
    assert sum(row["right"] for row in data["answers"]) == half.score.right
    assert sum(row["asked"] for row in data["bands"]) == half.score.asked
    assert all(row["answer"] in row["choices"] for row in data["answers"])


def test_a_hostile_line_is_shown_and_not_obeyed() -> None:
    lines = [
        f'note_{n} = "<img src=x onerror=alert({n})> | [x](//evil.example/{n})"' for n in range(40)
    ]
    recall, _, _ = probed({"a.py": "\n".join(lines)}, 8, lambda probe: reply(wrong(probe)))
    page = rendered(body(recall))
    assert recall.score.asked == 8
    assert not any("onerror" in strange for strange in page.strange)
    assert not any("evil" in link for link in page.links)
    assert "onerror" in page.text
