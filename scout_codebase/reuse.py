"""How much of a pack the next one will begin with, by what changed lately."""

from __future__ import annotations

from itertools import accumulate
from statistics import fmean

from scout_codebase.records import Pack

_FEWEST_COMMITS = 10


def expected_reuse(pack: Pack) -> float | None:
    """The mean share, by tokens, of this pack that stands before the first file that one of the
    last commits changed: what a server that has read it can use again after a commit like them.
    None where too few commits are known."""
    commits = pack.snapshot.history.commits
    if len(commits) < _FEWEST_COMMITS:
        return None
    ends = accumulate(section.tokens for section in pack.sections)
    starts = {
        section.path: end - section.tokens
        for section, end in zip(pack.sections, ends, strict=True)
        if section.path
    }
    changed = (
        min((starts[path] for path in paths if path in starts), default=pack.tokens)
        for paths in commits
    )
    return fmean(changed) / pack.tokens


def describe_reuse(pack: Pack) -> str:
    """One line, "" where there is nothing to say."""
    history = pack.snapshot.history
    if history.shallow:
        return (
            "The history is not all here (a shallow clone?): the order goes without it, and the "
            "pack of a full clone begins otherwise"
        )
    share = expected_reuse(pack)
    if share is None:
        return ""
    return (
        f"Of the next commit's pack, up to about {share:.0%} should begin as this one does "
        f"(by the last {len(history.commits)} commits; with --since, all of this one)"
    )
