"""What passes between the parts of the walk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

from scout_codebase.records import OmissionReason, Submodule, display_path
from scout_codebase.walk.attributes import Attributes

SUBMODULE_MODE = "160000"
SYMLINK_MODE = "120000"


class Listed(Enum):
    """Who lists a path: the index or tree; the index, as left out of a sparse checkout; or the
    working tree alone."""

    TRACKED = "tracked"
    SPARSE = "sparse"
    UNTRACKED = "untracked"


@dataclass(frozen=True, slots=True)
class Entry:
    """A path as git lists it. ``mode`` and ``object_id`` are git's; both are empty for an
    untracked path. ``modified_ns`` and ``size`` are the file's state when git last compared it
    with ``object_id``; -1 where unknown. ``nested_repository`` marks an untracked folder that is a
    repository."""

    path: str
    mode: str = ""
    object_id: str = ""
    listed: Listed = Listed.TRACKED
    modified_ns: int = -1
    size: int = -1
    nested_repository: bool = False

    @property
    def tracked(self) -> bool:
        return self.listed is not Listed.UNTRACKED


@dataclass(frozen=True, slots=True)
class Skip:
    """Why an entry does not go into the pack."""

    reason: OmissionReason
    detail: str = ""


class Contents(NamedTuple):
    """The bytes of a file and git's object id of them."""

    data: bytes
    object_id: str


class Source(Protocol):
    """Where a state of the repository is read from: a working tree or the object database. The
    entries are sorted by path, and what is asked about them is asked in that order."""

    def entries(self) -> tuple[Entry, ...]: ...

    def attributes(self, entries: Iterable[Entry]) -> Mapping[str, Attributes]:
        """The attributes of each path that has any."""

    def sizes(self, entries: Iterable[Entry]) -> Iterator[int | Skip]:
        """For each entry the size of its contents, or why it has none that may be read."""

    def unread_sizes(self, entries: Iterable[Entry]) -> Iterator[int]:
        """For each entry that will not be read the size of what it would hold; 0 where it holds
        nothing, or where that would be costly to learn."""

    def contents(self, entries: Iterable[Entry]) -> Iterator[Contents | Skip]:
        """For each entry what it holds, or why that cannot be read."""

    def top_file(self, path: str, limit: int) -> bytes | Skip | None:
        """A file of at most ``limit`` bytes by its path from the top of the repository; None where
        there is none."""

    def submodules(self) -> tuple[Submodule, ...]:
        """Those whose files are among the entries, by path. Asked after the entries."""

    def dirty(self) -> bool:
        """Whether what was read differs from the commit. Asked last."""

    def close(self) -> None: ...


class OneRepository(Source, Protocol):
    """A Source that knows of a single repository, which comes from ``remote``."""

    @property
    def remote(self) -> str: ...

    def submodule(self, entry: Entry) -> OneRepository | Skip:
        """What the submodule at the entry holds, or why that cannot be read."""


def blob_id(data: bytes, object_format: str) -> str:
    """git's object id of a blob that holds ``data``."""
    digest = hashlib.new(object_format, b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def from_bytes(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def display_bytes(path: bytes) -> str:
    return display_path(from_bytes(path))


def to_bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
