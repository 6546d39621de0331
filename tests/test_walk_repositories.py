"""Every kind and state of repository: what is read of it, whether it is dirty, and how it fails."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from support.repositories import commit_all, git, make_repository, write_files
from support.snapshots import omissions, texts

from scout_codebase.errors import RepositoryError
from scout_codebase.records import Omission, OmissionReason
from scout_codebase.walk import WalkSettings, walk
from scout_codebase.walk.repository import without_credentials

FILES: dict[str, str | bytes] = {
    "a.py": "import b\n",
    "lib/b.py": "b = 1\n",
    "logo.png": b"\x89PNG\r\n\x1a\n\0\0",
}
REVISION = WalkSettings(rev="HEAD")


pytestmark = pytest.mark.usefixtures("no_user_configuration")


# --- revisions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_a_commit_is_read_as_it_was(tmp_path: Path, object_format: str) -> None:
    repository = make_repository(tmp_path / "r", FILES, object_format=object_format)
    first = git(repository, "rev-parse", "HEAD").decode().strip()
    write_files(repository, {"a.py": "changed\n", "c.py": "new\n"})
    git(repository, "tag", "--annotate", "--message=m", "v1")
    commit_all(repository)

    for rev in (first, first[:12], "HEAD~1", "v1", "v1^{commit}"):
        snapshot = walk(repository, WalkSettings(rev=rev))
        assert texts(snapshot) == {"a.py": "import b\n", "lib/b.py": "b = 1\n"}
        assert [file.object_id for file in snapshot.files] == [
            git(repository, "rev-parse", f"{first}:{path}").decode().strip()
            for path in ("a.py", "lib/b.py")
        ]
        assert snapshot.omissions == (Omission("logo.png", OmissionReason.BINARY, 10),)
        assert (snapshot.revision.commit, snapshot.revision.name) == (first, rev)
        assert snapshot.revision.committed_at == "2024-01-02T03:04:05+01:00"
        assert not snapshot.revision.dirty


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_a_clean_working_tree_reads_as_its_commit(tmp_path: Path, object_format: str) -> None:
    repository = make_repository(tmp_path / "r", FILES, object_format=object_format)
    working_tree, revision = walk(repository, WalkSettings()), walk(repository, REVISION)
    assert working_tree.files == revision.files
    assert working_tree.omissions == revision.omissions
    assert not working_tree.revision.dirty
    assert (working_tree.revision.name, revision.revision.name) == ("main", "HEAD")
    assert working_tree == walk(repository, WalkSettings())


def test_attributes_are_those_of_the_commit(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {"lib/.gitattributes": "*.py linguist-generated"})
    write_files(repository, {"lib/a.py": "a\n"})
    commit_all(repository)
    (repository / "lib/.gitattributes").unlink()
    commit_all(repository)
    for folder in (repository, repository / "lib"):
        for rev, generated in (("HEAD~1", 1), ("HEAD", 0), ("", 0)):
            assert len(walk(folder, WalkSettings(rev=rev)).omissions) == generated


@pytest.mark.parametrize("kept", [0, 10, 60])
def test_missing_and_damaged_objects_are_omissions(tmp_path: Path, kept: int) -> None:
    names = "abcdef"
    texts_of = {name: "".join(f"{name}{i * i}\n" for i in range(99)) for name in names}
    repository = make_repository(tmp_path / "r", texts_of)
    objects = {}
    for name in "bd":
        object_id = git(repository, "rev-parse", f"HEAD:{name}").decode().strip()
        objects[name] = repository / ".git/objects" / object_id[:2] / object_id[2:]
        objects[name].chmod(stat.S_IRWXU)
    objects["b"].unlink()
    objects["d"].write_bytes(objects["d"].read_bytes()[:kept])

    snapshot = walk(repository, REVISION)

    assert texts(snapshot) == {name: texts_of[name] for name in "acef"}
    assert [(omission.path, omission.reason) for omission in snapshot.omissions] == [
        ("b", OmissionReason.UNREADABLE),
        ("d", OmissionReason.UNREADABLE),
    ]


def test_an_object_that_holds_other_bytes_is_damaged(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {"a": "a\n", "b": "b\n"})
    paths = []
    for name in "ab":
        object_id = git(repository, "rev-parse", f"HEAD:{name}").decode().strip()
        paths.append(repository / ".git/objects" / object_id[:2] / object_id[2:])
    paths[1].chmod(stat.S_IRWXU)
    paths[1].write_bytes(paths[0].read_bytes())
    assert texts(walk(repository, REVISION)) == {"a": "a\n"}


# --- kinds of repositories ----------------------------------------------------------------------


def test_a_bare_repository(tmp_path: Path) -> None:
    origin = make_repository(tmp_path / "shop", FILES)
    git(tmp_path, "clone", "--quiet", "--bare", origin, "shop.git")
    snapshot = walk(tmp_path / "shop.git", WalkSettings())
    assert snapshot.files == walk(origin, REVISION).files
    assert (snapshot.name, snapshot.root) == ("shop", tmp_path / "shop.git")
    assert snapshot.revision.name == "main"
    assert not snapshot.revision.dirty


def test_a_linked_worktree(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", FILES)
    git(repository, "worktree", "add", "--quiet", "-b", "side", tmp_path / "linked")
    write_files(tmp_path / "linked", {"a.py": "side\n"})
    snapshot = walk(tmp_path / "linked", WalkSettings())
    assert texts(snapshot)["a.py"] == "side\n"
    assert (snapshot.name, snapshot.revision.name) == ("linked", "side")
    assert snapshot.revision.dirty
    assert not walk(repository, WalkSettings()).revision.dirty


def test_a_shallow_clone(tmp_path: Path) -> None:
    origin = make_repository(tmp_path / "origin", FILES)
    commit_all(origin, "another")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{origin}", "shallow")
    snapshot = walk(tmp_path / "shallow", WalkSettings())
    assert snapshot.files == walk(origin, REVISION).files
    assert snapshot.revision.remote == f"file://{origin}"
    with pytest.raises(RepositoryError, match="has no revision 'HEAD~1'"):
        walk(tmp_path / "shallow", WalkSettings(rev="HEAD~1"))


def test_submodules_and_nested_repositories_are_named(tmp_path: Path) -> None:
    inner = make_repository(tmp_path / "inner", {"i.py": ""})
    repository = make_repository(tmp_path / "r", FILES)
    allowed = ("-c", "protocol.file.allow=always")
    git(repository, *allowed, "submodule", "--quiet", "add", inner, "lib/inner")
    commit = commit_all(repository)
    inner_commit = git(inner, "rev-parse", "HEAD").decode().strip()
    submodule = {"lib/inner": (OmissionReason.SUBMODULE, f"commit {inner_commit}")}
    for settings in (WalkSettings(), REVISION):
        snapshot = walk(repository, settings)
        assert omissions(snapshot).items() >= submodule.items()
        assert (snapshot.revision.commit, snapshot.revision.dirty) == (commit, False)
    assert texts(walk(repository / "lib/inner", WalkSettings())) == {"i.py": ""}

    make_repository(repository / "nested", {"n.py": ""})
    snapshot = walk(repository, WalkSettings())
    assert omissions(snapshot)["nested"][0] is OmissionReason.SUBMODULE
    assert snapshot.revision.dirty


def test_a_sparse_checkout(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", FILES | {"docs/x.md": "x\n"})
    git(repository, "sparse-checkout", "set", "--cone", "--sparse-index", "lib")
    snapshot = walk(repository, WalkSettings())
    absent = (OmissionReason.NOT_CHECKED_OUT, "sparse checkout")
    assert omissions(snapshot)["docs/x.md"] == absent
    assert list(texts(snapshot)) == ["a.py", "lib/b.py"]
    assert not snapshot.revision.dirty
    assert "docs/x.md" in texts(walk(repository, REVISION))


def test_a_partial_clone_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    origin = make_repository(tmp_path / "origin", FILES)
    write_files(origin, {"a.py": "second\n"})
    commit_all(origin)
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{origin}", "partial")
    for settings in (WalkSettings(), REVISION):
        assert texts(walk(tmp_path / "partial", settings))["a.py"] == "second\n"
    with pytest.raises(RepositoryError, match=r"partial clone lacks files of revision 'HEAD~1'"):
        walk(tmp_path / "partial", WalkSettings(rev="HEAD~1"))


# --- dirty --------------------------------------------------------------------------------------


def _touch(repository: Path) -> None:
    for path in repository.rglob("[a-z]*.*"):
        os.utime(path, ns=(10**18, 10**18))


def _switch_link(repository: Path) -> None:
    (repository / "link").unlink()
    (repository / "link").symlink_to("elsewhere")


def _stage(repository: Path) -> None:
    write_files(repository, {"a.py": "c\n"})
    git(repository, "add", "a.py")


def _merge_conflict(repository: Path) -> None:
    base = git(repository, "hash-object", "-w", "a.py").decode().strip()
    lines = "".join(f"100644 {base} {stage}\ta.py\n" for stage in (1, 2, 3))
    git(repository, "update-index", "--force-remove", "a.py")
    git(repository, "update-index", "--index-info", stdin=lines.encode())


DIRTY: list[tuple[str, Callable[[Path], object], bool]] = [
    ("nothing", lambda r: None, False),
    ("touched", _touch, False),
    ("text", lambda r: write_files(r, {"a.py": "import c\n"}), True),
    ("binary", lambda r: write_files(r, {"logo.png": b"\x89PNG\r\n\x1a\n\0\1"}), True),
    ("not read", lambda r: write_files(r, {"go.sum": "tampered\n"}), True),
    ("untracked", lambda r: write_files(r, {"new.py": ""}), True),
    ("ignored", lambda r: write_files(r, {"x.tmp": ""}), False),
    ("deleted", lambda r: (r / "lib/b.py").unlink(), True),
    ("staged", _stage, True),
    ("unstaged", lambda r: git(r, "rm", "--quiet", "--cached", "a.py"), True),
    ("relinked", _switch_link, True),
    ("a merge", _merge_conflict, True),
    ("newlines", lambda r: write_files(r, {"a.py": "import b\r\n"}), True),
    ("own newlines", lambda r: write_files(r, {"dos.txt": "x\r\ny\r\n"}), False),
]


@pytest.mark.parametrize(("change", "dirty"), [row[1:] for row in DIRTY], ids=[r[0] for r in DIRTY])
def test_dirty(tmp_path: Path, change: Callable[[Path], object], dirty: bool) -> None:
    files = FILES | {"go.sum": "checked\n", ".gitignore": "*.tmp\n", "dos.txt": "x\ny\n"}
    repository = make_repository(tmp_path / "r", files, commit=False)
    (repository / "link").symlink_to("a.py")
    write_files(repository, {".gitattributes": "dos.txt text eol=crlf\n"})
    commit_all(repository)
    change(repository)
    assert walk(repository, WalkSettings()).revision.dirty is dirty


@pytest.mark.parametrize("autocrlf", ["true", "input"])
def test_converted_newlines_are_no_change(tmp_path: Path, autocrlf: str) -> None:
    repository = make_repository(tmp_path / "r", {"a.txt": "a\nb\n"})
    git(repository, "config", "core.autocrlf", autocrlf)
    write_files(repository, {"a.txt": "a\r\nb\r\n"})
    snapshot = walk(repository, WalkSettings())
    assert texts(snapshot) == {"a.txt": "a\r\nb\r\n"}
    assert not snapshot.revision.dirty


def test_a_filtered_file_is_clean_as_long_as_git_knows_its_state(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {".gitattributes": "*.up filter=up\n"})
    git(repository, "config", "filter.up.clean", "tr A-Z a-z")
    write_files(repository, {"a.up": "SHOUT\n"})
    os.utime(repository / "a.up", ns=(10**18, 10**18))
    commit_all(repository)
    snapshot = walk(repository, WalkSettings())
    assert (texts(snapshot)["a.up"], snapshot.revision.dirty) == ("SHOUT\n", False)


def test_only_the_reviewed_folder_counts(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", FILES)
    write_files(repository, {"a.py": "changed\n"})
    assert walk(repository, WalkSettings()).revision.dirty
    assert not walk(repository / "lib", WalkSettings()).revision.dirty


def test_a_deleted_file_is_named(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", FILES)
    shutil.rmtree(repository / "lib")
    expected = (OmissionReason.NOT_CHECKED_OUT, "deleted in the working tree")
    assert omissions(walk(repository, WalkSettings()))["lib/b.py"] == expected


# --- remotes and errors -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://host/a/b.git", "https://host/a/b.git"),
        ("https://user:secret@host:8443/a", "https://host:8443/a"),
        ("https://token@host/a@b", "https://host/a@b"),
        ("https://user:p@ss@host/a", "https://host/a"),
        ("https://host/a?private_token=secret#x", "https://host/a"),
        ("https://host?next=http://u:p@x", "https://host"),
        ("ssh://git@host/a", "ssh://git@host/a"),
        ("ssh://git:secret@host:22/a", "ssh://git@host:22/a"),
        ("git@host:a/b.git", "git@host:a/b.git"),
        ("user:secret@host:a", "host:a"),
        ("/srv/git/a b.git", "/srv/git/a b.git"),
        ("ext::https://u:secret@h/a\x1b[31m", "ext::https://h/a[31m"),
        ("", ""),
    ],
)
def test_credentials_are_not_shown(tmp_path: Path, url: str, shown: str) -> None:
    assert without_credentials(url) == shown
    repository = make_repository(tmp_path / "r", FILES)
    if url:
        git(repository, "config", "remote.origin.url", url)
    assert walk(repository, WalkSettings()).revision.remote == shown


def _empty_head(path: Path) -> Path:
    repository = make_repository(path, FILES)
    git(repository, "symbolic-ref", "HEAD", "refs/heads/other")
    return repository


def _folder(path: Path, *, ignored: bool = False) -> Path:
    make_repository(path, FILES | ({".gitignore": "new\n"} if ignored else {}))
    write_files(path, {"new/x.py": "x\n"} if ignored else {})
    (path / "new").mkdir(exist_ok=True)
    return path / "new"


def _file(path: Path) -> Path:
    path.write_text("")
    return path


def _plain(path: Path) -> Path:
    path.mkdir()
    return path


def _break_configuration(path: Path) -> Path:
    (make_repository(path, FILES) / ".git/config").write_text("[core\nnonsense")
    return path


ERRORS: list[tuple[str, Callable[[Path], Path], str, str]] = [
    ("no folder", lambda p: p, "", "does not exist"),
    ("a file", _file, "", "is not a folder"),
    ("no repository", _plain, "", "is not in a git repository"),
    ("a .git that is none", lambda p: _file(_plain(p) / ".git").parent, "", "not in a git repo"),
    ("no commits", lambda p: make_repository(p, FILES, commit=False), "", "has no commits"),
    ("no commits, rev", lambda p: make_repository(p, {}, commit=False), "v1", "has no commits"),
    ("unborn branch", _empty_head, "", "no commits on its current branch"),
    ("unknown", lambda p: make_repository(p, FILES), "v9", "has no revision 'v9'"),
    ("option", lambda p: make_repository(p, FILES), "--all", "'--all' is not a revision"),
    ("NUL", lambda p: make_repository(p, FILES), "a\0b", "is not a revision"),
    ("range", lambda p: make_repository(p, FILES), "HEAD..HEAD", "has no revision"),
    ("no commit", lambda p: make_repository(p, FILES), "HEAD:lib", "is not a commit"),
    ("folder not in rev", _folder, "HEAD", "revision 'HEAD' has no folder 'new'"),
    ("nothing in folder", _folder, "", "git lists no file below"),
    ("ignored folder", lambda p: _folder(p, ignored=True), "", "git lists no file below"),
    ("empty commit", lambda p: make_repository(p, {}), "", "git lists no file below"),
    ("inside .git", lambda p: make_repository(p, FILES) / ".git", "", "not in the working tree"),
    ("bad config", _break_configuration, "", "config"),
]


@pytest.mark.parametrize(
    ("make", "rev", "message"), [r[1:] for r in ERRORS], ids=[r[0] for r in ERRORS]
)
def test_errors(tmp_path: Path, make: Callable[[Path], Path], rev: str, message: str) -> None:
    with pytest.raises(RepositoryError) as caught:
        walk(make(tmp_path / "r"), WalkSettings(rev=rev))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_git_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = make_repository(tmp_path / "r", FILES)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RepositoryError, match="git is not installed"):
        walk(repository, WalkSettings())


def test_a_repository_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = make_repository(tmp_path / "r", FILES)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(RepositoryError) as caught:
        walk(repository, WalkSettings())
    assert "does not trust" in caught.value.message
    assert caught.value.remedy.endswith(f"git config --global --add safe.directory {repository}")
