"""SARIF of a security review: valid, within GitHub's limits, harmless, honest about failures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from sarif.loader import load_sarif_file
from support.findings import RUN, report_of
from support.packing import Packed, pack_texts
from support.sarif import only_run, schema_errors

from scout_codebase.records import (
    Baseline,
    BaselineEntry,
    Comparison,
    EarlierFinding,
    FindingState,
    FormerFinding,
    Masked,
    Omission,
    OmissionReason,
    Report,
    Revision,
    RunRecord,
    Submodule,
)
from scout_codebase.render.sarif import render_sarif
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.suppressions import Allowed

FILES = {
    "shop/store.py": (
        "import os\n\n\n"
        "class Store:\n"
        "    def find(self, db, name):\n"
        '        return db.execute("SELECT * FROM t WHERE name = \'" + name + "\'")\n\n\n'
        "def run(expression):\n"
        "    # scout-review: ignore CWE-95 -- only constants\n"
        "    return eval(expression)\n"
    ),
    "shop/web.py": (
        "from shop.store import Store\n\n\n"
        "def page(request, db):\n"
        '    return Store().find(db, request.args["name"])\n'
    ),
}
SOURCE = ("shop/web.py", 'return Store().find(db, request.args["name"])')


def run_of(packed: Packed, report: Report, run: RunRecord = RUN) -> dict[str, Any]:
    """The only run of the rendered file, which is valid."""
    text = render_sarif(report, run, packed.snapshot)
    assert text.isascii()
    return only_run(text)


@pytest.fixture(scope="module")
def packed() -> Packed:
    return pack_texts(FILES)


@pytest.fixture(scope="module")
def run(packed: Packed) -> dict[str, Any]:
    return run_of(packed, report_of(packed, source=SOURCE))


def test_the_schema_refuses_what_is_wrong(packed: Packed) -> None:
    """A validator that accepts everything would make the tests below worthless."""
    value = json.loads(render_sarif(report_of(packed), RUN, packed.snapshot))
    value["runs"][0]["results"][0]["levle"] = "error"
    value["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert len(schema_errors(value)) == 2


def test_every_property_that_github_requires_is_there(run: dict[str, Any]) -> None:
    driver = run["tool"]["driver"]
    assert driver["name"] == "scout-codebase"
    for rule in driver["rules"]:
        assert rule["id"].startswith("CWE-")
        for name in ("shortDescription", "fullDescription", "help"):
            assert rule[name]["text"]
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
        assert "security" in rule["properties"]["tags"]
        assert len(rule["properties"]["tags"]) <= 20
    for result in run["results"]:
        assert result["message"]["text"]
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert {"startLine", "startColumn", "endLine", "endColumn"} <= set(region)
        assert set(result["partialFingerprints"]) == {"scoutReview/v1", "scoutReviewCode/v1"}
    assert run["automationDetails"]["id"].endswith("/")


def test_results_say_where_what_and_from_where(run: dict[str, Any]) -> None:
    sql = next(row for row in run["results"] if row["ruleId"] == "CWE-89")
    assert sql["level"] == "error"
    assert sql["message"]["text"] == (
        "A title of sql. Comes from: outside. Check: none named. Send it. Fix: Do not."
    )
    (place,) = sql["locations"]
    line = FILES["shop/store.py"].split("\n")[5]
    assert place["physicalLocation"]["artifactLocation"] == {
        "uri": "shop/store.py",
        "uriBaseId": "SRCROOT",
    }
    assert place["physicalLocation"]["region"] == {
        "startLine": 6,
        "startColumn": 9,
        "endLine": 6,
        "endColumn": len(line) + 1,
        "snippet": {"text": line.strip()},
    }
    assert place["logicalLocations"] == [{"fullyQualifiedName": "Store.find"}]
    steps = sql["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [
        (
            step["location"]["physicalLocation"]["artifactLocation"]["uri"],
            step["location"]["physicalLocation"]["region"]["startLine"],
        )
        for step in steps
    ] == [("shop/web.py", 5), ("shop/store.py", 6)]
    (related,) = sql["relatedLocations"]
    assert related["physicalLocation"] == steps[0]["location"]["physicalLocation"]
    assert related["physicalLocation"]["region"]["snippet"]["text"] == SOURCE[1]


def test_rules_are_the_whole_taxonomy(run: dict[str, Any]) -> None:
    rules, (cwe,) = run["tool"]["driver"]["rules"], run["taxonomies"]
    assert len(rules) == len(cwe["taxa"]) >= 15
    for rule in rules:
        (relation,) = rule["relationships"]
        target = relation["target"]
        taxon = run["taxonomies"][target["toolComponent"]["index"]]["taxa"][target["index"]]
        assert f"CWE-{taxon['id']}" == f"CWE-{target['id']}" == rule["id"]
        assert urlsplit(rule["helpUri"]).path == f"/data/definitions/{taxon['id']}.html"


def test_levels_follow_severity(run: dict[str, Any]) -> None:
    levels = {
        rule["properties"]["severity"]: rule["defaultConfiguration"]["level"]
        for rule in run["tool"]["driver"]["rules"]
    }
    assert levels == {"critical": "error", "high": "error", "medium": "warning", "low": "note"}


def test_suppressed_results_are_kept_and_marked(packed: Packed) -> None:
    report = report_of(packed)
    (accepted,) = report.findings
    entries = (
        BaselineEntry(accepted.fingerprint, reason="for now"),
        BaselineEntry("v1:" + "0" * 32),
    )
    allowed = Allowed(baseline=Baseline("ci/b.json", entries))
    found = run_of(packed, report_of(packed, allowed=allowed))
    by_rule = {row["ruleId"]: row["suppressions"] for row in found["results"]}
    assert by_rule["CWE-89"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "In the baseline ci/b.json: for now",
        }
    ]
    (in_source,) = by_rule["CWE-95"]
    assert (in_source["kind"], in_source["justification"]) == ("inSource", "only constants")
    assert in_source["location"]["physicalLocation"]["region"] == {"startLine": 10}
    told = found["invocations"][0]["toolConfigurationNotifications"]
    assert [(row["descriptor"]["id"], row["level"]) for row in told] == [
        ("baseline-stale", "warning")
    ]
    assert "1 of 2 entries" in told[0]["message"]["text"]


def test_a_result_that_is_not_suppressed_says_so(run: dict[str, Any]) -> None:
    assert [bool(row["suppressions"]) for row in run["results"]] == [False, True]
    assert all("suppressions" in row for row in run["results"])


def test_comments_that_ask_in_vain_are_told(packed: Packed) -> None:
    found = run_of(packed, report_of(packed, allowed=Allowed(in_source=False)))
    (told,) = found["invocations"][0]["toolConfigurationNotifications"]
    assert told["descriptor"]["id"] == "comment-refused"
    assert told["locations"][0]["physicalLocation"]["region"] == {"startLine": 10}
    assert [row["suppressions"] for row in found["results"]] == [[], []]


def test_a_review_that_failed_in_part_is_no_success(packed: Packed, run: dict[str, Any]) -> None:
    assert run["invocations"][0]["executionSuccessful"] is True
    assert run["invocations"][0]["toolExecutionNotifications"] == []
    failed = run_of(packed, report_of(packed, failure="the answer is empty"))
    (invocation,) = failed["invocations"]
    assert invocation["executionSuccessful"] is False
    (told,) = invocation["toolExecutionNotifications"]
    assert told["level"] == "error"
    assert told["message"]["text"] == "security-review/judge/two: the answer is empty"
    names = [row["id"] for row in failed["tool"]["driver"]["notifications"]]
    assert names[told["descriptor"]["index"]] == told["descriptor"]["id"]


def test_what_was_not_read_is_told(packed: Packed) -> None:
    record = replace(RUN, omissions=(Omission("a.bin", OmissionReason.BINARY, 3),))
    (told,) = run_of(packed, report_of(packed), record)["invocations"][0][
        "toolExecutionNotifications"
    ]
    assert (told["level"], told["descriptor"]["id"]) == ("note", "path-omitted")


# --- whatever the repository and the model say ---------------------------------------------------

HOSTILE_PATHS = [
    "a b.py",
    "100%.py",
    "a:b.py",
    "%2e%2e/up.py",
    "ünï/\U0001f600.py",
    'quo"te.py',
    "new\nline.py",
    "back\\slash.py",
    "<script>.py",
    "lone\udcff.py",
    "?query#fragment.py",
    "<|eot|>.py",
]


@pytest.mark.parametrize("path", HOSTILE_PATHS, ids=ascii)
def test_a_uri_is_the_bytes_of_the_path(path: str) -> None:
    hostile = pack_texts({path: "eval(x)\n"})
    (result,) = run_of(hostile, report_of(hostile))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert uri.isascii()
    assert not set(uri) & set(' "<>\\^`{|}\n')
    assert unquote_to_bytes(uri) == path.encode("utf-8", "surrogateescape")


def test_paths_are_from_the_top_of_the_repository() -> None:
    inner = pack_texts({"store.py": "eval(x)\n"})
    inner = replace(inner, snapshot=replace(inner.snapshot, folder="services/the shop"))
    found = run_of(inner, report_of(inner))
    place = found["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "services/the%20shop/store.py"
    assert found["automationDetails"]["id"] == (
        "scout-codebase/security-review/services/the%20shop/"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See [this](https://evil.example).", "See [this] (https://evil.example)."),
        ("It is {0} and {12}.", "It is { 0} and { 12}."),
        ('Send {"name": [1]}.', 'Send {"name": [1]}.'),
        ("One\nline\x1b[31m \u202eonly.", "One line [31m only."),
        ("<script>alert(1)</script>.", "<script>alert(1)</script>."),
        ("Lone \ud800.", "Lone ."),
    ],
)
def test_a_message_does_nothing(packed: Packed, text: str, shown: str) -> None:
    report = report_of(packed)
    finding = replace(report.findings[0], title=text, explanation="", exploit="", fix="")
    (result, _) = run_of(packed, replace(report, findings=(finding,)))["results"]
    assert result["message"]["text"] == shown


@pytest.mark.parametrize(
    "line",
    ["eval('\ud800' + x)", "eval('\x1b\t' + x)", "eval('\u202e' + x)", "eval('\U0001f600' + x)"],
    ids=ascii,
)
def test_a_snippet_is_the_text_of_its_region(line: str) -> None:
    hostile = pack_texts({"a.py": f"def f(x):\n\treturn {line}\n"})
    (result,) = run_of(hostile, report_of(hostile))["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    expected = f"return {line}".replace("\ud800", "\ufffd")
    assert region["snippet"]["text"] == expected
    assert (region["startColumn"], region["endColumn"]) == (2, 2 + len(expected))


def test_a_snippet_goes_on_behind_a_secret() -> None:
    """Columns are those of the file, the text is that with labels."""
    secret, label = "hunter2", "MASKED_PASSWORD_1"
    line = f"    login('{label}', eval(x))"
    packed = pack_texts({"a.py": f"def f(x):\n{line}\n"})
    column = line.index(label) + 1
    row = Masked("a.py", 2, 2, "password", label, start_column=column, width=len(secret))
    packed = replace(packed, snapshot=replace(packed.snapshot, masked=(row,)))
    packed = replace(packed, pack=replace(packed.pack, snapshot=packed.snapshot))
    place = EvidenceChecker(packed.pack, packed.graph.analyses).check_line("a.py", 2)
    report = report_of(packed)
    finding = replace(report.findings[0], evidence=(place,))
    (result,) = run_of(packed, replace(report, findings=(finding,)))["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region["snippet"]["text"] == line.strip()
    assert region["endColumn"] == len(line.replace(label, secret)) + 1


def test_labels_of_secrets_are_named_as_redactions() -> None:
    text = 'import os\n\nos.system("curl -u MASKED_PASSWORD_1 " + x)\n'
    masked = pack_texts({"a.py": text})
    labels = ("MASKED_PASSWORD_1", "MASKED_PASSWORD_2")
    rows = tuple(Masked("a.py", 3, 3, "password", label) for label in labels)
    masked = replace(masked, snapshot=replace(masked.snapshot, masked=rows))
    found = run_of(masked, report_of(masked))
    assert found["redactionTokens"] == ["MASKED_PASSWORD_1"]


# --- provenance ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remote", "shown"),
    [
        ("https://ada:secret@github.com/org/shop.git", "https://github.com/org/shop"),
        ("git@github.com:org/shop.git", "https://github.com/org/shop"),
        ("https://host.example/a b.git", "https://host.example/a%20b"),
    ],
)
def test_the_revision_is_told(packed: Packed, remote: str, shown: str) -> None:
    revision = Revision("2" * 40, name="main", dirty=True, remote=remote)
    submodule = Submodule("libs/the lib", "3" * 40, "https://github.com/org/lib")
    snapshot = replace(packed.snapshot, revision=revision, submodules=(submodule,))
    found = run_of(replace(packed, snapshot=snapshot), report_of(packed))
    assert found["versionControlProvenance"] == [
        {"repositoryUri": shown, "revisionId": "2" * 40, "mappedTo": {"uriBaseId": "SRCROOT"}},
        {
            "repositoryUri": "https://github.com/org/lib",
            "revisionId": "3" * 40,
            "mappedTo": {"uri": "libs/the%20lib/", "uriBaseId": "SRCROOT"},
        },
    ]
    assert found["properties"]["revision"] == "2" * 40
    assert found["properties"]["uncommittedChanges"] is True


def test_no_path_of_this_machine_is_told(packed: Packed) -> None:
    remote = replace(packed.snapshot.revision, remote="/home/ada/shop")
    snapshot = replace(packed.snapshot, revision=remote)
    text = render_sarif(report_of(packed), RUN, snapshot)
    assert json.loads(text)["runs"][0]["versionControlProvenance"] == []
    assert "/home/ada" not in text
    assert str(packed.snapshot.root) not in text


def test_the_same_findings_give_the_same_bytes(packed: Packed) -> None:
    first, second = (
        render_sarif(report_of(packed, source=SOURCE), RUN, packed.snapshot) for _ in range(2)
    )
    assert first == second


# --- readers --------------------------------------------------------------------------------------


def test_an_independent_reader_reads_it(packed: Packed, tmp_path: Path) -> None:
    path = tmp_path / "security-review.sarif"
    path.write_text(render_sarif(report_of(packed, source=SOURCE), RUN, packed.snapshot))
    read = load_sarif_file(str(path))
    assert read.get_distinct_tool_names() == ["scout-codebase"]
    assert [
        (row["Severity"], row["Code"], row["Location"], row["Line"]) for row in read.get_records()
    ] == [
        ("error", "CWE-89", "shop/store.py", 6),
        ("error", "CWE-95", "shop/store.py", 11),
    ]


def test_what_an_earlier_review_found_is_marked_and_what_is_fixed_is_absent() -> None:
    packed = pack_texts({"a.py": "import os\n\n\ndef f(x):\n    eval(x)\n    os.system(x)\n"})
    report = report_of(packed)
    hostile = "a](//evil.example) {0}.py"
    earlier = EarlierFinding("v1:" + "0" * 32, "CWE-95", hostile, 0, hostile, reviewed=True)
    moved, known = report.findings
    moved = replace(moved, state=FindingState.MOVED, before=earlier)
    known = replace(known, state=FindingState.EXISTING, before=replace(earlier, reviewed=False))
    former = (FormerFinding(earlier, True, hostile), FormerFinding(earlier, False, "who knows"))
    compared = Comparison("before.json", "1" * 40, "v1", former)
    report = replace(report, findings=(moved, known), comparison=compared)
    text = render_sarif(report, RUN, packed.snapshot)
    *results, gone = only_run(text)["results"]
    assert [(row["baselineState"], row["properties"]["state"]) for row in results] == [
        ("updated", "moved"),
        ("new", "existing"),
    ]
    assert (gone["baselineState"], gone["properties"]) == ("absent", {"state": "fixed"})
    physical = gone["locations"][0]["physicalLocation"]
    assert physical == {
        "artifactLocation": {
            "uri": "a%5D%28//evil.example%29%20%7B0%7D.py",
            "uriBaseId": "SRCROOT",
        }
    }
    assert "](" not in gone["message"]["text"]
    assert "{0}" not in gone["message"]["text"]
    on_base = replace(report, comparison=Comparison(base="v1"))
    for row in only_run(render_sarif(on_base, RUN, packed.snapshot))["results"]:
        assert "baselineState" not in row
