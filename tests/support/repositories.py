"""Small real git repositories, the same bytes on every machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ISOLATION = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
}
"""Environment variables that keep git from the configuration of the user and the system."""

_DETERMINISM = {
    "GIT_AUTHOR_NAME": "Ada Author",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2024-01-02T03:04:05+01:00",
    "GIT_COMMITTER_NAME": "Carl Committer",
    "GIT_COMMITTER_EMAIL": "carl@example.org",
    "GIT_COMMITTER_DATE": "2024-01-02T03:04:05+01:00",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


def make_repository(
    path: Path,
    files: Mapping[str, str | bytes],
    *,
    commit: bool = True,
    object_format: str = "sha1",
) -> Path:
    """A repository at ``path`` on branch ``main`` that holds the files, by their relative paths.
    All of them are committed, even where an ignore file among them names them, unless ``commit``
    is false: then they are untracked and there is no commit."""
    path.mkdir(parents=True, exist_ok=True)
    git(path, "init", "--quiet", "--initial-branch=main", f"--object-format={object_format}")
    write_files(path, files)
    if commit:
        commit_all(path)
    return path


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Text is written in UTF-8, newlines as they are."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def commit_all(repository: Path, message: str = "A commit") -> str:
    """Commits the whole working tree, ignored files too; the commit's id."""
    git(repository, "add", "--all", "--force", ".")
    git(repository, "commit", "--quiet", "--allow-empty", "--no-verify", "--message", message)
    return git(repository, "rev-parse", "HEAD").decode().strip()


def add_submodule(repository: Path, submodule: Path, path: str) -> str:
    """Adds and commits it; the commit's id."""
    allowed = ("-c", "protocol.file.allow=always")
    git(repository, *allowed, "submodule", "--quiet", "add", submodule, path)
    git(repository, "commit", "--quiet", "--message", f"Add {path}")
    return git(repository, "rev-parse", "HEAD").decode().strip()


def isolate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps every git of this process from the configuration of the user, until the test ends."""
    for name, value in ISOLATION.items():
        monkeypatch.setenv(name, value)


def git(folder: Path, *arguments: str | Path, stdin: bytes = b"") -> bytes:
    """The output of git in that folder, apart from the configuration of the user."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        env=inherited | ISOLATION | _DETERMINISM,
    )
    if done.returncode:
        raise RuntimeError(f"git {arguments[0]}: {done.stderr.decode(errors='replace')}")
    return done.stdout
