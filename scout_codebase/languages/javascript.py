"""JavaScript and TypeScript imports to files, as Node and the TypeScript compiler resolve them.

A relative specifier is a file, a file whose extension was left out, a ``.js`` name whose source is
``.ts``, or a folder with a ``package.json`` or an index. Any other is tried, in this order, as a
``#`` import of the nearest ``package.json``, as a path or base URL of the nearest ``tsconfig.json``
that has some, as a package of this repository, as a module of Node, and is else external.

Built files are not in a repository: where a ``package.json`` points into ``dist``, ``lib``,
``build`` or ``out`` and nothing is there, the same path under ``src`` is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scout_codebase.languages.javascript_packages import Packages
from scout_codebase.languages.javascript_tsconfig import TypeScriptConfigs
from scout_codebase.languages.node_modules import NODE_MODULES
from scout_codebase.languages.paths import folders_up, join, parent
from scout_codebase.languages.spec import Resolution
from scout_codebase.records import FileAnalysis, ImportStatement

_SCRIPTS = (".js", ".jsx", ".mjs", ".cjs")
_TYPES = (".ts", ".tsx", ".mts", ".cts", ".d.ts", ".d.mts", ".d.cts")
_OTHERS = (".json", ".vue", ".svelte")
_SOURCES_OF: Mapping[str, tuple[str, ...]] = {
    ".js": (".ts", ".tsx", ".d.ts", ".jsx"),
    ".jsx": (".tsx", ".d.ts"),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
}
_BUILT = re.compile(r"(^|/)(?:dist|lib|build|out)/(?:((?:esm|cjs|es|umd|types|node|browser)/))?")
_BUILT_FROM = (r"\1src/\2", r"\1src/", r"\1\2", r"\1")
_PACKAGE = re.compile(r"(@[^/\s]+/[^/\s]+|[^@./\s][^/\s]*)(?:/(.*))?$")
_REFERENCE = re.compile(r"///<reference(path|types)=[\"']([^\"']+)")
_ALIAS = re.compile(r"(?:(?:@|~|@@|~~)/|\$(?=lib(?:/|$)))(.+)$")


class JavaScriptResolver:
    """Answers from the set of paths and the manifests, read once."""

    def __init__(self, texts: Mapping[str, str], _analyses: Mapping[str, FileAnalysis]) -> None:
        self._files = frozenset(texts)
        self._folders = frozenset(folder for path in texts for folder in folders_up(parent(path)))
        self._packages = Packages(texts)
        self._configs = TypeScriptConfigs(texts, self._packages)

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        specifier = _plain(statement.module)
        if specifier.startswith("node:"):
            return Resolution(package=specifier, standard=True)
        if re.match(r"\.\.?(/|$)", specifier):
            return self._relative(source, specifier)
        if re.match(r"(?:https?|data|blob|file|npm|jsr|bun|virtual):|\0", specifier):
            return Resolution(package=specifier)
        if not specifier:
            return Resolution(reason="an empty specifier")
        for path in self._own(source, specifier):
            return Resolution((path,) if path != source else ())
        return self._outside(source, specifier)

    def entry_points(self) -> Iterator[str]:
        for path in self._packages.programs():
            found = self._find_source(path, path)
            if found is not None:
                yield found

    def _relative(self, source: str, specifier: str) -> Resolution:
        base = join(parent(source), specifier)
        if base is None:
            return Resolution(reason=f"{specifier} leaves the repository")
        found = self._find(base, source, folder_only=specifier.endswith(("/", "..", "/.")))
        found = found or self._find_source(base, source)
        if found is None:
            return Resolution(reason=f"no file {specifier}")
        return Resolution((found,)) if found != source else Resolution()

    def _own(self, source: str, specifier: str) -> Iterator[str]:
        """The files that a specifier which is not relative may mean, the likeliest first."""
        bases = self._configs.bases(source, specifier)
        if specifier.startswith("#"):
            bases = [*self._packages.imports(source, specifier), *bases]
        elif specifier.startswith("/"):
            bases = [
                f"{folder}{inner}{specifier}".lstrip("/")
                for folder in (self._packages.folder_of(source), "")
                for inner in ("", "/public")
            ]
        package = _PACKAGE.match(specifier)
        if package:
            bases = [*bases, *self._packages.exports(package[1], package[2] or "", source)]
        alias = _ALIAS.match(specifier)
        if alias:
            folder = self._packages.folder_of(source)
            bases = [*bases, f"{folder}/src/{alias[1]}".lstrip("/")]
        for base in bases:
            found = self._find_source(base, source)
            if found is not None:
                yield found

    def _find_source(self, base: str, source: str) -> str | None:
        """The file, or the source that it is built from."""
        found = self._find(base, source)
        if found is None and _BUILT.search(base):
            guesses = (_BUILT.sub(inner, base, count=1) for inner in _BUILT_FROM)
            found = next(filter(None, (self._find(guess, source) for guess in guesses)), None)
        return found

    def _outside(self, source: str, specifier: str) -> Resolution:
        package = _PACKAGE.match(specifier)
        if package is None or specifier.startswith(("#", "~", "/")):
            return Resolution(reason=f"no file and no alias for {specifier}")
        name = package[1]
        if name in NODE_MODULES and not self._packages.asks_for(source, name):
            return Resolution(package=name, standard=True)
        if self._packages.folders(name):
            return Resolution(reason=f"{specifier} is built, or not exported by its package")
        return Resolution(package=name)

    def _find(self, base: str, source: str, *, folder_only: bool = False) -> str | None:
        """The file that ``base`` stands for, extension or index left out or not."""
        if not folder_only:
            if base in self._files:
                return base
            for candidate in _candidates(base, source):
                if candidate in self._files:
                    return candidate
        return self._in_folder(base, source) if base in self._folders else None

    def _in_folder(self, folder: str, source: str) -> str | None:
        for entry in self._packages.entries(folder):
            path = join(folder, entry)
            if path is not None and path != folder:
                found = self._find_source(path, source)
                if found is not None:
                    return found
        index = f"{folder}/index".lstrip("/")
        return next((path for path in _candidates(index, source) if path in self._files), None)


def _plain(specifier: str) -> str:
    """Without a bundler's loaders before it and its query behind it. The path of a reference in a
    comment is relative even without a dot."""
    reference = _REFERENCE.match(specifier)
    if reference:
        return reference[2] if reference[1] == "types" else f"./{reference[2]}"
    return re.sub(r"\?[^?]*$", "", specifier.rpartition("!")[2])


def _candidates(base: str, source: str) -> Iterator[str]:
    stem, dot, extension = base.rpartition(".")
    if stem.endswith(".d"):
        yield from (stem.removesuffix(".d") + other for other in (".ts", ".tsx", ".mts", ".cts"))
    yield from (stem + other for other in _SOURCES_OF.get(dot + extension, ()))
    written_in_types = source.endswith(_TYPES)
    first, second = (_TYPES, _SCRIPTS) if written_in_types else (_SCRIPTS, _TYPES)
    yield from (base + suffix for suffix in (*first, *second, *_OTHERS))
