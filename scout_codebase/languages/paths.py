"""Repository-relative paths, and how near they are to each other."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator


def parent(path: str) -> str:
    """The folder of a path, ``""`` at the top."""
    return path.rpartition("/")[0]


def join(*parts: str) -> str | None:
    """The normalised path, None if it leaves the repository."""
    path = posixpath.normpath(posixpath.join("", *parts))
    if path == ".." or path.startswith(("../", "/")):
        return None
    return "" if path == "." else path


def folders_up(folder: str) -> Iterator[str]:
    """The folder itself, then each one above it, ``""`` last."""
    while folder:
        yield folder
        folder = parent(folder)
    yield ""


def is_below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def nearest(candidates: Iterable[str], source: str) -> str:
    """The candidate that shares most folders with ``source``; then the one least deep."""

    def distance(path: str) -> tuple[int, int, str]:
        return (-shared_folders(path, source), path.count("/"), path)

    return min(candidates, key=distance)


def shared_folders(first: str, second: str) -> int:
    count = 0
    for one, other in zip(first.split("/")[:-1], second.split("/")[:-1], strict=False):
        if one != other:
            break
        count += 1
    return count


_TEST_FOLDERS = frozenset({"__tests__", "spec", "specs", "test", "testing", "tests"})
_TEST_NAME = re.compile(
    r"(?:test_.*|.*_test|tests|conftest|.*[.](?:test|spec|cy)|.*(?:Test|Tests|Spec))[.]\w+$"
)


def is_test(path: str) -> bool:
    """Whether a path is a test's, by the conventions of its language."""
    folders, _, name = path.rpartition("/")
    return not _TEST_FOLDERS.isdisjoint(folders.split("/")) or bool(_TEST_NAME.match(name))


_EXAMPLE_FOLDER = re.compile(r"_?(?:examples?|demos?|samples?|tutorials?)")


def is_example(path: str) -> bool:
    """Whether a path is that of code that shows how other code is used."""
    return any(map(_EXAMPLE_FOLDER.fullmatch, path.split("/")[:-1]))
