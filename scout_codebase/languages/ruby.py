"""Ruby's requires, and the constants of autoloaded folders, to files.

``require_relative`` and a path joined to the folder of the file are looked up from there; so is
every other string that begins with that folder. ``require`` is looked up on the load path: ``lib``
(or the ``require_paths`` of a gemspec) of the gem around the file, its ``test`` and ``spec`` for
files below them, then those of the repository's other gems. ``Rails.root.join`` begins at the
folder of the application around the file.

Where Zeitwerk loads code (a Rails application or engine, or a gem that calls
``Zeitwerk::Loader.for_gem``), the use of a constant leads to the file that it is loaded from:
``Admin::UserFinder`` to ``admin/user_finder.rb`` below a root, looked up in the namespaces around
the use as Ruby does. Underscores and case are passed over, so that inflections need not be known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from scout_codebase.languages.paths import folders_up, is_below, join, nearest, parent
from scout_codebase.languages.ruby_manifests import (
    STANDARD_LIBRARY,
    Gems,
    autoload_roots,
    load_roots,
)
from scout_codebase.languages.spec import Resolution
from scout_codebase.records import FileAnalysis, ImportKind, ImportStatement

_LOAD_PATH = frozenset({"require", "load", "autoload"})
_RAILS = "Rails"
_TEST_ROOTS = ("spec", "test")
_HERE = "__dir__/"
_PROGRAMS = ("bin", "exe")
_MOST_NAMESPACES = 50


class RubyResolver:
    """Answers from indexes made once: autoloaded constants by name, load roots by folder."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._files = frozenset(texts)
        self._analyses = analyses
        self._gems = Gems(texts)
        self._roots = load_roots(texts)
        self._autoloaded: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._add_autoloaded(autoload_roots(texts))
        self._namespaces: dict[str, tuple[str, ...]] = {}

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        if statement.kind is ImportKind.REFERENCE and statement.module.startswith(_HERE):
            found = self._file(join(parent(source), statement.module.removeprefix(_HERE)))
            return Resolution((found,) if found and found != source else ())
        if statement.kind is ImportKind.REFERENCE:
            return self._constant(source, statement.module)
        if _RAILS in statement.names:
            return self._in_application(source, statement.module)
        if _LOAD_PATH.isdisjoint(statement.names):
            return self._relative(source, statement)
        return self._on_load_path(source, statement.module)

    def entry_points(self) -> Iterator[str]:
        programs = {join(root, "..", name) for root in self._roots.values() for name in _PROGRAMS}
        yield from (path for path in sorted(self._files) if parent(path) in programs)

    # --- requires ---

    def _relative(self, source: str, statement: ImportStatement) -> Resolution:
        folder = source if "expand_path" in statement.names else parent(source)
        here = statement.module.lstrip("/")
        bases = [folder, parent(source)] if folder == source else [folder]
        for base in bases:
            found = self._file(join(base, here))
            if found is not None:
                return Resolution((found,) if found != source else ())
        return Resolution(reason=f"no file {statement.module}")

    def _in_application(self, source: str, module: str) -> Resolution:
        for folder in folders_up(parent(source)):
            if f"{folder}/config/application.rb".lstrip("/") in self._files:
                found = self._file(join(folder, module))
                if found is not None:
                    return Resolution((found,) if found != source else ())
        return Resolution(reason=f"no file {module}")

    def _on_load_path(self, source: str, module: str) -> Resolution:
        if module.startswith("."):
            found = self._file(join(module)) or self._file(join(parent(source), module))
        else:
            found = self._below_roots(source, module)
        if found is not None:
            return Resolution((found,) if found != source else ())
        gem = self._gems.of(module)
        if gem is None and module.partition("/")[0] in STANDARD_LIBRARY:
            return Resolution(package=module.partition("/")[0], standard=True)
        if module.startswith((".", "/")):
            return Resolution(reason=f"no file {module}")
        return Resolution(package=gem or module.partition("/")[0])

    def _below_roots(self, source: str, module: str) -> str | None:
        for folder in folders_up(parent(source)):
            roots = [self._roots.get(folder, f"{folder}/lib".lstrip("/"))]
            tests = (f"{folder}/{name}".lstrip("/") for name in _TEST_ROOTS)
            roots += [root for root in tests if is_below(source, root)]
            for root in roots:
                found = self._file(join(root, module))
                if found is not None:
                    return found
        others = (self._file(join(root, module)) for root in sorted(self._roots.values()))
        return next(filter(None, others), None)

    def _file(self, base: str | None) -> str | None:
        if not base:
            return None
        for path in (f"{base}.rb", base):
            if path in self._files:
                return path
        return None

    # --- constants ---

    def _add_autoloaded(self, roots: Mapping[str, str]) -> None:
        for path in sorted(self._files) if roots else ():
            if not path.endswith(".rb"):
                continue
            for root in folders_up(parent(path)):
                if root in roots:
                    name = path[len(root) : -len(".rb")]
                    self._autoloaded[_key(name, "/")].append((path, roots[root]))

    def _constant(self, source: str, name: str) -> Resolution:
        if not self._autoloaded:
            return Resolution()
        spaces = () if name.startswith("::") else self._around(source)
        parts = _key(name.strip(":"), "::").split("/")
        for length in range(len(parts), 0, -1):
            inner = "/".join(parts[:length])
            for key in (*(f"{space}/{inner}" for space in spaces), inner):
                found = self._loaded_from(key, source)
                if found is not None:
                    return Resolution((found,) if found != source else ())
        return Resolution()

    def _loaded_from(self, key: str, source: str) -> str | None:
        seen = [path for path, scope in self._autoloaded.get(key, ()) if is_below(source, scope)]
        return nearest(seen, source) if seen else None

    def _around(self, source: str) -> tuple[str, ...]:
        """The namespaces that a file opens, the innermost first."""
        if source not in self._namespaces:
            names = self._analyses[source].declarations if source in self._analyses else ()
            found = {above for name in names for above in folders_up(_key(name, ".")) if above}
            ordered = sorted(found, key=lambda key: (-key.count("/"), key))
            self._namespaces[source] = tuple(ordered[:_MOST_NAMESPACES])
        return self._namespaces[source]


def _key(name: str, separator: str) -> str:
    """A path or a constant as one looks it up: its parts without underscores and case."""
    return "/".join(part.replace("_", "").lower() for part in name.split(separator) if part)
