"""``python -m benchmarks.reuse REPO [REPO ...]``: how much of a prompt a server that has read the
previous commit's has in its prefix cache.

Of the last first-parent commits of each repository, pairwise: with the earlier one as the base
(``--since``), whose own pack must stand first byte for byte; and of two whole packs, in our reading
order and in the alphabetical order of the paths. Shares are of the tokens of the later prompt, for
whole packs up to the first section that differs; "expected" is what the tool says beforehand. The
limits are on the means of all repositories. REPO is a folder with its history, or an address.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from typing import NamedTuple

from scout_codebase.amend import amended
from scout_codebase.pipeline import pack_repository
from scout_codebase.progress import Reporter
from scout_codebase.records import Pack, Section
from scout_codebase.reuse import expected_reuse
from scout_codebase.settings import SelectionSettings
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens

LEAST_SHARE = 0.95
LEAST_RATIO = 1.5


class Shares(NamedTuple):
    """Of one commit's prompt, in the cache after the commit before it."""

    since: float
    whole: float
    expected: float
    alphabetical: float


def main() -> None:
    arguments = _arguments()
    print(f"{'repository':<28}{'commits':>8}{'--since':>9}", end="")
    print(f"{'whole':>8}{'expected':>10}{'alphabetical':>14}{'ratio':>7}")
    means = []
    for repository in arguments.repositories:
        rows = list(_shares(repository, arguments.commits))
        means.append(_mean(rows))
        name = repository.rstrip("/").removesuffix("/repo").rpartition("/")[2]
        _print_row(name, len(rows), means[-1])
    mean = _mean(means)
    _print_row(f"mean of {len(means)}", arguments.commits, mean)
    held = mean.since >= LEAST_SHARE and mean.whole >= LEAST_RATIO * mean.alphabetical
    sys.exit(0 if held else 1)


def _mean(rows: Sequence[Shares]) -> Shares:
    return Shares(*map(statistics.fmean, zip(*rows, strict=True)))


def _print_row(name: str, commits: int, row: Shares) -> None:
    print(f"{name:<28}{commits:>8}{row.since:>9.3f}{row.whole:>8.3f}", end="")
    ratio = row.whole / row.alphabetical
    print(f"{row.expected:>10.3f}{row.alphabetical:>14.3f}{ratio:>7.2f}", flush=True)


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
            expected=expected_reuse(earlier) or 0.0,
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
