"""Where a line can be looked at: on the host of the commit, or on disk."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from support.packing import snapshot_of

from scout_codebase.records import Snapshot, Submodule
from scout_codebase.render.links import base_link_maker, link_maker

COMMIT = "1" * 40


def snapshot(remote: str, *, folder: str = "", dirty: bool = False, root: str = "/r") -> Snapshot:
    one = snapshot_of({"a.py": "x\n"})
    revision = replace(one.revision, remote=remote, dirty=dirty)
    return replace(one, revision=revision, folder=folder, root=Path(root))


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/o/r.git", f"https://github.com/o/r/blob/{COMMIT}/a.py#L7"),
        ("https://github.com/o/r", f"https://github.com/o/r/blob/{COMMIT}/a.py#L7"),
        ("https://github.com/o/r/", f"https://github.com/o/r/blob/{COMMIT}/a.py#L7"),
        ("git@github.com:o/r.git", f"https://github.com/o/r/blob/{COMMIT}/a.py#L7"),
        ("ssh://git@github.com/o/r.git", f"https://github.com/o/r/blob/{COMMIT}/a.py#L7"),
        ("git://github.com/o/r", f"https://github.com/o/r/blob/{COMMIT}/a.py#L7"),
        ("https://me:secret@github.com/o/r", f"https://github.com/o/r/blob/{COMMIT}/a.py#L7"),
        ("https://gitlab.com/g/s/r.git", f"https://gitlab.com/g/s/r/-/blob/{COMMIT}/a.py#L7"),
        ("git@bitbucket.org:o/r.git", f"https://bitbucket.org/o/r/src/{COMMIT}/a.py#lines-7"),
    ],
)
def test_a_known_host(remote: str, address: str) -> None:
    link = link_maker(snapshot(remote), Path("/out"))
    assert link("a.py", 7) == address
    assert link("a.py", 0) == address.partition("#")[0]


@pytest.mark.parametrize(
    "remote",
    [
        "",
        "/srv/git/r.git",
        "../r",
        "file:///srv/r.git",
        "https://git.example.org/o/r",
        "https://github.com.evil.example/o/r",
        "https://[broken/o/r",
        "C:\\r",
        "javascript:alert(1)",
    ],
)
def test_anything_else_leads_to_the_files_on_disk(remote: str) -> None:
    link = link_maker(snapshot(remote), Path("/r/scout-report"))
    assert link("shop/a.py", 7) == "../shop/a.py#L7"
    assert link("shop/a.py", 0) == "../shop/a.py"


def test_the_files_of_submodules_are_in_commits_of_their_own() -> None:
    submodules = (
        Submodule("lib", "2" * 40, "https://gitlab.com/g/lib.git"),
        Submodule("lib/deep", "3" * 40, "git@github.com:o/deep"),
        Submodule("own", "4" * 40, "https://git.example.org/own"),
    )
    one = replace(snapshot("https://github.com/o/r", folder="src"), submodules=submodules)
    link = link_maker(one, Path("/r/out"))
    expected = {
        "lib.py": f"https://github.com/o/r/blob/{COMMIT}/src/lib.py#L7",
        "lib/a.py": f"https://gitlab.com/g/lib/-/blob/{'2' * 40}/a.py#L7",
        "lib/deep/b c.py": f"https://github.com/o/deep/blob/{'3' * 40}/b%20c.py#L7",
        "own/a.py": "../src/own/a.py#L7",
    }
    assert {path: link(path, 7) for path in expected} == expected


@pytest.mark.parametrize("remote", ["", "https://github.com/o/r"])
def test_bytes_of_a_path_that_are_not_utf8(remote: str) -> None:
    assert link_maker(snapshot(remote), Path("/r"))("\udce9.py", 7).endswith("/%E9.py#L7")


def test_a_tree_with_changes_is_not_that_commit() -> None:
    link = link_maker(snapshot("https://github.com/o/r", dirty=True), Path("/r/out"))
    assert link("a.py", 7) == "../a.py#L7"


def test_paths_are_relative_to_the_reviewed_folder() -> None:
    hosted = link_maker(snapshot("https://github.com/o/r", folder="sub/b c"), Path("/o"))
    assert hosted("a.py", 1) == f"https://github.com/o/r/blob/{COMMIT}/sub/b%20c/a.py#L1"
    local = link_maker(snapshot("", folder="sub"), Path("/r/out"))
    assert local("a.py", 1) == "../sub/a.py#L1"
    same = link_maker(snapshot(""), Path("/r"))
    assert same("a.py", 1) == "./a.py#L1"


@pytest.mark.parametrize("remote", ["", "https://github.com/o/r"])
@pytest.mark.parametrize(
    "path", ["a#b.py", "100%.py", "50%25.py", "what?.py", "a b.py", "ü.py", "x](y).py", '"<>`.py']
)
def test_what_means_something_in_an_address_is_encoded(remote: str, path: str) -> None:
    address = link_maker(snapshot(remote), Path("/r"))(path, 7)
    before, _, fragment = address.partition("#")
    assert fragment == "L7"
    assert not set(before) & set(' ?<>`"()[]')
    assert unquote(before).endswith(f"/{path}")


def test_a_folder_of_strange_bytes_is_linked() -> None:
    folder = os.fsdecode(b"sub\xff#")
    for remote in ("", "https://github.com/o/r"):
        link = link_maker(snapshot(remote, folder=folder), Path("/r/out"))
        assert "sub%FF%23/a.py#L1" in link("a.py", 1)


def test_a_base_is_linked_on_its_host_or_not_at_all() -> None:
    link = base_link_maker(snapshot("https://github.com/o/r.git"))
    assert link("a.py", 7) == f"https://github.com/o/r/blob/{COMMIT}/a.py#L7"
    assert base_link_maker(snapshot(""))("a.py", 7) == ""
