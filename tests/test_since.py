"""A pack that begins with the bytes of an earlier revision's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from engines.scripted_server import FAULTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.command_line import SOUND_ANSWERS, Run, assert_one_line, server_of
from support.packing import pack_snapshot, snapshot_of
from support.repositories import git, isolate, make_repository, write_files

from scout_codebase.amend import amended
from scout_codebase.frame import prompt_path
from scout_codebase.records import ChangeKind, Pack
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.tokens import count_tokens

BEFORE: dict[str, str | bytes] = {
    "README.md": "# Shop\n",
    "logo.png": b"\x89PNG\r\n\x1a\n\0\0",
    "shop/app.py": "from shop.store import find\n\nprint(find('a'))\n",
    "shop/old.py": "def gone() -> None:\n    raise SystemExit('gone for good')\n",
    "shop/store.py": "def find(key: str) -> str:\n    return key + key\n",
    "shop/text.py": "def clean(text: str) -> str:\n    return text.strip()\n",
}
STORE = "def find(key: str) -> str:\n    return key.casefold()\n"
NEW = "def price() -> int:\n    return 7\n"


@pytest.fixture(autouse=True)
def _no_user_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """With a release and a commit that changes, adds, moves, removes and hides a file each."""
    root = make_repository(tmp_path / "shop", BEFORE)
    git(root, "tag", "v1.2.0")
    git(root, "tag", "nightly")
    (root / "shop/old.py").unlink()
    (root / "shop/text.py").rename(root / "shop/words.py")
    write_files(root, {"shop/store.py": STORE, "shop/price.py": NEW, "README.md": b"\0\0"})
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=second")
    git(root, "tag", "v1.3.0-rc1")
    return root


def packed(run: Run, *arguments: str | Path) -> bytes:
    result = run("pack", *arguments)
    assert result.code == 0, result.err
    return result.out


@pytest.mark.parametrize("rev", [(), ("--rev", "HEAD")], ids=["working tree", "revision"])
def test_it_begins_with_the_pack_of_the_base_byte_for_byte(
    run: Run, shop: Path, rev: tuple[str, ...]
) -> None:
    base = packed(run, shop, "--rev", "v1.2.0")
    whole = packed(run, shop, *rev, "--since", "v1.2.0")
    assert whole.startswith(base)
    amendments = whole[len(base) :].decode()
    assert amendments.startswith("<amendments>\n")
    assert [line for line in amendments.split("\n") if " shop/" in line or "README" in line][
        :5
    ] == [
        "no longer shown README.md (not shown: binary)",
        "deleted shop/old.py",
        "new shop/price.py",
        "changed shop/store.py",
        "renamed shop/text.py to shop/words.py",
    ]
    assert amendments.count("<file path=") == 2
    assert STORE in amendments
    assert NEW in amendments


def test_nothing_changed_is_the_pack_of_the_base(run: Run, shop: Path) -> None:
    assert packed(run, shop, "--since", "HEAD") == packed(run, shop, "--rev", "HEAD")


def test_the_manifest_and_the_counts_add_up(run: Run, shop: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    whole = packed(run, shop, "--since", "v1.2.0", "--manifest", manifest)
    rows = json.loads(manifest.read_text())
    assert rows["tokens"] == count_tokens(whole.decode())
    sections = sum(row["tokens"] for row in rows["sections"])
    assert rows["tokens"] == sections + sum(row["tokens"] for row in rows["files"])
    assert rows["base"]["name"] == "v1.2.0"
    assert rows["base"]["tokens"] == count_tokens(packed(run, shop, "--rev", "v1.2.0").decode())
    assert {row["path"]: row["kind"] for row in rows["base"]["changes"]} == {
        "README.md": "no longer shown",
        "shop/old.py": "deleted",
        "shop/price.py": "new",
        "shop/store.py": "changed",
        "shop/words.py": "renamed",
    }
    assert [row["path"] for row in rows["files"]].count("shop/store.py") == 1
    data = json.loads(run("tokens", shop, "--since", "v1.2.0", "--format", "json").out)
    assert data["tokens"] == rows["tokens"]
    assert sum(data["sections"].values()) == sections
    assert data["sections"]["superseded"] > 0


def test_auto_is_the_last_release_before_this_commit(run: Run, shop: Path) -> None:
    named = packed(run, shop, "--since", "v1.2.0")
    result = run("pack", shop, "--since", "auto")
    assert (result.code, result.out) == (0, named)
    assert "Base: v1.2.0" in result.err
    git(shop, "tag", "v1.3.0")
    assert run("pack", shop, "--since", "auto").out == named


def test_no_release_is_refused(run: Run, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.py": "a = 1\n"})
    assert_one_line(run("pack", root, "--since", "auto"), 2, "no release tag", "--since REV")
    assert_one_line(run("pack", root, "--since", "v9"), 2, "no revision 'v9'")


def test_it_says_when_a_newer_base_would_pay(run: Run, shop: Path) -> None:
    told = run("pack", shop, "--since", "v1.2.0").err
    assert "Since v1.2.0: 1 changed, 1 deleted, 1 new, 1 no longer shown, 1 renamed; " in told
    assert "over 20 % of it: a newer base would save prefill" in told
    quiet = run("pack", shop, "--since", "v1.2.0", "--rebase-above", "900").err
    assert "newer base" not in quiet


def test_a_review_speaks_of_the_present_state_and_names_the_base(
    run: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "shop/store.py").write_text(STORE + "\n\ndef risky(key):\n    return eval(key)\n")
    (shop / "shop/price.py").write_text("def price(key):\n    return eval(key)\n")
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "--message=third")
    write_files(shop, {"shop/price.py": NEW})
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)
    out = tmp_path / "out"
    with server_of("sound").running() as server:
        options = ("--since", "HEAD", "--report", "security-review", "--out", out)
        result = run(shop, *options, "--base-url", server.base_url)
        sent = [chat["messages"][0]["content"] for chat in server.chats]
    assert result.code == 0, result.err
    base = packed(run, shop, "--rev", "HEAD").decode()
    assert sent
    assert all(text.startswith(base) for text in sent)
    assert not any("price.py" in text.partition("<question>")[2] for text in sent)
    page = (out / "security-review.md").read_text()
    (row,) = (line for line in page.split("\n") if line.startswith("| Base |"))
    assert "| Base | HEAD (`" in row
    assert "since then 1 changed: " in row
    data = json.loads((out / "security-review.json").read_text())
    assert data["base"]["changes"] == [["changed", 1]]
    assert data["base"]["tokens"] + data["base"]["amendments"] == data["pack_tokens"]
    assert {row["path"] for row in data["evidence"] if row["grade"] == "verified"} <= {
        "shop/store.py"
    }
    asked = "".join(text.partition("<question>")[2] for text in sent)
    assert "shop/store.py" in asked


TEXTS = st.dictionaries(
    st.sampled_from(["a.py", "b/c.py", "b/d.py", "e.txt", "évil </file>.md"]),
    st.text(st.sampled_from("ab \n</file>amendments|eot"), max_size=30),
    min_size=1,
)


def of(texts: dict[str, str]) -> Pack:
    return pack_snapshot(snapshot_of(texts)).pack


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS, TEXTS)
def test_the_base_stands_first_and_every_present_file_stands_once(
    before: dict[str, str], after: dict[str, str]
) -> None:
    base, now = of(before), of(after)
    pack = amended(base, now, "base", count_tokens)
    assert pack.text.startswith(base.text)
    assert pack.tokens == count_tokens(pack.text)
    assert sorted(row.path for row in pack.sections if row.path) == sorted(after)
    checker = EvidenceChecker(pack, {})
    for file in now.snapshot.files:
        source = checker.source(prompt_path(file.path))
        assert source is not None
        assert source.text in (file.text, file.text + "\n")
    assert pack.base is not None
    moved = {row.was for row in pack.base.changes if row.was}
    deleted = {row.path for row in pack.base.changes if row.kind is ChangeKind.DELETED}
    assert moved | deleted == before.keys() - after.keys()
