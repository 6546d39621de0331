"""The repositories of the evaluation, and what is known of them.

A repository is a folder below ``repositories``, or the ``folder`` that its truth names;
``truth/NAME.json`` stands outside of what the model sees. Each row names a planted weakness by
path, symbol, line and CWE, and its safe ``twin`` in the same file. ``use`` is ``tuning``, or
``held out`` for one that no prompt and no constant was fitted to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from scout_codebase.languages.analyse import analyse
from scout_codebase.reports.callers import enclosing_function

FOLDER = Path(__file__).parent
HELD_OUT = "held out"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a repository: its ``line``, or one of ``also``, lines of the same weakness that
    the queries may name too; ``symbol`` is the function around it, "" for none."""

    path: str
    symbol: str
    line: str
    cwe: str
    is_planted: bool
    also: tuple[str, ...] = ()

    def is_at(self, judged: Judged) -> bool:
        """Whether a place that was judged is this one."""
        here = (judged.path, judged.cwe, judged.symbol) == (self.path, self.cwe, self.symbol)
        return here and judged.code in (self.line, *self.also)


@dataclass(frozen=True, slots=True)
class Judged:
    """A place that the tool put to the model; ``symbol`` is the function around it, "" for none."""

    path: str
    symbol: str
    code: str
    cwe: str


@dataclass(frozen=True)
class Sample:
    """One repository of the evaluation."""

    name: str
    use: str
    folder: Path
    spots: tuple[Spot, ...]

    @cached_property
    def files(self) -> dict[str, str]:
        """Its files by path, as they are committed."""
        return {
            file.relative_to(self.folder).as_posix(): file.read_text("utf-8")
            for file in sorted(self.folder.rglob("*"))
            if file.is_file() and file.suffix != ".pyc"
        }

    def judged(self, path: str, line: int, cwe: str) -> Judged:
        """What stands at a line (from 1)."""
        text = self.files[path]
        around = enclosing_function(analyse(path, text), line, line)
        code = text.split("\n")[line - 1].strip()
        return Judged(path, around.name if around else "", code, cwe)

    @property
    def planted(self) -> tuple[Spot, ...]:
        return tuple(spot for spot in self.spots if spot.is_planted)

    @property
    def twins(self) -> tuple[Spot, ...]:
        return tuple(spot for spot in self.spots if not spot.is_planted)


def load_samples() -> tuple[Sample, ...]:
    return tuple(_load(file) for file in sorted((FOLDER / "truth").glob("*.json")))


def _load(file: Path) -> Sample:
    data = json.loads(file.read_text("utf-8"))
    spots = [
        spot
        for row in data["weaknesses"]
        for spot in (_spot(row, row, is_planted=True), _spot(row, row["twin"], is_planted=False))
    ]
    own = FOLDER / "repositories" / file.stem
    folder = FOLDER.parents[1] / data["folder"] if "folder" in data else own
    return Sample(file.stem, data["use"], folder, tuple(spots))


def _spot(row: Mapping[str, Any], place: Mapping[str, Any], *, is_planted: bool) -> Spot:
    also = tuple(place.get("also", ()))
    return Spot(row["path"], place["symbol"], place["line"], row["cwe"], is_planted, also)
