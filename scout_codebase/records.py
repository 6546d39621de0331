"""The frozen records that pass between the stages, in the order of the flow.

Paths are repository-relative with ``/``; bytes of a path that are not UTF-8 are kept as lone
surrogates (``surrogateescape``). ``display_path`` gives the printable form of a path, which is
also the only form that the model ever sees.

Lines and columns count from 1; an end line is inclusive, an end column exclusive (SARIF 2.1.0,
3.30). Durations are in seconds, sizes in bytes, token counts in tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


def display_path(path: str) -> str:
    """The path in printable ASCII-safe form: control characters, quotes, backslashes and bytes
    that are not UTF-8 as backslash escapes. Two different paths never look the same."""
    return "".join(_display_character(character) for character in path)


_PATH_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def _display_character(character: str) -> str:
    if character in _PATH_ESCAPES:
        return _PATH_ESCAPES[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if character.isprintable():
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


# --- walk ---------------------------------------------------------------------------------------


class OmissionReason(StrEnum):
    """Why a path is in the manifest but its text is not in the pack."""

    BINARY = "binary"
    LFS_POINTER = "LFS pointer"
    SUBMODULE = "submodule"
    SYMLINK = "symbolic link"
    GENERATED = "generated"
    VENDORED = "vendored"
    MINIFIED = "minified"
    LOCK_FILE = "lock file"
    TOO_LARGE = "too large"
    EXCLUDED = "excluded by the user"
    NOT_DECODABLE = "not decodable"
    UNREADABLE = "unreadable"
    NOT_CHECKED_OUT = "not checked out"


@dataclass(frozen=True, slots=True)
class Revision:
    """Which state of the repository was read. ``commit`` is the full object id. ``dirty`` is true
    when the working tree was read and differs from that commit."""

    commit: str
    name: str = ""
    committed_at: str = ""
    dirty: bool = False
    remote: str = ""

    @property
    def label(self) -> str:
        short = self.commit[:10]
        return f"{short}+changes" if self.dirty else short


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file whose text goes into the pack. ``object_id`` is git's id of the bytes that were
    read; ``text`` is those bytes decoded from ``encoding``, newlines as they were."""

    path: str
    object_id: str
    size: int
    text: str = field(repr=False)
    encoding: str = "utf-8"
    tracked: bool = True


@dataclass(frozen=True, slots=True)
class Omission:
    """A path whose text is not in the pack, and why. ``detail`` completes the reason, such as
    the target of a link or the limit that a size exceeded."""

    path: str
    reason: OmissionReason
    size: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of a repository. ``files`` and ``omissions`` are sorted by path and together
    hold every path that git lists. ``folder`` is the reviewed folder relative to the root of the
    repository, ``""`` for the whole; paths are relative to that folder."""

    name: str
    root: Path
    folder: str
    revision: Revision
    files: tuple[SourceFile, ...]
    omissions: tuple[Omission, ...]


# --- languages and graph ------------------------------------------------------------------------


class ImportKind(StrEnum):
    """How a file depends on another."""

    IMPORT = "import"
    TYPE_ONLY = "type-only"
    CONDITIONAL = "conditional"
    DYNAMIC = "dynamic"
    REEXPORT = "re-export"


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """One import as it is written. ``module`` is the specifier without its leading dots for
    Python (``level`` counts those), and the whole specifier elsewhere. ``names`` are the names
    taken from it; ``("*",)`` is a star import."""

    module: str
    line: int
    names: tuple[str, ...] = ()
    level: int = 0
    kind: ImportKind = ImportKind.IMPORT


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition. ``name`` is qualified within the file (``Class.method``); ``kind`` is
    ``class``, ``function``, ``method``, ``interface``, ``type``, ``enum`` or ``constant``.
    ``signature`` is the source from the name's statement to its body on one line."""

    name: str
    kind: str
    start_line: int
    end_line: int
    signature: str
    docstring: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A construct that deserves a look in a security review. ``category`` is a row of the table
    of weaknesses (``sql``, ``command`` …); ``code`` is the source of the construct's first line,
    stripped; ``symbol`` is the definition around it, ``""`` at the top level."""

    category: str
    start_line: int
    end_line: int
    code: str
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class FileAnalysis:
    """What the syntax tree of one file says; a function of its bytes and language alone.
    ``complete`` is false where the time limit of a file cut the analysis short."""

    language: str
    line_count: int
    imports: tuple[ImportStatement, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    places: tuple[Place, ...] = ()
    environment: tuple[tuple[str, int], ...] = ()  # (environment variable, line)
    entry_lines: tuple[int, ...] = ()  # lines that start a program
    syntax_errors: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Edge:
    """``source`` imports ``target``."""

    source: str
    target: str
    line: int
    kind: ImportKind = ImportKind.IMPORT


@dataclass(frozen=True, slots=True)
class ExternalImport:
    """An import of something outside the repository. ``package`` is the name that the language's
    registry knows, as far as the import tells; ``standard`` marks the standard library."""

    source: str
    package: str
    line: int
    standard: bool = False


@dataclass(frozen=True, slots=True)
class UnresolvedImport:
    """An import that looks like the repository's own but leads to no file."""

    source: str
    module: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Component:
    """A group of files that belong together. ``name`` is unique in the repository."""

    name: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DependencyGraph:
    """All tuples are sorted. ``cycles`` are the strongly connected components of two files or
    more; ``entry_points`` are paths that start a program."""

    analyses: Mapping[str, FileAnalysis]
    edges: tuple[Edge, ...]
    externals: tuple[ExternalImport, ...]
    unresolved: tuple[UnresolvedImport, ...]
    cycles: tuple[tuple[str, ...], ...]
    components: tuple[Component, ...]
    entry_points: tuple[str, ...]


