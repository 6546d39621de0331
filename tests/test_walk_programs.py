"""A repository, and a submodule of it, whose configuration names programs: none of them runs."""

from __future__ import annotations

import os
import pty
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.repositories import ISOLATION, add_submodule, git, make_repository, write_files

from scout_codebase.errors import RepositoryError
from scout_codebase.walk import WalkSettings, walk

pytestmark = pytest.mark.usefixtures("no_user_configuration")

HOOKS = """applypatch-msg post-checkout post-commit post-index-change pre-auto-gc pre-commit
query-watchman reference-transaction fsmonitor-watchman post-rewrite sendemail-validate"""

WALKS = [
    WalkSettings(rev, submodules=submodules) for rev in ("", "HEAD") for submodules in (False, True)
]


@dataclass(frozen=True)
class Trap:
    """``configuration`` may name the program as {program} and the folder of hooks as {hooks}.
    ``springs`` is a git command that starts the program: proof that the trap is one. ``promisor``
    is the address from which git would fetch an object that was taken away."""

    name: str
    configuration: str
    springs: tuple[str, ...]
    stdin: bytes = b""
    promisor: str = ""


_CREDENTIAL = b"protocol=https\nhost=host\n\n"
TRAPS = [
    Trap("hooksPath", "[core]\nhooksPath = {hooks}\n", ("checkout", "--quiet", "HEAD")),
    Trap("hooks", "", ("checkout", "--quiet", "HEAD")),
    Trap(
        "clean filter",
        '[filter "x"]\nclean = {program}\nrequired = true\n',
        ("hash-object", "--path=a.py", "a.py"),
    ),
    Trap(
        "smudge filter",
        '[filter "x"]\nsmudge = {program}\nrequired = true\n',
        ("cat-file", "--filters", "HEAD:a.py"),
    ),
    Trap(
        "process filter",
        '[filter "x"]\nprocess = {program}\nrequired = true\n',
        ("cat-file", "--filters", "HEAD:a.py"),
    ),
    Trap("textconv", '[diff "x"]\ntextconv = {program}\n', ("cat-file", "--textconv", "HEAD:a.py")),
    Trap("external diff", "[diff]\nexternal = {program}\n", ("diff",)),
    Trap("diff driver", '[diff "x"]\ncommand = {program}\n', ("diff",)),
    Trap("fsmonitor", "[core]\nfsmonitor = {program}\n", ("status",)),
    Trap(
        "sshCommand",
        "[core]\nsshCommand = {program}\n",
        ("fetch", "promisor"),
        promisor="ssh://git@host/r",
    ),
    Trap(
        "gitProxy",
        "[core]\ngitProxy = {program}\n",
        ("fetch", "promisor"),
        promisor="git://host/r",
    ),
    Trap(
        "uploadpack",
        '[remote "promisor"]\nuploadpack = {program}\n[protocol "file"]\nallow = always\n',
        ("fetch", "promisor"),
        promisor="file:///",
    ),
    Trap(
        "ext transport",
        '[protocol "ext"]\nallow = always\n',
        ("cat-file", "-p", "HEAD:a.py"),
        promisor="ext::{program}",
    ),
    Trap(
        "askPass",
        "[core]\naskPass = {program}\n",
        ("credential", "fill"),
        _CREDENTIAL,
        promisor="https://127.0.0.1:9/r",
    ),
    Trap(
        "credential helper",
        "[credential]\nhelper = {program}\n",
        ("credential", "fill"),
        _CREDENTIAL,
        promisor="https://127.0.0.1:9/r",
    ),
    Trap("pager", "[core]\npager = {program}\n", ("--paginate", "log")),
    Trap("pager of a command", "[pager]\nls-files = {program}\n", ("ls-files",)),
    Trap(
        "alternateRefsCommand",
        "[core]\nalternateRefsCommand = {program}\n",
        ("rev-list", "--alternate-refs", "HEAD"),
    ),
    Trap("include.path", "[include]\npath = {included}\n", ("status",)),
    Trap("includeIf", '[includeIf "gitdir:/**"]\npath = {included}\n', ("status",)),
    Trap(
        "gpg.program",
        "[gpg]\nprogram = {program}\n[log]\nshowSignature = true\n",
        ("commit", "-S", "--allow-empty", "--message", "m"),
    ),
    Trap(
        "submodule update",
        '[submodule "inner"]\nupdate = !{program}\n',
        ("submodule", "update", "--force"),
    ),
    Trap("editor", "[core]\neditor = {program}\n", ("commit", "--allow-empty", "--no-verify")),
    Trap(
        "merge driver",
        '[merge "x"]\ndriver = {program}\n',
        ("merge", "--quiet", "--no-edit", "side"),
    ),
    Trap("alias", "[alias]\nlsfiles = !{program}\n", ("lsfiles",)),
]


