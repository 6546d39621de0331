"""What is asked about a change: of the release once, of the components that changed most, of what
users have to follow. A question shows the lines that have changed, as far as they are few."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scout_codebase.languages.requirements import LANGUAGE
from scout_codebase.reports.changes.files import FileChange, FileKind
from scout_codebase.reports.changes.states import State, is_product
from scout_codebase.reports.shown import shown

Row = dict[str, Any]

_CONCERN_USERS = (LANGUAGE, "peer")  # what a package manager does not do for them
_MOST_COMPONENTS = 8
_MOST_NOTES = 18
_NOTES_A_QUESTION = 6
_LONGEST_EXCERPT = 6_000  # characters, some 1,800 tokens
_LONGEST_LINE = 160  # characters
_LONGEST_FILE = 10_000  # lines
_CONTEXT = 2  # lines around a change


def asked_facts(
    changes: Mapping[str, Any], files: Sequence[FileChange], before: State, now: State
) -> Row:
    """The lists ``releases``, ``changed_components``, ``migration_groups`` and ``changed_paths``;
    and ``migrations``, all that users may have to follow."""
    there = [file.path for file in files if file.is_there]
    paths = [shown(path) for path in sorted(there, key=lambda path: (not is_product(path), path))]
    migrations = list(_migrations(changes))
    places = {"paths": paths or [*map(shown, now.texts)]}
    return {
        "releases": [{"name": "", **places}] if files and now.texts else [],
        "changed_paths": paths,
        "changed_components": [
            {**_described(row), "excerpt": _excerpt(row["name"], files, before, now)}
            for row in _most_changed(changes["components"])
        ],
        "migrations": migrations,
        "migration_groups": [
            {"name": f"{start + 1}", "names": [row["name"] for row in rows], "rows": rows, **places}
            for start in range(0, min(len(migrations), _MOST_NOTES), _NOTES_A_QUESTION)
            for rows in [migrations[start : min(start + _NOTES_A_QUESTION, _MOST_NOTES)]]
        ],
    }


def _most_changed(components: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those with code to quote, else with anything: what consists of tests, examples and
    documentation alone, or of nothing any more, stands as facts."""
    rows = [row for row in components if row["is_product"] and row["paths"]]
    return ([row for row in rows if row["is_code"]] or rows)[:_MOST_COMPONENTS]


def _described(row: Mapping[str, Any]) -> Row:
    """With the paths of those who use what has changed: a risk may lie there."""
    users = {use["path"]: None for api in row["api"] for use in api["uses"]}
    return {**row, "evidence_paths": list(dict.fromkeys((*row["paths"], *users)))}


def _excerpt(component: str, files: Sequence[FileChange], before: State, now: State) -> str:
    """The lines of a component that have changed, in the form of diff; of its product first, most
    changed files first. Cut where it is long."""
    group = [file for file in files if shown(file.component) == component and file.lines]
    group.sort(key=lambda file: (not is_product(file.path), -file.lines, file.path))
    text = ""
    for file in group:
        for line in _difference(file, before, now):
            if len(text) + len(line) > _LONGEST_EXCERPT:
                return f"{text}(the rest is left out)\n"
            text += line
    return text


def _difference(file: FileChange, before: State, now: State) -> Iterator[str]:
    old, new = (
        state.lines_of(path) if path else []
        for state, path in ((before, file.was), (now, file.path))
    )
    yield f"--- {shown(file.path)} ({file.kind})\n"
    if max(len(old), len(new)) > _LONGEST_FILE:
        return
    if file.kind is FileKind.DELETED:
        new = []
    rows = difflib.unified_diff(old, new, lineterm="", n=_CONTEXT)
    for number, row in enumerate(rows):
        if number >= 2:  # the names of the files
            yield f"{row[:_LONGEST_LINE]}\n"


def _migrations(changes: Mapping[str, Any]) -> Iterator[Row]:
    """One row for each change that users may have to follow, what breaks most surely first."""
    names: set[str] = set()
    for row in (*_of_api(changes), *_of_settings(changes), *_of_requirements(changes)):
        if row["name"] not in names:
            names.add(row["name"])
            yield row


def _of_api(changes: Mapping[str, Any]) -> Iterator[Row]:
    rows = [row for part in changes["components"] for row in part["api"] if row["breaks"]]
    rows.sort(key=lambda row: (row["change"] != "removed", row["change"] != "changed"))
    for row in rows:
        place = (row["now"] or row["was"])[0]
        yield {
            "name": f"{place['path']}::{row['name']}",
            "what": f"{row['change']} {row['kind']}",
            "about": row["name"],
            "was": row["was"][0]["signature"],
            "now": row["now"][0]["signature"] if row["now"] else "",
            "place": place,
            "is_there": bool(row["now"]),
        }


def _of_settings(changes: Mapping[str, Any]) -> Iterator[Row]:
    for row in changes["settings"]:
        if row["was"] is not None:
            yield _row(row, row["kind"])


def _of_requirements(changes: Mapping[str, Any]) -> Iterator[Row]:
    for row in changes["requirements"]:
        if row["group"] in _CONCERN_USERS and row["now"] is not None:
            yield _row(row, "version of" if row["group"] == LANGUAGE else "peer requirement")


def _row(row: Mapping[str, Any], kind: str) -> Row:
    state = "new" if row["was"] is None else "gone" if row["now"] is None else "changed"
    return {
        "name": f"{kind} {row['name']}",
        "what": f"{state} {kind}",
        "about": row["name"],
        "was": row["was"] or "",
        "now": row["now"] or "",
        "place": {"path": row["path"], "line": row["line"]},
        "is_there": row["now"] is not None,
    }
