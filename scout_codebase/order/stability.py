"""How early a file may stand by how rarely it changes.

What a server can use again of a prompt ends at the first file that has changed. Where each file
changes by itself, as often as it did lately, the share that is lost is least when files stand by
the rate of their changes for each token (the rule of W. E. Smith, read from the end of the row;
``nearness.py``). Sorted by rates alone, though, a prompt is a heap of files. So there are only as
many strata as pay, and each is a reading order of its own:

* the files that have not changed and build on nothing that has;
* those that have changed, or build on what has, and on which something unchanged builds;
* one for each further level: the files that have changed so often, and all that builds on them.

A file that only files of later strata need stands with the first of these: it is seldom worth the
text that would lie between them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from scout_codebase.records import History

_LEVELS = (2, 8, 32)
"""How many of the last 128 to 191 commits have to have changed a file for each level. One is not
enough: that is how a file comes into being."""

Block = TypeVar("Block", bound=Hashable)
Stratum = tuple[int, int]
FIRST: Stratum = (0, 0)


def levels(history: History) -> dict[str, int]:
    """The level of each path that has one above 0."""
    times = Counter(chain.from_iterable(history.commits))
    found = {path: sum(count >= least for least in _LEVELS) for path, count in times.items()}
    return {path: level for path, level in found.items() if level}


def strata(
    blocks: Sequence[Block], needs: Mapping[Block, set[Block]], level: Mapping[Block, int]
) -> dict[Block, Stratum]:
    """The stratum of each block, never after that of one that needs it. Each of ``blocks`` stands
    behind what it needs."""
    shaken: dict[Block, bool] = {}
    for block in blocks:
        shaken[block] = level[block] > 0 or any(shaken[needed] for needed in needs[block])
    latest = dict(level)
    users: dict[Block, list[Block]] = defaultdict(list)
    for block in reversed(blocks):
        for needed in needs[block]:
            users[needed].append(block)
            latest[needed] = min(latest[needed], latest[block])
    found = {block: (latest[block], int(shaken[block])) for block in blocks}
    for block in reversed(blocks):
        if users[block]:
            found[block] = min(found[user] for user in users[block])
    return found
