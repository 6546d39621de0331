"""Fetches the repositories to measure on, once, into a cache folder.

Archives come through their registries' own clients, which run nothing of what they fetch, and are
checked against the digest of the row. Repositories are cloned at a commit, from a bare mirror where
one is named. What was an archive becomes a git repository at a fixed date.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.graph.row import Row

_DATE = "2025-01-01T00:00:00+0000"
_GIT = ("git", "-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false")
_AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "corpus"), ("EMAIL", "corpus@localhost"), ("DATE", _DATE))
}
_LONGEST_SECONDS = 600


class UnavailableError(Exception):
    """A corpus that cannot be had here; the message says why."""


def corpus(row: Row, cache: Path, mirrors: Mapping[str, str]) -> Path:
    """The repository of a row, fetched if it is not in the cache yet."""
    kind, name, version = row.fetch[:3]
    slug = f"{kind}-{name}-{version[:12]}".replace("/", "+").replace("@", "")
    folder = cache / slug
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            tree = Path(scratch) / "tree"
            FETCHERS[kind](row, tree, mirrors)
            tree.rename(folder)
    return folder / row.folder


def _run(command: list[str], cwd: Path | None = None) -> str:
    """What a command prints; one that fails makes the corpus unavailable."""
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=os.environ | _AUTHOR,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{command[0]}: {error}") from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "failed").splitlines()[-1]
        raise UnavailableError(f"{command[0]}: {last}")
    return done.stdout


def _from_pypi(row: Row, tree: Path, _mirrors: Mapping[str, str]) -> None:
    """The pure-Python wheel: unlike a source archive it is fetched without running anything."""
    _, name, version, digest = row.fetch
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", "."]
    command += ["--only-binary", ":all:", "--implementation", "py", "--abi", "none"]
    command += ["--platform", "any", "--python-version", "3.11", f"{name}=={version}"]
    with tempfile.TemporaryDirectory() as folder:
        _run(command, Path(folder))
        archive = _checked(next(Path(folder).glob("*.whl")), digest)
        with zipfile.ZipFile(archive) as unpacked:
            unpacked.extractall(tree)  # zipfile keeps every member below the folder
    _commit(tree)


def _from_npm(row: Row, tree: Path, _mirrors: Mapping[str, str]) -> None:
    _, name, version, digest = row.fetch
    with tempfile.TemporaryDirectory() as folder:
        _run(["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"], Path(folder))
        _unpack(_checked(next(Path(folder).glob("*.tgz")), digest), tree)
    _commit(tree)


def _from_debian(row: Row, tree: Path, _mirrors: Mapping[str, str]) -> None:
    """The upstream archive of a source package; apt must list sources."""
    _, name, version, digest = row.fetch
    with tempfile.TemporaryDirectory() as folder:
        _run(["apt-get", "source", "--quiet", "--download-only", f"{name}={version}"], Path(folder))
        _unpack(_checked(next(Path(folder).glob("*.orig.tar.*[!c]")), digest), tree)
    _commit(tree)


def _from_git(row: Row, tree: Path, mirrors: Mapping[str, str]) -> None:
    _, name, commit = row.fetch[:3]
    origin = mirrors.get(name, f"https://github.com/{name}.git")
    clone = ["clone", "--quiet", "--no-checkout", "--no-hardlinks", "--template=", origin]
    _run([*_GIT, *clone, str(tree)])
    _run([*_GIT, "checkout", "--quiet", "--detach", commit], tree)


FETCHERS: Mapping[str, Callable[[Row, Path, Mapping[str, str]], None]] = {
    "debian": _from_debian,
    "git": _from_git,
    "npm": _from_npm,
    "pypi": _from_pypi,
}


def _checked(archive: Path, digest: str) -> Path:
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != digest:
        raise UnavailableError(f"{archive.name} has the digest {found}, not {digest}")
    return archive


def _unpack(archive: Path, tree: Path) -> None:
    """A tar archive without its single top folder. No member may leave the folder."""
    inner = tree.with_name("unpacked")
    with tarfile.open(archive) as unpacked:
        unpacked.extractall(inner, filter="data")
    children = list(inner.iterdir())
    only = children[0] if len(children) == 1 and children[0].is_dir() else inner
    shutil.move(only, tree)


def _commit(tree: Path) -> None:
    _run([*_GIT, "init", "--quiet", "--template="], tree)
    _run([*_GIT, "add", "--all", "--force"], tree)
    _run([*_GIT, "commit", "--quiet", "--no-gpg-sign", "--message", "corpus"], tree)
