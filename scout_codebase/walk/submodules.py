"""Finds the repository of a submodule, which is trusted no further than the one that lists it.

A submodule is read only where git itself would have put it: its files in the folder of its entry,
reached without a link; its repository in that folder's ``.git``, or below ``modules`` in the
repository that lists it. Anything else could lead the reader to files that belong to nobody here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scout_codebase.errors import RepositoryError
from scout_codebase.records import OmissionReason
from scout_codebase.walk.command import Git, GitFailure
from scout_codebase.walk.entry import Entry, Skip, from_bytes
from scout_codebase.walk.objects import missing_objects
from scout_codebase.walk.repository import (
    Repository,
    find_repository,
    read_configuration,
)

NOT_INITIALISED = "not initialised"
_UNOPENED = "git cannot open its repository"
_LACKS_COMMIT = "its repository lacks this commit"
_LACKS_FILES = "its partial clone lacks files of this commit"
_OUTSIDE = "its repository lies outside of this one"
_PATH_KEY = r"^submodule\..*\.path$"


def unread_submodule(entry: Entry, why: str = "") -> Skip:
    """``why`` the submodule was not read, where that was asked for."""
    detail = f"commit {entry.object_id}"
    return Skip(OmissionReason.SUBMODULE, f"{detail}; {why}" if why else detail)


def checked_out_submodule(repository: Repository, path: str) -> Repository:
    """The repository whose files lie at ``path``, relative to the reviewed folder. The caller has
    seen that no link leads there. Raises RepositoryError."""
    folder = repository.root / repository.folder / path
    try:
        found = find_repository(folder)
        answer = Git(folder).run("rev-parse", "--absolute-git-dir")
    except (RepositoryError, GitFailure):  # their messages name the folders of this machine
        raise RepositoryError(_UNOPENED) from None
    if (found.root, found.folder, found.bare) != (folder, "", False):
        raise RepositoryError("its repository is of another folder")
    git_folder = Path(from_bytes(answer.removesuffix(b"\n"))).resolve()
    if git_folder != folder / ".git" and not any(
        git_folder.is_relative_to(modules) for modules in _modules_folders(repository)
    ):
        raise RepositoryError(_OUTSIDE)
    return found


def recorded_submodule(repository: Repository, commit: str, path: str, wanted: str) -> Repository:
    """The repository that holds the commit ``wanted`` of the submodule that ``commit`` has at
    ``path``, relative to the reviewed folder. Its working tree is not used. Raises
    RepositoryError."""
    reason = NOT_INITIALISED
    for git_folder in _git_folders(repository, commit, path):
        found = _opened(repository, git_folder)
        reason = _lack(found.git, wanted)
        if not reason:
            return found
    raise RepositoryError(reason)


def _git_folders(repository: Repository, commit: str, path: str) -> Iterator[Path]:
    """Where the repository of the submodule may be: under its name, else where its files lie."""
    prefix = f"{repository.folder}/" if repository.folder else ""
    name = _name(repository.git, commit, prefix + path)
    named = [modules / name for modules in _modules_folders(repository) if name]
    for folder in filter(Path.is_dir, named):
        if folder.resolve() != folder:
            raise RepositoryError(_OUTSIDE)
        yield folder
    if any(map(Path.is_dir, named)):
        return
    checked_out = repository.root / prefix / path
    if not repository.bare and _is_no_link(checked_out) and (checked_out / ".git").exists():
        yield checked_out_submodule(repository, path).git_folder


def _is_no_link(path: Path) -> bool:
    """Whether something is there, and no link leads to it."""
    try:
        return path.resolve(strict=True) == path
    except (OSError, RuntimeError):
        return False


def _name(git: Git, commit: str, path: str) -> str:
    """The name that the commit's ``.gitmodules`` gives to the submodule at ``path``, relative to
    the top; ``""`` for none. A name is the path of a folder, and git refuses those that climb."""
    try:
        output = git.run(
            *("config", "--blob", f"{commit}:.gitmodules", "--no-includes"),
            *("-z", "--get-regexp", _PATH_KEY),
        )
    except GitFailure:
        return ""
    name = ""
    for line in from_bytes(output).split("\0"):
        key, _, value = line.partition("\n")
        if value == path:
            name = key.removeprefix("submodule.").removesuffix(".path")
    if any(part in ("", ".", "..") for part in name.split("/")):
        if name:
            raise RepositoryError("its name is not one that git takes")
        return ""
    return name


def _modules_folders(repository: Repository) -> list[Path]:
    """A linked working tree has its own, and falls back on nothing; its main one may have them
    all the same."""
    own = repository.git_folder
    folders = [own / "modules"]
    try:
        common = (own / (own / "commondir").read_text(encoding="utf-8").strip()).resolve()
    except (OSError, UnicodeDecodeError, RuntimeError):
        return folders
    return [*folders, common / "modules"]


def _opened(repository: Repository, git_folder: Path) -> Repository:
    """The repository in ``git_folder``, named to git outright: its own configuration may point at
    a working tree that is gone, or anywhere. git does not ask who owns what it is pointed at."""
    if git_folder.stat().st_uid != repository.git_folder.stat().st_uid:
        raise RepositoryError("another user owns its repository")
    folder = str(git_folder)
    variables = {"GIT_DIR": folder, "GIT_WORK_TREE": folder}
    git = Git(git_folder, variables)
    try:
        answer = git.run("rev-parse", "--show-object-format")
    except GitFailure:
        raise RepositoryError(_UNOPENED) from None
    return Repository(
        root=git_folder,
        folder="",
        bare=True,
        object_format=answer.decode("ascii").strip(),
        git_folder=git_folder,
        configuration=replace(read_configuration(git), partial=False),
        variables=variables,
    )


def _lack(git: Git, commit: str) -> str:
    """What the repository lacks of that commit, ``""`` for nothing that is known."""
    try:
        git.run("cat-file", "-e", f"{commit}^{{commit}}")
        partial = read_configuration(git).partial
        return _LACKS_FILES if partial and missing_objects(git, commit) else ""
    except GitFailure:
        return _LACKS_COMMIT
