"""What is measured on one repository."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from benchmarks.graph.listed import verified
from benchmarks.graph.row import Row

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """``extra`` are edges that the tool does not know, ``missing`` those that it alone knows.
    ``mean_distance`` is in tokens, from importer to imported, in the reading order and in the order
    of the paths' names; ``forward`` counts the edges outside cycles that run forwards."""

    row: Row
    tool: str
    agreed: int
    extra: tuple[Pair, ...]
    missing: tuple[Pair, ...]
    files: int
    mean_distance: tuple[float, float]
    forward: int

    @property
    def precision(self) -> float:
        return _share(self.agreed, len(self.extra))

    @property
    def recall(self) -> float:
        return _share(self.agreed, len(self.missing))


def _share(right: int, wrong: int) -> float:
    return right / (right + wrong) if right + wrong else 1.0


def unavailable(row: Row) -> str:
    """Why the tool of a row cannot be asked, ``""`` if it can."""
    if not row.scorer:
        return ""
    try:
        return str(importlib.import_module(f"benchmarks.graph.{row.scorer}").available())
    except ModuleNotFoundError as error:
        return f"no module {error.name}"


def score(row: Row, root: Path) -> Score:
    graph = json.loads(_scout_review("graph", root, "--format", "json"))
    ours = {(edge["source"], edge["target"]) for edge in graph["edges"]}
    tool, theirs, sources = _expected(row, root)
    ours = {pair for pair in ours if sources is None or pair[0] in sources}
    shown = {node["path"] for node in graph["nodes"]}
    if (
        sources is not None and row.scorer != "listed"
    ):  # a list knows the targets that it leaves out
        shown &= sources
    compared, expected = _kept(ours, row, shown), _kept(theirs, row, shown)
    tokens = _tokens(root)
    every = [(edge["source"], edge["target"]) for edge in graph["edges"]]
    return Score(
        row=row,
        tool=tool,
        agreed=len(compared & expected),
        extra=tuple(sorted(compared - expected)),
        missing=tuple(sorted(expected - compared)),
        files=sum(path.endswith(row.keep) for path in shown),
        mean_distance=(mean_distance(every, tokens), mean_distance(every, _by_name(tokens))),
        forward=_forward(every, graph["cycles"], list(tokens)),
    )


def _expected(row: Row, root: Path) -> tuple[str, set[Pair], set[str] | None]:
    """Who says so, the edges, and the files that all edges of are known of; None for every file. A
    tool that does not read every file has a function ``sources``."""
    if not row.scorer:
        return "", set(), set()
    scorer = importlib.import_module(f"benchmarks.graph.{row.scorer}")
    if row.scorer == "listed":
        return scorer.TOOL, *verified(row.language)
    sources = getattr(scorer, "sources", None)
    return scorer.TOOL, scorer.edges(root), sources(root) if sources else None


def _kept(edges: Iterable[Pair], row: Row, shown: set[str]) -> set[Pair]:
    """Those between two packed files of the language."""
    return {
        pair for pair in edges if all(path.endswith(row.keep) and path in shown for path in pair)
    }


def _scout_review(command: str, root: Path, *options: str) -> str:
    whole = [sys.executable, "-m", "scout_codebase", command, str(root), "--quiet", *options]
    return subprocess.run(whole, check=True, stdout=subprocess.PIPE, text=True).stdout


def _tokens(root: Path) -> dict[str, int]:
    """The tokens of each file, in reading order."""
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder) / "manifest.json"
        prompt = Path(folder) / "prompt"
        _scout_review("pack", root, "--output", str(prompt), "--manifest", str(manifest))
        rows: list[dict[str, Any]] = json.loads(manifest.read_text("utf-8"))["files"]
    return {row["path"]: row["tokens"] for row in sorted(rows, key=lambda row: row["position"])}


def _by_name(tokens: Mapping[str, int]) -> dict[str, int]:
    return {path: tokens[path] for path in sorted(tokens)}


def mean_distance(edges: Sequence[Pair], tokens: Mapping[str, int]) -> float:
    """Between the beginnings of the two files of an edge, where the files stand in this order."""
    starts = dict(zip(tokens, accumulate(tokens.values(), initial=0), strict=False))
    return sum(abs(starts[one] - starts[two]) for one, two in edges) / max(len(edges), 1)


def _forward(edges: Sequence[Pair], cycles: Sequence[Sequence[str]], order: Sequence[str]) -> int:
    place = {path: number for number, path in enumerate(order)}
    cycle = {path: number for number, paths in enumerate(cycles) for path in paths}
    return sum(
        place[source] < place[target]
        for source, target in edges
        if source not in cycle or cycle[source] != cycle.get(target)
    )
