"""The last release before a revision."""

from __future__ import annotations

from pathlib import Path

from scout_codebase.errors import RepositoryError
from scout_codebase.walk.command import GitFailure
from scout_codebase.walk.repository import find_commit, find_repository

_RELEASES = ("*[0-9].[0-9]*",)
_NO_RELEASES = ("*rc[0-9]*", "*alpha*", "*beta*", "*[0-9]a[0-9]*", "*[0-9]b[0-9]*", "*dev*")


def last_release(repository: Path, rev: str) -> str:
    """The nearest tag with a version number that is an ancestor of ``rev`` ("" for HEAD) and not
    that commit itself; no pre-release. Raises RepositoryError where there is none."""
    found = find_repository(repository)
    commit = find_commit(found, rev or "HEAD")
    patterns = (
        *(f"--match={pattern}" for pattern in _RELEASES),
        *(f"--exclude={pattern}" for pattern in _NO_RELEASES),
    )
    try:
        name = found.git.run("describe", "--tags", "--abbrev=0", *patterns, f"{commit.id}^")
    except GitFailure:
        raise RepositoryError(
            f"no release tag is an ancestor of {rev or 'HEAD'} in {found.root}",
            remedy="Name the base: --since REV. A shallow clone lacks tags: fetch them first.",
        ) from None
    return name.decode("utf-8", "surrogateescape").rstrip("\n")
