"""Where a value begins, and what stands on its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_MOST_ORIGINS = 24


class OriginKind(StrEnum):
    """``OUTSIDE``: a known source of outside input. ``PARAMETER``: of a definition that nothing
    seems to call, or what could not be followed. ``OWN``: constants, configuration, the program's
    own state."""

    OUTSIDE = "outside"
    PARAMETER = "parameter"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Step:
    """A line on the way. ``path`` is raw."""

    path: str
    line: int
    code: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one value begins: ``source`` is the code there, ``guard`` the check or encoding that
    stands on the way ("" for none), ``steps`` the lines from there to the place."""

    kind: OriginKind
    source: str
    guard: str = ""
    steps: tuple[Step, ...] = ()


def distinct(found: Iterable[Origin]) -> tuple[Origin, ...]:
    """What decides most first; what is beyond the limit is said to be there."""
    unique: dict[tuple[str, str, str], Origin] = {}
    for origin in found:
        unique.setdefault((origin.kind, origin.source, origin.guard), origin)
    order = list(OriginKind)
    rows = sorted(
        unique.values(),
        key=lambda row: (row.kind is OriginKind.OWN, bool(row.guard), order.index(row.kind)),
    )
    if len(rows) <= _MOST_ORIGINS:
        return tuple(rows)
    return (*rows[: _MOST_ORIGINS - 1], Origin(OriginKind.PARAMETER, "and more"))
