"""What keeps a finding from counting, and what became of each such wish."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SuppressionKind(StrEnum):
    """In the words of SARIF 2.1.0, 3.35.2."""

    IN_SOURCE = "inSource"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why one finding does not count. ``path`` and ``line`` are those of the comment; of a baseline
    ``path`` is the file as the user named it, and ``line`` 0."""

    kind: SuppressionKind
    reason: str
    path: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class IgnoreUse:
    """A comment that asks for a suppression, and what came of it: how many findings it suppressed,
    or why it was ``refused``. ``path`` is in the form that the model sees."""

    path: str
    line: int
    rules: tuple[str, ...]
    reason: str
    findings: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class BaselineEntry:
    """One accepted finding. All but the fingerprint is for people to read."""

    fingerprint: str
    rule: str = ""
    path: str = ""
    symbol: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings that a team has accepted. ``name`` is the file as the user named it."""

    name: str
    entries: tuple[BaselineEntry, ...]


@dataclass(frozen=True, slots=True)
class StaleEntry:
    """An entry that no finding of this run matches. ``code_found`` tells whether the code that it
    speaks of is still there."""

    entry: BaselineEntry
    code_found: bool


@dataclass(frozen=True, slots=True)
class BaselineUse:
    """What came of a baseline of ``entries`` entries."""

    name: str
    entries: int
    stale: tuple[StaleEntry, ...]


@dataclass(frozen=True, slots=True)
class Suppressions:
    """Everything that asked for suppressions in one report. ``comments`` lists those in the source,
    also where the user does not let them count (``in_source`` is false)."""

    in_source: bool = True
    comments: tuple[IgnoreUse, ...] = ()
    baseline: BaselineUse | None = None
