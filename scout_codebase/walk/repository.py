"""Finds the repository that holds a folder, and says what state it is in."""

from __future__ import annotations

import configparser
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from scout_codebase.errors import RepositoryError
from scout_codebase.walk.command import Git, GitFailure, git_program
from scout_codebase.walk.entry import from_bytes

_UNSAFE = ("dubious ownership", "unsafe repository", "is owned by someone else")
_NAME_A_REVISION = "Name a branch, a tag or a commit of the repository."
_NO = ("", "false", "no", "off", "0")
_COMMITTER = re.compile(rb"^committer .*> (\d+) ([+-])(\d\d)(\d\d)$", re.MULTILINE)


@dataclass(frozen=True)
class Configuration:
    """What the walk needs of the repository's and the user's configuration."""

    origin: str = ""
    converts_newlines: bool = False
    partial: bool = False


@dataclass(frozen=True)
class Repository:
    """``root`` is the top of the working tree, or a bare repository's own folder. ``folder`` is
    the reviewed folder relative to it, ``""`` for the whole. ``shallow``: the history before some
    commits is not here."""

    root: Path
    folder: str
    bare: bool
    object_format: str
    git_folder: Path
    configuration: Configuration
    variables: Mapping[str, str] = field(default_factory=dict)
    shallow: bool = False

    @property
    def git(self) -> Git:
        """git in the reviewed folder, where it finds the same repository as the user does, unless
        ``variables`` of its environment name another."""
        return Git(self.root / self.folder, self.variables)

    @property
    def name(self) -> str:
        folder = (self.root / self.folder).name
        return (folder.removesuffix(".git") if self.bare else folder) or "repository"


@dataclass(frozen=True)
class Commit:
    id: str
    committed_at: str = ""


def find_repository(path: Path) -> Repository:
    """The repository that holds the folder ``path``. RepositoryError says what is wrong."""
    git_program()
    folder = _existing_folder(path)
    git = Git(folder)
    try:
        git_folder = Path(from_bytes(git.run("rev-parse", "--absolute-git-dir")[:-1])).resolve()
        answer = git.run(
            "rev-parse",
            *("--show-object-format", "--is-bare-repository", "--is-inside-git-dir"),
            *("--is-shallow-repository", "--is-inside-work-tree", "--show-prefix"),
        )
    except GitFailure as failure:
        _refuse_unopened(folder)
        raise _refused(folder, failure) from None
    object_format, bare, in_git_folder, shallow, in_work_tree, prefix = answer.decode(
        "utf-8", "surrogateescape"
    ).split("\n", 5)
    is_bare = bare == "true" and folder in (git_folder, git_folder.parent)
    if not is_bare and (in_git_folder == "true" or in_work_tree != "true"):
        raise RepositoryError(
            f"{folder} is not in the working tree of its repository",
            remedy="Name the folder that holds the checked-out files.",
        )
    inner = prefix.removesuffix("\n").rstrip("/")
    root = folder.parents[inner.count("/")] if inner else folder
    configuration = read_configuration(Git(folder))
    return Repository(
        root, inner, is_bare, object_format, git_folder, configuration, shallow=shallow == "true"
    )


def _existing_folder(path: Path) -> Path:
    try:
        folder = path.expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else "cannot be opened"
        raise RepositoryError(f"{path} {reason}", remedy="Name a folder of a repository.") from None
    if not folder.is_dir():
        raise RepositoryError(f"{path} is not a folder", remedy="Name the folder that holds it.")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise RepositoryError(f"{path} may not be read", remedy="Change its permissions.")
    return folder


def _refuse_unopened(folder: Path) -> None:
    """Raises RepositoryError where there is no repository, or one that is broken. git itself has
    one message for many causes, in words that change."""
    # Imported where something is wrong: loading it takes as long as reading a small repository, and
    # it looks for git as soon as it is imported, and raises without it.
    from git import InvalidGitRepositoryError, NoSuchPathError, Repo

    try:
        Repo(folder, search_parent_directories=True, expand_vars=False).close()
    except (InvalidGitRepositoryError, NoSuchPathError):
        raise RepositoryError(
            f"{folder} is not in a git repository",
            remedy="Name a folder of a repository, or make it one with 'git init'.",
        ) from None
    except (OSError, ValueError, configparser.Error) as error:
        raise RepositoryError(f"the repository of {folder} cannot be opened: {error}") from None


