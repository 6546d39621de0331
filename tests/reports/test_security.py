"""From verdicts to findings: what is shown as evidence stands in the source at those lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from support.findings import facts_of
from support.packing import Packed, pack_texts

from scout_codebase.records import Dismissed, Finding, Grade, Severity
from scout_codebase.reports.ask import CheckedAnswer
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.security import judged_places

FILES = {
    "shop/store.py": (
        "def find(db, name):\n"
        '    return db.execute("SELECT * FROM t WHERE name = \'" + name + "\'")\n'
        "\n"
        "\n"
        "def run(expression):\n"
        "    return eval(expression)\n"
    ),
    "shop/web.py": (
        "from shop.store import find\n"
        "\n"
        "\n"
        "def page(request, db):\n"
        '    return find(db, request.args["name"])\n'
    ),
    "shop/form.py": "# the form\nname = request.form['name']\n",
    "tests/test_store.py": "def test_run():\n    assert eval('1') == 1\n",
}
SOURCE_LINE = 'return find(db, request.args["name"])'


@pytest.fixture(scope="module")
def packed() -> Packed:
    return pack_texts(FILES)


@pytest.fixture(scope="module")
def checker(packed: Packed) -> EvidenceChecker:
    return EvidenceChecker(packed.pack, packed.graph.analyses)


@pytest.fixture(scope="module")
def places(packed: Packed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = facts_of(packed)["places"]
    assert [(row["category"], row["line"]) for row in found] == [("code", 6), ("sql", 2)]
    return found


def verdict(vulnerable: bool) -> dict[str, Any]:
    word = "yes" if vulnerable else "no"
    return {"answer": word, "vulnerable": vulnerable, "score": 1.5 if vulnerable else -1.5}


def refuted(stands: bool) -> dict[str, Any]:
    guard = "none" if stands else "quote(name)"
    return {"reached_by": "request.args in shop/web.py", "guard": guard, "stands": stands}


Values = Sequence[dict[str, Any] | None]


def judge(
    checker: EvidenceChecker,
    places: list[dict[str, Any]],
    verdicts: Values,
    details: Values,
    refutations: Values | None = None,
) -> tuple[tuple[Finding, ...], tuple[Dismissed, ...]]:
    """Without refutations, those that were judged vulnerable stand."""
    second = refutations or [
        refuted(True) if row and row["vulnerable"] else None for row in verdicts
    ]
    answers = {
        "judge": [CheckedAnswer(*pair) for pair in zip(places, verdicts, strict=True)],
        "refute": [CheckedAnswer(*pair) for pair in zip(places, second, strict=True)],
        "detail": [CheckedAnswer(*pair) for pair in zip(places, details, strict=True)],
    }
    return judged_places(answers, checker)


def test_what_is_refuted_is_dismissed_with_the_guard(
    checker: EvidenceChecker, places: list[dict[str, Any]]
) -> None:
    findings, dismissed = judge(
        checker,
        places,
        [verdict(True), verdict(True)],
        [None, None],
        [refuted(True), refuted(False)],
    )
    assert [row.rule for row in findings] == ["CWE-95"]
    (row,) = dismissed
    assert (row.rule, row.path, row.line) == ("CWE-89", "shop/store.py", 2)
    assert "quote(name)" in row.reason
    assert row.undecided  # a guard that the model names clears nothing that input reaches


def test_a_second_question_that_failed_does_not_clear(
    checker: EvidenceChecker, places: list[dict[str, Any]]
) -> None:
    findings, dismissed = judge(
        checker, places, [verdict(True), verdict(True)], [None, None], [None, None]
    )
    assert (len(findings), dismissed) == (2, ())


def test_what_only_a_model_calls_safe_is_for_a_person_to_decide(
    checker: EvidenceChecker, places: list[dict[str, Any]]
) -> None:
    assert [row["standing"] for row in places] == ["open", "exposed"]
    findings, dismissed = judge(checker, places, [verdict(False), verdict(False)], [None, None])
    assert findings == ()
    assert [row.undecided for row in dismissed] == [True, True]
    assert "could not be followed" in dismissed[0].reason
    assert "request.args" in dismissed[1].reason
    own = [{**row, "standing": "own"} for row in places]
    _, dismissed = judge(checker, own, [verdict(False), verdict(False)], [None, None])
    assert [row.undecided for row in dismissed] == [False, False]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def f(page):\n    return md5(page)\n", "Nothing known stands near it"),
        ("def f(password):\n    return md5(password)\n", "password stands there"),
        ("def f(page):\n    return eval(page)\n", "could not be followed"),
    ],
)
def test_a_place_is_not_said_to_be_followed_where_its_class_is_not(code: str, says: str) -> None:
    packed = pack_texts({"a.py": code})
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    (place,) = facts_of(packed)["places"]
    _, (row,) = judge(checker, [place], [verdict(False)], [None])
    assert says in row.reason


def account(checker: EvidenceChecker, path: str, quote: str) -> dict[str, Any]:
    source = {"path": path, "quote": quote, "evidence": checker.check(path, quote)}
    return {"title": "A title", "source": source, "exploit": "Send it.", "fix": "Do not."}


def test_findings_come_gravest_first_and_the_rest_is_dismissed(
    checker: EvidenceChecker, places: list[dict[str, Any]]
) -> None:
    findings, dismissed = judge(checker, places, [verdict(True), verdict(True)], [None, None])
    assert [row.severity for row in findings] == [Severity.CRITICAL, Severity.HIGH]
    assert dismissed == ()
    findings, dismissed = judge(checker, places, [verdict(False), verdict(True)], [None, None])
    assert [row.rule for row in findings] == ["CWE-89"]
    (cleared,) = dismissed
    assert (cleared.rule, cleared.path, cleared.line) == ("CWE-95", "shop/store.py", 6)
    assert "score -1.5" in cleared.reason


def test_what_was_not_judged_is_neither(
    checker: EvidenceChecker, places: list[dict[str, Any]]
) -> None:
    assert judge(checker, places, [None, None], [None, None]) == ((), ())


def test_the_way_is_shown_as_it_was_followed(
    checker: EvidenceChecker, places: list[dict[str, Any]]
) -> None:
    detail = account(checker, "shop/form.py", "request.form['name']")
    (finding,), _ = judge(checker, places, [None, verdict(True)], [None, detail])
    assert [(row.path, row.start_line) for row in finding.evidence] == [
        ("shop/web.py", 5),
        ("shop/store.py", 2),
    ]
    assert finding.confidence == "high"
    assert (finding.title, finding.exploit) == ("A title", "Send it.")
    (finding,), _ = judge(checker, places, [None, verdict(True)], [None, None])
    assert (finding.title, finding.exploit, finding.confidence) == ("SQL injection", "", "low")


@pytest.mark.parametrize(
    ("path", "quote", "confidence", "shown"),
    [
        ("shop/web.py", SOURCE_LINE, "medium", [("shop/web.py", 5), ("shop/store.py", 6)]),
        ("shop/store.py", SOURCE_LINE, "medium", [("shop/web.py", 5), ("shop/store.py", 6)]),
        (
            "shop/form.py",
            "request.form['name']",
            "medium",
            [("shop/form.py", 2), ("shop/store.py", 6)],
        ),
        ("shop/web.py", "request.args.get(name)", "medium", [("shop/store.py", 6)]),
        ("shop/store.py", "return eval(", "medium", [("shop/store.py", 6)]),
        ("", "", "low", [("shop/store.py", 6)]),
    ],
)
def test_where_nothing_was_followed_the_source_is_shown_only_where_it_was_found(
    checker: EvidenceChecker,
    places: list[dict[str, Any]],
    path: str,
    quote: str,
    confidence: str,
    shown: list[tuple[str, int]],
) -> None:
    detail = account(checker, path, quote) if path else None
    (finding,), _ = judge(checker, places, [verdict(True), None], [detail, None])
    assert finding.confidence == confidence
    assert [(row.path, row.start_line) for row in finding.evidence] == shown
    assert finding.title == ("A title" if path else "Code injection")
    assert finding.exploit == ("Send it." if path else "")
    assert all(row.found for row in finding.evidence)


def test_the_place_is_the_whole_line_as_it_stands_in_the_file(
    checker: EvidenceChecker, places: list[dict[str, Any]]
) -> None:
    (finding,), _ = judge(checker, places, [None, verdict(True)], [None, None])
    place = finding.evidence[-1]
    line = FILES["shop/store.py"].split("\n")[1]
    assert (place.grade, place.quote) == (Grade.VERIFIED, line.strip())
    assert line[place.start_column - 1 : place.end_column - 1] == line.strip()
    assert finding.symbol == "find"


PREFIXES = [
    "",
    "\n\n",
    "\x0c\n",
    "x = '\u2028'\n",
    "# a\x0b b\x1c c\n",
    "y = 1\r\n",
    "# a\rz = 2\n",
]


@pytest.mark.parametrize("prefix", PREFIXES, ids=ascii)
@pytest.mark.parametrize("name", ["store.py", " lead.py", "<script>.py", 'quo"te.py'])
def test_every_way_to_count_lines_agrees(prefix: str, name: str) -> None:
    """Form feeds, lone carriage returns and the like are no newlines to git or to a parser."""
    text = f"{prefix}def run(value):\n    return eval(value)\n"
    packed = pack_texts({name: text})
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    (place,) = facts_of(packed)["places"]
    assert place["code"] == "return eval(value)"
    assert "return eval(value)" in place["excerpt"]
    assert place["line"] == text[: text.index("return")].count("\n") + 1
    (finding,), _ = judge(checker, [place], [verdict(True)], [None])
    assert finding.evidence[0].quote == "return eval(value)"
    looked_up = checker.check(place["path"], "return eval(value)")
    assert (looked_up.grade, looked_up.start_line) == (Grade.VERIFIED, place["line"])
