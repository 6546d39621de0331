"""Whether a working tree differs from its commit, found without git's help.

``git status`` and ``git diff`` would start the clean filters that the repository configures. Here
a file counts as unchanged if its bytes have the object id of the index; or if it still has the
time and the size that git noted when it last compared it, which is how git itself skips a file; or
if its bytes have that object id once the conversions of line endings and encodings, which git does
itself, are undone. A file behind a filter that was written anew since is taken for changed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from stat import S_ISLNK, S_ISREG

from scout_codebase.walk.attributes import NONE, Attributes
from scout_codebase.walk.command import GitFailure
from scout_codebase.walk.decoding import decode
from scout_codebase.walk.entry import (
    SUBMODULE_MODE,
    SYMLINK_MODE,
    Contents,
    Entry,
    Listed,
    blob_id,
    to_bytes,
)
from scout_codebase.walk.folder import Folder
from scout_codebase.walk.repository import Commit, Repository

_WHOLE_LIMIT = 64 << 20
"""Larger files are compared as they are, piece by piece."""


class Changes:
    """Collects differences while the files are read. ``unread`` are the entries, by path, that
    nobody compared yet; ``found`` is true as soon as one difference is known."""

    def __init__(self, repository: Repository, commit: Commit, folder: Folder) -> None:
        self.found = False
        self.unread: dict[str, Entry] = {}
        self.attributes: Mapping[str, Attributes] = {}
        self._repository = repository
        self._commit = commit
        self._folder = folder
        self._index_written_ns = _modified_ns(repository)

    def compare(self, entry: Entry, contents: Contents) -> None:
        """``contents`` were read from the file of the entry."""
        self.unread.pop(entry.path, None)
        if not self.found and contents.object_id != entry.object_id:
            self.found = not self._is_same_to_git(entry, contents.data)

    def any(self) -> bool:
        """Whether there is a difference, also in the files that were not read."""
        return (
            self.found
            or self._index_differs()
            or any(self._changed(entry) for _, entry in sorted(self.unread.items()))
        )

    def _index_differs(self) -> bool:
        """Two lists of object ids are compared; no file is looked at."""
        try:
            self._repository.git.run(
                *("diff-index", "--cached", "--quiet", "--no-ext-diff", "--no-textconv"),
                *(self._commit.id, "--", "."),
            )
        except GitFailure:
            return True
        return False

    def _changed(self, entry: Entry) -> bool:
        if entry.mode == SUBMODULE_MODE:
            return False
        try:
            status = self._folder.status(to_bytes(entry.path))
            return not self._is_unchanged(entry, status)
        except OSError:
            return entry.listed is not Listed.SPARSE

    def _is_unchanged(self, entry: Entry, status: os.stat_result) -> bool:
        path = to_bytes(entry.path)
        object_format = self._repository.object_format
        if S_ISLNK(status.st_mode):
            target = self._folder.link_target(path)
            return entry.mode == SYMLINK_MODE and blob_id(target, object_format) == entry.object_id
        if not S_ISREG(status.st_mode):
            return False
        if self._has_noted_state(entry, status):
            return True
        if status.st_size <= _WHOLE_LIMIT:
            data = self._folder.read(path)
            same = blob_id(data, object_format) == entry.object_id
            return same or self._is_same_converted(entry, data)
        digest = hashlib.new(object_format, b"blob %d\0" % status.st_size, usedforsecurity=False)
        for chunk in self._folder.chunks(path):
            digest.update(chunk)
        return digest.hexdigest() == entry.object_id

    def _is_same_to_git(self, entry: Entry, data: bytes) -> bool:
        if self._is_same_converted(entry, data):
            return True
        try:
            return self._has_noted_state(entry, self._folder.status(to_bytes(entry.path)))
        except OSError:
            return False

    def _is_same_converted(self, entry: Entry, data: bytes) -> bool:
        attributes = self.attributes.get(entry.path, NONE)
        if attributes.encoding:
            decoded = decode(data, attributes.encoding)
            data = decoded[0].encode() if decoded else data
        converts = attributes.converts_newlines
        if converts or (converts is None and self._repository.configuration.converts_newlines):
            data = data.replace(b"\r\n", b"\n")
        return blob_id(data, self._repository.object_format) == entry.object_id

    def _has_noted_state(self, entry: Entry, status: os.stat_result) -> bool:
        """Not believed of a file that is as young as the index: it may have been written again
        within one tick of the clock."""
        return (
            entry.modified_ns == status.st_mtime_ns < self._index_written_ns
            and entry.size == status.st_size & 0xFFFFFFFF
        )


def _modified_ns(repository: Repository) -> int:
    try:
        return (repository.git_folder / "index").stat().st_mtime_ns
    except OSError:
        return 0
