"""``python -m benchmarks.packing``: this tool against repomix and gitingest, on the same trees.

Every measurement alternates between the tools, so that whatever else the machine does weighs on all
of them. What ``scout-review pack`` does includes the dependency graph, the reading order and the
exact count and masks secrets; the peers order and link nothing, and repomix counts another model's
tokens. Cold is with empty caches of the tools (the disk's cache is warm for all); warm is the run
after it.

repomix keeps the token counts of files in the folder for temporary files, so that its second run is
faster than its first. A warm case measures both: the limit is a share of its time with that folder
empty, as after a restart or in CI; the ratio to its own second run is printed beside it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from benchmarks.machine import machine
from benchmarks.packing.corpora import corpus
from benchmarks.packing.measure import FailedRunError, Run, empty, timed
from benchmarks.packing.tools import TOOLS, Tool

OWN, PEER, WARM_PEER = "scout-review", "repomix", "repomix, warm"


@dataclass(frozen=True, slots=True)
class Case:
    """What is compared: ``most`` is the largest ratio of our median to that of repomix without what
    it keeps."""

    name: str
    corpus: str
    most: float
    warm: bool = False
    changed: bool = False
    memory: bool = False
    without: tuple[str, ...] = ()


CASES = (
    Case("Django, cold", "django", 0.6),
    Case("Django, warm", "django", 0.15, warm=True, without=("gitingest",)),
    Case(
        "Django, warm, one file changed",
        "django",
        0.2,
        warm=True,
        changed=True,
        without=("gitingest",),
    ),
    Case("100 MB+ tree, cold", "large", 1.3),
    Case("Django, cold: peak memory", "django", 0.6, memory=True),
    Case(
        "Django, warm: peak memory", "django", 0.6, warm=True, memory=True, without=("gitingest",)
    ),
)


def main() -> None:
    arguments = _arguments()
    cache = arguments.cache.resolve()
    tools = [make(cache) for make in TOOLS.values()]
    print(f"{machine()}; {_versions(tools)}")
    print(f"\n{'case':<34} {'tool':<13} {'median':>10} {'least':>9} {'most':>9}  ratio")
    missed = []
    for case in CASES:
        if arguments.only and not any(word in case.name for word in arguments.only):
            continue
        if not _measure(case, corpus(case.corpus, cache), tools, arguments.runs):
            missed.append(case.name)
    print(f"\nmissed: {', '.join(missed)}" if missed else "\nevery ratio is within its limit")
    sys.exit(bool(missed))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of each tool (default 5)")
    parser.add_argument("--only", action="append", help="cases whose name holds this; repeatable")
    parser.add_argument(
        "--cache",
        type=Path,
        default=platformdirs.user_cache_path("scout-review-benchmarks"),
        help="where archives and tools are kept",
    )
    return parser.parse_args()


def _versions(tools: Sequence[Tool]) -> str:
    return ", ".join(f"{tool.name} {tool.version}" for tool in tools)


@dataclass(frozen=True, slots=True)
class _Entrant:
    """A tool under the ``name`` that it has in a table; ``keeps`` what it keeps between runs."""

    name: str
    tool: Tool
    keeps: bool


def _entrants(case: Case, tools: Sequence[Tool]) -> Iterator[_Entrant]:
    for tool in tools:
        if tool.name not in case.without:
            yield _Entrant(tool.name, tool, keeps=case.warm and tool.name != PEER)
        if case.warm and tool.name == PEER:
            yield _Entrant(WARM_PEER, tool, keeps=True)


def _measure(case: Case, tree: Path, tools: Sequence[Tool], runs: int) -> bool:
    """Prints a row an entrant; whether the ratio is within the limit."""
    entrants = tuple(_entrants(case, tools))
    found: dict[str, list[float]] = {entrant.name: [] for entrant in entrants}
    with _folders(entrants) as folders:
        for number in range(-1, runs):
            for entrant in entrants:
                run = _one(case, tree, entrant, folders[entrant.name], number)
                if number >= 0:  # the first only warms the disk's cache, and those of the tools
                    found[entrant.name].append(run.megabytes if case.memory else run.seconds)
    peer = statistics.median(found[PEER])
    own = statistics.median(found[OWN])
    for name, values in found.items():
        median = statistics.median(values)
        unit = "MB" if case.memory else "s"
        print(
            f"{case.name:<34} {name:<13} {median:>8.2f} {unit:<2}"
            f"{min(values):>8.2f} {max(values):>9.2f}  {median / peer:.2f}",
            flush=True,
        )
    verdict = "within" if own / peer <= case.most else "MISSED:"
    beside = (
        f"; {own / statistics.median(found[WARM_PEER]):.2f} of its warm run" if case.warm else ""
    )
    print(f"{'':<34} {own / peer:.2f} of {PEER}: {verdict} the limit of {case.most}{beside}")
    return own / peer <= case.most


@contextmanager
def _folders(entrants: Sequence[_Entrant]) -> Iterator[dict[str, Path]]:
    """A folder an entrant, for its cache, its temporary files and its output."""
    with tempfile.TemporaryDirectory() as scratch:
        yield {entrant.name: Path(scratch) / entrant.name for entrant in entrants}


def _one(case: Case, tree: Path, entrant: _Entrant, folders: Path, number: int) -> Run:
    tool = entrant.tool
    if not entrant.keeps:
        empty(folders)
    folders.mkdir(exist_ok=True)
    output = folders / "packed"
    change = _changed if case.changed else _unchanged
    with change(tree, number):
        command = tool.command(tree, output)
        try:
            return timed(command, folders, memory=case.memory)
        except FailedRunError as error:
            if tool.name == OWN:
                raise
            print(f"{'':<34} {tool.name}: a run failed and is repeated: {error}", flush=True)
            return timed(command, folders, memory=case.memory)


@contextmanager
def _unchanged(_tree: Path, _number: int) -> Iterator[None]:
    yield


@contextmanager
def _changed(tree: Path, number: int) -> Iterator[None]:
    """One Python file with another line at its end than in any run before."""
    path = min(tree.rglob("query.py"))
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"# changed: %d\n" % number)
        yield
    finally:
        path.write_bytes(before)


if __name__ == "__main__":
    main()
