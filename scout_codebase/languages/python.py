"""Python imports to files.

An absolute import is looked up below the *roots*: the folders that would be on ``sys.path``. They
are the repository, the folder of each ``pyproject.toml``, ``setup.cfg`` and ``setup.py`` and its
``src``, what their packaging tables name, and the folder above each outermost package. A file
outside every package also sees its own folder, as a script does. Where several roots hold a
module of one name, the one nearest to the importing file is meant. A root is seen from the
folder that declares it; elsewhere it is the last resort, so that a fixture's package does not
answer for a distribution of the same name.

``from a import b`` leads to the module ``a.b`` if there is one, else to ``a``; a package without
``__init__.py`` is no file, so it leads to its modules only.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scout_codebase.languages.paths import folders_up, is_below, join, nearest, parent
from scout_codebase.languages.python_manifests import (
    Distributions,
    package_roots,
    program_modules,
)
from scout_codebase.languages.spec import Resolution
from scout_codebase.records import FileAnalysis, ImportStatement

_SUFFIXES = (".py", ".pyi", ".pyw")
_INITS = tuple(f"/__init__{suffix}" for suffix in _SUFFIXES)
_RUNTIME = frozenset({"__future__", "__main__", "_typeshed"})


class PythonResolver:
    """Answers from indexes made once: dotted module to its files, top-level names by root."""

    def __init__(self, texts: Mapping[str, str], _analyses: Mapping[str, FileAnalysis]) -> None:
        self._texts = texts
        self._files = {path for path in texts if path.endswith(_SUFFIXES)}
        self._packages = {parent(path) for path in self._files if _is_init(path)}
        self._roots = _roots_of_packages(self._packages) | package_roots(texts)
        self._modules: dict[str, list[_Module]] = defaultdict(list)
        self._own_tops: dict[str, set[str]] = defaultdict(set)
        for path in sorted(self._files):
            self._add(path)
        self._distributions = Distributions(texts)

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        if statement.level:
            return self._relative(source, statement)
        return self._absolute(source, statement)

    def entry_points(self) -> Iterator[str]:
        for manifest, module in program_modules(self._texts):
            yield from self.resolve(manifest, ImportStatement(module, 1)).files

    def _add(self, path: str) -> None:
        for root in folders_up(parent(path)):
            if root not in self._roots:
                continue
            module = _module_name(path, root)
            if module and all(part.isidentifier() for part in module.split(".")):
                scope = self._roots[root]
                self._modules[module].append(_Module(path, scope))
                top = module.partition(".")[0]
                if top == module or join(root, top) in self._packages:
                    self._own_tops[top].add(scope)

    # --- relative imports ---

    def _relative(self, source: str, statement: ImportStatement) -> Resolution:
        base = join(parent(source), *[".."] * (statement.level - 1))
        shown = "." * statement.level + statement.module
        if base is None:
            return Resolution(reason=f"{shown} leaves the repository")
        target = "/".join([base, *filter(None, statement.module.split("."))]).lstrip("/")
        files = self._names_in(target, statement.names)
        return _without(files, source) if files else Resolution(reason=f"no module {shown}")

    def _names_in(self, target: str, names: Iterable[str]) -> set[str]:
        """The submodules among the names, and the module itself for the others."""
        submodules = {name: self._file(f"{target}/{name}".lstrip("/")) for name in names}
        found = {path for path in submodules.values() if path is not None}
        own = self._file(target)
        if own is not None and (not submodules or None in submodules.values()):
            found.add(own)
        return found

    def _file(self, target: str) -> str | None:
        for suffix in _SUFFIXES:
            for path in (f"{target}/__init__{suffix}".lstrip("/"), f"{target}{suffix}"):
                if path in self._files:
                    return path
        return None

    # --- absolute imports ---

    def _absolute(self, source: str, statement: ImportStatement) -> Resolution:
        module, names = statement.module, statement.names
        files = self._beside(source, module, names) or self._below_roots(source, module, names)
        if files:
            return _without(files, source)
        top = module.partition(".")[0]
        if top in sys.stdlib_module_names or top in _RUNTIME:
            return Resolution(package=top, standard=True)
        if any(is_below(source, scope) for scope in self._own_tops.get(top, ())):
            return Resolution(reason=f"no module {module} in the repository")
        return Resolution(package=self._distributions.name(module, names))

    def _beside(self, source: str, module: str, names: tuple[str, ...]) -> set[str]:
        """What a script sees in its own folder."""
        folder = parent(source)
        if any(above in self._packages for above in folders_up(folder)):
            return set()
        return self._names_in("/".join([folder, *module.split(".")]).lstrip("/"), names)

    def _below_roots(self, source: str, module: str, names: tuple[str, ...]) -> set[str]:
        submodules = {name: self._one(f"{module}.{name}", source) for name in names}
        found = {path for path in submodules.values() if path is not None}
        own = self._one(module, source)
        if own is not None and (not submodules or None in submodules.values()):
            found.add(own)
        return found

    def _one(self, module: str, source: str) -> str | None:
        found = self._modules.get(module)
        if not found:
            return None
        seen = [one.path for one in found if is_below(source, one.scope)]
        top = module.partition(".")[0]
        if not seen and top not in sys.stdlib_module_names and top not in self._distributions:
            seen = [one.path for one in found]
        return nearest(_without_stubs(seen), source) if seen else None


@dataclass(frozen=True, slots=True)
class _Module:
    """A file under the name it has below one root; ``scope`` is the folder that sees the root."""

    path: str
    scope: str


def _without(files: set[str], source: str) -> Resolution:
    return Resolution(tuple(sorted(files - {source})))


def _is_init(path: str) -> bool:
    return f"/{path}".endswith(_INITS)


def _without_stubs(candidates: list[str]) -> list[str]:
    """Without the stubs of modules that are there themselves."""
    sources = [path for path in candidates if not path.endswith(".pyi")]
    return sources or candidates


def _module_name(path: str, root: str) -> str:
    inner = path[len(root) :].lstrip("/").rpartition(".")[0]
    if inner == "__init__":
        return ""
    return inner.removesuffix("/__init__").replace("/", ".")


def _roots_of_packages(packages: set[str]) -> dict[str, str]:
    outermost = (package for package in packages if parent(package) not in packages)
    return {parent(package): parent(package) for package in outermost if package}
