"""What a language is to this package: one frozen row, and the protocol of its resolver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from scout_codebase.records import ImportStatement


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one import statement leads to. One of three: ``files`` of the repository, a
    ``package`` from outside it, or nothing and the ``reason``."""

    files: tuple[str, ...] = ()
    package: str = ""
    standard: bool = False
    reason: str = ""


class Resolver(Protocol):
    """Built once from every path and text of a repository, then asked once an import."""

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        """What ``statement``, written in the file ``source``, leads to."""

    def entry_points(self) -> Iterable[str]:
        """The files that manifests name as programs, some of them more than once."""


MakeResolver = Callable[[Mapping[str, str]], Resolver]
"""Takes the text of every file by path. A resolver reads the texts of manifests only."""


@dataclass(frozen=True, slots=True)
class LanguageSpec:
    """One row of the table of languages.

    A row without ``grammar`` gives files a language and nothing else. ``queries`` are the folders
    under ``queries/`` whose files are joined, in this order. ``resolver`` is the name of a row of
    ``RESOLVERS``: languages that import each other share one. An expression is computed, not
    literal, if it holds a node of ``variable_types``, capitalised names aside. By node type,
    ``transparent`` names the only fields that are looked into (the object of an attribute, the
    value of a pair), and a ``function`` or ``object`` of ``constant_names`` is passed over."""

    name: str
    title: str
    extensions: tuple[str, ...] = ()
    file_names: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    grammar: Callable[[], object] | None = field(default=None, repr=False, compare=False)
    queries: tuple[str, ...] = ()
    resolver: str = ""
    variable_types: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    transparent: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    constant_names: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    resolved: str = ""
    unresolved: str = ""
