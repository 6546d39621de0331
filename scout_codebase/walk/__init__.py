"""A repository and a revision to a ``Snapshot``, in which every skipped path has a reason.

Listed is what git lists: of the working tree, every tracked path and every untracked one that
nothing ignores; of a revision, every path of its tree. A listed path is packed, or is omitted for
the first of these reasons that holds.

By how it is listed. Only 1 yields to the user's ``include``:

 1. EXCLUDED         It matches ``exclude``, and not ``include``.
 2. SUBMODULE        It is one, or an untracked folder that is a repository. With ``submodules``
                     the files of a submodule are listed in its place, if they are here.
 3. NOT_CHECKED_OUT  Left out of a sparse checkout, or deleted, or below a folder that gave way to
                     a link or a file; the index still lists it.
 4. SYMLINK          In the index or on disk. Links are named, never followed.
 5. UNREADABLE       Not a regular file, or its object is missing.

By name, attributes and size. A path that matches ``include`` passes over 6 to 19:

 6. EXCLUDED_BY_REPOSITORY  A configuration file of the repository excludes it, or sets a limit that
                     it exceeds; ``configuration.py`` reads those.
 7. VENDORED         Attribute ``linguist-vendored``.
 8. VENDORED         Below ``node_modules`` and the like, or below a ``vendor`` folder that bears
                     the list of Go or Composer; not where ``linguist-vendored`` is unset.
 9. GENERATED        Attribute ``linguist-generated``. Where it is unset, 10, 11, 12, 18 and 19
                     do not apply.
10. LOCK_FILE        Its name is in the table of lock files.
11. GENERATED        Its name ends as generators name files.
12. MINIFIED         Its name ends in ``.min.js`` or alike.
13. BINARY           Attribute ``binary``. (``-text`` alone only says to keep newlines.)
14. TOO_LARGE        More than ``max_file_bytes``.

By contents; UNREADABLE again, for every path, where reading fails:

15. LFS_POINTER      The pointer of Git LFS in place of the file.
16. BINARY           A NUL byte that neither a byte-order mark nor ``working-tree-encoding``
                     explains, or the signature of a format that is no text.
17. NOT_DECODABLE    Neither what its mark or ``working-tree-encoding`` says, nor UTF-8, nor an
                     encoding that charset-normalizer recognises.
18. GENERATED        The comment above the first code says ``@generated``, or that the file is
                     generated and not to be edited.
19. MINIFIED         A script or style sheet whose lines are longer than people write them.

An included file that cannot be decoded has its stray bytes as backslash escapes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from scout_codebase.errors import RepositoryError
from scout_codebase.records import (
    Omission,
    OmissionReason,
    RepositoryConfiguration,
    Revision,
    Snapshot,
    SourceFile,
)
from scout_codebase.walk.attributes import NONE, Attributes
from scout_codebase.walk.command import GitFailure
from scout_codebase.walk.configuration import Narrowing, narrowed, read_configurations
from scout_codebase.walk.entry import Contents, Entry, OneRepository, Skip, Source
from scout_codebase.walk.history import recent_history
from scout_codebase.walk.names import vendors_of
from scout_codebase.walk.nested import WithSubmodules
from scout_codebase.walk.notebook import readable
from scout_codebase.walk.repository import (
    Commit,
    Repository,
    current_branch,
    find_commit,
    find_repository,
)
from scout_codebase.walk.revision import CommittedTree
from scout_codebase.walk.rules import (
    NameRules,
    Selection,
    make_selection,
    read_text,
)
from scout_codebase.walk.working_tree import WorkingTree

__all__ = [
    "DEFAULT_MAX_FILE_BYTES",
    "WalkSettings",
    "narrowed",
    "repository_configurations",
    "walk",
]

_HOLD_CONTENTS = (OmissionReason.EXCLUDED, OmissionReason.NOT_CHECKED_OUT)
"""Of what is skipped by its listing alone, what may be a file whose size tells what is left out."""

DEFAULT_MAX_FILE_BYTES = 2_000_000
"""About half a million tokens. Source that people write stays far below; SQLite's amalgamation,
the largest well-known hand-kept exception, has 9 MB."""


@dataclass(frozen=True, slots=True)
class WalkSettings:
    """``rev`` is what git takes for a commit; ``""`` is the working tree, or HEAD of a bare
    repository. ``include`` and ``exclude`` are patterns in gitignore syntax, relative to the
    reviewed folder. A file of more than ``max_file_bytes`` bytes is skipped.
    ``repository_config`` says whether the repository's own configuration may narrow this.
    ``submodules``: their files are read too, from what is on this machine. An untracked file for
    which ``is_own`` is true belongs to the caller, and is taken for not there."""

    rev: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_file_bytes: int = DEFAULT_MAX_FILE_BYTES
    repository_config: bool = True
    submodules: bool = False
    is_own: Callable[[Path], bool] = lambda _path: False


def _nobody(_file: SourceFile) -> None:
    """Who waits for the whole snapshot."""


def walk(
    repository: Path, settings: WalkSettings, on_file: Callable[[SourceFile], None] = _nobody
) -> Snapshot:
    """Reads the folder ``repository``, which is a git repository or lies in one.

    Every path that git lists is in ``files``, or in ``omissions`` with a reason; the docstring of
    this package numbers the steps. The snapshot is named after the reviewed folder; a bare
    repository without its ``.git``. It is dirty if a file below the folder differs from the commit
    or is untracked; permissions do not count, nor do submodules that are not read. ``on_file`` gets
    each of ``files`` as soon as it is read, in their order.

    Raises RepositoryError for a folder, repository or revision that cannot be read, UsageError for
    a pattern that is none. A single file that cannot be read is an omission.
    """
    selection = make_selection(settings.include, settings.exclude)
    found = find_repository(repository)
    try:
        commit = find_commit(found, settings.rev or "HEAD")
        with closing(_open(found, commit, settings)) as source:
            configurations = _configurations(source, found, settings)
            narrowing = Narrowing(configurations, found.folder)
            wanted, left_out = _wanted(source, selection, settings.max_file_bytes, narrowing)
            files = _by_contents(source, wanted, left_out, on_file)
            submodules = source.submodules()
            dirty = source.dirty()
        history = recent_history(found, commit)
    except GitFailure as failure:
        raise RepositoryError(f"git cannot read {found.root}: {failure.message}") from None
    omissions = tuple(sorted(left_out, key=lambda omission: omission.path))
    if not files and not omissions:
        raise RepositoryError(
            f"git lists no file below {found.root / found.folder}",
            remedy="Name a folder that holds tracked files.",
        )
    _refuse_nothing_left(files, omissions)
    return Snapshot(
        name=found.name,
        root=found.root,
        folder=found.folder,
        revision=_revision(found, commit, settings.rev, dirty=dirty),
        files=files,
        omissions=omissions,
        configurations=configurations,
        submodules=submodules,
        history=history,
    )


def _revision(found: Repository, commit: Commit, rev: str, *, dirty: bool) -> Revision:
    return Revision(
        commit=commit.id,
        name=rev or current_branch(found),
        committed_at=commit.committed_at,
        dirty=dirty,
        remote=found.configuration.origin,
    )


def repository_configurations(
    repository: Path, settings: WalkSettings
) -> tuple[RepositoryConfiguration, ...]:
    """What the repository's own configuration files say, without reading anything else. Raises
    RepositoryError as ``walk`` does."""
    found = find_repository(repository)
    try:
        commit = find_commit(found, settings.rev or "HEAD")
        with closing(_open(found, commit, settings)) as source:
            return _configurations(source, found, settings)
    except GitFailure as failure:
        raise RepositoryError(f"git cannot read {found.root}: {failure.message}") from None


def _configurations(
    source: Source, repository: Repository, settings: WalkSettings
) -> tuple[RepositoryConfiguration, ...]:
    return read_configurations(source, repository.folder) if settings.repository_config else ()


def _refuse_nothing_left(files: tuple[SourceFile, ...], omissions: tuple[Omission, ...]) -> None:
    """A review of nothing would pass for a clean one."""
    by_repository = OmissionReason.EXCLUDED_BY_REPOSITORY
    if not files and any(row.reason is by_repository for row in omissions):
        raise RepositoryError(
            "the repository's own configuration leaves no file to read",
            remedy="Use --no-repository-config, or name files with --include.",
        )


def _open(repository: Repository, commit: Commit, settings: WalkSettings) -> Source:
    source: OneRepository
    if settings.rev or repository.bare:
        source = CommittedTree(repository, commit, settings.rev or "HEAD")
    else:
        source = WorkingTree(repository, commit, is_own=settings.is_own)
    return WithSubmodules(source) if settings.submodules else source


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An entry that can be read. ``included``: the user asked for it."""

    entry: Entry
    size: int
    attributes: Attributes
    included: bool


