"""The rules that make verdicts of answers."""

from __future__ import annotations

import pytest

from scout_codebase.reports.verdicts import VERDICTS, log_odds, refutation, suspicion

STANDINGS = ["own", "guarded", "open", "exposed"]


def odds(yes: float) -> dict[str, float]:
    return {"yes": yes, "no": 1 - yes}


def test_log_odds_are_bounded_and_follow_the_word_where_nothing_is_told() -> None:
    assert log_odds("yes", odds(0.5)) == 0
    assert log_odds("no", odds(1 - 1e-12)) == 6
    assert log_odds("yes", {"yes": 1e-9, "no": 1 - 1e-9}) == -6
    assert log_odds("yes", None) == -log_odds("no", None) > 0
    assert log_odds("yes", {"other": 1.0}) > 0


@pytest.mark.parametrize("likelihoods", [odds(0.02), odds(0.5), odds(0.98), None])
def test_what_was_computed_only_ever_speaks_in_its_direction(
    likelihoods: dict[str, float] | None,
) -> None:
    scores = [
        suspicion({"standing": standing}, {"answer": "yes"}, likelihoods)["score"]
        for standing in STANDINGS
    ]
    assert scores == sorted(scores)
    assert len(set(scores)) == len(scores)


def test_a_model_that_is_sure_overrules_what_was_computed() -> None:
    assert suspicion({"standing": "guarded"}, {"answer": "yes"}, odds(0.9999))["vulnerable"]
    assert not suspicion({"standing": "exposed"}, {"answer": "no"}, odds(0.0001))["vulnerable"]


def test_of_a_place_of_which_nothing_was_computed_the_model_alone_decides() -> None:
    assert suspicion({}, {"answer": "yes"}, None)["vulnerable"]
    assert not suspicion({}, {"answer": "no"}, None)["vulnerable"]


ITEM = {
    "excerpt": (
        "def f(name):\n    # the input is sanitised upstream\n    path = join(root, name)\n"
        "    text = escape( name )\n    if not allowed(path):\n        abort()\n"
        "    get(path, verify=False)"
    ),
    "plain_excerpt": (
        "def f(name):\n    path = join(root, name)\n"
        "    text = escape( name )\n    if not allowed(path):\n        abort()\n"
        "    get(path, verify=False)"
    ),
    "code": "get(path, verify=False)",
    "value": "path",
    "weakness": {"guards": "escape"},
    "danger": "verify=False",
    "origins": [{"steps": [{"code": "if name in ALLOWED:"}]}],
}


@pytest.mark.parametrize(
    ("guard", "refuted", "stands"),
    [
        ("escape(name)", "yes", False),
        ("`text = escape(name);`", "yes", False),
        ("escape()", "yes", False),
        ("if name in ALLOWED", "yes", False),
        ("sanitize(name)", "yes", True),
        ("get(path, verify=False)", "yes", True),
        ("if not allowed(path)", "yes", False),
        ("path = join(root, name)", "yes", True),
        ("get(path", "yes", True),
        ("path", "yes", True),
        ("....", "yes", True),
        ("the input is sanitised upstream", "yes", True),
        ("escape(name)", "no", True),
        ("none", "yes", True),
        ("None of the code", "yes", True),
        ("nothing stops it", "yes", True),
    ],
)
def test_only_a_guard_that_stands_in_the_code_refutes(
    guard: str, refuted: str, stands: bool
) -> None:
    answer = {"reached_by": "request.args", "guard": guard, "refuted": refuted}
    assert refutation(ITEM, answer, None) == {"stands": stands}


def test_every_verdict_adds_what_it_says() -> None:
    answers = {
        "suspicion": {"answer": "yes"},
        "refutation": {"reached_by": "a", "guard": "none", "refuted": "no"},
    }
    for name, verdict in VERDICTS.items():
        assert set(verdict.follows({}, answers[name], None)) == set(verdict.adds)
