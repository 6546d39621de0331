"""The files of a commit, read from the object database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from scout_codebase.errors import RepositoryError
from scout_codebase.records import OmissionReason, Submodule
from scout_codebase.walk.attributes import Attributes, check_attributes
from scout_codebase.walk.command import GitFailure
from scout_codebase.walk.entry import (
    SUBMODULE_MODE,
    SYMLINK_MODE,
    Contents,
    Entry,
    Skip,
    blob_id,
    display_bytes,
    from_bytes,
    to_bytes,
)
from scout_codebase.walk.objects import blob_sizes, blobs
from scout_codebase.walk.repository import Commit, Repository
from scout_codebase.walk.submodules import recorded_submodule, unread_submodule

_T = TypeVar("_T")

_FOLDER_MODE = "040000"
_MISSING = Skip(OmissionReason.UNREADABLE, "its object is missing or damaged")

# An index of our own, for the attributes of a commit: older versions of git read them from nothing
# else. It is written outside the repository and whole.
_PLAIN_INDEX = (
    *("-c", "core.splitIndex=false", "-c", "core.sparseCheckout=false", "-c", "index.sparse=false"),
)


class CommittedTree:
    """A Source."""

    def __init__(self, repository: Repository, commit: Commit, rev: str) -> None:
        self._repository = repository
        self._commit = commit
        self._rev = rev
        self._git = repository.git

    def close(self) -> None:
        """Nothing stays open."""

    def entries(self) -> tuple[Entry, ...]:
        folder = self._repository.folder
        tree = b"%s:%s" % (self._commit.id.encode(), to_bytes(folder))
        try:
            output = self._git.run("ls-tree", "-r", "-z", "--full-tree", tree)
        except GitFailure:
            self._refuse_partial_clone()
            raise RepositoryError(
                f"revision {self._rev!r} has no folder {folder!r}",
                remedy="Name a folder that it has, or the top of the repository.",
            ) from None
        found = (_entry(line) for line in output.split(b"\0") if line)
        return tuple(sorted(found, key=lambda entry: entry.path))

    def attributes(self, entries: Iterable[Entry]) -> Mapping[str, Attributes]:
        """Contents in the object database are in UTF-8, whatever the working tree's encoding."""
        paths = [to_bytes(entry.path) for entry in entries]
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            git = replace(self._git, variables={**self._git.variables, **index})
            try:
                git.run(*_PLAIN_INDEX, "read-tree", self._commit.id)
                found = check_attributes(git, paths, from_index=True)
            except GitFailure:
                self._refuse_partial_clone()
                raise
        return {from_bytes(path): replace(value, encoding="") for path, value in found.items()}

    def sizes(self, entries: Iterable[Entry]) -> Iterator[int | Skip]:
        entries = list(entries)
        files = [entry.object_id for entry in entries if _has_contents(entry)]
        links = [entry.object_id for entry in entries if entry.mode == SYMLINK_MODE]
        sizes = self._known(blob_sizes(self._git, files))
        targets = self._known(blobs(self._git, links))
        for entry in entries:
            if entry.mode == SUBMODULE_MODE:
                yield unread_submodule(entry)
            elif entry.mode == SYMLINK_MODE:
                yield Skip(OmissionReason.SYMLINK, display_bytes(next(targets) or b""))
            else:
                size = next(sizes)
                yield _MISSING if size is None else size

    def unread_sizes(self, entries: Iterable[Entry]) -> Iterator[int]:
        entries = list(entries)
        if self._repository.configuration.partial:
            # git would ask the remote for each one that is missing, and be refused.
            yield from (0 for _ in entries)
            return
        sizes = blob_sizes(self._git, [row.object_id for row in entries if _has_contents(row)])
        for entry in entries:
            yield (next(sizes) or 0) if _has_contents(entry) else 0

    def contents(self, entries: Iterable[Entry]) -> Iterator[Contents | Skip]:
        entries = list(entries)
        object_format = self._repository.object_format
        found = self._known(blobs(self._git, [entry.object_id for entry in entries]))
        for entry, data in zip(entries, found, strict=True):
            if data is None or blob_id(data, object_format) != entry.object_id:
                yield _MISSING
            else:
                yield Contents(data, entry.object_id)

    @property
    def remote(self) -> str:
        return self._repository.configuration.origin

    def submodules(self) -> tuple[Submodule, ...]:
        return ()

    def top_file(self, path: str, limit: int) -> bytes | Skip | None:
        output = self._git.run(
            *("ls-tree", "-z", "--full-tree", self._commit.id, "--", to_bytes(path))
        )
        entries = [_entry(line) for line in output.split(b"\0") if line]
        if not entries or entries[0].mode in (SUBMODULE_MODE, _FOLDER_MODE):
            return None
        if entries[0].mode == SYMLINK_MODE:
            return Skip(OmissionReason.UNREADABLE, "not a regular file")
        size = next(self.sizes(entries))
        if isinstance(size, Skip):
            return size
        if size > limit:
            return Skip(OmissionReason.TOO_LARGE, f"over {limit} bytes")
        contents = next(self.contents(entries))
        return contents if isinstance(contents, Skip) else contents.data

    def dirty(self) -> bool:
        return False

    def submodule(self, entry: Entry) -> CommittedTree | Skip:
        try:
            repository = recorded_submodule(
                self._repository, self._commit.id, entry.path, wanted=entry.object_id
            )
        except RepositoryError as error:
            return unread_submodule(entry, error.message)
        return CommittedTree(repository, Commit(entry.object_id), entry.object_id)

    def _known(self, answers: Iterator[_T | None]) -> Iterator[_T | None]:
        for answer in answers:
            if answer is None:
                self._refuse_partial_clone()
            yield answer

    def _refuse_partial_clone(self) -> None:
        """Objects that were never fetched stay where they are: fetching starts programs that the
        repository configures."""
        if self._repository.configuration.partial:
            raise RepositoryError(
                f"this partial clone lacks files of revision {self._rev!r}",
                remedy="Check the revision out, or clone without --filter.",
            )


def _entry(line: bytes) -> Entry:
    mode, _, rest = line.partition(b" ")
    _, _, rest = rest.partition(b" ")
    object_id, _, path = rest.partition(b"\t")
    return Entry(from_bytes(path), mode.decode("ascii"), object_id.decode("ascii"))


def _has_contents(entry: Entry) -> bool:
    return entry.mode not in (SUBMODULE_MODE, SYMLINK_MODE)
