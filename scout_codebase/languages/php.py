"""PHP's names and includes to files.

A name leads to the file that declares it: in full, by a ``use`` of the file, or in the file's
namespace. Where several files declare one name, Composer's PSR-4 and PSR-0 folders decide, then
nearness. A function is looked up in the file's namespace, then in the global one.

``require`` and ``include`` of a literal path, and every path joined to ``__DIR__``, lead to that
file; a bare path is looked up beside the file, then from the top of the repository.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from scout_codebase.languages.paths import join, nearest, parent
from scout_codebase.languages.php_composer import Composer
from scout_codebase.languages.spec import Resolution
from scout_codebase.records import FileAnalysis, ImportKind, ImportStatement

_CLAUSE = re.compile(r"(?:function\s+|const\s+)?([\w\\]+)(?:\s+as\s+(\w+))?$", re.IGNORECASE)
_FUNCTION = "function"
_HERE = re.compile(r"([^/]*(?:__DIR__|__FILE__)[^/]*)/(.*)$")
_UP = re.compile(r",(\d{1,2})\b")


class PhpResolver:
    """Answers from an index of the declared names, made once."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._files = frozenset(texts)
        self._analyses = analyses
        self._composer = Composer(texts)
        self._declared: dict[str, list[str]] = defaultdict(list)
        for path in sorted(analyses):
            if analyses[path].language == "php":
                for name in analyses[path].declarations:
                    self._declared[_key(name)].append(path)
        self._uses: dict[str, dict[str, str]] = {}

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        if statement.kind is ImportKind.REFERENCE:
            here = _HERE.match(statement.module)
            if here:
                return self._here(source, here[1], here[2])
            return self._reference(source, statement)
        if _is_path(statement.module):
            return self._include(source, statement.module)
        return self._use(source, statement)

    def entry_points(self) -> Iterator[str]:
        yield from (path for path in self._composer.programs() if path in self._files)

    # --- paths ---

    def _here(self, source: str, folder: str, inner: str) -> Resolution:
        """A path that begins with the folder of the file, or one above it."""
        steps = folder.count("dirname") - folder.count("__FILE__")
        counted = _UP.search(folder)
        steps += int(counted[1]) - 1 if counted else 0
        above = [".."] * min(steps, source.count("/") + 1)
        path = join(parent(source), *above, inner)
        return Resolution((path,) if path in self._files and path != source else ())

    def _include(self, source: str, module: str) -> Resolution:
        for path in (join(parent(source), module), join(module)):
            if path in self._files:
                return Resolution((path,) if path != source else ())
        if module.endswith("vendor/autoload.php"):
            return Resolution(package="composer")
        return Resolution(reason=f"no file {module}")

    # --- names ---

    def _use(self, source: str, statement: ImportStatement) -> Resolution:
        names = list(_aliases(statement).values())
        mark = "(" if _FUNCTION in statement.names else ""
        files = {path for name in names for path in self._declaring(name + mark, source)}
        if files:
            return Resolution(tuple(sorted(files - {source})))
        if all("\\" not in name for name in names):
            return Resolution(package="php", standard=True)
        package = self._composer.package(names[0])
        if package is None and self._composer.is_own(names[0]):
            return Resolution(reason=f"nothing declares {names[0]}")
        return Resolution(package=package or names[0].partition("\\")[0])

    def _reference(self, source: str, statement: ImportStatement) -> Resolution:
        for name in self._qualified(source, statement.module):
            found = self._declaring(name, source)
            if found:
                return Resolution(tuple(path for path in found if path != source))
        return Resolution()

    def _qualified(self, source: str, name: str) -> Iterator[str]:
        """The full names that a name may stand for, as PHP tries them."""
        packages = self._analyses[source].packages if source in self._analyses else ()
        spaces = [package.replace(".", "\\") + "\\" for package in packages] or [""]
        first, _, rest = name.partition("\\")
        if not first:
            yield rest
        elif first.lower() == "namespace":
            yield from (space + rest for space in spaces)
        else:
            used = self._used(source).get(first.rstrip("(").lower())
            if used:
                yield used + name[len(first.rstrip("(")) :]
                return
            yield from (space + name for space in spaces)
            if name.endswith("(") and not rest:
                yield name

    def _used(self, source: str) -> dict[str, str]:
        """What the names that a file imports stand for."""
        if source not in self._uses:
            found: dict[str, str] = {}
            for statement in self._analyses[source].imports if source in self._analyses else ():
                if statement.kind is not ImportKind.REFERENCE and not _is_path(statement.module):
                    found |= _aliases(statement)
            self._uses[source] = found
        return self._uses[source]

    def _declaring(self, name: str, source: str) -> list[str]:
        """The file that declares a name, if any; a list of one or none."""
        found = self._declared.get(_key(name), [])
        if len(found) > 1:
            loaded = [path for path in self._composer.paths(name) if path in found]
            return loaded[:1] or [nearest(found, source)]
        return found


def _key(name: str) -> str:
    return name.strip("\\").replace("\\", ".").lower()


def _is_path(module: str) -> bool:
    return "/" in module or "." in module


def _aliases(statement: ImportStatement) -> dict[str, str]:
    """By the name that it has in the file, in small letters, the full name of each import."""
    prefix = statement.module.strip("\\") + "\\" if statement.module.endswith("\\") else ""
    clauses = [name for name in statement.names if name != _FUNCTION]
    found = {}
    for clause in clauses or [statement.module]:
        parsed = _CLAUSE.match(clause.strip())
        if parsed:
            name = prefix + parsed[1].strip("\\")
            found[(parsed[2] or name.rpartition("\\")[2]).lower()] = name
    return found
