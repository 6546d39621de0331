"""Which files declare a qualified name, for languages whose imports name packages and types."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from scout_codebase.languages.paths import is_test, shared_folders
from scout_codebase.records import FileAnalysis

Files = tuple[str, ...]


class TypesIndex:
    """Qualified name to files, made once. Where modules of a repository declare the same name, the
    nearest to the using file are meant, and tests only by tests. ``place`` says where a file
    stands for that; files of one place are equally near."""

    def __init__(
        self,
        analyses: Mapping[str, FileAnalysis],
        languages: Iterable[str],
        place: Callable[[str], str] = str,
    ) -> None:
        self._place = place
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

    def add_extensions(self) -> None:
        """Makes what extends types of others (a declaration that ends in a parenthesis) known as
        ``package.name(``, whatever it is declared in. Of a name that is also a member of some type
        nobody could tell, without types, which of both a call means: it is left out."""
        extending = sorted(name[:-1] for name in self._files if name.endswith("("))
        members = {name.rpartition(".")[2] for name in self._files.keys() - extending}
        for name in extending:
            around, _, last = name.rpartition(".")
            while around not in self._packages:
                around = around.rpartition(".")[0]
            known = self._files[f"{around}.{last}(".lstrip(".")]
            if last in members:
                known.clear()
            else:
                known += [path for path in self._files[f"{name}("] if path not in known]

    def declares(self, name: str) -> bool:
        return name in self._files

    def is_package(self, name: str) -> bool:
        return name in self._packages

    def exact(self, name: str, source: str) -> Files:
        """The files that declare a name, as ``source`` sees them."""
        found = self._files.get(name, ())
        if len(found) < 2:
            return tuple(found)
        if not is_test(source):
            found = [path for path in found if not is_test(path)] or found
        place = self._place(source)
        shared = [self._nearness(path, place) for path in found]
        return tuple(path for path, near in zip(found, shared, strict=True) if near == max(shared))

    def _nearness(self, path: str, place: str) -> tuple[bool, int]:
        other = self._place(path)
        return (other == place, shared_folders(other, place))

    def longest(self, name: str, source: str) -> Files:
        """The files that declare a name, or the innermost declaration around it: what stands
        behind a type is a member of it."""
        while name and name not in self._packages:
            found = self.exact(name, source)
            if found:
                return found
            name = name.rpartition(".")[0]
        return ()
