"""What a language is to this package: one frozen row, and the protocol of its resolver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Protocol

from scout_codebase.records import FileAnalysis, ImportStatement


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one import statement leads to. One of three: ``files`` of the repository, a
    ``package`` from outside it, or nothing and the ``reason``."""

    files: tuple[str, ...] = ()
    package: str = ""
    standard: bool = False
    reason: str = ""


class Resolver(Protocol):
    """Built once from what is known of a repository, then asked once an import."""

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        """What ``statement``, written in the file ``source``, leads to. Of a reference to nothing
        in the repository no reason is wanted: most names are a language's own."""

    def entry_points(self) -> Iterable[str]:
        """The files that manifests name as programs, some of them more than once."""


MakeResolver = Callable[[Mapping[str, str], Mapping[str, FileAnalysis]], Resolver]
"""Takes the text of every file by path, and the analyses. A resolver reads the texts of manifests
only; those of omitted files are empty."""


@dataclass(frozen=True, slots=True)
class LanguageSpec:
    """One row of the table of languages.

    ``view`` is what of a file the grammar reads: as many bytes on as many lines.

    A row without ``grammar`` gives files a language and nothing else. ``queries`` are the folders
    under ``queries/`` whose files are joined, in this order. ``resolver`` is the name of a row of
    ``RESOLVERS``: languages that import each other share one. One of ``link_words`` stands in every
    statement that links a file to others or starts a program; without them the whole file is
    searched. An expression is computed, not literal, if it holds a node of ``variable_types``,
    capitalised names aside where ``constant_capitals``. By node type, ``transparent`` names the
    only fields that are looked into (the object of an attribute, the value of a pair), what is
    called or belongs to another first; one whose text is of ``constant_names`` is passed over, and
    so is a function of that name or that belongs to it, for its arguments. ``free_keys``: the
    quotes around a key may be left out. ``case_counts``: names in another case are other names.

    While the ``ambiguous`` mark stands open the grammar follows several readings: a text that opens
    it too often in one statement is not parsed. A grammar that recovers slowly from errors has a
    ``recovery_limit``, in hundreds of steps: a text that needs more is not parsed either; 0 is no
    limit. Of a longer file the lines within ``most_bytes`` are parsed. A parse takes at most
    ``most_steps`` steps, and ``most_steps_a_byte``: source that people write takes one or two,
    dense data three. The more time a grammar wants for a step in a text full of errors, the fewer
    it has.

    Where a language ``enforces_types``, a parameter that is declared to be a number is one,
    whatever it is given. Where it ``exports_capitals``, a capital begins the name of any function,
    not of types only."""

    name: str
    title: str
    extensions: tuple[str, ...] = ()
    file_names: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    grammar: Callable[[], object] | None = field(default=None, repr=False, compare=False)
    queries: tuple[str, ...] = ()
    resolver: str = ""
    link_words: tuple[bytes, ...] = ()
    variable_types: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    transparent: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    constant_names: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    view: Callable[[bytes], bytes] | None = field(default=None, repr=False, compare=False)
    resolved: str = ""
    unresolved: str = ""
    ambiguous: bytes = b""
    recovery_limit: int = 0
    most_bytes: int = 250_000
    most_steps: int = 400_000
    most_steps_a_byte: int = 5
    enforces_types: bool = False
    exports_capitals: bool = False
    constant_capitals: bool = True
    free_keys: bool = False
    case_counts: bool = True


def grammar_of(module: str, function: str = "language") -> Callable[[], object]:
    """The grammar that a function of a module gives, loaded when it is wanted: a repository is
    written in few of the languages."""

    def load() -> object:
        language: Callable[[], object] = getattr(import_module(module), function)
        return language()

    return load
