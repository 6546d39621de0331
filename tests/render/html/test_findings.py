"""Findings as cards: the same content as on the page, with what they are filtered by."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from support.findings import report_of
from support.html import Tags, assert_harmless, overview_of, page_of_findings
from support.packing import Packed, pack_texts

from scout_codebase.records import (
    Comparison,
    EarlierFinding,
    FindingState,
    FormerFinding,
    Report,
)
from scout_codebase.render.html import report_html

TEXTS = {
    "shop/a.py": "def a(x):\n    return eval(x)\n",
    "web/b.py": "import os\n\n\ndef b(x):\n    os.system(x)\n",
    "web/c.py": "import pickle\n\n\ndef c(x):\n    return pickle.loads(x)\n",
}


@pytest.fixture(scope="module")
def packed() -> Packed:
    return pack_texts(TEXTS)


def page_of(packed: Packed, report: Report) -> str:
    return report_html(report, page_of_findings(report), overview_of(packed))


def test_each_finding_is_a_card_with_its_source(packed: Packed) -> None:
    report = report_of(packed)
    text = page_of(packed, report)
    assert_harmless(text)
    cards = re.findall(r"<article.*?</article>", text, re.DOTALL)
    assert len(cards) == len(report.findings) == 3
    for number, (card, finding) in enumerate(zip(cards, report.findings, strict=True), 1):
        place = finding.evidence[-1]
        assert f'data-finding="{number}" data-severity="{finding.severity}"' in card
        assert f'data-rule="{finding.rule}"' in card
        assert f'<h3 id="finding-{number}">{number}. A title of' in card
        assert card.index(f"Why {number}.") < card.index("<pre") < card.index(f"Mend {number}.")
        assert "<table" not in card, "the source stands in place of the table of steps"
        assert f'data-no="{place.start_line}"' in card
        assert place.quote.split("(")[0].split(".")[-1] in Tags(card).text
    assert text.index("</article>") < text.index("What was looked for</h2>")


def test_the_page_names_its_findings_once(packed: Packed) -> None:
    text = page_of(packed, report_of(packed))
    contents = re.findall(r'<li><a href="#([^"]*)">', text)
    assert contents == ["findings", "what-was-looked-for"]
    ids = re.findall(r' id="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert re.findall(r'<tr data-finding="(\d)">', text) == ["1", "2", "3"]


def test_what_findings_are_filtered_by(packed: Packed) -> None:
    text = page_of(packed, report_of(packed))
    form = re.search(r"<form.*?</form>", text, re.DOTALL)
    assert form
    assert re.findall(r'<select name="(\w+)"', form[0]) == ["rule", "component"]
    assert {row.get("value") for row in Tags(form[0]).all("option")} >= {"CWE-95", "shop", "web"}
    assert "3 of 3 shown" in form[0]


def test_states_are_filtered_by_and_what_is_fixed_is_shown(packed: Packed) -> None:
    report = report_of(packed)
    first, *others = report.findings
    found = (
        replace(first, state=FindingState.NEW),
        *(replace(one, state=FindingState.EXISTING) for one in others),
    )
    gone = EarlierFinding("f", "CWE-<79>", "web/<b>.py", 7, severity="medium")
    former = (
        FormerFinding(gone, fixed=True, reason="its code is <gone>"),
        FormerFinding(replace(gone, path="web/c.py"), fixed=False, reason="nobody looked"),
    )
    report = replace(report, findings=found, comparison=Comparison("earlier.json", former=former))
    text = page_of(packed, report)
    assert_harmless(text)
    states = re.findall(r'<article [^>]*data-state="(\w*)"', text)
    assert states == ["new", "existing", "existing", "fixed"]
    options = re.search(r'<select name="state">(.*?)</select>', text, re.DOTALL)
    assert options
    assert {row.get("value") for row in Tags(options[1]).all("option")} == {
        *("", "new", "existing", "fixed")
    }
    assert "its code is &lt;gone&gt;" in text
    assert "nobody looked" not in text


def test_a_page_without_anchors_stays_as_it_is(packed: Packed) -> None:
    text = report_html(report_of(packed), "# Own\n\n## A finding\n\nText.\n", overview_of(packed))
    assert "<article" not in text
    assert "<form" not in text
    assert '<h2 id="a-finding">A finding</h2>' in text


def test_an_anchor_of_no_finding_is_a_heading(packed: Packed) -> None:
    none = replace(report_of(packed), findings=())
    text = report_html(none, '## One <a id="finding-1"></a>\n', overview_of(packed))
    assert '<h2 id="finding-1">One</h2>' in text


def test_the_same_report_is_the_same_bytes(packed: Packed) -> None:
    assert page_of(packed, report_of(packed)) == page_of(packed, report_of(packed))
