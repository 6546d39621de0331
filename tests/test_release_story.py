"""A repository over a release: what is new, what was there, what has moved and what is fixed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from engines.scripted_server import FAULTS
from support.command_line import SOUND_ANSWERS, Result, Run, assert_one_line, server_of
from support.repositories import commit_all, git, make_repository, write_files
from support.results import result_in
from support.sarif import only_run

OUT = Path("scout-report")
EVAL = "def find(key, limit):\n    return eval(key)[:limit]\n"
SYSTEM = "import os\n\n\ndef send(name):\n    os.system('mail ' + name)\n"
PICKLE = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"


@pytest.fixture(autouse=True)
def sound_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)


@pytest.fixture
def shop(own_user: None, tmp_path: Path) -> Path:
    """At a release, with two weaknesses."""
    files = {"README.md": "# Shop\n", "shop/store.py": EVAL, "shop/mail.py": SYSTEM}
    root = make_repository(tmp_path / "shop", files)
    git(root, "tag", "v1.0.0")
    return root


def change(shop: Path, message: str, **files: str | None) -> None:
    """Commits these files, ``a__b`` being ``shop/a/b.py``; None removes one."""
    for name, text in files.items():
        path = f"shop/{name.replace('__', '/')}.py"
        if text is None:
            (shop / path).unlink()
        else:
            write_files(shop, {path: text})
    commit_all(shop, message)


def review(run: Run, shop: Path, *options: str | Path, answers: str = "sound") -> Result:
    with server_of(answers).running() as server:
        return run(
            *(shop, "--base-url", server.base_url, "--report", "security-review"),
            *("--jobs", "1", "--fail-on", "low", *options),
        )


def reviewed(run: Run, shop: Path, *options: str | Path, code: int, **more: Any) -> dict[str, Any]:
    """The result of a review that ends with this code."""
    result = review(run, shop, *options, **more)
    assert result.code == code, result.err
    value = result_in(OUT)
    assert value["exit_code"] == code
    return value


def kept(name: str, file: str = "result.json") -> Path:
    """A copy of what the last review wrote."""
    return Path(shutil.copy(OUT / file, name))


def counts(value: dict[str, Any]) -> dict[str, int]:
    names = ("new", "existing", "moved", "fixed", "unconfirmed")
    return {name: value["counts"][name] for name in names if value["counts"][name]}


def states(value: dict[str, Any]) -> dict[str, str]:
    return {row["path"]: row["state"] for row in value["findings"]}


def sarif_states() -> dict[str, str]:
    """By the path of each result, "" where it has none."""
    results = only_run((OUT / "security-review.sarif").read_text())["results"]
    return {
        row["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: row.get(
            "baselineState", ""
        )
        for row in results
    }


def page() -> str:
    return (OUT / "security-review.md").read_text()


@pytest.mark.parametrize("file", ["result.json", "security-review.sarif"])
def test_a_release_that_adds_one_weakness_and_mends_another(
    run: Run, shop: Path, file: str
) -> None:
    base = reviewed(run, shop, code=1)
    assert counts(base) == {"new": 2}
    assert base["comparison"] is None
    assert set(sarif_states().values()) == {""}
    before = kept("before", file)
    change(shop, "Orders are loaded", load=PICKLE)
    change(shop, "Keys are no code", store=EVAL.replace("eval(key)", "str(key)"))

    second = reviewed(run, shop, "--baseline", before, code=1)
    assert counts(second) == {"new": 1, "existing": 1, "fixed": 1}
    assert states(second) == {"shop/load.py": "new", "shop/mail.py": "existing"}
    assert second["gate"] == {
        "fail_on": "low", "existing_count": False, "counted": 1, "left_out": 1
    }  # fmt: skip
    (fixed,) = second["former"]["fixed"]
    assert (fixed["path"], fixed["rule"]) == ("shop/store.py", "CWE-95")
    assert fixed["reason"] == "its code is gone or was changed"
    assert sarif_states() == {
        "shop/load.py": "new",
        "shop/mail.py": "unchanged",
        "shop/store.py": "absent",
    }
    assert "(1 new, 1 existing, 1 fixed)" in page()
    assert "| Compared | with `before` (a review of " in page()
    assert "\n## Fixed\n" in page()

    after = kept("after", file)
    result = review(run, shop, "--baseline", after)
    assert result.code == 0
    assert "Compared with after: 0 new, 2 existing" in result.err
    assert "Not counted by --fail-on low: 2 that were there before" in result.err
    assert set(sarif_states().values()) == {"unchanged"}
    assert reviewed(run, shop, "--baseline", after, "--fail-on-existing", code=1)["gate"][
        "existing_count"
    ]


def test_an_accepted_baseline_suppresses_and_the_earlier_review_still_tells_the_state(
    run: Run, shop: Path
) -> None:
    assert review(run, shop, "--write-baseline", "accepted.json").code == 1
    before = kept("before.json")
    change(shop, "Orders are loaded", load=PICKLE)
    options = ("--baseline", "accepted.json", "--baseline", before)
    value = reviewed(run, shop, *options, code=1)
    assert counts(value) == {"new": 1}
    assert value["counts"]["suppressed"] == 2
    assert states(value)["shop/mail.py"] == "existing"
    assert review(run, shop, *options, "--write-baseline", "accepted.json").code == 1
    assert review(run, shop, *options).code == 0
    assert len(json.loads(Path("accepted.json").read_text())["findings"]) == 3


def test_two_of_a_kind_are_refused(run: Run, shop: Path) -> None:
    assert review(run, shop, "--write-baseline", "a.json").code == 1
    shutil.copy("a.json", "b.json")
    before = kept("before.json")
    sarif = kept("before.sarif", "security-review.sarif")
    for one, other in (("a.json", "b.json"), (before, sarif)):
        result = review(run, shop, "--baseline", one, "--baseline", other)
        assert_one_line(result, 2, str(one), str(other), "Name one of each kind")


def test_the_result_may_be_read_from_where_it_is_written(run: Run, shop: Path) -> None:
    reviewed(run, shop, code=1)
    value = reviewed(run, shop, "--baseline", OUT / "result.json", code=0)
    assert counts(value) == {"existing": 2}
    assert (OUT / "previous/result.json").is_file()


def test_against_the_base_alone_what_stood_there_is_no_news(run: Run, shop: Path) -> None:
    change(shop, "Orders are loaded", load=PICKLE)
    change(shop, "Keys are no code", store=EVAL.replace("eval(key)", "str(key)"))
    value = reviewed(run, shop, "--since", "v1.0.0", code=1)
    assert counts(value) == {"new": 1, "existing": 1}
    assert value["comparison"] == {"baseline": "", "baseline_commit": "", "base": "v1.0.0"}
    (known,) = (row for row in value["findings"] if row["state"] == "existing")
    assert known["before"] == {
        "path": "shop/mail.py", "line": 5, "symbol": "send", "reviewed": False
    }  # fmt: skip
    assert set(sarif_states().values()) == {""}
    assert "The base had it, by what can be computed." in page()


def test_a_base_and_an_earlier_review_together(run: Run, shop: Path) -> None:
    """What the earlier review did not find, and stood in the base, is not new; what it found and
    the base had not, is neither."""
    write_files(shop, {"shop/store.py": "def find(key, limit):\n    return key\n"})
    reviewed(run, shop, code=1)
    before = kept("before.json")
    git(shop, "checkout", "--", "shop/store.py")
    change(shop, "Orders are loaded", load=PICKLE)
    value = reviewed(run, shop, "--since", "v1.0.0", "--baseline", before, code=1)
    assert states(value) == {
        "shop/load.py": "new",
        "shop/mail.py": "existing",
        "shop/store.py": "existing",
    }
    assert sarif_states() == {
        "shop/load.py": "new",
        "shop/mail.py": "unchanged",
        "shop/store.py": "new",
    }


def test_the_same_line_without_its_check_is_a_new_weakness(run: Run, shop: Path) -> None:
    guarded = (
        "import os\nimport shlex\n\nfrom flask import request\n\n\ndef send():\n"
        "    name = {}\n    os.system('mail ' + name)\n"
    )
    change(shop, "Guarded", mail=guarded.format("shlex.quote(request.args['name'])"))
    git(shop, "tag", "v1.1.0")
    change(shop, "The quotes go", mail=guarded.format("request.args['name']"))
    value = reviewed(run, shop, "--since", "v1.1.0", code=1)
    assert states(value) == {"shop/mail.py": "new", "shop/store.py": "existing"}


def test_what_is_moved_with_its_definition_is_known_again(run: Run, shop: Path) -> None:
    reviewed(run, shop, code=1)
    before = kept("before.json")
    change(
        shop,
        "A file and a function get other names",
        mail=None,
        post__send=SYSTEM,
        store=EVAL.replace("find", "look_up"),
    )
    for options in (("--baseline", before), ("--since", "v1.0.0")):
        value = reviewed(run, shop, *options, code=0)
        assert set(states(value).values()) == {"moved"}
        was = {row["path"]: row["before"]["path"] for row in value["findings"]}
        assert was == {"shop/post/send.py": "shop/mail.py", "shop/store.py": "shop/store.py"}
    reviewed(run, shop, "--baseline", before, code=0)
    assert set(sarif_states().values()) == {"updated"}
    assert "in `shop/mail.py:5`, `send`." in page()


def test_a_weakness_mended_here_and_made_there_has_not_moved(run: Run, shop: Path) -> None:
    reviewed(run, shop, code=1)
    before = kept("before.json")
    made = EVAL.replace("eval(key)", "str(key)") + "\n\n" + EVAL.replace("find", "count")
    change(shop, "Mended and made", store=made)
    value = reviewed(run, shop, "--baseline", before, code=1)
    assert counts(value) == {"new": 1, "existing": 1, "fixed": 1}


def test_what_nobody_looked_at_again_is_not_fixed(run: Run, shop: Path) -> None:
    reviewed(run, shop, code=1)
    before = kept("before.json")
    value = reviewed(run, shop, "--baseline", before, "--exclude", "shop/mail.py", code=0)
    (row,) = value["former"]["unconfirmed"]
    assert row["reason"] == "its file was not read: excluded by the user"
    assert "\n## Not known to be fixed\n" in page()
    assert "absent" not in sarif_states().values()

    value = reviewed(run, shop, "--baseline", before, answers="sound but once", code=4)
    (row,) = value["former"]["unconfirmed"]
    assert row["reason"] == "its code is still there: the question about it failed"
    assert value["status"] == "incomplete"

    with server_of("sound").running() as server:
        options = ("--base-url", server.base_url, "--report", "architecture")
        assert run(shop, *options, "--baseline", before).code == 0
    value = result_in(OUT)
    assert len(value["former"]["unconfirmed"]) == 2
    assert value["counts"]["fixed"] == 0


def test_what_was_not_looked_at_once_is_known_the_next_time(run: Run, shop: Path) -> None:
    reviewed(run, shop, code=1)
    before = kept("before.json")
    reviewed(run, shop, "--baseline", before, "--exclude", "shop/mail.py", code=0)
    assert counts(reviewed(run, shop, "--baseline", kept("second.json"), code=0)) == {"existing": 2}
