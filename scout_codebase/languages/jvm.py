"""Imports of Java, Kotlin and Scala to files. The three share packages, so they share this.

An import names a package and a type, then perhaps a member: the longest part of it that some file
declares decides. An import of all of a package makes its names visible and is no edge by itself.
Where a name is used that the file neither declares nor imports, it is looked up as the languages
do: in the package of the file, then in what is imported as a whole; a name with dots is looked up
whole as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scout_codebase.languages.jvm_manifests import Dependencies
from scout_codebase.languages.spec import Resolution
from scout_codebase.languages.types_index import Files, TypesIndex
from scout_codebase.records import FileAnalysis, ImportKind, ImportStatement

_LANGUAGES = ("java", "kotlin", "scala")
_STANDARD = re.compile(
    r"(?:java|jdk|sun|com\.sun|kotlin|scala|org\.w3c\.dom|org\.xml\.sax|org\.ietf\.jgss"
    r"|javax\.(?:accessibility|annotation\.processing|crypto|imageio|lang\.model|management|naming"
    r"|net|print|rmi|script|security|sound|sql|swing|tools|transaction\.xa|xml))(?:\.|$)"
)
_PACKAGE_PART = re.compile(r"[a-z_][\w-]*(?:\.[a-z_][\w-]*)*")


class JvmResolver:
    """Answers from an index of qualified names."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._analyses = analyses
        self._types = TypesIndex(analyses, _LANGUAGES)
        for path in sorted(analyses):
            for name in _named_after(path, analyses[path]):
                self._types.add(name, path)
        self._views: dict[str, _View] = {}
        self._dependencies = Dependencies(texts)

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        if statement.kind is ImportKind.REFERENCE:
            return _without(self._reference(source, statement.module), source)
        module, whole = statement.module, "*" in statement.names
        found = self._types.longest(module, source)
        if found or (whole and self._types.is_package(module)):
            return _without(found, source)
        return self._outside(module)

    def entry_points(self) -> Iterable[str]:
        return ()

    def _reference(self, source: str, name: str) -> Files:
        view = self._views.get(source)
        if view is None:
            view = self._views[source] = _View.of(self._analyses[source])
        head, dot, _ = name.partition(".")
        if head in view.known:
            return ()
        for package in view.visible:
            found = self._types.exact(f"{package}.{head}".lstrip("."), source)
            if found:
                return found
        return self._types.longest(name, source) if dot else ()

    def _outside(self, module: str) -> Resolution:
        if _STANDARD.match(module):
            return Resolution(package=_package_part(module), standard=True)
        package = module.rpartition(".")[0]
        if package and self._types.is_package(package):
            return Resolution(reason=f"no {module} in the repository")
        return Resolution(package=self._dependencies.name(module) or _package_part(module))


@dataclass(frozen=True, slots=True)
class _View:
    """What a file sees: ``known`` are the names that it imports one by one, ``visible`` the
    packages and types whose names it sees, the innermost first."""

    known: frozenset[str]
    visible: tuple[str, ...]

    @staticmethod
    def of(analysis: FileAnalysis) -> _View:
        known: set[str] = set()
        visible = list(analysis.packages) or [""]
        for statement in analysis.imports:
            if statement.kind is ImportKind.REFERENCE:
                continue
            if "*" in statement.names:
                visible.append(statement.module)
            else:
                known.add(statement.module.rpartition(".")[2])
        return _View(frozenset(known), tuple(dict.fromkeys(visible)))


def _named_after(path: str, analysis: FileAnalysis) -> Iterator[str]:
    """The type that a file is named after, where what declares it could not be read whole."""
    stem = path.rpartition("/")[2].partition(".")[0]
    if analysis.language in _LANGUAGES and (analysis.syntax_errors or not analysis.complete):
        for package in analysis.packages or ("",):
            name = f"{package}.{stem}".lstrip(".")
            if name not in analysis.declarations:
                yield name


def _package_part(module: str) -> str:
    """The package of an import, by the custom that types begin with a capital."""
    part = _PACKAGE_PART.match(module)
    return part[0] if part else module


def _without(files: Files, source: str) -> Resolution:
    return Resolution(tuple(path for path in files if path != source))
