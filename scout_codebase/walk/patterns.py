"""Patterns in the syntax of a ``.gitignore`` file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class PatternError(ValueError):
    """A line that is no pattern."""


class Patterns:
    """Lines in gitignore syntax. A path matches if the last line that says something of it
    does not begin with ``!``."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = tuple(lines)

    def match(self, path: str) -> bool:
        # The "." of a regular expression stops at a newline, which a path may hold; it never holds
        # a NUL.
        return bool(self._lines) and self._spec.match_file(path.replace("\n", "\0"))

    @cached_property
    def _spec(self) -> GitIgnoreSpec:
        # Imported where there is a line: most runs have none, and loading it takes a while.
        from pathspec import GitIgnoreSpec

        return GitIgnoreSpec.from_lines(self._lines)


def check_pattern(line: str) -> None:
    """Raises PatternError."""
    from pathspec import GitIgnoreSpec
    from pathspec.patterns.gitignore import GitIgnorePatternError

    try:
        GitIgnoreSpec.from_lines([line])
    except (GitIgnorePatternError, re.error) as error:
        raise PatternError(str(error)) from error