def _refused(folder: Path, failure: GitFailure) -> RepositoryError:
    if not any(words in failure.errors for words in _UNSAFE):
        return RepositoryError(f"git cannot read the repository of {folder}: {failure.message}")
    quoted = re.search(r"repository (?:at )?\(?'([^'\n]*)'", failure.errors)
    unsafe = quoted.group(1) if quoted else str(folder)
    return RepositoryError(
        f"git does not trust the repository at {unsafe}, as another user owns it",
        remedy=f"If you do: git config --global --add safe.directory {shlex.quote(unsafe)}",
    )


def read_configuration(git: Git) -> Configuration:
    pattern = (
        r"^(remote\.origin\.url|remote\..*\.promisor|extensions\.partialclone|core\.autocrlf)$"
    )
    try:
        output = git.run("config", "-z", "--get-regexp", pattern)
    except GitFailure:  # no such key
        return Configuration()
    pairs = [line.partition("\n") for line in output.decode("utf-8", "replace").split("\0")]
    values: dict[str, list[str]] = {}
    for key, _, value in pairs:
        values.setdefault(key, []).append(value)
    return Configuration(
        origin=without_credentials(values.get("remote.origin.url", [""])[0]),
        converts_newlines=values.get("core.autocrlf", [""])[-1].lower() not in _NO,
        partial=any(key.endswith(("promisor", "partialclone")) for key in values),
    )


def without_credentials(url: str) -> str:
    """The address without what may be secret in it: the password, and over HTTP also the user,
    as tokens are written there; the query; and anything that is not printable."""
    url = "".join(character for character in url if character.isprintable())
    scheme, separator, rest = url.partition("://")
    if not separator:  # a path, or user@host:path
        return re.sub(r"^[^/@:]*:[^/@]*@", "", url)
    rest = re.split(r"[?#]", rest)[0]
    user_info, at, host = rest.partition("/")[0].rpartition("@")
    keeps_user = at and "ssh" in scheme
    user = user_info.partition(":")[0] + "@" if keeps_user else ""
    return f"{scheme}://{user}{host}{rest[len(user_info) + len(at) + len(host) :]}"


def find_commit(repository: Repository, rev: str) -> Commit:
    """The commit that ``rev`` names, ``HEAD`` for the one checked out."""
    name = _object_name(repository, rev)
    commit = repository.git.run("cat-file", "--batch", stdin=f"{name}^{{commit}}\n".encode())
    header, _, body = commit.partition(b"\n")
    if header.split(b" ")[1:2] != [b"commit"]:
        raise RepositoryError(f"{rev!r} is not a commit", remedy=_NAME_A_REVISION)
    return Commit(header.split(b" ")[0].decode("ascii"), _committed_at(body))


def current_branch(repository: Repository) -> str:
    """The name of the branch that is checked out, ``""`` for none."""
    try:
        name = repository.git.run("symbolic-ref", "--quiet", "--short", "HEAD")
    except GitFailure:
        return ""
    return name.decode("utf-8", "surrogateescape").removesuffix("\n")


def _object_name(repository: Repository, rev: str) -> str:
    git = repository.git
    if rev.startswith("-") or "\0" in rev:
        raise RepositoryError(f"{rev!r} is not a revision", remedy=_NAME_A_REVISION)
    found = _verify(git, rev)
    if found:
        return found
    if rev != "HEAD" and (_verify(git, "HEAD") or _has_references(git)):
        raise RepositoryError(f"{repository.root} has no revision {rev!r}", remedy=_NAME_A_REVISION)
    where = " on its current branch" if _has_references(git) else ""
    remedy = "Name another branch with --rev." if where else "Commit something first."
    raise RepositoryError(f"{repository.root} has no commits{where}", remedy=remedy)


def _verify(git: Git, rev: str) -> str:
    try:
        return git.run("rev-parse", "--verify", "--quiet", rev).decode("ascii").strip()
    except GitFailure:
        return ""


def _has_references(git: Git) -> bool:
    return bool(git.run("for-each-ref", "--count=1"))


def _committed_at(commit: bytes) -> str:
    """ISO 8601 in the committer's zone; ``""`` for a date that is none."""
    match = _COMMITTER.search(commit.partition(b"\n\n")[0])
    if match is None:
        return ""
    seconds, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == b"-" else 1)
    try:
        return datetime.fromtimestamp(int(seconds), timezone(offset)).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
