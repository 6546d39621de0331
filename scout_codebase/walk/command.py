"""The one way in which git reads a repository: nothing of the reviewed repository's configuration
may start a program, reach the network, or write.

The user's own and the system's configuration stay in force, because their exclude files and
``safe.directory`` belong to what git says about a repository. What the repository itself
configures is overridden, key by key, on the command line, which wins over every file. Filters and
textconv have no switch: the commands used here never convert contents.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from scout_codebase.errors import RepositoryError

TIMEOUT = 600.0
"""Seconds after which a git that still lists is taken to hang, as on an ignore file that is a
named pipe."""

_OVERRIDES = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.sshCommand", "false"),
    ("core.askPass", ""),
    ("core.pager", "cat"),
    ("core.alternateRefsCommand", "false"),
    ("credential.helper", ""),
    ("diff.external", ""),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("protocol.allow", "never"),
    ("safe.bareRepository", "all"),  # the user named it; nothing that it configures runs
    ("submodule.recurse", "false"),
)

_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # also beats protocol.<name>.allow of the repository
    "GIT_ASKPASS": "",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_SSH_COMMAND": "false",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "C",
    "LC_ALL": "C",
    "SSH_ASKPASS": "",
}

_POINTS_ELSEWHERE = """
    GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_ATTR_SOURCE GIT_COMMON_DIR GIT_CONFIG GIT_DIR
    GIT_EXTERNAL_DIFF GIT_GLOB_PATHSPECS GIT_GRAFT_FILE GIT_ICASE_PATHSPECS GIT_IMPLICIT_WORK_TREE
    GIT_INDEX_FILE GIT_INDEX_VERSION GIT_INTERNAL_SUPER_PREFIX GIT_NAMESPACE GIT_NOGLOB_PATHSPECS
    GIT_OBJECT_DIRECTORY GIT_PREFIX GIT_REPLACE_REF_BASE GIT_SHALLOW_FILE GIT_WORK_TREE
"""
"""Variables that a hook sets for its children and that would make git look at another repository
than the one named."""


class GitFailure(Exception):  # noqa: N818 - an outcome that the callers expect
    """git left with another status than 0; ``message`` is the last line that it wrote."""

    def __init__(self, status: int, errors: bytes) -> None:
        self.status = status
        self.errors = errors.decode("utf-8", "backslashreplace").strip()
        self.message = self.errors.rpartition("\n")[2].removeprefix("fatal: ")
        super().__init__(self.message)


@dataclass(frozen=True)
class Git:
    """git in one folder. ``variables`` are added to the environment."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str | bytes, stdin: bytes = b"") -> bytes:
        """Standard output. Raises GitFailure, and RepositoryError where git is missing or hangs."""
        try:
            done = subprocess.run(
                self._command(arguments),
                input=stdin,
                capture_output=True,
                env=_environment(self.variables),
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RepositoryError(
                f"git did not answer within {TIMEOUT:.0f} seconds in {self.folder}",
                remedy="Look for an ignore or attribute file there that is not a regular file.",
            ) from None
        if done.returncode:
            raise GitFailure(done.returncode, done.stderr)
        return done.stdout

    @contextmanager
    def stream(self, *arguments: str | bytes, stdin: Iterable[bytes]) -> Iterator[IO[bytes]]:
        """Standard output as a stream. git is ended when the block is left. ``stdin`` is spooled
        first, so that neither side ever waits for the other; errors go nowhere."""
        with tempfile.TemporaryFile() as requests:
            requests.writelines(stdin)
            requests.seek(0)
            with subprocess.Popen(
                self._command(arguments),
                stdin=requests,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(self.variables),
                bufsize=1 << 20,
            ) as process:
                try:
                    yield cast("IO[bytes]", process.stdout)
                finally:
                    process.kill()

    def _command(self, arguments: Sequence[str | bytes]) -> list[str | bytes]:
        overrides = [part for key, value in _OVERRIDES for part in ("-c", f"{key}={value}")]
        return [git_program(), "--no-pager", *overrides, "-C", os.fspath(self.folder), *arguments]


def git_program() -> str:
    """The path of git; RepositoryError where it is not installed."""
    program = shutil.which("git")
    if program is None:
        raise RepositoryError(
            "git is not installed or not on the PATH", remedy="Install git 2.34 or newer."
        )
    return program


def inherited_environment() -> dict[str, str]:
    """The user's, without what points git at another repository and without its logs."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in _POINTS_ELSEWHERE.split() and not name.startswith("GIT_TRACE")
    }


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    return inherited_environment() | _ENVIRONMENT | dict(variables)
