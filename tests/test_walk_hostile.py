"""A repository that wants its reader to follow, reveal or wait for something."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from support.privileges import without_root
from support.repositories import commit_all, git, make_repository, write_files
from support.snapshots import omissions, texts

from scout_codebase.errors import RepositoryError
from scout_codebase.records import OmissionReason
from scout_codebase.walk import WalkSettings, command, walk

WORKING_TREE = WalkSettings()
REVISION = WalkSettings(rev="HEAD")


pytestmark = pytest.mark.usefixtures("no_user_configuration")


# --- links and places ---------------------------------------------------------------------------


def test_the_environment_of_a_hook_leads_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_repository(tmp_path / "other", {"secret": "s\n"})
    repository = make_repository(tmp_path / "r", {"a": "a\n"})
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"):
        monkeypatch.setenv(name, str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    for settings in (WORKING_TREE, REVISION):
        assert texts(walk(repository, settings)) == {"a": "a\n"}


def test_links_are_named_and_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    write_files(secret, {"key.py": "SECRET\n"})
    repository = make_repository(tmp_path / "r", {"a.py": "a\n"}, commit=False)
    targets = {
        "to-file": "../secret/key.py",
        "to-folder": "../secret",
        "absolute": str(secret / "key.py"),
        "to-itself": "to-itself",
        "dangling": "no\nwhere",
        "inside": "a.py",
        "lib/up": "..",
    }
    (repository / "lib").mkdir()
    for name, target in targets.items():
        (repository / name).symlink_to(target)
    expected = {
        name: (OmissionReason.SYMLINK, target.replace("\n", "\\n"))
        for name, target in targets.items()
    }
    commit_all(repository)
    for settings in (WORKING_TREE, REVISION, WalkSettings(include=("*",))):
        snapshot = walk(repository, settings)
        assert texts(snapshot) == {"a.py": "a\n"}
        assert omissions(snapshot) == expected
        assert not snapshot.revision.dirty
    git(repository, "rm", "--quiet", "--cached", "-r", ".")
    assert omissions(walk(repository, WORKING_TREE)) == expected


@pytest.mark.parametrize("settings", [WORKING_TREE, WalkSettings(include=("*",))])
def test_a_folder_that_became_a_link(tmp_path: Path, settings: WalkSettings) -> None:
    write_files(tmp_path / "secret", {"deep/b.py": "SECRET\n"})
    repository = make_repository(tmp_path / "r", {"a.py": "a\n", "lib/deep/b.py": "b\n"})
    (repository / "lib").rename(tmp_path / "moved")
    (repository / "lib").symlink_to(tmp_path / "secret")

    snapshot = walk(repository, settings)

    assert texts(snapshot) == {"a.py": "a\n"}
    assert omissions(snapshot)["lib"] == (OmissionReason.SYMLINK, str(tmp_path / "secret"))
    assert omissions(snapshot)["lib/deep/b.py"][0] is OmissionReason.NOT_CHECKED_OUT
    assert snapshot.revision.dirty


def test_a_file_that_became_a_link_or_a_folder(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {"a.py": "a\n", "b.py": "b\n", "c/d.py": "d\n"})
    (repository / "a.py").unlink()
    (repository / "a.py").symlink_to("b.py")
    (repository / "c/d.py").unlink()
    (repository / "c").rmdir()
    (repository / "c").write_text("c\n")
    snapshot = walk(repository, WORKING_TREE)
    assert texts(snapshot) == {"b.py": "b\n", "c": "c\n"}
    assert omissions(snapshot)["a.py"] == (OmissionReason.SYMLINK, "b.py")
    assert omissions(snapshot)["c/d.py"][0] is OmissionReason.NOT_CHECKED_OUT


@pytest.mark.parametrize("outside", ["../s/key", ".git/conf", "./a/./key", "aa//s/key"])
def test_an_index_that_lists_paths_outside(tmp_path: Path, outside: str) -> None:
    write_files(tmp_path / "s", {"key": "SECRET\n"})
    repository = make_repository(tmp_path / "r", {"a.py": "a\n", "x" * len(outside): "x\n"})
    (repository / ".git/conf").write_text("SECRET\n")
    index = repository / ".git/index"
    forged = index.read_bytes()[:-20].replace(b"x" * len(outside), outside.encode())
    index.write_bytes(forged + hashlib.sha1(forged).digest())
    try:
        snapshot = walk(repository, WalkSettings(include=("*",)))
    except RepositoryError:
        return  # git itself refuses the index
    assert "SECRET\n" not in texts(snapshot).values()


def test_a_working_tree_somewhere_else(tmp_path: Path) -> None:
    write_files(tmp_path / "home", {"id_rsa": "SECRET\n"})
    repository = make_repository(tmp_path / "r", {"a.py": "a\n"})
    git(repository, "config", "core.worktree", str(tmp_path / "home"))
    with pytest.raises(RepositoryError, match="not in the working tree"):
        walk(repository, WORKING_TREE)
    git(repository, "config", "core.worktree", str(tmp_path))
    assert "SECRET\n" not in texts(walk(repository, WORKING_TREE)).values()


# --- files that are none ------------------------------------------------------------------------


def test_a_pipe_in_place_of_a_file(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {"a.py": "a\n", "b.py": "b\n"})
    (repository / "a.py").unlink()
    os.mkfifo(repository / "a.py")
    snapshot = walk(repository, WalkSettings(include=("*",)))
    assert texts(snapshot) == {"b.py": "b\n"}
    assert omissions(snapshot) == {"a.py": (OmissionReason.UNREADABLE, "not a regular file")}
    assert snapshot.revision.dirty


def test_what_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"a.py": "a\n", "b.py": "b\n", "shut/c.py": "c\n"}
    assert texts(walk(make_repository(tmp_path / "r", files), WORKING_TREE)) == files
    with without_root(monkeypatch) as folder:
        repository = make_repository(folder / "r", files)
        (repository / "a.py").chmod(0)
        (repository / "shut").chmod(0)
        try:
            snapshot = walk(repository, WORKING_TREE)
        finally:
            (repository / "shut").chmod(0o700)
    assert texts(snapshot) == {"b.py": "b\n"}
    denied = (OmissionReason.UNREADABLE, "permission denied")
    assert omissions(snapshot) == {"a.py": denied, "shut/c.py": denied}


def test_an_ignore_file_that_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = make_repository(tmp_path / "r", {"a.py": "a\n"})
    os.mkfifo(repository / ".gitignore")
    monkeypatch.setattr(command, "TIMEOUT", 0.5)
    with pytest.raises(RepositoryError, match="git did not answer within"):
        walk(repository, WORKING_TREE)


def test_a_single_line_of_a_hundred_megabytes_is_not_read(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {"a.py": "a\n"})
    with (repository / "long.txt").open("wb") as file:
        file.truncate(100_000_000)
    snapshot = walk(repository, WORKING_TREE)
    (omission,) = snapshot.omissions
    assert (omission.reason, omission.size) == (OmissionReason.TOO_LARGE, 100_000_000)