def _wanted(
    source: Source, selection: Selection, max_file_bytes: int, narrowing: Narrowing
) -> tuple[list[_Candidate], list[Omission]]:
    """What is to be read, and what is omitted without reading it."""
    entries = source.entries()
    omissions: list[Omission] = []
    candidates = _by_listing(source, entries, selection, omissions)
    rules = NameRules(vendors_of(entry.path for entry in entries), max_file_bytes, narrowing)
    return [one for one in candidates if _by_name(rules, one, omissions)], omissions


def _by_listing(
    source: Source, entries: tuple[Entry, ...], selection: Selection, omissions: list[Omission]
) -> list[_Candidate]:
    attributes = source.attributes(entries)
    selected = [entry for entry in entries if not selection.excludes(entry.path)]
    kept = {entry.path for entry in selected}
    skips = {
        entry.path: Skip(OmissionReason.EXCLUDED) for entry in entries if entry.path not in kept
    }
    candidates = []
    for entry, size in zip(selected, source.sizes(selected), strict=True):
        if isinstance(size, Skip):
            skips[entry.path] = size
        else:
            included = selection.includes(entry.path)
            known = attributes.get(entry.path, NONE)
            candidates.append(_Candidate(entry, size, known, included))
    left_out = [entry for entry in entries if entry.path in skips]
    sized = [entry for entry in left_out if skips[entry.path].reason in _HOLD_CONTENTS]
    sizes = {
        entry.path: size for entry, size in zip(sized, source.unread_sizes(sized), strict=True)
    }
    omissions.extend(
        _omission(entry, skips[entry.path], sizes.get(entry.path, 0)) for entry in left_out
    )
    return candidates


