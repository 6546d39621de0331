"""Paths, and what is read of a repository."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


def display_path(path: str) -> str:
    """The path in printable ASCII-safe form: control characters, quotes, backslashes and bytes
    that are not UTF-8 as backslash escapes. Two different paths never look the same."""
    if path.isprintable() and '"' not in path and "\\" not in path:
        return path
    return "".join(_display_character(character) for character in path)


_PATH_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def _display_character(character: str) -> str:
    if character in _PATH_ESCAPES:
        return _PATH_ESCAPES[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if character.isprintable():
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


class OmissionReason(StrEnum):
    """Why a path is in the manifest but its text is not in the pack."""

    BINARY = "binary"
    LFS_POINTER = "LFS pointer"
    SUBMODULE = "submodule"
    SYMLINK = "symbolic link"
    GENERATED = "generated"
    VENDORED = "vendored"
    MINIFIED = "minified"
    LOCK_FILE = "lock file"
    TOO_LARGE = "too large"
    EXCLUDED = "excluded by the user"
    EXCLUDED_BY_REPOSITORY = "excluded by the repository"
    NOT_DECODABLE = "not decodable"
    UNREADABLE = "unreadable"
    NOT_CHECKED_OUT = "not checked out"


@dataclass(frozen=True, slots=True)
class Revision:
    """Which state of the repository was read. ``commit`` is the full object id. ``dirty`` is true
    when the working tree was read and differs from that commit."""

    commit: str
    name: str = ""
    committed_at: str = ""
    dirty: bool = False
    remote: str = ""

    @property
    def label(self) -> str:
        short = self.commit[:10]
        return f"{short}+changes" if self.dirty else short


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file whose text goes into the pack. Where it is ``masked`` the text has labels in place of
    secrets. ``object_id`` is git's id of the bytes that were
    read; ``text`` is those bytes decoded from ``encoding``, newlines as they were. Where secrets
    were masked, lines are those of the bytes, and columns too up to the first label on a line."""

    path: str
    object_id: str
    size: int
    text: str = field(repr=False)
    encoding: str = "utf-8"
    tracked: bool = True
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Omission:
    """A path whose text is not in the pack, and why. ``detail`` completes the reason, such as
    the target of a link or the limit that a size exceeded."""

    path: str
    reason: OmissionReason
    size: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RepositoryConfiguration:
    """What one configuration file of the repository narrows. ``path`` is relative to the top of
    the repository, ``exclude`` holds patterns relative to the file's own folder, ``refused`` says
    in one line each what in it was not used, and why."""

    path: str
    exclude: tuple[str, ...] = ()
    max_file_bytes: int | None = None
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Secret:
    """A stretch of a text, in characters, and what kind of secret it is. Holds no value."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A secret that was taken out of the text of ``path``: the lines that hold it, what kind it is
    (``github-pat``, ``private-key``, ``password`` …) and the label that stands there now.
    ``start_column`` and ``width`` are the value's own, 0 for one that spans lines: for counting
    columns back, and shown nowhere."""

    path: str
    start_line: int
    end_line: int
    kind: str
    label: str
    start_column: int = field(default=0, repr=False, compare=False)
    width: int = field(default=0, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Submodule:
    """A submodule whose files were read: the commit of it that the outer repository records, and
    where it comes from."""

    path: str
    commit: str
    remote: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The last commits before a snapshot, newest first, each as the paths that it changed, relative
    to the reviewed folder. None where the history on this machine is ``shallow``."""

    commits: tuple[tuple[str, ...], ...] = ()
    shallow: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of a repository. ``files`` and ``omissions`` are sorted by path and together
    hold every path that git lists. ``folder`` is the reviewed folder relative to the root of the
    repository, ``""`` for the whole; paths are relative to that folder. ``configurations`` are
    the repository's own, in the order in which they apply. ``submodules`` are those that were
    read, by path; the files below one are its own. ``masked`` lists the secrets that were taken out
    of the texts, sorted by path and line; ``masking`` names what looked for them, ``""`` where
    nothing did. ``history`` is that of the commit."""

    name: str
    root: Path
    folder: str
    revision: Revision
    files: tuple[SourceFile, ...]
    omissions: tuple[Omission, ...]
    configurations: tuple[RepositoryConfiguration, ...] = ()
    submodules: tuple[Submodule, ...] = ()
    masked: tuple[Masked, ...] = ()
    masking: str = ""
    history: History = field(default=History(), repr=False)
