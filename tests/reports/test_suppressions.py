"""Which findings count, and what is said of those that do not."""

from __future__ import annotations

import pytest
from support.findings import facts_of, findings_of, report_of
from support.packing import Packed, pack_texts
from support.page import Page, rendered

from scout_codebase.records import (
    Baseline,
    BaselineEntry,
    Finding,
    IgnoreUse,
    SuppressionKind,
    Suppressions,
)
from scout_codebase.render.markdown import suppressions_line
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import filters
from scout_codebase.reports.suppressions import COMMENTS_ALLOWED, Allowed, screen
from scout_codebase.templates import TemplateLibrary

WISH = "# scout-review: ignore"
CODE = f"""\
import os


def f(x, y):
    eval(x)  {WISH} CWE-95 -- the caller checks it
    eval(y)
    {WISH} CWE-78 -- a constant
    os.system(x)
    os.system(y)  {WISH} CWE-95 -- of another class
    {WISH} CWE-78
    os.system(x + y)
"""


@pytest.fixture(scope="module")
def packed() -> Packed:
    return pack_texts({"a.py": CODE})


def lines(findings: tuple[Finding, ...]) -> list[int]:
    return [finding.evidence[-1].start_line for finding in findings]


def baseline_of(*findings: Finding, reason: str = "accepted in May") -> Baseline:
    entries = (
        BaselineEntry(one.fingerprint, one.rule, one.evidence[-1].path, one.symbol, reason)
        for one in findings
    )
    return Baseline("ci/accepted.json", tuple(entries))


def test_a_comment_counts_in_its_line_for_its_class_with_a_reason(packed: Packed) -> None:
    screened = screen(findings_of(packed), facts_of(packed), COMMENTS_ALLOWED)
    assert sorted(lines(screened.findings)) == [6, 9, 11]
    assert sorted(lines(screened.suppressed)) == [5, 8]
    (by,) = screened.suppressed[0].suppressions
    assert (by.kind, by.path, by.line) == (SuppressionKind.IN_SOURCE, "a.py", 5)
    assert by.reason == "the caller checks it"


def test_every_comment_is_listed_whatever_came_of_it(packed: Packed) -> None:
    told = screen(findings_of(packed), facts_of(packed), COMMENTS_ALLOWED).suppressions
    assert told.comments == (
        IgnoreUse("a.py", 5, ("CWE-95",), "the caller checks it", findings=1),
        IgnoreUse("a.py", 7, ("CWE-78",), "a constant", findings=1),
        IgnoreUse("a.py", 9, ("CWE-95",), "of another class"),
        IgnoreUse("a.py", 10, ("CWE-78",), "", refused="it gives no reason behind '--'"),
    )


def test_a_user_can_switch_comments_off_and_still_sees_them(packed: Packed) -> None:
    screened = screen(findings_of(packed), facts_of(packed), Allowed(in_source=False))
    assert screened.suppressed == ()
    assert len(screened.findings) == 5
    assert [row.findings for row in screened.suppressions.comments] == [0, 0, 0, 0]
    assert all(row.refused for row in screened.suppressions.comments)


def test_a_baseline_accepts_by_fingerprint_alone(packed: Packed) -> None:
    found = findings_of(packed)
    entry = BaselineEntry(found[0].fingerprint, "CWE-1", "elsewhere.py", "g", "renamed")
    allowed = Allowed(in_source=False, baseline=Baseline("b.json", (entry,)))
    screened = screen(found, facts_of(packed), allowed)
    assert [one.fingerprint for one in screened.suppressed] == [found[0].fingerprint]
    (by,) = screened.suppressed[0].suppressions
    assert (by.kind, by.reason, by.path) == (SuppressionKind.EXTERNAL, "renamed", "b.json")


def test_a_finding_may_be_accepted_twice(packed: Packed) -> None:
    found = findings_of(packed)
    screened = screen(found, facts_of(packed), Allowed(baseline=baseline_of(*found)))
    assert screened.findings == ()
    assert len(screened.suppressed) == 5
    assert sorted(len(one.suppressions) for one in screened.suppressed) == [1, 1, 1, 2, 2]


def test_entries_that_match_nothing_say_whether_their_code_is_there(packed: Packed) -> None:
    found = findings_of(packed)
    gone = BaselineEntry("v1:" + "0" * 32, "CWE-89", "old.py")
    baseline = Baseline("b.json", (*baseline_of(*found[:2]).entries, gone))
    told = screen(found[1:], facts_of(packed), Allowed(baseline=baseline)).suppressions
    assert told.baseline is not None
    assert told.baseline.entries == 3
    assert [(row.entry.fingerprint, row.code_found) for row in told.baseline.stale] == [
        (found[0].fingerprint, True),
        (gone.fingerprint, False),
    ]


def test_the_head_counts_both(packed: Packed) -> None:
    found = findings_of(packed)
    stale = BaselineEntry("v1:" + "0" * 32)
    entries = (*baseline_of(found[0]).entries, stale)
    report = report_of(packed, allowed=Allowed(baseline=Baseline("b.json", entries)))
    count = len(report.suppressed)
    assert suppressions_line(report) == (
        f"{count} findings (1 by the baseline, 2 by comments in the source); "
        "1 of 2 entries of the baseline match no finding; "
        "2 of 4 comments that ask for it have no effect"
    )


def test_the_head_says_nothing_where_nothing_asked() -> None:
    report = report_of(pack_texts({"a.py": "eval(x)\n"}))
    assert report.suppressions == Suppressions()
    assert suppressions_line(report) == ""


HOSTILE = "<img src=x onerror=alert(1)> | ``` [x](//evil.example) ![y](//evil.example) # Fake"


def test_hostile_comments_and_baselines_make_a_harmless_page() -> None:
    lines = f"eval(x)  {WISH} CWE-95 -- {HOSTILE}\n    eval(y)\n    {WISH} {HOSTILE}\n"
    path = "shop/a|b`<script>.py"
    packed = pack_texts({path: f"def f(x, y):\n    {lines}"})
    found = findings_of(packed)
    stale = BaselineEntry("v1:0", HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    entries = (*baseline_of(*found, reason=HOSTILE).entries, stale)
    page = page_of(packed, Allowed(baseline=Baseline(HOSTILE, entries)))
    assert page.strange == []
    assert all(link.startswith(("../", "#")) for link in page.links)
    assert "onerror" in page.text
    assert [title for title in TITLES if title in page.text] == list(TITLES)
    assert page.tags.count("h1") == 0


TITLES = (
    "Suppressed",
    "Comments that ask for suppression",
    "Entries of the baseline that match no",
)


def page_of(packed: Packed, allowed: Allowed) -> Page:
    """The section of the page, from its own template."""
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    screened = screen(findings_of(packed), facts_of(packed), allowed)
    body = TemplateLibrary().render(
        "security-review/suppressed.md.j2",
        {"suppressed": screened.suppressed, "suppressions": screened.suppressions},
        filters(checker, lambda path, line: f"../{path}#L{line}"),
    )
    return rendered(body)


def test_of_many_comments_the_first_are_shown_and_the_rest_counted() -> None:
    code = f"def f(x):\n    eval(x)\n{WISH} CWE-95 -- bait\n" + f"{WISH} CWE-95 -- bait\n" * 499
    page = page_of(pack_texts({"a.py": code}), COMMENTS_ALLOWED)
    assert "and 400 more, all in the JSON" in page.text
    assert page.tags.count("tr") == 101
