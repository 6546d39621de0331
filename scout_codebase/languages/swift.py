"""Swift: the use of a type leads to the file that declares it.

A file sees the types of its own module, which need no import, and those of the modules that it
imports. ``Outer.Inner`` leads to where ``Inner`` is declared, be it in an extension; ``Inner``
alone does in a file that declares or extends ``Outer``. An import of a module of this repository
has no target of its own: a module is no file.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping

from scout_codebase.languages.apple_frameworks import FRAMEWORKS
from scout_codebase.languages.spec import Resolution
from scout_codebase.languages.swift_manifests import SwiftModules
from scout_codebase.records import FileAnalysis, ImportKind, ImportStatement

_DEEPEST = 10


class SwiftResolver:
    """Answers from the declared types by module."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._paths = sorted(texts)
        self._modules = SwiftModules(texts)
        self._module: dict[str, str] = {}
        self._imported: dict[str, tuple[str, ...]] = {}
        self._own: dict[str, frozenset[str]] = {}
        self._types: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._outers: dict[tuple[str, str], set[str]] = defaultdict(set)
        swift = (item for item in sorted(analyses.items()) if item[1].language == "swift")
        for path, analysis in swift:
            self._add(path, analysis)
        self._names = self._modules.names.union(self._module.values())

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        if statement.kind is ImportKind.REFERENCE:
            return Resolution(self._declaring(source, statement.module.partition("<")[0]))
        name = statement.module.partition(".")[0]
        if name in self._names:
            return Resolution()
        package = self._modules.package_of_product.get(name, name)
        return Resolution(package=package, standard=name in FRAMEWORKS)

    def entry_points(self) -> Iterator[str]:
        return (path for path in self._paths if posixpath.basename(path) == "main.swift")

    def _add(self, path: str, analysis: FileAnalysis) -> None:
        module = self._modules.module_of(path)
        imported = (
            statement.module.partition(".")[0]
            for statement in analysis.imports
            if statement.kind is not ImportKind.REFERENCE
        )
        self._module[path] = module
        self._imported[path] = (module, *imported)
        self._own[path] = frozenset((*analysis.declarations, *analysis.packages))
        for name in analysis.declarations:
            self._types[module, name].add(path)
            parts = name.split(".")[:_DEEPEST]
            for end in range(1, len(parts)):
                self._outers[module, ".".join(parts[end:])].add(".".join(parts[:end]))

    def _declaring(self, source: str, name: str) -> tuple[str, ...]:
        """The files that declare the longest beginning of a name that is a type's."""
        parts = name.split(".")
        within = parts[0] if len(parts) > 1 and parts[0] in self._names else ""
        if within:
            parts = parts[1:]
        for end in range(len(parts), 0, -1):
            inner = ".".join(parts[:end])
            found = self._types.get((within, inner), set()) or self._visible(source, inner)
            if found:
                return tuple(sorted(found)) if source not in found else ()
        return ()

    def _visible(self, source: str, name: str) -> set[str]:
        """Nested types of what the file declares or extends first, then the module's own types,
        then those of imported modules."""
        module = self._module[source]
        outers = self._outers.get((module, name), set()) & self._own[source]
        for outer in sorted(outers, key=lambda outer: (-len(outer), outer)):
            return self._types[module, f"{outer}.{name}"]
        for imported in self._imported[source]:
            found = self._types.get((imported, name))
            if found:
                return found
        return set()
