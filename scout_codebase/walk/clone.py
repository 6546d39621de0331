"""An address of a repository to a folder that ``walk`` reads: a bare clone in the user's cache.

The clone holds every commit and folder of the branches and tags, and the files of the revisions
that were asked for. A second run fetches what is new. It is read by one process at a time, and
stands in its place whole or not at all.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scout_codebase.errors import RepositoryError
from scout_codebase.lock import file_lock
from scout_codebase.walk.address import Address
from scout_codebase.walk.command import Git, GitFailure
from scout_codebase.walk.network import Progress, Remote
from scout_codebase.walk.objects import missing_objects

_FOLDER = "repositories"
_REFERENCES = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_DETACHED_HEAD = "+HEAD:refs/scout-review/head"
_FULL_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_CHECK_ACCESS = (
    "Check the address; nobody is asked for a password, so a private repository needs a "
    "credential helper or an SSH key that works by itself."
)


def clone(address: Address, rev: str, cache: Path, on_progress: Progress) -> Path:
    """The folder of a bare repository below ``cache`` that holds the commit ``rev`` of the
    repository at ``address`` with all its files; ``""`` is its default branch.

    Raises RepositoryError where the address cannot be read or has no such revision."""
    folder = cache / _FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(folder / f"{address.file_name}.lock"):
            return _current(folder / f"{address.file_name}.git", address, rev, on_progress)
    except OSError as error:
        raise RepositoryError(
            f"{address.shown} cannot be cloned into {folder}: {error.strerror or error}",
            remedy="Make room there, or clone it yourself and name the folder.",
        ) from None


def _current(place: Path, address: Address, rev: str, on_progress: Progress) -> Path:
    remote = Remote(address, on_progress)
    try:
        advertised = _advertised(remote, place.parent, address)
    except GitFailure as failure:
        raise RepositoryError(
            f"{address.shown} cannot be read: {failure.message}", remedy=_CHECK_ACCESS
        ) from None
    if place.exists():
        with suppress(GitFailure):  # a damaged clone is made anew
            _fetch(_Clone(place, remote), advertised, address, rev)
            return place
    try:
        with _replacing(place) as new:
            _initialise(new, address, advertised)
            _fetch(_Clone(new, remote), advertised, address, rev)
    except GitFailure as failure:
        raise RepositoryError(
            f"{address.shown} cannot be cloned: {failure.message}", remedy=_CHECK_ACCESS
        ) from None
    return place


@dataclass(frozen=True, slots=True)
class _Advertised:
    """``branch`` is what HEAD stands for, ``""`` where it stands for a commit. ``has_head`` is
    false where HEAD is a branch without commits."""

    object_format: str
    branch: str
    has_head: bool


def _advertised(remote: Remote, folder: Path, address: Address) -> _Advertised:
    output = remote.run(
        folder, "ls-remote", "--symref", "--", address.shown, "HEAD", "refs/heads/*", "refs/tags/*"
    )
    lines = [line.split("\t") for line in output.decode("utf-8", "surrogateescape").splitlines()]
    symbolic = [row[0].removeprefix("ref: ") for row in lines if row[0].startswith("ref: ")]
    ids = {row[-1]: row[0] for row in lines if not row[0].startswith("ref: ")}
    if not ids:
        raise RepositoryError(f"{address.shown} has no commits", remedy="Name another repository.")
    return _Advertised(
        object_format="sha256" if len(next(iter(ids.values()))) == 64 else "sha1",
        branch=symbolic[0] if symbolic else "",
        has_head="HEAD" in ids,
    )


@contextmanager
def _replacing(place: Path) -> Iterator[Path]:
    """A new folder that takes the place when the block ends well. What runs that were killed left
    behind is taken away; the caller holds the lock."""
    for leftover in place.parent.glob(f"{place.stem}.*.partial"):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(
        prefix=f"{place.stem}.", suffix=".partial", dir=place.parent, ignore_cleanup_errors=True
    ) as folder:
        new = Path(folder) / "new"
        new.mkdir()
        yield new
        if place.exists():
            place.rename(Path(folder) / "old")
        new.rename(place)


def _initialise(folder: Path, address: Address, advertised: _Advertised) -> None:
    git = Git(folder)
    object_format = f"--object-format={advertised.object_format}"
    git.run("init", "--quiet", "--bare", "--template=", object_format)
    git.run("config", "remote.origin.url", address.shown)


@dataclass(frozen=True, slots=True)
class _Clone:
    folder: Path
    remote: Remote

    @property
    def git(self) -> Git:
        """git that stays on this machine."""
        return Git(self.folder)

    def fetch(self, *arguments: str, ids: list[str] | None = None) -> None:
        self.remote.run(
            self.folder,
            *(("-c", "fetch.negotiationAlgorithm=noop") if ids else ()),
            *("fetch", "--progress", "--no-tags", "--no-auto-maintenance"),
            *("--no-write-fetch-head", "--no-recurse-submodules"),
            *arguments,
            stdin="".join(f"{object_id}\n" for object_id in ids or ()).encode(),
        )

    def commit(self, rev: str) -> str:
        """The id of the commit that ``rev`` names, ``""`` for none."""
        if rev.startswith("-") or "\0" in rev:
            return ""
        try:
            name = self.git.run("rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}")
        except GitFailure:
            return ""
        return name.decode("ascii").strip()


def _fetch(found: _Clone, advertised: _Advertised, address: Address, rev: str) -> None:
    """Brings the clone up to date. Raises GitFailure, and RepositoryError where the repository has
    no such revision."""
    references = _REFERENCES if advertised.branch else (*_REFERENCES, _DETACHED_HEAD)
    found.fetch("--prune", "--filter=blob:none", "origin", *references)
    if advertised.branch:
        found.git.run("symbolic-ref", "HEAD", advertised.branch)
    else:
        found.git.run("update-ref", "--no-deref", "HEAD", "refs/scout-review/head")
    commit = found.commit(rev or "HEAD")
    if not commit and _FULL_ID.fullmatch(rev):
        with suppress(GitFailure):  # many servers give commits that no branch leads to
            found.fetch("--filter=blob:none", "origin", rev)
            commit = found.commit(rev)
    if not commit:
        what = f"revision {rev!r}" if rev else "commits on its default branch"
        raise RepositoryError(
            f"{address.shown} has no {what}", remedy="Name a branch, a tag or a commit with --rev."
        )
    _fetch_files(found, commit, references)


def _fetch_files(found: _Clone, commit: str, references: tuple[str, ...]) -> None:
    """All missing files at once, for they are read without the network. A server that gives no
    single files is asked for everything."""
    missing = missing_objects(found.git, commit)
    if not missing:
        return
    with suppress(GitFailure):
        found.fetch("--filter=blob:none", "origin", "--stdin", ids=missing)
    if missing_objects(found.git, commit):
        found.fetch("--refetch", "--no-filter", "origin", *references, commit)
