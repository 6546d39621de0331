"""``python -m benchmarks.reuse REPO [REPO ...]``: how much of a prompt a server that has read the
previous commit's has in its prefix cache.

Of the last first-parent commits of each repository, pairwise: with the earlier one as the base
(``--since``), whose own pack must stand first byte for byte; and of two whole packs, in our reading
order and in the alphabetical order of the paths. Shares are of the tokens of the later prompt, for
whole packs up to the first section that differs. REPO is a folder with its history, or an address.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from scout_codebase.amend import amended
from scout_codebase.pipeline import pack_repository
from scout_codebase.progress import Reporter
from scout_codebase.records import Pack, Section
from scout_codebase.settings import SelectionSettings
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens

LEAST_SHARE = 0.95
LEAST_RATIO = 1.5


@dataclass(frozen=True)
class Shares:
    """Of one commit's prompt, in the cache after the commit before it."""

    since: float
    whole: float
    alphabetical: float


def main() -> None:
    arguments = _arguments()
    print(
        f"{'repository':<28}{'commits':>8}{'--since':>9}{'whole':>8}{'alphabetical':>14}{'ratio':>7}"
    )
    missed = False
    for repository in arguments.repositories:
        rows = list(_shares(repository, arguments.commits))
        since, whole, alphabetical = (
            statistics.fmean(getattr(row, name) for row in rows)
            for name in ("since", "whole", "alphabetical")
        )
        ratio = whole / alphabetical
        missed |= since < LEAST_SHARE or ratio < LEAST_RATIO
        name = repository.rstrip("/").removesuffix("/repo").rpartition("/")[2]
        print(
            f"{name:<28}{len(rows):>8}{since:>9.3f}{whole:>8.3f}{alphabetical:>14.3f}{ratio:>7.2f}",
            flush=True,
        )
    sys.exit(1 if missed else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.reuse", description=__doc__)
    parser.add_argument("repositories", nargs="+", metavar="REPO")
    parser.add_argument("--commits", type=int, default=100)
    return parser.parse_args()


def _shares(repository: str, commits: int) -> Iterator[Shares]:
    """Of each pair of neighbours; ValueError where a base does not stand first."""
    library, reporter = TemplateLibrary(), Reporter(quiet=True)

    def packed(revision: str) -> Pack:
        selection = SelectionSettings(repository, rev=revision)
        return pack_repository(selection, library, reporter).pack

    for earlier, later in pairwise(map(packed, _revisions(repository, commits + 1))):
        pack = amended(earlier, later, "base", count_tokens)
        if not pack.text.startswith(earlier.text):
            raise ValueError(f"{repository}: {later.snapshot.revision.commit} does not begin so")
        yield Shares(
            since=earlier.tokens / pack.tokens,
            whole=_common(earlier.sections, later.sections) / later.tokens,
            alphabetical=_common(_sorted(earlier), _sorted(later)) / later.tokens,
        )


def _revisions(repository: str, count: int) -> list[str]:
    """Oldest first."""
    command = [
        "git",
        "-C",
        repository,
        "rev-list",
        "--first-parent",
        f"--max-count={count}",
        "HEAD",
    ]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()[::-1]


def _sorted(pack: Pack) -> Sequence[Section]:
    """The same prompt with its files by path."""
    files = iter(sorted((row for row in pack.sections if row.path), key=lambda row: row.path))
    return [next(files) if row.path else row for row in pack.sections]


def _common(earlier: Sequence[Section], later: Sequence[Section]) -> int:
    same = takewhile(lambda pair: pair[0].text == pair[1].text, zip(earlier, later, strict=False))
    return sum(row.tokens for _, row in same)


if __name__ == "__main__":
    main()