def _by_name(rules: NameRules, candidate: _Candidate, omissions: list[Omission]) -> bool:
    if candidate.included:
        return True
    skip = rules.skip(candidate.entry.path, candidate.size, candidate.attributes)
    if skip is not None:
        omissions.append(_omission(candidate.entry, skip, candidate.size))
    return skip is None


def _by_contents(
    source: Source,
    wanted: list[_Candidate],
    omissions: list[Omission],
    on_file: Callable[[SourceFile], None],
) -> tuple[SourceFile, ...]:
    files = []
    contents = source.contents(candidate.entry for candidate in wanted)
    for candidate, found in zip(wanted, contents, strict=True):
        entry = candidate.entry
        outcome = found if isinstance(found, Skip) else _source_file(candidate, found)
        if isinstance(outcome, Skip):
            omissions.append(_omission(entry, outcome, candidate.size))
        else:
            files.append(outcome)
            on_file(outcome)
    return tuple(files)


def _source_file(candidate: _Candidate, contents: Contents) -> SourceFile | Skip:
    entry = candidate.entry
    text = read_text(entry.path, contents.data, candidate.attributes, included=candidate.included)
    if isinstance(text, Skip):
        return text
    return SourceFile(
        path=entry.path,
        object_id=contents.object_id,
        size=len(contents.data),
        text=readable(entry.path, text.text),
        encoding=text.encoding,
        tracked=entry.tracked,
    )


def _omission(entry: Entry, skip: Skip, size: int = 0) -> Omission:
    return Omission(entry.path, skip.reason, size, skip.detail)
