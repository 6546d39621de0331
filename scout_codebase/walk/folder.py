"""Reads below one folder and never outside it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Not blocking: a file may have become a named pipe since it was looked at.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

# A damaged or hostile index may list them, and git does not look.
_FORBIDDEN = frozenset({b"", b".", b".."})

_CHUNK = 1 << 20


class NotAFileError(OSError):
    """The path is neither a regular file nor what was asked for."""


class Folder:
    """Paths are relative and in bytes. Every component is opened by itself without following
    links, so that no link leads out, at whatever moment it is put there. Asking in sorted order
    is fast: the folders of the latest path stay open. Every method may raise OSError."""

    def __init__(self, root: Path) -> None:
        self._open: list[tuple[bytes, int]] = [(b"", os.open(root, _FOLDER))]
        self._head: bytes | None = b""

    def below(self, path: bytes) -> Folder:
        """The same, with paths relative to a folder in it."""
        return _Below(self, path + b"/")

    def holds_repository(self, path: bytes) -> bool:
        """Whether the folder at ``path`` has a ``.git`` of whatever kind."""
        parent, _ = self._parent(path + b"/x")
        try:
            os.stat(b".git", dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def close(self) -> None:
        while self._open:
            os.close(self._open.pop()[1])

    def status(self, path: bytes) -> os.stat_result:
        """The status of the file or link itself."""
        parent, name = self._parent(path)
        return os.stat(name, dir_fd=parent, follow_symlinks=False)

    def link_target(self, path: bytes) -> bytes:
        parent, name = self._parent(path)
        return os.readlink(name, dir_fd=parent)

    def read(self, path: bytes) -> bytes:
        with self._file(path) as (descriptor, size):
            data = os.read(descriptor, size)
            if len(data) == size:
                return data
            parts = [data]  # a file that was cut, or a system that hands files out piece by piece
            while parts[-1]:
                parts.append(os.read(descriptor, _CHUNK))
            return b"".join(parts)

    def chunks(self, path: bytes) -> Iterator[bytes]:
        with self._file(path) as (descriptor, _):
            while chunk := os.read(descriptor, _CHUNK):
                yield chunk

    @contextmanager
    def _file(self, path: bytes) -> Iterator[tuple[int, int]]:
        """The descriptor of an open file, and its size."""
        parent, name = self._parent(path)
        descriptor = os.open(name, _FILE, dir_fd=parent)
        try:
            status = os.fstat(descriptor)
            if not S_ISREG(status.st_mode):
                raise NotAFileError("not a regular file")
            yield descriptor, status.st_size
        finally:
            os.close(descriptor)

    def _parent(self, path: bytes) -> tuple[int, bytes]:
        head, _, name = path.rpartition(b"/")
        _check_name(name)
        if head != self._head:
            self._head = None  # should a folder not open, nothing may be taken for it
            self._enter(head.split(b"/") if head else [])
            self._head = head
        return self._open[-1][1], name

    def _enter(self, folders: Sequence[bytes]) -> None:
        """Opens these folders, of which the first may be open."""
        for folder in folders:
            _check_name(folder)
        depth = 0
        for (opened, _), wanted in zip(self._open[1:], folders, strict=False):
            if opened != wanted:
                break
            depth += 1
        while len(self._open) > depth + 1:
            os.close(self._open.pop()[1])
        for folder in folders[depth:]:
            self._open.append((folder, os.open(folder, _FOLDER, dir_fd=self._open[-1][1])))


class _Below(Folder):
    """A part of another folder, which stays open as long as that one."""

    def __init__(self, outer: Folder, prefix: bytes) -> None:
        self._outer, self._prefix = outer, prefix

    def close(self) -> None:
        """What is open is the other's."""

    def _parent(self, path: bytes) -> tuple[int, bytes]:
        return self._outer._parent(self._prefix + path)


def _check_name(name: bytes) -> None:
    if name in _FORBIDDEN or name.lower() == b".git":
        raise NotAFileError("not a path of a working tree")
