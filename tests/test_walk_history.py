"""What the walk learns from the commits before a revision, and what the order makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import Run
from support.repositories import commit_all, git, isolate, make_repository, write_files

from scout_codebase.records import History
from scout_codebase.walk import WalkSettings, walk


@pytest.fixture(autouse=True)
def _no_user_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


def history_of(repository: Path, rev: str = "") -> History:
    return walk(repository, WalkSettings(rev=rev)).history


def change(repository: Path, path: str, text: str) -> None:
    write_files(repository, {path: text})
    commit_all(repository)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    repository = make_repository(tmp_path / "shop", {"a.py": "", "lib/b.py": "", "lib/é.py": ""})
    change(repository, "lib/b.py", "b = 1\n")
    return repository


def test_commits_are_the_paths_that_they_changed_newest_first(shop: Path) -> None:
    first, newest = ("a.py", "lib/b.py", "lib/é.py"), ("lib/b.py",)
    assert history_of(shop) == History((newest, first))
    assert history_of(shop, "HEAD~1") == History(), "one commit says nothing"


def test_a_folder_has_the_history_of_what_lies_below_it(shop: Path) -> None:
    change(shop, "a.py", "a = 1\n")
    assert history_of(shop / "lib") == History(((), ("b.py",), ("b.py", "é.py")))


def test_a_merge_is_one_change_of_all_that_it_brings(shop: Path) -> None:
    git(shop, "switch", "--quiet", "--create", "topic")
    change(shop, "a.py", "a = 1\n")
    change(shop, "c.py", "c = 1\n")
    git(shop, "switch", "--quiet", "main")
    git(shop, "merge", "--quiet", "--no-ff", "--message", "Topic", "topic")
    assert history_of(shop).commits[0] == ("a.py", "c.py")
    assert len(history_of(shop).commits) == 3


def test_the_window_begins_where_it_began_for_63_commits_out_of_64(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "long", {"a.py": ""})
    stream = "".join(
        f"commit refs/heads/main\ncommitter C <c@example.org> {1_700_000_000 + n} +0000\ndata 0\n"
        f"{'from refs/heads/main^0' if n == 1 else ''}\n"
        f"M 644 inline a.py\ndata {len(str(n))}\n{n}\n"
        for n in range(1, 300)
    )
    git(repository, "fast-import", "--quiet", "--force", stdin=stream.encode())
    lengths = [len(history_of(repository, f"main~{299 - n}").commits) for n in (130, 191, 192, 255)]
    # Of n + 1 commits each; the window holds between two epochs of 64 and one less than three.
    assert lengths == [131, 128, 129, 128]


def test_a_shallow_clone_has_none_and_says_so(shop: Path, tmp_path: Path, run: Run) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{shop}", "shallow")
    assert history_of(tmp_path / "shallow") == History(shallow=True)
    shown = run("pack", tmp_path / "shallow", "--output", tmp_path / "pack")
    assert "The history is not all here" in shown.err


def test_no_program_of_the_repository_runs_for_its_history(shop: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat >/dev/null\nexit 1\n")
    program.chmod(0o755)
    for key in ("gpg.program", "gpg.ssh.program", "diff.external", "diff.hostile.textconv"):
        git(shop, "config", key, str(program))
    git(shop, "config", "log.showSignature", "true")
    change(shop, ".gitattributes", "*.py diff=hostile\n")
    signed = git(shop, "cat-file", "commit", "HEAD").replace(
        b"\n\n", b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n x\n -----END PGP SIGNATURE-----\n\n", 1
    )
    name = git(shop, "hash-object", "-t", "commit", "-w", "--stdin", stdin=signed).decode().strip()
    git(shop, "update-ref", "HEAD", name)
    git(shop, "log", "-1")
    assert mark.exists(), "the trap springs under plain git"
    mark.unlink()
    assert history_of(shop).commits[0] == (".gitattributes",)
    assert not mark.exists()


def test_the_expected_reuse_is_the_share_before_what_commits_changed(
    tmp_path: Path, run: Run
) -> None:
    texts = {"a.py": "a = 1\n" * 400, "z.py": "z = 1\n"}
    repository = make_repository(tmp_path / "shop", texts)
    for number in range(19):
        change(repository, "z.py", f"z = {number + 2}\n")
    shown = run("pack", repository, "--output", tmp_path / "pack", "--manifest", tmp_path / "m")
    manifest = json.loads((tmp_path / "m").read_text())
    before = {row["path"]: row["tokens"] for row in manifest["files"]}
    (preamble,) = (row["tokens"] for row in manifest["sections"] if row["kind"] == "preamble")
    # 19 commits changed the last file alone, and one made both.
    share = (19 * (preamble + before["a.py"]) + preamble) / 20 / manifest["tokens"]
    said = f"up to about {share:.0%} should begin as this one does (by the last 20 commits"
    assert said in shown.err
