"""The facts of a change: what templates see of it, as plain data, and what is asked about it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from scout_codebase.records import Base
from scout_codebase.reports.changes.api import Api, ApiChange, ApiKind, Definition, api_changes
from scout_codebase.reports.changes.asked import asked_facts
from scout_codebase.reports.changes.configuration import SettingChange, setting_changes
from scout_codebase.reports.changes.dependencies import RequirementChange, requirement_changes
from scout_codebase.reports.changes.files import FileChange, FileKind, file_changes
from scout_codebase.reports.changes.signatures import Weight
from scout_codebase.reports.changes.states import State, is_product
from scout_codebase.reports.changes.structure import cycle_changes, edge_changes, tested
from scout_codebase.reports.changes.users import UserFinder, Uses
from scout_codebase.reports.shown import shown

Row = dict[str, Any]

_MOST_LOOKED_FOR = 200  # definitions whose users are looked for
_MOST_USES = 5  # that are named


def change_facts(base: Base, before: State, now: State, tokens: Mapping[str, int]) -> Row:
    """The fact ``changes``, and the lists that questions are asked of: ``releases`` (one, or none
    where nothing has changed), ``changed_components`` and ``migration_groups``. ``tokens`` are
    those of every packed file."""
    files = file_changes(base.changes, before, now, tokens)
    api = api_changes(files, before, now)
    finder = UserFinder(files, before, now)
    apis = [_api_row(row, finder, number) for number, row in enumerate(api.changes)]
    changes = {
        "base": {"name": base.name, "commit": base.revision.label},
        "totals": _totals(files),
        "components": _components(files, apis, now),
        "api": _api_summary(api, files, before),
        "requirements": [*map(_requirement_row, requirement_changes(files, before, now))],
        "settings": [*map(_setting_row, setting_changes(files, before, now))],
        **_structure(files, before, now),
    }
    return {"changes": changes, **asked_facts(changes, files, before, now)}


def _totals(files: Sequence[FileChange]) -> Row:
    kinds = Counter(str(file.kind) for file in files)
    return {
        "files": len(files),
        "kinds": [[str(kind), kinds[kind]] for kind in FileKind if kinds[kind]],
        "added": sum(file.added or 0 for file in files),
        "removed": sum(file.removed or 0 for file in files),
        "tokens": sum(file.tokens for file in files),
    }


def _components(files: Sequence[FileChange], apis: Sequence[Row], now: State) -> list[Row]:
    """Those of the product first, what changed most first. Each holds its files and what has
    changed of its API."""
    groups: dict[str, list[FileChange]] = defaultdict(list)
    for file in files:
        groups[shown(file.component)].append(file)
    rows = [
        {
            "name": name,
            **_totals(group),
            "is_product": any(is_product(file.path) for file in group),
            "is_code": any(is_product(row.path) and now.is_code(row.path) for row in group),
            "paths": [shown(file.path) for file in group if file.is_there],
            "rows": [
                _file_row(file) for file in sorted(group, key=lambda file: (-file.lines, file.path))
            ],
            "api": [row for row in apis if row["component"] == name],
        }
        for name, group in groups.items()
    ]
    return sorted(
        rows, key=lambda row: (not row["is_product"], -(row["added"] + row["removed"]), row["name"])
    )


def _file_row(file: FileChange) -> Row:
    return {
        "kind": str(file.kind),
        "path": shown(file.path),
        "was": shown(file.was) if file.kind is FileKind.RENAMED else "",
        "reason": file.reason,
        "added": file.added,
        "removed": file.removed,
        "tokens": file.tokens,
        "is_there": file.kind is not FileKind.DELETED,
    }


def _api_row(row: ApiChange, finder: UserFinder, number: int) -> Row:
    wanted = row.kind is not ApiKind.ADDED and number < _MOST_LOOKED_FOR
    uses = finder.of(row) if wanted else Uses()
    return {
        "change": str(row.kind),
        "component": shown(row.component),
        "name": row.first.name,
        "kind": row.first.kind,
        "was": [*map(_definition_row, row.was)],
        "now": [*map(_definition_row, row.now)],
        "members": row.members,
        "breaks": row.kind is not ApiKind.ADDED and row.weight is Weight.BREAKS,
        "types_only": row.kind is ApiKind.CHANGED and row.weight is Weight.TYPES,
        "notes": [[*note] for note in row.difference.notes] if row.difference else [],
        "uses": [
            {"path": shown(use.path), "line": use.line, "code": use.code}
            for use in uses.lines[:_MOST_USES]
        ],
        "more_uses": len(uses.lines[_MOST_USES:]),
        "same_name": uses.same_name,
        "looked_for": wanted,
    }


def _definition_row(one: Definition) -> Row:
    return {"path": shown(one.path), "line": one.line, "signature": one.signature}


def _api_summary(api: Api, files: Sequence[FileChange], before: State) -> Row:
    """Counts, and what the lists of the components do not hold."""
    counts = Counter(str(row.kind) for row in api.changes)
    renamed = [
        {"was": shown(file.was), "path": shown(file.path), "line": 0}
        for file in files
        if file.kind is FileKind.RENAMED
        and is_product(file.path)
        and (analysis := before.graph.analyses.get(file.was)) is not None
        and analysis.symbols
    ]
    return {
        "counts": [[str(kind), counts[kind]] for kind in ApiKind if counts[kind]],
        "breaking": sum(
            row.kind is not ApiKind.ADDED and row.weight is Weight.BREAKS for row in api.changes
        ),
        "not_compared": [*map(shown, api.not_compared)],
        "renamed_files": renamed,
    }


def _requirement_row(row: RequirementChange) -> Row:
    return {
        "name": row.name,
        "group": row.group,
        "path": shown(row.path),
        "line": row.line,
        "was": row.was,
        "now": row.now,
        "concerns_users": row.concerns_users,
    }


def _setting_row(row: SettingChange) -> Row:
    return {
        "kind": row.kind,
        "name": shown(row.name),
        "path": shown(row.path),
        "line": row.line,
        "was": row.was,
        "now": row.now,
    }


def _structure(files: Sequence[FileChange], before: State, now: State) -> Row:
    return {
        "edges": [
            {
                "source": shown(row.source),
                "target": shown(row.target),
                "gone": row.gone,
                "imports": row.imports,
                "uses": [{"path": shown(path), "line": line} for path, line in row.uses],
            }
            for row in edge_changes(before, now)
        ],
        "cycles": [
            {"was": [*map(shown, row.was)], "now": [*map(shown, row.now)]}
            for row in cycle_changes(files, before, now)
        ],
        "tested": [
            {
                "component": shown(row.component),
                "touched": [*map(shown, row.touched)],
                "tests": row.tests,
            }
            for row in tested(files, now)
        ],
    }
