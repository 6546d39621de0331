"""Which findings are new, and what is said of those that are none any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.findings import facts_of, findings_of
from support.packing import Packed, pack_texts, shipped_weaknesses
from support.page import rendered

from scout_codebase.records import (
    Comparison,
    Dismissed,
    EarlierFinding,
    EarlierReview,
    Finding,
    FindingState,
    FormerFinding,
    Omission,
    OmissionReason,
)
from scout_codebase.reports.comparison import Before, compare
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import filters
from scout_codebase.reports.places import BasePlaces
from scout_codebase.reports.present import PresentCode
from scout_codebase.templates import TemplateLibrary

EVAL = "def f(x):\n    eval(x)\n"


def packed_of(texts: Mapping[str, str], *omitted: str, folder: str = "") -> Packed:
    rows = tuple(Omission(path, OmissionReason.TOO_LARGE) for path in omitted)
    packed = pack_texts(texts, rows)
    return replace(packed, snapshot=replace(packed.snapshot, folder=folder))


def review_of(packed: Packed) -> EarlierReview:
    """As if every place had been found vulnerable."""
    standing = {one.fingerprint: one.standing for one in findings_of(packed)}
    names = ("fingerprint", "rule", "path", "line", "symbol", "code_fingerprint")
    rows = [
        EarlierFinding(
            **{name: row[name] for name in names}, standing=standing.get(row["fingerprint"], "")
        )
        for row in facts_of(packed)["known_places"]
    ]
    return EarlierReview("before.json", "1" * 40, tuple(rows))


def compared(
    before: Packed,
    now: Packed,
    found: list[Finding] | None = None,
    dismissed: tuple[Dismissed, ...] = (),
) -> tuple[list[FindingState | None], Comparison]:
    """With the earlier review of ``before``."""
    present = PresentCode(now.snapshot, now.graph)
    everything = findings_of(now) if found is None else found
    known = Before(present, review_of(before))
    marked, comparison = compare(everything, dismissed, facts_of(now), known)
    assert comparison is not None
    return [one.state for one in marked], comparison


def outcome(comparison: Comparison) -> list[tuple[bool, str]]:
    return [(row.fixed, row.reason) for row in comparison.former]


def dismissals(packed: Packed, *, undecided: bool) -> tuple[Dismissed, ...]:
    return tuple(
        Dismissed(one.rule, "a.py", 1, "said", undecided, one.fingerprint)
        for one in findings_of(packed)
    )


def test_nothing_to_compare_with_marks_nothing() -> None:
    now = packed_of({"a.py": EVAL})
    marked, comparison = compare(findings_of(now), (), facts_of(now), None)
    assert ([one.state for one in marked], comparison) == ([None], None)
    assert all(one.is_new for one in marked)


@pytest.mark.parametrize(
    ("after", "state"),
    [
        ({"a.py": "# more\n" * 9 + EVAL}, FindingState.EXISTING),
        ({"b/c.py": EVAL}, FindingState.MOVED),
        ({"a.py": EVAL.replace("def f", "def g")}, FindingState.MOVED),
        ({"a.py": "", "b.py": EVAL}, FindingState.MOVED),
        ({"b.py": EVAL.replace("def f", "def g")}, FindingState.NEW),
        ({"a.py": EVAL.replace("(x)", "(y)")}, FindingState.NEW),
        ({"a.py": "def f(x):\n    return x\n", "b.py": EVAL}, FindingState.NEW),
        ({"a.py": "def f(x):\n    return x\n\n\ndef g(x):\n    eval(x)\n"}, FindingState.NEW),
    ],
)
def test_what_a_change_makes_of_a_finding(after: dict[str, str], state: FindingState) -> None:
    states, _ = compared(packed_of({"a.py": EVAL}), packed_of(after))
    assert states == [state]


def test_one_that_was_copied_is_new_in_the_second_place() -> None:
    now = packed_of({"a.py": EVAL, "b.py": EVAL})
    states, comparison = compared(packed_of({"a.py": EVAL}), now)
    assert states == [FindingState.EXISTING, FindingState.NEW]
    assert comparison.former == ()


def test_one_earlier_finding_moves_to_one_place_alone() -> None:
    now = packed_of({"b.py": EVAL, "c.py": EVAL})
    states, _ = compared(packed_of({"a.py": EVAL}), now)
    assert sorted(map(str, states)) == ["moved", "new"]


def test_a_file_that_is_not_read_has_not_moved() -> None:
    now = packed_of({"b.py": EVAL}, "a.py")
    states, comparison = compared(packed_of({"a.py": EVAL}), now)
    assert states == [FindingState.NEW]
    assert outcome(comparison) == [(False, "its file was not read: too large")]


@pytest.mark.parametrize(
    ("after", "fixed", "reason"),
    [
        ({"a.py": "def f(x):\n    return x\n"}, True, "its code is gone or was changed"),
        ({"b.py": "x = 1\n"}, True, "its file is gone"),
        (
            {"a.py": EVAL.replace("(x)", "(y)")},
            False,
            "its code was changed, and there is a finding of its class in its definition",
        ),
        ({"tests/a.py": EVAL}, False, "its code is still there: it stands in a test"),
    ],
)
def test_what_becomes_of_an_earlier_finding(
    after: dict[str, str], fixed: bool, reason: str
) -> None:
    now = packed_of(after)
    found = [one for one in findings_of(now) if not one.evidence[-1].path.startswith("tests")]
    _, comparison = compared(packed_of({"a.py": EVAL}), now, found)
    ((was_fixed, why),) = outcome(comparison)
    assert was_fixed is fixed
    assert why.startswith(reason)


def test_what_is_outside_of_the_reviewed_folder_or_in_a_submodule_was_not_looked_at() -> None:
    before = packed_of({"a.py": EVAL, "lib/b.py": EVAL})
    _, comparison = compared(before, packed_of({"a.py": "x = 1\n"}, folder="services"))
    assert {row.reason for row in comparison.former} == {
        "it stands outside of the folder that was reviewed"
    }
    _, comparison = compared(before, packed_of({"a.py": EVAL}, "lib"))
    assert outcome(comparison) == [(False, "its file was not read: too large")]


def test_a_file_that_cannot_be_parsed_whole_shows_nothing() -> None:
    now = packed_of({"a.py": "x = 1\n"})
    analyses = {path: replace(row, complete=False) for path, row in now.graph.analyses.items()}
    now = replace(now, graph=replace(now.graph, analyses=analyses))
    _, comparison = compared(packed_of({"a.py": EVAL}), now)
    assert outcome(comparison) == [(False, "its file could not be parsed whole")]


@pytest.mark.parametrize(
    ("undecided", "standing", "fixed"),
    [(True, "exposed", False), (False, "exposed", True), (False, "own", False), (False, "", False)],
)
def test_a_verdict_alone_fixes_nothing(undecided: bool, standing: str, fixed: bool) -> None:
    """The code is what it was. Only if something computed makes it safe that did not before, it is
    fixed."""
    now = packed_of({"a.py": EVAL})
    present = PresentCode(now.snapshot, now.graph)
    (row,) = review_of(now).findings
    review = EarlierReview("before.json", "", (replace(row, standing=standing),))
    dismissed = dismissals(now, undecided=undecided)
    _, comparison = compare([], dismissed, facts_of(now), Before(present, review))
    assert comparison is not None
    assert [one.fixed for one in comparison.former] == [fixed]


def test_a_place_that_was_not_judged_is_not_fixed() -> None:
    now = packed_of({"a.py": EVAL})
    _, comparison = compared(now, now, [])
    assert outcome(comparison) == [(False, "its code is still there: the question about it failed")]


def test_a_class_that_is_not_looked_for_is_not_fixed() -> None:
    now = packed_of({"a.py": "x = 1\n"})
    review = EarlierReview("b", "", (EarlierFinding("v1:" + "0" * 32, "CWE-1", "a.py", 1),))
    known = Before(PresentCode(now.snapshot, now.graph), review)
    _, comparison = compare([], (), facts_of(now), known)
    assert comparison is not None
    assert outcome(comparison) == [(False, "its class of weakness was not looked for")]


HOSTILE = "<img src=x onerror=alert(1)> | ``` [x](//evil.example) ![y](//evil.example) # Fake"


def test_hostile_earlier_findings_make_a_harmless_page() -> None:
    """Whoever could write the file of the earlier review chose these words."""
    earlier = EarlierFinding("v1:0", HOSTILE, HOSTILE, 1, HOSTILE, severity=HOSTILE)
    former = tuple(FormerFinding(earlier, fixed, HOSTILE) for fixed in (True, False) * 101)
    now = packed_of({"a.py": EVAL})
    checker = EvidenceChecker(now.pack, now.graph.analyses)
    body = TemplateLibrary().render(
        "security-review/former.md.j2",
        {"comparison": Comparison(HOSTILE, former=former)},
        filters(checker, lambda path, line: f"../{path}#L{line}"),
    )
    page = rendered(body)
    assert (page.strange, page.links) == ([], [])
    assert page.tags.count("h2") == page.tags.count("table") == 2
    assert page.text.count("onerror") >= 200
    assert page.text.count("and 1 more, all in the JSON") == 2


TEXTS = st.dictionaries(
    st.sampled_from(["a.py", "b/c.py", "d.py"]),
    st.lists(
        st.sampled_from([EVAL, EVAL.replace("f", "g"), "eval(z)\n", "x = 1\n"]), max_size=3
    ).map("".join),
    min_size=1,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS, TEXTS)
def test_every_finding_and_every_earlier_one_is_accounted_for_once(
    before: dict[str, str], after: dict[str, str]
) -> None:
    earlier, now = packed_of(before), packed_of(after)
    states, comparison = compared(earlier, now)
    known = sum(state in (FindingState.EXISTING, FindingState.MOVED) for state in states)
    assert known + len(comparison.former) == len(review_of(earlier).findings)
    same, nothing = compared(now, now)
    assert set(same) <= {FindingState.EXISTING}
    assert nothing.former == ()


def state_against_base(before: str, after: str) -> FindingState | None:
    """Of the only finding, compared with the base alone."""
    base, now = packed_of({"a.py": before}), packed_of({"a.py": after})
    places = BasePlaces(base.snapshot, base.graph, shipped_weaknesses())
    known = Before(PresentCode(now.snapshot, now.graph), base="v1", base_places=places)
    marked, comparison = compare(findings_of(now), (), facts_of(now), known)
    assert comparison == Comparison(base="v1")
    (one,) = marked
    return one.state


@pytest.mark.parametrize(
    ("after", "state"),
    [
        ("def f(x):\n    check(x)\n    eval(x)\n", FindingState.EXISTING),
        ("import os\n\n\ndef f(x):  # why\n    check( x )\n\n    eval(x)\n", FindingState.EXISTING),
        ("def g(x):\n    check(x)\n    eval(x)\n", FindingState.MOVED),
        ("def f(x):\n    eval(x)\n", FindingState.NEW),
        ("def f(x):\n    check(y)\n    eval(x)\n", FindingState.NEW),
    ],
)
def test_a_check_that_the_tool_does_not_know_may_have_gone(after: str, state: FindingState) -> None:
    assert state_against_base("def f(x):\n    check(x)\n    eval(x)\n", after) is state


def test_the_base_counts_where_it_was_no_better() -> None:
    code = (
        "from flask import request\nimport os\nimport shlex\n\n\n"
        "def f():\n    x = {}\n    os.system(x)\n"
    )
    bare = code.format("request.args['x']")
    renamed = bare.replace("'x'", "'name'")
    quoted = code.format("shlex.quote(request.args['x'])")
    assert state_against_base(bare, bare) is FindingState.EXISTING
    assert state_against_base(bare, renamed) is FindingState.EXISTING
    assert state_against_base(bare, quoted) is FindingState.EXISTING
    assert state_against_base(quoted, bare) is FindingState.NEW
