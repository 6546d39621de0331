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
_HEAD = "refs/scout-review/head"
_DETACHED_HEAD = f"+HEAD:{_HEAD}"
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
    mirror = _Mirror(place, remote)
    if place.exists():
        with suppress(GitFailure):  # a damaged clone is made anew
            _fetch_references(mirror, advertised)
            _fetch_revision(mirror, address, rev)
            return place
    try:
        with _replacing(place) as new:
            _initialise(new, address, advertised)
            _fetch_references(_Mirror(new, remote), advertised)
        _fetch_revision(mirror, address, rev)
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
class _Mirror:
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


def _fetch_references(mirror: _Mirror, advertised: _Advertised) -> None:
    """Brings the branches, the tags and HEAD up to date."""
    detached = advertised.has_head and not advertised.branch
    head = (_DETACHED_HEAD,) if detached else ()
    mirror.fetch("--prune", "--filter=blob:none", "origin", *_REFERENCES, *head)
    if detached:
        mirror.git.run("update-ref", "--no-deref", "HEAD", _HEAD)
    else:
        mirror.git.run("symbolic-ref", "HEAD", advertised.branch or _HEAD)


def _fetch_revision(mirror: _Mirror, address: Address, rev: str) -> None:
    """The files of the revision. Raises RepositoryError where there is no such revision."""
    commit = mirror.commit(rev or "HEAD")
    if not commit and _FULL_ID.fullmatch(rev):
        with suppress(GitFailure):  # many servers give commits that no branch leads to
            mirror.fetch("--filter=blob:none", "origin", rev)
            commit = mirror.commit(rev)
    if not commit:
        what = f"revision {rev!r}" if rev else "commits on its default branch"
        raise RepositoryError(
            f"{address.shown} has no {what}", remedy="Name a branch, a tag or a commit with --rev."
        )
    missing = missing_objects(mirror.git, commit)
    if missing:
        # All at once, for they are read without the network.
        with suppress(GitFailure):
            mirror.fetch("--filter=blob:none", "origin", "--stdin", ids=missing)
    if missing and missing_objects(mirror.git, commit):
        # A server that gives no single files is asked for everything.
        mirror.fetch("--refetch", "--no-filter", "origin", *_REFERENCES)
