"""The places that a security review judges: computed from the syntax trees, never by the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache, cached_property
from typing import Any

from scout_codebase.languages.paths import is_test
from scout_codebase.neutralise import neutralise
from scout_codebase.plain import plain
from scout_codebase.records import (
    DependencyGraph,
    EarlierFinding,
    FileAnalysis,
    Place,
    Severity,
    Snapshot,
)
from scout_codebase.reports.callers import enclosing_function
from scout_codebase.reports.code_text import CodeText, LinesOf
from scout_codebase.reports.fingerprints import with_fingerprints
from scout_codebase.reports.following import INPUT_CATEGORY
from scout_codebase.reports.shown import from_top, shown
from scout_codebase.reports.suspicion import Examiner

Row = dict[str, Any]

MOST_JUDGED = 60
_LONGEST_EXCERPT = 36  # lines
_MARGIN = 10  # lines around a place whose definition is longer than that


def judged_places(
    snapshot: Snapshot, graph: DependencyGraph, weaknesses: Sequence[Mapping[str, Any]]
) -> Row:
    """The facts ``places`` (to be judged, gravest first), ``inputs`` (where outside input comes
    in), ``place_counts``, ``not_judged`` (with the reason), ``known_places`` (all, judged or not),
    their ``fingerprints`` and ``ignore_comments``."""
    table = {row["category"]: row for row in weaknesses}
    lines_of = _line_reader(snapshot)
    code = CodeText(graph.analyses, lines_of)
    examiner = Examiner(graph, code, weaknesses)
    found = with_fingerprints(list(_rows(graph, table, lines_of)), snapshot.folder)
    rows = sorted(found, key=_gravest_first)
    tests = [row for row in rows if row["is_test"]]
    candidates = [row for row in rows if not row["is_test"]]
    known = [_known(row, snapshot.folder) for row in rows]
    return {
        "places": [_completed(row, examiner, code) for row in candidates[:MOST_JUDGED]],
        "inputs": _inputs(graph),
        "place_counts": dict(Counter(row["category"] for row in candidates[:MOST_JUDGED])),
        "not_judged": {"tests": len(tests), "over_limit": len(candidates[MOST_JUDGED:])},
        "weaknesses": [dict(row) for row in weaknesses],
        "fingerprints": [row["fingerprint"] for row in rows],
        "known_places": known,
        "ignore_comments": _ignore_comments(graph),
    }


def _known(row: Row, folder: str) -> Row:
    """What tells a place from others. ``path`` is from the top of the repository."""
    return {
        "fingerprint": row["fingerprint"],
        "code_fingerprint": row["code_fingerprint"],
        "rule": row["weakness"]["cwe"],
        "path": from_top(row["raw_path"], folder),
        "line": row["line"],
        "symbol": plain(row["symbol"]),
        "is_test": row["is_test"],
    }


class BasePlaces:
    """The places of the base of a pack. Nobody judges them; what can be computed of one is computed
    when it is asked for."""

    def __init__(
        self,
        snapshot: Snapshot,
        graph: DependencyGraph,
        weaknesses: Sequence[Mapping[str, Any]],
    ) -> None:
        self._graph, self._weaknesses = graph, weaknesses
        self._lines_of = _line_reader(snapshot)
        table = {row["category"]: row for row in weaknesses}
        rows = with_fingerprints(list(_rows(graph, table, self._lines_of)), snapshot.folder)
        self._rows = {row["fingerprint"]: row for row in rows}
        self.places = tuple(_earlier(_known(row, snapshot.folder)) for row in rows)

    def standing(self, fingerprint: str) -> str:
        """That of one of the ``places``."""
        row = self._rows[fingerprint]
        return str(self._examiner.facts(row["raw_path"], row["place"])["standing"])

    def plain_excerpt(self, fingerprint: str) -> str:
        """The code around one of the ``places``, as the fact of a judged one has it."""
        row = self._rows[fingerprint]
        return _plain_excerpt(row["raw_path"], row["excerpt_lines"], self._code)

    @cached_property
    def _code(self) -> CodeText:
        return CodeText(self._graph.analyses, self._lines_of)

    @cached_property
    def _examiner(self) -> Examiner:
        return Examiner(self._graph, self._code, self._weaknesses)


def _earlier(known: Row) -> EarlierFinding:
    names = ("fingerprint", "code_fingerprint", "rule", "path", "line", "symbol")
    return EarlierFinding(**{name: known[name] for name in names}, reviewed=False)


def _line_reader(snapshot: Snapshot) -> LinesOf:
    """Splits a file when it is first asked for: most are not, and all of their lines take twice the
    memory of the whole text."""
    texts = {file.path: file.text for file in snapshot.files}

    @cache
    def lines_of(path: str) -> list[str]:
        """By newlines alone, as the syntax trees count."""
        text = neutralise(texts.get(path, ""))[0]
        return [line.rstrip("\r") for line in text.split("\n")]

    return lines_of


def _gravest_first(row: Row) -> tuple[int, str, int, str]:
    return Severity(row["severity"]).rank, row["path"], row["line"], row["category"]


def _rows(
    graph: DependencyGraph,
    table: Mapping[str, Mapping[str, Any]],
    lines_of: LinesOf,
) -> Iterator[Row]:
    for path, analysis in sorted(graph.analyses.items()):
        for place in analysis.places:
            if place.category in table:
                weakness = table[place.category]
                yield {
                    **_place_row(path, analysis, place, lines_of(path)),
                    "weakness": dict(weakness),
                    "severity": weakness["severity"],
                }


def _completed(row: Row, examiner: Examiner, code: CodeText) -> Row:
    """With what is computed only of the places that are judged. ``plain_excerpt`` is the excerpt
    without comments and docstrings, ``value`` the part of the construct that decides."""
    path, place, lines = row.pop("raw_path"), row.pop("place"), row.pop("excerpt_lines")
    return {
        **row,
        **examiner.facts(path, place),
        "value": neutralise(place.value)[0],
        "plain_excerpt": _plain_excerpt(path, lines, code),
    }


def _plain_excerpt(path: str, lines: tuple[int, int], code: CodeText) -> str:
    first, last = lines
    return "\n".join(code.lines(path)[first - 1 : last])


def _place_row(path: str, analysis: FileAnalysis, place: Place, lines: Sequence[str]) -> Row:
    start, end = _excerpt(analysis, place)
    return {
        "id": f"{place.category}:{shown(path)}:{place.start_line}",
        "category": place.category,
        "raw_path": path,
        "place": place,
        "path": shown(path),
        "line": place.start_line,
        "end_line": place.end_line,
        "code": lines[place.start_line - 1].strip(),
        "symbol": place.symbol,
        "digest": place.digest,
        "excerpt": "\n".join(lines[start - 1 : end]),
        "excerpt_lines": (start, end),
        "is_test": is_test(path),
    }


def _excerpt(analysis: FileAnalysis, place: Place) -> tuple[int, int]:
    """First and last line to quote: the smallest definition around the place, or a window."""
    around = enclosing_function(analysis, place.start_line, place.end_line)
    if around and around.end_line - around.start_line < _LONGEST_EXCERPT:
        return around.start_line, around.end_line
    return (
        max(1, place.start_line - _MARGIN),
        min(analysis.line_count, place.end_line + _MARGIN),
    )


def _ignore_comments(graph: DependencyGraph) -> list[Row]:
    return [
        {"path": shown(path), **asdict(comment)}
        for path, analysis in sorted(graph.analyses.items())
        for comment in analysis.ignores
    ]


def _inputs(graph: DependencyGraph) -> list[Row]:
    return [
        {
            "path": shown(path),
            "line": place.start_line,
            "code": neutralise(place.code)[0],
            "symbol": place.symbol,
        }
        for path, analysis in sorted(graph.analyses.items())
        for place in analysis.places
        if place.category == INPUT_CATEGORY and not is_test(path)
    ]
