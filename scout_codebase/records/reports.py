"""What a report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from scout_codebase.records.answers import EngineIdentity
from scout_codebase.records.probe import Recall
from scout_codebase.records.prompt import Base
from scout_codebase.records.site import Site
from scout_codebase.records.source import Omission
from scout_codebase.records.states import Comparison, EarlierFinding, FindingState
from scout_codebase.records.suppressions import Suppression, Suppressions


class Grade(StrEnum):
    """What the look-up of a quote in the packed source found."""

    VERIFIED = "verified"
    CORRECTED = "corrected"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote and where it stands. ``path``, lines and columns are the tool's, not the model's:
    they are set (lines from 1) unless the grade is MISSING. ``claimed_path`` is the model's.
    ``matches`` is how often the quote stands in ``path``; the first place is the one given.
    ``symbol`` is set where a definition was named rather than quoted, ``comment`` where nothing in
    the place is code, and ``reason`` says why what is MISSING was not found. ``question`` is the id
    of the question that the model named it in answer to, "" where the tool found it itself."""

    claimed_path: str
    quote: str
    grade: Grade
    path: str = ""
    start_line: int = 0
    end_line: int = 0
    start_column: int = 0
    end_column: int = 0
    matches: int = 0
    symbol: str = ""
    comment: bool = False
    reason: str = ""
    question: str = ""

    @property
    def found(self) -> bool:
        return self.grade is not Grade.MISSING


@dataclass(frozen=True, slots=True)
class DroppedClaim:
    """What the model said in answer to ``question`` and nothing in the source shows: it is counted
    and kept, and stands on no page. ``claim`` is the part of the answer, as JSON had it."""

    question: str
    claim: Mapping[str, Any] = field(repr=False)
    reason: str


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 is the gravest."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """A class of weakness that was looked for. ``id`` is its CWE. ``vector`` is a CVSS 4.0 base
    vector, ``score`` its score, and ``severity`` the rating of that score; ``unsafe`` and ``safe``
    complete "it is vulnerable if …" and "it is not vulnerable if …"."""

    id: str
    title: str
    severity: Severity
    vector: str
    score: float
    question: str
    unsafe: str
    safe: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A weakness with its evidence; the place of it comes last. ``rule`` is a row of the table of
    weaknesses. ``fingerprint`` is the same in every run that finds the same code there,
    ``code_fingerprint`` in every run that finds that code anywhere. ``standing`` is what was
    computed of the place. ``state`` is None where there was nothing to compare with; ``before`` is
    what it was before, where it is not new."""

    rule: str
    title: str
    severity: Severity
    confidence: str
    explanation: str
    exploit: str
    fix: str
    evidence: tuple[Evidence, ...]
    symbol: str = ""
    fingerprint: str = ""
    suppressions: tuple[Suppression, ...] = ()
    code_fingerprint: str = ""
    standing: str = ""
    state: FindingState | None = None
    before: EarlierFinding | None = None

    @property
    def is_new(self) -> bool:
        """Where there was nothing to compare with, everything is."""
        return self.state in (None, FindingState.NEW)


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A candidate that did not become a finding, and why. ``undecided`` marks one whose verdict
    does not follow from its reason, so that a person has to look."""

    rule: str
    path: str
    line: int
    reason: str
    undecided: bool = False
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """How one question went. ``failure`` is "" for a question whose answer was used;
    ``cached_tokens`` is None where the server does not tell; ``earlier``: the answer was kept from
    an earlier run, and nothing was sent."""

    id: str
    prompt_tokens: int
    cached_tokens: int | None
    completion_tokens: int
    seconds: float
    seconds_to_first_token: float
    failure: str = ""
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One report, before it is rendered. ``body`` is Markdown that the report's own template
    made from facts and checked answers. ``suppressed`` are findings that do not count;
    ``suppressions`` is None for a report that has no findings to suppress, and then there are no
    ``rules``. ``measured`` is what a report that measures has found, as data; ``pictures`` are SVG
    texts by the names of their files, to which the body links. ``counts_unusable``: answers that
    cannot be used count in what it measures, and are no failures unless all are. ``comparison``:
    None where the findings were compared with nothing. ``stopped`` is the limit of the user's that
    was reached before all was asked, "" for none. ``site`` are the pages of a report that has
    several, None for one that is its body alone."""

    name: str
    title: str
    body: str = field(repr=False)
    findings: tuple[Finding, ...]
    dismissed: tuple[Dismissed, ...]
    evidence: tuple[Evidence, ...]
    asked: tuple[AskedQuestion, ...]
    dropped: tuple[DroppedClaim, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    suppressions: Suppressions | None = None
    rules: tuple[Rule, ...] = ()
    measured: Mapping[str, Any] = field(default_factory=dict, repr=False)
    pictures: Mapping[str, str] = field(default_factory=dict, repr=False)
    counts_unusable: bool = False
    comparison: Comparison | None = None
    stopped: str = ""
    site: Site | None = field(default=None, repr=False)

    @property
    def failures(self) -> tuple[AskedQuestion, ...]:
        failed = tuple(question for question in self.asked if question.failure)
        return () if self.counts_unusable and len(failed) < len(self.asked) else failed


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What one run was: the head of every report. ``text_bytes`` counts the bytes of text that
    were packed, ``omitted_bytes`` those of the omitted paths; ``asked`` holds every question of
    every report; ``sent`` counts the prompt tokens of them all. ``prefill_rate``: tokens a second
    of the first prompt, None where it was not measured; ``cache_remedy``: how this server is made
    to tell what came from its prefix cache. ``recall``: None where it was not measured; its
    page is called ``recall_page``. ``base``: what the prompt begins with, None where that is the
    revision itself; the page on what has changed since is ``changes_page``, "" where there is none
    or it is that page. ``identity`` is NOBODY where there was nothing to ask."""

    tool_version: str
    command: str
    identity: EngineIdentity
    engine_choice: str
    window: int
    pack_tokens: int
    files_packed: int
    omissions: tuple[Omission, ...]
    text_bytes: int
    prefill_rate: float | None = None
    cache_remedy: str = ""
    recall: Recall | None = None
    recall_page: str = ""
    base: Base | None = None
    changes_page: str = ""
