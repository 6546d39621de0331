"""What the syntax trees say, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ImportKind(StrEnum):
    """How a file depends on another. ``REFERENCE``: it names what the other defines, in a language
    that needs no import for it."""

    IMPORT = "import"
    TYPE_ONLY = "type-only"
    CONDITIONAL = "conditional"
    DYNAMIC = "dynamic"
    REEXPORT = "re-export"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """One import as it is written. ``module`` is the specifier without its leading dots for
    Python (``level`` counts those), and the whole specifier elsewhere. ``names`` are the names
    taken from it; ``("*",)`` is a star import. ``scope`` are the modules written out around the
    statement, the outermost first, in a language that can write one inside a file."""

    module: str
    line: int
    names: tuple[str, ...] = ()
    level: int = 0
    kind: ImportKind = ImportKind.IMPORT
    scope: tuple[str, ...] = ()


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


LONGEST_VALUE = 1_000
"""Characters of the ``value`` of a place, and of an expression that is read."""


@dataclass(frozen=True, slots=True)
class Place:
    """A construct that deserves a look in a security review. ``category`` is a row of the table
    of weaknesses (``sql``, ``command`` …); ``code`` is the source of the construct's first line,
    stripped; ``symbol`` is the definition around it, ``""`` at the top level; ``value`` is the
    part of the construct that decides, such as the argument that must not come from outside, with
    the middle of long literals left out; ``digest`` stands for the tokens of the construct, and of
    others of the category on the line, the same in every layout."""

    category: str
    start_line: int
    end_line: int
    code: str
    symbol: str = ""
    value: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class IgnoreComment:
    """A comment that asks for findings of these ``rules`` to be suppressed in one line of code,
    ``covers``; it stands in ``line``. ``refused`` says why it asks in vain, ``""`` where it may be
    heard."""

    line: int
    covers: int
    rules: tuple[str, ...]
    reason: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class ProgramOption:
    """An option that the file declares for a program's command line: its names as they are
    written (``-p, --port``), its default and its help as far as they are literal, else "" and the
    source of the default."""

    name: str
    line: int
    default: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class FileAnalysis:
    """What the syntax tree of one file says; a function of its bytes and language alone.
    ``complete`` is false where the limits of an analysis left something out; ``timed_out`` where
    that was the limit of time, so that another machine may find more.

    ``packages`` are the packages, namespaces or modules that the file declares, ``declarations``
    the qualified names (``package.Outer.Inner``) that other files may use without naming this
    file; both only for languages that resolve imports by them. ``symbols``, ``places``,
    ``environment``, ``options`` and ``ignores`` are empty in an analysis that is not
    ``detailed``."""

    language: str
    line_count: int
    imports: tuple[ImportStatement, ...] = ()
    packages: tuple[str, ...] = ()
    declarations: tuple[str, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    places: tuple[Place, ...] = ()
    environment: tuple[tuple[str, int], ...] = ()  # (environment variable, line)
    options: tuple[ProgramOption, ...] = ()
    entry_lines: tuple[int, ...] = ()  # lines that start a program
    ignores: tuple[IgnoreComment, ...] = ()
    syntax_errors: int = 0
    complete: bool = True
    timed_out: bool = False
    detailed: bool = True


def link_facts(analysis: FileAnalysis) -> tuple[object, ...]:
    """All of an analysis that a dependency graph may depend on: most edits of a file leave it as
    it was."""
    return (
        analysis.language,
        analysis.imports,
        analysis.packages,
        analysis.declarations,
        analysis.entry_lines,
        analysis.complete,
    )


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
