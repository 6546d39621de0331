"""``python -m benchmarks.graph``: precision and recall of the graph, by language and repository.

Ends with 1 if a language is below 0.98 or 0.97, if an edge outside a cycle runs forwards, or if the
reading order leaves importers farther from what they import than the order of names does. A row
that cannot be measured here is printed as skipped, with the reason.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path

import platformdirs

import benchmarks.graph
from benchmarks.graph.corpora import UnavailableError, corpus
from benchmarks.graph.row import Row
from benchmarks.graph.score import Score, score, unavailable

PRECISION, RECALL = 0.98, 0.97
_HEAD = (
    f"{'language':<12}{'repository':<22}{'tool':<24}{'files':>6}{'edges':>7}{'precision':>11}"
    f"{'recall':>8}{'distance':>10}{'by name':>10}{'forward':>9}"
)


def main() -> int:
    options = _options()
    mirrors = dict(pair.split("=", 1) for pair in options.mirror)
    print(_HEAD)
    failed = False
    for row in _rows():
        if options.only and row.language not in options.only:
            continue
        reason = unavailable(row)
        try:
            found = None if reason else score(row, corpus(row, options.corpora, mirrors))
        except UnavailableError as error:
            found, reason = None, str(error)
        if found is None:
            print(f"{row.language:<12}{row.repository:<22}skipped: {reason}")
            continue
        failed |= _print(found, disagreements=options.disagreements)
    return int(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.graph", description=__doc__)
    parser.add_argument("--only", action="append", metavar="LANGUAGE", help="repeatable")
    parser.add_argument(
        "--corpora",
        type=Path,
        metavar="DIR",
        default=Path(platformdirs.user_cache_dir("scout-codebase")) / "corpora",
        help="where repositories are kept (default: the user's cache)",
    )
    parser.add_argument(
        "--mirror",
        action="append",
        default=[],
        metavar="OWNER/NAME=PATH",
        help="clone a public repository from here; repeatable",
    )
    parser.add_argument("--disagreements", action="store_true", help="list every one")
    return parser.parse_args()


def _rows() -> list[Row]:
    names = sorted(one.name for one in pkgutil.iter_modules(benchmarks.graph.__path__))
    modules = (
        importlib.import_module(f"benchmarks.graph.{name}")
        for name in names
        if name.startswith("rows_")
    )
    rows: list[Row] = [row for module in modules for row in module.ROWS]
    return sorted(rows, key=lambda row: (row.language, row.repository))


def _print(found: Score, *, disagreements: bool) -> bool:
    """Prints a score; true if it is not good enough."""
    row, (ours, by_name) = found.row, found.mean_distance
    faults = [
        name
        for name, bad in (
            ("precision", found.precision < PRECISION and not row.informative),
            ("recall", found.recall < RECALL and not row.informative),
            ("no edges", bool(row.scorer) and not found.agreed),
            ("distance", ours >= by_name),
            ("forward", found.forward > 0),
        )
        if bad
    ]
    shares = f"{found.precision:>11.4f}{found.recall:>8.4f}" if row.scorer else " " * 19
    print(
        f"{row.language:<12}{row.repository:<22}{found.tool or 'order only':<24}{found.files:>6}"
        f"{found.agreed + len(found.missing):>7}{shares}"
        f"{ours:>10.0f}{by_name:>10.0f}{found.forward:>9}"
        f"{'  below the bar: ' + ', '.join(faults) if faults else ''}",
        flush=True,
    )
    for mark, pairs in (("+", found.extra), ("-", found.missing)) if disagreements else ():
        for source, target in pairs:
            print(f"  {mark} {source} -> {target}")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
