"""The listed paths are those that git lists, in every kind and state of repository."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support.repositories import add_submodule, commit_all, git, make_repository, write_files
from support.snapshots import reasons, sizes, texts

from scout_codebase.records import OmissionReason
from scout_codebase.walk import WalkSettings, walk

pytestmark = pytest.mark.usefixtures("no_user_configuration")

FILES = {
    "a.py": "a\n",
    "lib/b.py": "b\n",
    "lib/deep/c.py": "c\n",
    "docs/x.md": "x\n",
    "logs/kept.log": "tracked, although ignored\n",
}
UNTRACKED = [
    *("new.py", "x.log", "keep.log", "build/out.py", "build/keep.log", "lib/build/out.py"),
    *("lib/x.tmp", "lib/deep/x.tmp", "lib/deep/keep.tmp", "docs/x.log", "docs/y.tmp"),
    *("private/x", "trailing ", "#hash", "!bang", "sp ace/x.py", "a/b/c/d/only.log"),
    *("user.swp", "lib/user.swp", "CaSe.LOG"),
]


def _repository(tmp_path: Path, ignored: dict[str, str] | None = None) -> Path:
    repository = make_repository(tmp_path / "r", FILES | (ignored or {}))
    write_files(repository, dict.fromkeys(UNTRACKED, "new\n"))
    return repository


def _nested_ignore_files(tmp_path: Path) -> Path:
    return _repository(
        tmp_path,
        {
            ".gitignore": "*.log\n/build/\n**/x.tmp\n\\#hash\n\\!bang\n\ntrailing\\ \n# nothing\n",
            "lib/.gitignore": "!deep/x.tmp\n*.py\nbuild\n",
            "lib/deep/.gitignore": "*.tmp\n!keep.tmp\n",
            "docs/.gitignore": "!*.log\n*\n!x.log\n",
        },
    )


def _negation(tmp_path: Path) -> Path:
    return _repository(
        tmp_path, {".gitignore": "*\n!*/\n!keep.log\n!*.py\nbuild\n!build/keep.log\n/private\n"}
    )


def _info_exclude(tmp_path: Path) -> Path:
    repository = _repository(tmp_path, {".gitignore": "!private/\n!keep.log\n"})
    (repository / ".git/info/exclude").write_text("private/\n*.log\n/lib/*.tmp\n")
    return repository


def _linked(tmp_path: Path) -> Path:
    repository = _info_exclude(tmp_path)
    linked = tmp_path / "linked"
    git(repository, "worktree", "add", "--quiet", "-b", "side", linked)
    write_files(linked, dict.fromkeys(UNTRACKED, "new\n"))
    return linked


def _ignores_case(tmp_path: Path) -> Path:
    repository = _repository(tmp_path, {".gitignore": "*.log\n"})
    git(repository, "config", "core.ignoreCase", "true")
    return repository


def _hides_untracked_files(tmp_path: Path) -> Path:
    repository = _repository(tmp_path)
    git(repository, "config", "status.showUntrackedFiles", "no")
    return repository


def _sha256(tmp_path: Path) -> Path:
    files = FILES | {".gitignore": "*.log\n"}
    repository = make_repository(tmp_path / "r", files, object_format="sha256")
    write_files(repository, dict.fromkeys(UNTRACKED, "new\n"))
    return repository


def _shallow(tmp_path: Path) -> Path:
    origin = _repository(tmp_path, {".gitignore": "*.log\n"})
    commit_all(origin)
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{origin}", "shallow")
    write_files(tmp_path / "shallow", {"later.py": "", "later.log": ""})
    return tmp_path / "shallow"


def _sparse(*arguments: str) -> Callable[[Path], Path]:
    def make(tmp_path: Path) -> Path:
        repository = make_repository(tmp_path / "r", FILES | {".gitignore": "*.log\n"})
        git(repository, "sparse-checkout", "set", *arguments)
        write_files(repository, {"new.py": "", "docs/untracked.md": "", "docs/x.log": ""})
        return repository

    return make


def _states_of_the_index(tmp_path: Path) -> Path:
    repository = _repository(tmp_path)
    git(repository, "add", "--intent-to-add", "new.py")
    git(repository, "update-index", "--skip-worktree", "docs/x.md")
    git(repository, "update-index", "--assume-unchanged", "a.py")
    git(repository, "rm", "--quiet", "--cached", "lib/b.py")
    (repository / "lib/deep/c.py").unlink()
    (repository / "Case").write_text("")
    (repository / "case").write_text("")
    git(repository, "add", "Case", "case")
    return repository


def _conflict(tmp_path: Path) -> Path:
    repository = _repository(tmp_path)
    git(repository, "checkout", "--quiet", "-b", "side")
    for branch in ("side", "main"):
        git(repository, "checkout", "--quiet", branch)
        write_files(repository, {"a.py": branch})
        git(repository, "commit", "--quiet", "--all", "--message", branch)
    with pytest.raises(RuntimeError):
        git(repository, "merge", "--quiet", "side")
    return repository


def _repositories_inside(tmp_path: Path) -> Path:
    repository = _repository(tmp_path)
    add_submodule(repository, make_repository(tmp_path / "inner", {"i.py": ""}), "lib/inner")
    make_repository(repository / "nested/one", {"n.py": ""})
    make_repository(repository / "nested/empty", {}, commit=False)
    return repository


STATES: list[Callable[[Path], Path]] = [
    _repository,
    _nested_ignore_files,
    _negation,
    _info_exclude,
    _linked,
    _ignores_case,
    _hides_untracked_files,
    _sha256,
    _shallow,
    _states_of_the_index,
    _conflict,
    _repositories_inside,
]
SPARSE = {
    "cone": _sparse("--cone", "lib/deep"),
    "sparse index": _sparse("--cone", "--sparse-index", "lib"),
    "patterns": _sparse("--no-cone", "/*", "!/lib/deep/", "!*.md"),
}
MAKERS = {state.__name__.strip("_"): state for state in STATES} | SPARSE


def _as_git_lists(folder: Path, *arguments: str) -> set[str]:
    """With the configuration of this process, as of a user at the keyboard."""
    listed = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return {os.fsdecode(path).rstrip("/") for path in listed.stdout.split(b"\0") if path}


@pytest.mark.parametrize(
    "excluded", ["", "*.swp\n!lib/*.swp\n*.tmp\n"], ids=["", "user's excludes"]
)
@pytest.mark.parametrize("folder", ["", "lib"])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_what_git_lists_is_listed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], Path],
    folder: str,
    excluded: str,
) -> None:
    (tmp_path / "ignore").write_text(excluded)
    (tmp_path / "config").write_text(f"[core]\n\texcludesFile = {tmp_path / 'ignore'}\n")
    reviewed = make(tmp_path) / folder
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))

    found = walk(reviewed, WalkSettings())
    listed = _as_git_lists(reviewed, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    assert set(texts(found)) | set(reasons(found)) == listed
    assert not set(texts(found)) & set(reasons(found))
    tracked = _as_git_lists(reviewed, "ls-files", "-z", "--cached")
    assert {file.path for file in found.files if file.tracked} == tracked & set(texts(found))

    committed = walk(reviewed, WalkSettings("HEAD"))
    listed = _as_git_lists(reviewed, "ls-tree", "-r", "-z", "--name-only", "HEAD")
    assert set(texts(committed)) | set(reasons(committed)) == listed


def test_a_bare_repository_lists_its_commit(tmp_path: Path) -> None:
    repository = _repositories_inside(tmp_path)
    git(tmp_path, "clone", "--quiet", "--bare", repository, "bare.git")
    found = walk(tmp_path / "bare.git", WalkSettings())
    listed = _as_git_lists(tmp_path / "bare.git", "ls-tree", "-r", "-z", "--name-only", "HEAD")
    assert set(texts(found)) | set(reasons(found)) == listed
    assert reasons(found) == {"lib/inner": OmissionReason.SUBMODULE}


def test_an_omission_tells_the_size_of_what_is_left_out(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.py": "", "docs/x.md": "x" * 7, "gone.py": "g" * 9}
    files |= {"logo.png": b"\0" * 11, "lib/uv.lock": "l" * 13}
    repository = make_repository(tmp_path / "r", files)
    add_submodule(repository, make_repository(tmp_path / "inner", {"i.py": "i" * 15}), "lib/inner")
    (repository / "lib/link").symlink_to("elsewhere")
    commit_all(repository)
    git(repository, "sparse-checkout", "set", "--cone", "lib")
    (repository / "gone.py").unlink()
    expected = {
        "docs/x.md": 7,
        "gone.py": 9,
        "lib/inner": 0,
        "lib/link": 0,
        "lib/uv.lock": 13,
        "logo.png": 11,
    }
    assert sizes(walk(repository, WalkSettings())) == expected
    everything = WalkSettings(exclude=("*",))
    assert sizes(walk(repository, everything)).items() >= expected.items()
    committed = walk(repository, WalkSettings("HEAD", exclude=("*",)))
    assert sizes(committed).items() >= expected.items()
    assert sizes(committed)["a.py"] == 0


def test_sizes_that_a_partial_clone_lacks_are_not_asked_for(tmp_path: Path) -> None:
    origin = make_repository(tmp_path / "origin", FILES)
    git(origin, "config", "uploadpack.allowFilter", "true")
    url = f"file://{origin}"
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", "--sparse", url, "partial")
    snapshot = walk(tmp_path / "partial", WalkSettings())
    assert (list(texts(snapshot)), set(sizes(snapshot).values())) == (["a.py"], {0})
    excluded = WalkSettings("HEAD", exclude=("lib/", "docs/", "logs/"))
    snapshot = walk(tmp_path / "partial", excluded)
    assert (list(texts(snapshot)), set(sizes(snapshot).values())) == (["a.py"], {0})
