"""Imports of Java, Kotlin and Scala to files. The three share packages, so they share this.

An import names a package and a type, then perhaps a member: the longest part of it that some file
declares decides. An import of all of a package makes its names visible and is no edge by itself.
Where a name is used that the file neither declares nor imports, it is looked up as the languages
do: in the packages around it, then in what is imported as a whole; a name with dots is looked up
whole as well. A call on a value leads to the extension function of that name in those packages,
unless some type of the repository has a member of that name itself.

Scala's imports are relative: their first name is looked up in the packages around and among the
names imported before it is taken for a package at the top.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from scout_codebase.languages.jvm_manifests import Dependencies
from scout_codebase.languages.jvm_views import View, imported, make_view
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
_SOURCE_SET = re.compile(r"/(\w+?)(?:Main|Test)/(?=kotlin/|java/)")
_TYPE_ARGUMENTS = re.compile(r"[<\[].*", re.DOTALL)


class JvmResolver:
    """Answers from an index of qualified names."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._analyses = analyses
        self._types = TypesIndex(analyses, _LANGUAGES, _place)
        for path in sorted(analyses):
            for name in _implied(path, analyses[path]):
                self._types.add(name, path)
        self._types.add_extensions()
        self._views: dict[str, View] = {}
        self._dependencies = Dependencies(texts)

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        view = self._view(source)
        if statement.kind is ImportKind.REFERENCE:
            name = _TYPE_ARGUMENTS.sub("", statement.module)
            return _without(self._reference(source, view, name), source)
        found: dict[str, None] = {}
        in_package = False
        names = imported(self._analyses[source].language, statement)
        for candidates in map(view.absolute, names):
            for name in candidates:
                files = _common(self._types.longest(name, source))
                files = _named_alike(files, name.rpartition(".")[2])
                found.update(dict.fromkeys(files))
                in_package |= self._types.is_package(name)
                if files or self._types.is_package(name):
                    break
        if found or in_package:
            return _without(tuple(sorted(found)), source)
        return self._outside(names[0], whole="*" in statement.names)

    def entry_points(self) -> Iterable[str]:
        return ()

    def _view(self, source: str) -> View:
        view = self._views.get(source)
        if view is None:
            view = self._views[source] = make_view(self._analyses[source], self._types)
        return view

    def _reference(self, source: str, view: View, name: str) -> Files:
        head, dot, _ = name.partition(".")
        if head.removesuffix("(") in view.known:
            return ()
        for package in view.visible:
            full = f"{package}.{head}".lstrip(".")
            found = self._types.exact(full, source) if full not in view.hidden else ()
            if found:
                return _named_alike(_common(found), head)
        for full in view.absolute(name) if dot else ():
            found = self._types.longest(full, source)
            if found:
                return _common(found)
        return ()

    def _outside(self, module: str, *, whole: bool) -> Resolution:
        above = module.rpartition(".")[0]
        package = _package_part(module if whole else above or module)
        if _STANDARD.match(module):
            return Resolution(package=package, standard=True)
        if above and self._types.is_package(above):
            return Resolution(reason=f"no {module} in the repository")
        return Resolution(package=self._dependencies.name(module) or package)


def _implied(path: str, analysis: FileAnalysis) -> Iterator[str]:
    """What a file declares without writing it: the class that holds the functions of a Kotlin file
    for Java, under the file's name or its ``@JvmName``; and the type that a file is named after,
    where what declares it could not be read whole."""
    if analysis.language not in _LANGUAGES:
        return
    stem = _stem(path)
    names: list[str] = []
    if analysis.language == "kotlin":
        names.append(f"{stem[:1].upper()}{stem[1:]}Kt")
        names += [name for name in analysis.declarations if "." not in name and analysis.packages]
    if analysis.syntax_errors or not analysis.complete:
        names.append(stem)
    for package in analysis.packages or ("",):
        for name in names:
            qualified = f"{package}.{name}".lstrip(".")
            if qualified not in analysis.declarations:
                yield qualified


def _place(path: str) -> str:
    """Where a file of a multiplatform module stands: the tests of a platform beside its sources."""
    return _SOURCE_SET.sub(r"/\1/", path)


def _common(files: Files) -> Files:
    """Of declarations for several platforms that are equally near, the common one."""
    return tuple(path for path in files if "/commonMain/" in path) or files


def _named_alike(files: Files, name: str) -> Files:
    """Of overloads in several files, which take types to tell apart, those in the file whose name
    stands in the function's: ``asPath`` is more likely from ``Path.kt``."""
    if len(files) < 2:
        return files
    lower = name.lower()
    return tuple(path for path in files if _stem(path).lower() in lower) or files


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def _package_part(module: str) -> str:
    """The package of an import, by the custom that types begin with a capital."""
    part = _PACKAGE_PART.match(module)
    return part[0] if part else module


def _without(files: Files, source: str) -> Resolution:
    return Resolution(tuple(path for path in files if path != source))
