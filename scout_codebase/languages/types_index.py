"""Which files declare a qualified name, for languages whose imports name packages and types."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from scout_codebase.languages.paths import is_test, shared_folders
from scout_codebase.records import FileAnalysis

Files = tuple[str, ...]


class TypesIndex:
    """Qualified name to files, made once. Where modules of a repository declare the same name, the
    nearest to the using file are meant, and tests only by tests."""

    def __init__(self, analyses: Mapping[str, FileAnalysis], languages: Iterable[str]) -> None:
        self._files: dict[str, list[str]] = defaultdict(list)
        self._packages: set[str] = {""}
        wanted = frozenset(languages)
        for path in sorted(analyses):
            if analyses[path].language in wanted:
                for package in analyses[path].packages:
                    self._packages.add(package)
                for name in analyses[path].declarations:
                    self._files[name].append(path)

    def add(self, name: str, path: str) -> None:
        """One more name for a file."""
        self._files[name].append(path)

    def is_package(self, name: str) -> bool:
        return name in self._packages

    def packages(self) -> Iterator[str]:
        return iter(self._packages)

    def exact(self, name: str, source: str) -> Files:
        """The files that declare a name, as ``source`` sees them."""
        found = self._files.get(name, ())
        if len(found) < 2:
            return tuple(found)
        if not is_test(source):
            found = [path for path in found if not is_test(path)] or found
        shared = [shared_folders(path, source) for path in found]
        return tuple(
            path for path, folders in zip(found, shared, strict=True) if folders == max(shared)
        )

    def longest(self, name: str, source: str) -> Files:
        """The files that declare a name, or the innermost declaration around it: what stands
        behind a type is a member of it."""
        while name and name not in self._packages:
            found = self.exact(name, source)
            if found:
                return found
            name = name.rpartition(".")[0]
        return ()
