"""The trees to measure on: source archives from PyPI, checked against their digests."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from pip._internal.models.index import PyPI

_JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}  # PEP 691
_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Archive:
    """A source archive: the project, the name of the file and its SHA-256."""

    project: str
    file: str
    digest: str


_DJANGO = Archive(
    "django",
    "django-5.2.8.tar.gz",
    "23254866a5bb9a2cfa6004e8b809ec6246eba4b58a7589bc2772f1bcc8456c7f",
)

CORPORA: Mapping[str, tuple[Archive, ...]] = {
    "django": (_DJANGO,),
    "ten-million": (
        _DJANGO,
        Archive(
            "celery",
            "celery-5.5.3.tar.gz",
            "6c972ae7968c2b5281227f01c3a3f984037d21c5129d07bf3550cc2afc6b10a5",
        ),
    ),
    "hundred-thousand": (
        Archive(
            "requests",
            "requests-2.32.5.tar.gz",
            "dbba0bac56e100853db0ea71b82b4dfd5fe2bf6d3754a8893c3af500cec7d7cf",
        ),
    ),
    "large": (
        Archive(
            "sqlalchemy",
            "sqlalchemy-2.0.44.tar.gz",
            "0ae7454e1ab1d780aee69fd2aae7d6b8670a581d8847f2d1e0f7ddfbf47e5a22",
        ),
        Archive(
            "sympy",
            "sympy-1.14.0.tar.gz",
            "d3d3fe8df1e5a0b42f0e7bdf50541697dbe7d23746e894990c030e2b05e72517",
        ),
        Archive(
            "pandas",
            "pandas-2.3.3.tar.gz",
            "e05e1af93b977f7eafa636d043f9f94c7ee3ac81af99c13508215942e64c993b",
        ),
        Archive(
            "salt",
            "salt-3007.9.tar.gz",
            "1f770d6b9ca5568f926d98edfcd26dce71c04f6094243db912857953e3d4a56d",
        ),
    ),
}


def corpus(name: str, cache: Path) -> Path:
    """The git repository of a corpus, made if it is not there yet: one folder an archive, committed
    at a fixed date."""
    tree = cache / name
    if tree.is_dir():
        return tree
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        made = Path(scratch) / name
        made.mkdir()
        for archive in CORPORA[name]:
            with tarfile.open(_fetched(archive, cache)) as unpacked:
                unpacked.extractall(made, filter="data")
        _commit(made)
        shutil.move(made, tree)
    return tree


def _fetched(archive: Archive, cache: Path) -> Path:
    path = cache / archive.file
    if not path.is_file():
        listing = httpx.get(f"{_index()}/{archive.project}/", headers=_JSON, timeout=_SECONDS)
        rows = {row["filename"]: row["url"] for row in listing.raise_for_status().json()["files"]}
        data = httpx.get(rows[archive.file], timeout=_SECONDS).raise_for_status().content
        path.write_bytes(data)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != archive.digest:
        path.unlink()
        raise SystemExit(f"{archive.file} has the digest {found}, not {archive.digest}")
    return path


def _index() -> str:
    """The package index that pip is set up with."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    configured = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return (configured or PyPI.simple_url).rstrip("/")


def _commit(tree: Path) -> None:
    date = "2025-01-01T00:00:00+0000"
    environment = os.environ | {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "corpus"), ("EMAIL", "corpus@localhost"), ("DATE", date))
    }
    for arguments in (
        ("init", "--quiet"),
        ("add", "--all", "--force"),
        ("commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", "corpus"),
    ):
        subprocess.run(["git", *arguments], cwd=tree, env=environment, check=True)