# --- order and pack -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """Every packed path once, dependencies before dependents."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the prompt. ``path`` is set for the section of a file. ``first_line`` is the
    line of the section, counted from 0, that holds line 1 of that file."""

    kind: str
    text: str = field(repr=False)
    tokens: int
    path: str = ""
    first_line: int = 0


@dataclass(frozen=True, slots=True)
class Neutralised:
    """Strings of a file that were rewritten because the server or the frame would read them as
    control tokens or tags."""

    path: str
    original: str
    replacement: str
    count: int


@dataclass(frozen=True, slots=True)
class Pack:
    """The prompt without its question. The text is the sections joined; the tokens of the
    sections add up to the tokens of the text."""

    snapshot: Snapshot
    sections: tuple[Section, ...]
    neutralised: tuple[Neutralised, ...]
    tokens: int
    sha256: str

    @property
    def text(self) -> str:
        return "".join(section.text for section in self.sections)


# --- questions and answers ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EngineIdentity:
    """Who answers. ``family`` is a row of the engine table; ``context_window`` is None where the
    server does not tell it; ``address`` is what the report shows."""

    family: str
    model: str
    address: str
    context_window: int | None
    llama4_vocabulary: bool
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A suffix to the pack. ``schema`` is a JSON Schema for an answer that is data, None for one
    that is prose. ``id`` is stable from run to run."""

    id: str
    text: str
    max_tokens: int
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sent back. Token counts are the server's own; None where it gives none."""

    text: str
    finish_reason: str
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    seconds_to_first_token: float
    seconds: float


@dataclass(frozen=True, slots=True)
class PrefillProgress:
    """The server has read ``done`` of ``total`` tokens of the prompt."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class AnswerText:
    """A piece of the answer, as it streams."""

    text: str


AnswerEvent = PrefillProgress | AnswerText
Ask = Callable[[Question], Answer]
"""Asks one question of the pack; raises an EngineError or WindowError."""


# --- reports ------------------------------------------------------------------------------------


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
    ``matches`` is how often the quote stands in ``path``; the first place is the one given."""

    claimed_path: str
    quote: str
    grade: Grade
    path: str = ""
    start_line: int = 0
    end_line: int = 0
    start_column: int = 0
    end_column: int = 0
    matches: int = 0

    @property
    def found(self) -> bool:
        return self.grade is not Grade.MISSING


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
class Finding:
    """A weakness with its evidence. ``rule`` is a row of the table of weaknesses."""

    rule: str
    title: str
    severity: Severity
    confidence: str
    explanation: str
    exploit: str
    fix: str
    evidence: tuple[Evidence, ...]
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A candidate that did not become a finding, and why. ``undecided`` marks one whose verdict
    does not follow from its reason, so that a person has to look."""

    rule: str
    path: str
    line: int
    reason: str
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """How one question went. ``failure`` is "" for a question whose answer was used."""

    id: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
    seconds_to_first_token: float
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One report, before it is rendered. ``body`` is Markdown that the report's own template
    made from facts and checked answers."""

    name: str
    title: str
    body: str = field(repr=False)
    findings: tuple[Finding, ...]
    dismissed: tuple[Dismissed, ...]
    evidence: tuple[Evidence, ...]
    asked: tuple[AskedQuestion, ...]

    @property
    def failures(self) -> tuple[AskedQuestion, ...]:
        return tuple(question for question in self.asked if question.failure)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What one run was: the head of every report. ``text_bytes`` counts the bytes of text that
    were packed, ``omitted_bytes`` those of the omitted paths; ``asked`` holds every question of
    every report; ``sent`` counts the prompt tokens of them all."""

    tool_version: str
    command: str
    identity: EngineIdentity
    engine_choice: str
    window: int
    pack_tokens: int
    files_packed: int
    omissions: tuple[Omission, ...]
    text_bytes: int
