"""The files as they lie in the working tree: what the index lists, and what nobody ignores."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import repeat
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from scout_codebase.errors import RepositoryError
from scout_codebase.records import OmissionReason, Submodule
from scout_codebase.walk.attributes import Attributes, check_attributes
from scout_codebase.walk.changes import Changes
from scout_codebase.walk.entry import (
    SUBMODULE_MODE,
    SYMLINK_MODE,
    Contents,
    Entry,
    Listed,
    Skip,
    blob_id,
    display_bytes,
    from_bytes,
    to_bytes,
)
from scout_codebase.walk.folder import Folder
from scout_codebase.walk.objects import blob_sizes
from scout_codebase.walk.repository import Commit, Repository
from scout_codebase.walk.submodules import (
    NOT_INITIALISED,
    checked_out_submodule,
    unread_submodule,
)

# One entry of `ls-files -t --stage --debug -z`: the path ends in a NUL, the state of the file when
# git last compared it follows on lines of its own. An untracked path has neither mode nor state.
_LISTED = re.compile(
    rb"(?P<tag>[A-Za-z]) (?P<mode>\d{6}) (?P<id>[0-9a-f]+) \d\t(?P<path>[^\0]+)\0"
    rb"(?:  ctime: .*\n  mtime: (?P<seconds>\d+):(?P<nanoseconds>\d+)\n  .*\n  .*\n"
    rb"  size: (?P<size>\d+)\t.*\n)?"
    rb"|\? (?P<untracked>[^\0]+)\0"
)


class WorkingTree:
    """A Source. Nothing outside the reviewed folder is read, but by ``top_file``. ``folder`` is
    that folder, where somebody has it open. Untracked files for which ``is_own`` is true are passed
    over."""

    def __init__(
        self,
        repository: Repository,
        commit: Commit,
        folder: Folder | None = None,
        is_own: Callable[[Path], bool] = lambda _path: False,
    ) -> None:
        self._repository = repository
        self._is_own = is_own
        self._folder = folder or Folder(repository.root / repository.folder)
        self._changes = Changes(repository, commit, self._folder)

    def close(self) -> None:
        self._folder.close()

    def entries(self) -> tuple[Entry, ...]:
        output = self._repository.git.run(
            "ls-files",
            *("-z", "-t", "--stage", "--debug"),
            *("--cached", "--others", "--exclude-standard"),
        )
        entries: dict[str, Entry] = {}
        for match in _LISTED.finditer(output):
            entry = _entry(match)
            if not entry.tracked and self._is_own(
                self._repository.root / self._repository.folder / entry.path
            ):
                continue
            if entries.setdefault(entry.path, entry) is not entry or not entry.tracked:
                # An unresolved merge lists a path several times.
                self._changes.found = True
        self._changes.unread = dict(entries)
        return tuple(entries[path] for path in sorted(entries))

    def attributes(self, entries: Iterable[Entry]) -> Mapping[str, Attributes]:
        # Attributes of what is not checked out may be in objects that a partial clone lacks.
        paths = [to_bytes(entry.path) for entry in entries if entry.listed is not Listed.SPARSE]
        found = check_attributes(self._repository.git, paths)
        attributes = {from_bytes(path): value for path, value in found.items()}
        self._changes.attributes = attributes
        return attributes

    def sizes(self, entries: Iterable[Entry]) -> Iterator[int | Skip]:
        for entry in entries:
            try:
                yield self._size(entry)
            except FileNotFoundError:
                sparse = entry.listed is Listed.SPARSE
                yield _absent("sparse checkout" if sparse else "deleted in the working tree")
            except OSError as error:
                # What systems say of a link or a file where a folder is expected.
                if error.errno in (errno.ENOTDIR, errno.ELOOP):
                    yield _absent("its folder is a link or a file in the working tree")
                else:
                    yield _unreadable(error)

    def _size(self, entry: Entry) -> int | Skip:
        if entry.mode == SUBMODULE_MODE:
            return unread_submodule(entry)
        if entry.nested_repository:
            return Skip(OmissionReason.SUBMODULE, "an untracked repository of its own")
        path = to_bytes(entry.path)
        status = self._folder.status(path)
        if S_ISLNK(status.st_mode):
            return Skip(OmissionReason.SYMLINK, display_bytes(self._folder.link_target(path)))
        if entry.mode == SYMLINK_MODE:
            return Skip(OmissionReason.SYMLINK, "checked out as a file")
        if not S_ISREG(status.st_mode):
            return Skip(OmissionReason.UNREADABLE, "not a regular file")
        return status.st_size

    def unread_sizes(self, entries: Iterable[Entry]) -> Iterator[int]:
        sizes = [(entry, self._size_on_disk(entry)) for entry in entries]
        absent = [entry.object_id for entry, size in sizes if size is None]
        # A partial clone would ask its remote for what it lacks, and be refused.
        partial = self._repository.configuration.partial
        committed = repeat(None) if partial else blob_sizes(self._repository.git, absent)
        for _, size in sizes:
            yield (next(committed) or 0) if size is None else size

    def _size_on_disk(self, entry: Entry) -> int | None:
        """0 for what is no file; None for a file that only the object database may have."""
        if entry.mode == SUBMODULE_MODE or entry.nested_repository:
            return 0
        try:
            status = self._folder.status(to_bytes(entry.path))
        except OSError:
            return 0 if entry.mode == SYMLINK_MODE or not entry.tracked else None
        return status.st_size if S_ISREG(status.st_mode) else 0

    def contents(self, entries: Iterable[Entry]) -> Iterator[Contents | Skip]:
        for entry in entries:
            try:
                data = self._folder.read(to_bytes(entry.path))
            except OSError as error:
                yield _unreadable(error)
                continue
            contents = Contents(data, blob_id(data, self._repository.object_format))
            self._changes.compare(entry, contents)
            yield contents

    def submodule(self, entry: Entry) -> WorkingTree | Skip:
        path = to_bytes(entry.path)
        try:
            if not self._folder.holds_repository(path):
                return unread_submodule(entry, NOT_INITIALISED)
            repository = checked_out_submodule(self._repository, entry.path)
        except OSError as error:
            absent = isinstance(error, FileNotFoundError)
            why = NOT_INITIALISED if absent else "a link or a file is in the way"
            return unread_submodule(entry, why)
        except RepositoryError as error:
            return unread_submodule(entry, error.message)
        return WorkingTree(repository, Commit(entry.object_id), self._folder.below(path))

    @property
    def remote(self) -> str:
        return self._repository.configuration.origin

    def submodules(self) -> tuple[Submodule, ...]:
        return ()

    def top_file(self, path: str, limit: int) -> bytes | Skip | None:
        with closing(Folder(self._repository.root)) as top:
            name = to_bytes(path)
            try:
                status = top.status(name)
                if not S_ISREG(status.st_mode):
                    return Skip(OmissionReason.UNREADABLE, "not a regular file")
                data = b""
                for chunk in top.chunks(name):
                    data += chunk
                    if len(data) > limit:
                        return Skip(OmissionReason.TOO_LARGE, f"over {limit} bytes")
            except (FileNotFoundError, NotADirectoryError):
                return None
            except OSError as error:
                return _unreadable(error)
            return data

    def dirty(self) -> bool:
        return self._changes.any()


def _entry(match: re.Match[bytes]) -> Entry:
    if match["untracked"]:
        path = from_bytes(match["untracked"])
        return Entry(path.rstrip("/"), listed=Listed.UNTRACKED, nested_repository=path[-1] == "/")
    known = match["size"] is not None
    return Entry(
        path=from_bytes(match["path"]),
        mode=match["mode"].decode("ascii"),
        object_id=match["id"].decode("ascii"),
        listed=Listed.SPARSE if match["tag"] == b"S" else Listed.TRACKED,
        modified_ns=int(match["seconds"]) * 10**9 + int(match["nanoseconds"]) if known else -1,
        size=int(match["size"]) if known else -1,
    )


def _absent(detail: str) -> Skip:
    return Skip(OmissionReason.NOT_CHECKED_OUT, detail)


def _unreadable(error: OSError) -> Skip:
    return Skip(OmissionReason.UNREADABLE, (error.strerror or str(error)).lower())
