"""Submodules whose files are read with the rest: which, in which state, and which never."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.repositories import add_submodule, commit_all, git, make_repository, write_files
from support.snapshots import omissions, reasons, texts

from scout_codebase.errors import RepositoryError
from scout_codebase.records import OmissionReason, Submodule
from scout_codebase.walk import WalkSettings, nested, walk

pytestmark = pytest.mark.usefixtures("no_user_configuration")

WORKING_TREE = WalkSettings(submodules=True)
REVISION = WalkSettings(rev="HEAD", submodules=True)
BOTH = pytest.mark.parametrize("settings", [WORKING_TREE, REVISION], ids=["tree", "revision"])


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """``libs/mid`` is a submodule, ``libs/mid/deep/inner`` one of its own."""
    inner = make_repository(tmp_path / "inner", {"i.py": "i\n"})
    mid = make_repository(tmp_path / "mid", {"m.py": "m\n", "m-.py": "m\n"})
    add_submodule(mid, inner, "deep/inner")
    shop = make_repository(tmp_path / "shop", {"a.py": "a\n", "libs/mid-sized.py": "s\n"})
    add_submodule(shop, mid, "libs/mid")
    git(shop, *ALLOWED, "submodule", "--quiet", "update", "--init", "--recursive")
    return shop


ALLOWED = ("-c", "protocol.file.allow=always")
INNER = "libs/mid/deep/inner"
WHOLE = {
    "a.py": "a\n",
    "libs/mid-sized.py": "s\n",
    "libs/mid/deep/inner/i.py": "i\n",
    "libs/mid/m-.py": "m\n",
    "libs/mid/m.py": "m\n",
}


def of_code(found: dict[str, str]) -> dict[str, str]:
    return {path: text for path, text in found.items() if path.endswith(".py")}


@BOTH
def test_submodules_are_read_with_the_rest(shop: Path, settings: WalkSettings) -> None:
    snapshot = walk(shop, settings)
    assert of_code(texts(snapshot)) == WHOLE
    assert list(texts(snapshot)) == sorted(texts(snapshot))
    assert {"libs/mid/.gitmodules", ".gitmodules"} <= set(texts(snapshot))
    assert not snapshot.omissions
    assert not snapshot.revision.dirty
    assert snapshot.revision.commit == git(shop, "rev-parse", "HEAD").decode().strip()
    assert all(file.tracked for file in snapshot.files)
    assert snapshot.submodules == tuple(
        Submodule(path, git(shop / path, "rev-parse", "HEAD").decode().strip(), str(origin))
        for path, origin in (("libs/mid", shop.parent / "mid"), (INNER, shop.parent / "inner"))
    )


@BOTH
def test_a_linked_working_tree_reads_its_own(shop: Path, settings: WalkSettings) -> None:
    linked = shop.parent / "linked"
    git(shop, "worktree", "add", "--quiet", linked)
    if settings is WORKING_TREE:
        assert reasons(walk(linked, settings)) == {"libs/mid": OmissionReason.SUBMODULE}
        git(linked, *ALLOWED, "submodule", "--quiet", "update", "--init", "--recursive")
    assert of_code(texts(walk(linked, settings))) == WHOLE


@BOTH
def test_patterns_are_relative_to_the_reviewed_folder(shop: Path, settings: WalkSettings) -> None:
    patterns = WalkSettings(settings.rev, ("mid/m.py",), ("mid/", "*.gitmodules"), submodules=True)
    snapshot = walk(shop / "libs", patterns)
    assert set(texts(snapshot)) == {"mid-sized.py", "mid/m.py"}
    assert reasons(snapshot) == dict.fromkeys(
        ("mid/.gitmodules", "mid/deep/inner/i.py", "mid/m-.py"), OmissionReason.EXCLUDED
    )
    assert of_code(texts(walk(shop / "libs/mid", settings))).keys() == {
        "deep/inner/i.py",
        "m-.py",
        "m.py",
    }


def test_each_repository_speaks_for_its_own_paths(shop: Path) -> None:
    write_files(shop, {".gitattributes": "* linguist-generated\n", ".gitignore": "*.tmp\n"})
    write_files(shop / "libs/mid", {".gitattributes": "m.py linguist-vendored\n"})
    write_files(shop / "libs/mid", {".gitignore": "*.log\n", "x.tmp": "t\n", "x.log": "l\n"})
    snapshot = walk(shop, WORKING_TREE)
    found = reasons(snapshot)
    assert found["a.py"] is OmissionReason.GENERATED
    assert found["libs/mid/m.py"] is OmissionReason.VENDORED
    assert "libs/mid/m-.py" in texts(snapshot)
    (untracked,) = (file for file in snapshot.files if file.path.endswith(".tmp"))
    assert (untracked.path, untracked.tracked) == ("libs/mid/x.tmp", False)
    assert "libs/mid/x.log" not in texts(snapshot) | found


def _newer(shop: Path) -> None:
    write_files(shop / INNER, {"i.py": "newer\n"})
    commit_all(shop / INNER)


CHANGES: list[tuple[str, Callable[[Path], object], bool]] = [
    ("none", lambda shop: None, False),
    ("text", lambda shop: write_files(shop / INNER, {"i.py": "other\n"}), True),
    ("untracked", lambda shop: write_files(shop / INNER, {"new.py": ""}), True),
    ("deleted", lambda shop: (shop / INNER / "i.py").unlink(), True),
    ("another commit", _newer, True),
]


@pytest.mark.parametrize(("change", "dirty"), [r[1:] for r in CHANGES], ids=[r[0] for r in CHANGES])
def test_dirty_is_what_differs_from_the_recorded_commit(
    shop: Path, change: Callable[[Path], object], dirty: bool
) -> None:
    change(shop)
    assert walk(shop, WORKING_TREE).revision.dirty is dirty
    assert not walk(shop, REVISION).revision.dirty
    assert of_code(texts(walk(shop, REVISION))) == WHOLE


@BOTH
def test_a_submodule_that_is_not_here_is_one_omission(shop: Path, settings: WalkSettings) -> None:
    shutil.rmtree(shop / INNER)
    (shop / INNER).mkdir()
    commit = git(shop / "libs/mid", "rev-parse", "HEAD:deep/inner").decode().strip()
    if settings is REVISION:  # its repository is still there
        assert of_code(texts(walk(shop, settings))) == WHOLE
        shutil.rmtree(shop / ".git/modules/libs/mid/modules")
    absent = (OmissionReason.SUBMODULE, f"commit {commit}; not initialised")
    snapshot = walk(shop, settings)
    assert omissions(snapshot) == {INNER: absent}
    assert of_code(texts(snapshot)).keys() == WHOLE.keys() - {f"{INNER}/i.py"}
    assert not snapshot.revision.dirty


def test_a_revision_names_the_commits_that_are_not_here(shop: Path) -> None:
    git(shop, "update-index", "--cacheinfo", f"160000,{'1' * 40},libs/mid")
    git(shop, "commit", "--quiet", "--message", "unknown to libs/mid")
    reason = (OmissionReason.SUBMODULE, f"commit {'1' * 40}; its repository lacks this commit")
    assert omissions(walk(shop, REVISION)) == {"libs/mid": reason}
    assert of_code(texts(walk(shop, WalkSettings(rev="HEAD~1", submodules=True)))) == WHOLE
    assert walk(shop, WORKING_TREE).revision.dirty


def test_a_repository_of_the_old_style_lies_in_its_folder(tmp_path: Path) -> None:
    shop = make_repository(tmp_path / "shop", {"a.py": "a\n"})
    make_repository(shop / "lib", {"l.py": "l\n"})
    git(shop, "-c", "advice.addEmbeddedRepo=false", "add", "lib")
    git(shop, "commit", "--quiet", "--message", "m")
    for settings in (WORKING_TREE, REVISION):
        assert texts(walk(shop, settings)) == {"a.py": "a\n", "lib/l.py": "l\n"}
    git(shop / "lib", "rm", "--quiet", "--cached", "l.py")
    (shop / "lib/l.py").unlink()
    empty = omissions(walk(shop, WORKING_TREE))["lib"]
    assert (empty[0], empty[1].partition("; ")[2]) == (
        OmissionReason.SUBMODULE,
        "it holds no files",
    )


def test_a_partial_submodule_is_not_fetched(shop: Path, tmp_path: Path) -> None:
    mid = tmp_path / "mid"
    write_files(mid, {"m.py": "second\n"})
    commit_all(mid)
    git(mid, "config", "uploadpack.allowFilter", "true")
    shutil.rmtree(shop / ".git/modules/libs/mid")
    git(shop, "clone", "--quiet", "--bare", "--filter=blob:none", f"file://{mid}", "mid.git")
    (shop / "mid.git").rename(shop / ".git/modules/libs/mid")
    why = omissions(walk(shop, REVISION))["libs/mid"][1].partition("; ")[2]
    assert why == "its partial clone lacks files of this commit"


def test_nesting_is_bounded(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nested, "MAX_DEPTH", 1)
    for settings in (WORKING_TREE, REVISION):
        found = omissions(walk(shop, settings))
        assert found.keys() == {INNER}
        assert found[INNER][1].endswith("; nested more than 1 deep")


# --- what leads elsewhere -----------------------------------------------------------------------


def _folder_is_a_link(shop: Path, secret: Path) -> None:
    shutil.rmtree(shop / "libs/mid")
    shutil.rmtree(shop / ".git/modules/libs/mid")
    (shop / "libs/mid").symlink_to(secret)


def _parent_is_a_link(shop: Path, secret: Path) -> None:
    shutil.rmtree(shop / "libs")
    shutil.rmtree(shop / ".git/modules/libs/mid")
    secret.rename(secret.parent / "mid")
    (shop / "libs").symlink_to(secret.parent)


def _pointer_leads_out(shop: Path, secret: Path) -> None:
    shutil.rmtree(shop / ".git/modules/libs/mid")
    (shop / "libs/mid/.git").write_text(f"gitdir: {secret / '.git'}\n")


def _repository_is_a_link(shop: Path, secret: Path) -> None:
    shutil.rmtree(shop / ".git/modules/libs/mid")
    (shop / ".git/modules/libs/mid").symlink_to(secret / ".git")


def _name_climbs(shop: Path, secret: Path) -> None:
    shutil.rmtree(shop / ".git/modules/libs/mid")
    shutil.rmtree(shop / "libs/mid")
    name = f"x/../../../../{secret.relative_to(shop.parent)}/.git"
    (shop / ".gitmodules").write_text(
        f'[submodule "{name}"]\n\tpath = libs/mid\n\turl = https://host/x\n'
    )
    git(shop, "add", ".gitmodules")
    git(shop, "commit", "--quiet", "--message", "m")


def _working_tree_elsewhere(shop: Path, secret: Path) -> None:
    git(shop / "libs/mid", "config", "core.worktree", str(secret))
    shutil.rmtree(shop / ".git/modules/libs/mid/objects")


def _is_the_outer_repository(shop: Path, secret: Path) -> None:
    shutil.rmtree(shop / ".git/modules/libs/mid")
    (shop / "libs/mid/.git").write_text(f"gitdir: {shop / '.git'}\n")


def _pipe(shop: Path, secret: Path) -> None:
    shutil.rmtree(shop / ".git/modules/libs/mid")
    (shop / "libs/mid/.git").write_bytes(b"\xff\0gitdir: ?\n")


@pytest.mark.parametrize(
    "lead",
    [
        _folder_is_a_link,
        _parent_is_a_link,
        _pointer_leads_out,
        _repository_is_a_link,
        _name_climbs,
        _working_tree_elsewhere,
        _is_the_outer_repository,
        _pipe,
    ],
)
@BOTH
def test_a_submodule_leads_nowhere_else(
    shop: Path, tmp_path: Path, settings: WalkSettings, lead: Callable[[Path, Path], None]
) -> None:
    commit = git(shop, "rev-parse", "HEAD:libs/mid").decode().strip()
    secret = tmp_path / "elsewhere" / "secret"
    secret.parent.mkdir()
    git(tmp_path, "clone", "--quiet", tmp_path / "mid", secret)  # it has the recorded commit
    write_files(secret, {"key.py": "SECRET\n"})
    lead(shop, secret)
    snapshot = walk(shop, settings)
    reason, detail = omissions(snapshot)["libs/mid"]
    assert reason is OmissionReason.SUBMODULE
    assert detail.startswith(f"commit {commit}; ")
    assert str(tmp_path) not in detail
    assert not any(path.startswith("libs/mid/") for path in texts(snapshot))


def test_a_submodule_above_the_repository(tmp_path: Path) -> None:
    outer = make_repository(tmp_path, {"key.py": "SECRET\n"})
    commit = git(outer, "rev-parse", "HEAD").decode().strip()
    shop = make_repository(tmp_path / "shop", {"a.py": "a\n"})
    git(shop, "update-index", "--add", "--cacheinfo", f"160000,{commit},xx")
    index = shop / ".git/index"
    forged = index.read_bytes()[:-20].replace(b"\0xx\0", b"\0..\0").replace(b"\2xx\0", b"\2..\0")
    assert b"..\0" in forged
    listed = git(shop, "ls-tree", "HEAD") + f"160000 commit {commit}\t..\n".encode()
    tree = git(shop, "mktree", "--missing", stdin=listed).decode().strip()
    head = git(shop, "commit-tree", "-m", "m", tree).decode().strip()
    index.write_bytes(forged + hashlib.sha1(forged).digest())
    for settings in (WORKING_TREE, WalkSettings(head, submodules=True)):
        with pytest.raises(RepositoryError, match=r"outside repository|invalid path"):
            walk(shop, settings)
