"""Which requirements of the manifests have come, gone or changed.

A requirement that only went from one manifest to another is no change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scout_codebase.languages.requirements import LANGUAGE, RUNTIME, Requirement, requirements
from scout_codebase.reports.changes.files import FileChange
from scout_codebase.reports.changes.states import State, is_product


@dataclass(frozen=True, slots=True)
class RequirementChange:
    """``was`` and ``now`` are what is wanted, None where it is not required. ``path`` and ``line``
    are those of the present state, of the base where it is gone."""

    name: str
    group: str
    path: str
    line: int
    was: str | None
    now: str | None

    @property
    def concerns_users(self) -> bool:
        return self.group in (RUNTIME, LANGUAGE, "peer")


_Key = tuple[str, str]
_Found = Mapping[_Key, list[tuple[str, Requirement]]]


def requirement_changes(
    files: Iterable[FileChange], before: State, now: State
) -> tuple[RequirementChange, ...]:
    """Of the manifests that have changed; what users need to run it comes first."""
    changed = [file for file in files if is_product(file.path)]
    old = _requirements(before, [file.was for file in changed if file.was])
    new = _requirements(now, [file.path for file in changed if file.is_there])
    rows = [
        row
        for key in sorted(old.keys() | new.keys())
        for row in _changes(key, old.get(key, ()), new.get(key, ()))
    ]
    return tuple(
        sorted(rows, key=lambda row: (not row.concerns_users, row.group, row.name, row.path))
    )


def _requirements(state: State, paths: Iterable[str]) -> _Found:
    found: dict[_Key, list[tuple[str, Requirement]]] = defaultdict(list)
    for path in paths:
        for row in requirements(path, state.texts.get(path, "")):
            found[row.name, row.group].append((path, row))
    return found


def _changes(
    key: _Key, old: Sequence[tuple[str, Requirement]], new: Sequence[tuple[str, Requirement]]
) -> Iterator[RequirementChange]:
    """What stands in both as often as in the other has not changed. Of the rest, pairs are
    made."""
    gone, come = list(old), list(new)
    for place in old:
        same = next((one for one in come if one[1].wanted == place[1].wanted), None)
        if same:
            gone.remove(place)
            come.remove(same)
    for number in range(max(len(gone), len(come))):
        was = gone[number] if number < len(gone) else None
        now = come[number] if number < len(come) else None
        path, row = (now or was or ("", None))[:2]
        if row is not None:
            yield RequirementChange(
                name=key[0],
                group=key[1],
                path=path,
                line=row.line,
                was=was[1].wanted if was else None,
                now=now[1].wanted if now else None,
            )
