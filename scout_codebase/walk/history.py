"""What changed lately, by the commits on the way of first parents: on a branch that pull requests
are merged into, one commit for each."""

from __future__ import annotations

from itertools import pairwise

from scout_codebase.records import History
from scout_codebase.walk.command import GitFailure
from scout_codebase.walk.entry import from_bytes
from scout_codebase.walk.repository import Commit, Repository

_EPOCH = 64


def recent_history(repository: Repository, commit: Commit) -> History:
    """The paths that each of the last commits up to this one changed, below the reviewed folder.

    The window begins two epochs before the one that the commit lies in, counted from the first
    commit of all, so that it holds 128 to 191 commits and its beginning moves once in 64 of them: a
    window that moved with each commit would forget some change each time, and that would move files
    that nobody has touched. Without the first commit (a shallow clone) nothing can be counted so,
    and the first commit alone says nothing.

    The commands are plumbing, which goes by no configuration of ``log`` or ``diff``, such as the
    programs that check signatures.
    """
    if repository.shallow:
        return History(shallow=True)
    git = repository.git
    try:
        ids = git.run("rev-list", "--first-parent", commit.id).decode("ascii").split()
        if len(ids) < 2:
            return History()
        start = max(0, (len(ids) // _EPOCH - 2) * _EPOCH)  # commits before the window
        window = ids[: len(ids) - start]
        pairs = [f"{one} {parent}\n" for one, parent in pairwise(ids[: len(window) + 1])]
        if not start:
            pairs.append(f"{ids[-1]}\n")
        options = ("-r", "--root", "--name-only", "-z", "--no-renames", "--relative")
        listed = git.run("diff-tree", "--stdin", *options, stdin="".join(pairs).encode())
    except GitFailure:  # objects are missing, as in a clone without trees
        return History(shallow=True)
    return History(_by_commit(listed, window))


def _by_commit(listed: bytes, ids: list[str]) -> tuple[tuple[str, ...], ...]:
    """Newest first; a commit that changed nothing is not among what git lists."""
    found: dict[str, list[str]] = {one: [] for one in ids}
    paths: list[str] = []
    for field in listed.split(b"\0")[:-1]:
        name = from_bytes(field)
        if name in found:
            paths = found[name]
        else:
            paths.append(name)
    return tuple(map(tuple, found.values()))