def _program(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(stat.S_IRWXU)
    return path


def _repository(tmp_path: Path) -> Path:
    """Changed in its working tree, with a branch that conflicts and another object database."""
    files = {".gitattributes": "* filter=x diff=x merge=x\n", "a.py": "a\n", "lib/b.py": "b\n"}
    inner = make_repository(tmp_path / "inner", files)
    git(inner, "config", "uploadpack.allowFilter", "true")
    repository = make_repository(tmp_path / "r", files)
    add_submodule(repository, inner, "inner")
    git(repository, "checkout", "--quiet", "-b", "side", "HEAD")
    write_files(repository, {"a.py": "side\n"})
    git(repository, "commit", "--quiet", "--all", "--message", "side")
    git(repository, "checkout", "--quiet", "main")
    write_files(repository, {"a.py": "main\n"})
    git(repository, "commit", "--quiet", "--all", "--message", "main")
    write_files(repository, {"lib/b.py": "changed\n", "inner/lib/b.py": "changed\n"})
    return repository


def _arm(repository: Path, trap: Trap, tmp_path: Path) -> Path:
    """The file that the trap writes, in the repository as in its submodule."""
    evidence = tmp_path / "evidence"
    program = _program(tmp_path / "program", f'#!/bin/sh\necho "$*" >> {evidence}\nexit 1\n')
    included = tmp_path / "included"
    included.write_text(f"[core]\nfsmonitor = {program}\n")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    git_folders = (repository / ".git", repository / ".git/modules/inner")
    armed = (hooks, *(folder / "hooks" for folder in git_folders if trap.name == "hooks"))
    for name in HOOKS.split():
        for folder in armed:
            _program(folder / name, f"#!/bin/sh\necho {name} >> {evidence}\n")
    for folder in git_folders:
        (folder / "objects/info/alternates").write_text(f"{tmp_path / 'inner/.git/objects'}\n")
        with (folder / "config").open("a") as file:
            file.write(trap.configuration.format(program=program, hooks=hooks, included=included))
        if trap.promisor:
            _take_objects_away(folder, trap.promisor.format(program=program))
    return evidence


def _take_objects_away(git_folder: Path, promisor: str) -> None:
    """Those of every version of ``a.py``."""
    (git_folder / "objects/info/alternates").unlink(missing_ok=True)
    git(git_folder, "config", "remote.promisor.url", promisor)
    git(git_folder, "config", "remote.promisor.promisor", "true")
    git(git_folder, "config", "core.repositoryFormatVersion", "1")
    git(git_folder, "config", "extensions.partialClone", "promisor")
    for pack in list((git_folder / "objects/pack").glob("*.pack")):
        moved = pack.rename(git_folder / pack.name)
        for leftover in (git_folder / "objects/pack").iterdir():
            leftover.unlink()
        git(git_folder, "unpack-objects", "-q", stdin=moved.read_bytes())
    listed = git(git_folder, "rev-list", "--objects", "--all").decode().splitlines()
    for line in listed:
        object_id, _, path = line.partition(" ")
        if path == "a.py":
            (git_folder / "objects" / object_id[:2] / object_id[2:]).unlink(missing_ok=True)


def _spring(repository: Path, trap: Trap) -> None:
    """Runs git as it runs for an unwary user, at a terminal."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    known = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "TERM": "xterm"}
    known |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    terminal, output = pty.openpty()
    try:
        subprocess.run(
            ["git", *trap.springs],
            cwd=repository,
            input=trap.stdin,
            stdout=output,
            stderr=subprocess.DEVNULL,
            env=variables | ISOLATION | known,
            start_new_session=True,
            timeout=60,
        )
    finally:
        os.close(output)
        os.close(terminal)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_no_configured_program_runs(tmp_path: Path, trap: Trap) -> None:
    repository = _repository(tmp_path)
    evidence = _arm(repository, trap, tmp_path)
    state = _state(repository / ".git")
    for settings in WALKS:
        for folder in ("", "lib"):
            if trap.promisor and settings.rev and not folder:
                with pytest.raises(RepositoryError, match="partial clone lacks files"):
                    walk(repository / folder, settings)
            else:
                assert walk(repository / folder, settings).files
            assert not evidence.exists(), (settings, evidence.read_text())
    assert _state(repository / ".git") == state
    _spring(repository, trap)
    assert evidence.exists(), "the trap is none"


def test_no_missing_object_of_a_submodule_is_fetched(tmp_path: Path) -> None:
    trap = next(trap for trap in TRAPS if trap.name == "ext transport")
    repository = _repository(tmp_path)
    evidence = tmp_path / "evidence"
    program = _program(tmp_path / "program", f"#!/bin/sh\ntouch {evidence}\n")
    inner = repository / ".git/modules/inner"
    with (inner / "config").open("a") as file:
        file.write(trap.configuration)
    _take_objects_away(inner, trap.promisor.format(program=program))
    snapshot = walk(repository, WalkSettings("HEAD", submodules=True))
    (omission,) = snapshot.omissions
    assert omission.path == "inner"
    assert omission.detail.endswith("its partial clone lacks files of this commit")
    assert "a.py" in {file.path for file in snapshot.files}
    assert not evidence.exists()


def _state(folder: Path) -> dict[Path, tuple[int, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}
