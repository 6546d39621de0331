"""C# types to files.

A ``using`` of a namespace makes its types visible and is no edge by itself; one of static members
or with an alias leads to the type that it names. ``global using``, and ``<Using>`` of a project
file, hold for the whole project. A name is looked up in the namespaces around it, the innermost
first, then in those that are used; an attribute also with ``Attribute`` behind it. All files of a
partial type are meant by its name. A call on a value leads to the extension method of that name in
those namespaces, unless some type of the repository has a method of that name itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from scout_codebase.languages.csharp_projects import Projects
from scout_codebase.languages.spec import Resolution
from scout_codebase.languages.types_index import Files, TypesIndex
from scout_codebase.records import FileAnalysis, ImportKind, ImportStatement

_STANDARD = re.compile(r"(?:System|Microsoft\.(?:CSharp|VisualBasic|Win32))(?:\.|$)")
_LINQ = (
    "Aggregate All Any Append Average Cast Concat Contains Count Distinct DistinctBy ElementAt"
    " Except First FirstOrDefault GroupBy Join Last LastOrDefault Max MaxBy Min MinBy OfType"
    " OrderBy OrderByDescending Prepend Reverse Select SelectMany SequenceEqual Single"
    " SingleOrDefault Skip SkipWhile Sum Take TakeWhile ThenBy ToArray ToDictionary ToHashSet"
    " ToList ToLookup Union Where Zip"
)
"""Methods that ``System.Linq`` extends every sequence with: without types nobody could tell whether
a call means one of them or a repository's own of that name."""
_LINQ_CALLS = frozenset(f"{name}(" for name in _LINQ.split())
_GENERIC = re.compile(r"<.*", re.DOTALL)


class CSharpResolver:
    """Answers from an index of qualified names and of what each project uses everywhere."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._analyses = analyses
        self._projects = Projects(texts)
        self._places: dict[str, str] = {}
        self._types = TypesIndex(analyses, ("csharp",), self._place)
        self._types.add_extensions()
        self._everywhere: dict[str, list[ImportStatement]] = defaultdict(list)
        for path in sorted(analyses):
            if analyses[path].language == "csharp":
                found = (one for one in analyses[path].imports if "global" in one.names)
                self._everywhere[self._place(path)] += found
        self._views: dict[str, _View] = {}

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        name = _plain(statement.module)
        view = self._view(source)
        if statement.kind is ImportKind.REFERENCE:
            found = self._reference(source, view, name)
            return Resolution(tuple(path for path in found if path != source))
        if any(self._types.is_package(one) for one in view.absolute(name)):
            return Resolution()
        if set(statement.names) - {"global"}:
            found = self._qualified(source, view, name)
            if found:
                return Resolution(tuple(path for path in found if path != source))
        return self._outside(name)

    def entry_points(self) -> Iterable[str]:
        return ()

    def _place(self, path: str) -> str:
        """The folder of the project, with a slash, so that its last part counts."""
        found = self._places.get(path)
        if found is None:
            found = self._places[path] = f"{self._projects.folder_of(path)}/"
        return found

    def _reference(self, source: str, view: _View, name: str) -> Files:
        head, dot, _ = name.partition(".")
        if head in view.aliases:
            return self._qualified(source, view, view.aliases[head] + name[len(head) :])
        if dot:
            return self._qualified(source, view, name)
        if view.sees_linq and name in _LINQ_CALLS:
            return ()
        for spelled in (name,) if name.endswith("(") else (name, f"{name}Attribute"):
            for around in (*view.namespaces, *view.used, *view.types):
                found = self._types.exact(f"{around}.{spelled}".lstrip("."), source)
                if found:
                    return found
        return ()

    def _qualified(self, source: str, view: _View, name: str) -> Files:
        for around in (*view.namespaces, *view.used):
            found = self._types.longest(f"{around}.{name}".lstrip("."), source)
            if found:
                return found
        return ()

    def _outside(self, name: str) -> Resolution:
        if _STANDARD.match(name):
            return Resolution(package=name, standard=True)
        package = self._projects.package(name)
        if not package and self._types.is_package(name.rpartition(".")[0] or "."):
            return Resolution(reason=f"no namespace or type {name} in the repository")
        return Resolution(package=package or name)

    def _view(self, source: str) -> _View:
        view = self._views.get(source)
        if view is None:
            view = self._views[source] = self._make_view(source)
        return view

    def _make_view(self, source: str) -> _View:
        analysis = self._analyses[source]
        around = _namespaces(analysis)
        view = _View(around)
        written = [one for one in analysis.imports if one.kind is not ImportKind.REFERENCE]
        written += self._everywhere[self._place(source)]
        used = [one for name in self._projects.usings(source) for one in view.absolute(name)]
        types: list[str] = []
        aliases: dict[str, str] = {}
        for one in written:
            names = set(one.names) - {"global"}
            absolute = view.absolute(_plain(one.module))
            if "*" in names:
                types += absolute
            elif names:
                aliases.update(dict.fromkeys(names, _plain(one.module)))
            else:
                used += absolute
        sees_linq = "System.Linq" in used
        used = [name for name in dict.fromkeys(used) if self._types.is_package(name)]
        return _View(around, tuple(used), tuple(dict.fromkeys(types)), aliases, sees_linq)


@dataclass(frozen=True, slots=True)
class _View:
    """What a file sees: the ``namespaces`` around its code, the innermost first and ``""`` last,
    those that it uses, the types whose members it uses, aliases, and whether it uses LINQ."""

    namespaces: tuple[str, ...]
    used: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    sees_linq: bool = False

    def absolute(self, name: str) -> list[str]:
        """What a name may be in full."""
        return [f"{around}.{name}".lstrip(".") for around in self.namespaces]


def _namespaces(analysis: FileAnalysis) -> tuple[str, ...]:
    found = {one for package in analysis.packages for one in _outwards(package)}
    return (*sorted(found, key=lambda name: (-name.count("."), name)), "")


def _outwards(namespace: str) -> Iterator[str]:
    while namespace:
        yield namespace
        namespace = namespace.rpartition(".")[0]


def _plain(name: str) -> str:
    """Without ``global::``, another alias of an assembly, and type arguments."""
    return _GENERIC.sub("", name).rpartition("::")[2]
