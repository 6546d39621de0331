"""Rust paths to files, through the module trees of the repository's crates.

``mod name;`` leads to the file of the module. A path leads to the file of the last module in it:
``crate::a::b::Item`` to that of ``a::b``. Its first name is looked up as the compiler does it:
``crate``, ``self`` and ``super``; then a module of the module at hand, a name that a ``use`` there
brings in, a crate that the manifest names, the crate's own library. A name that another module
re-exports leads to the file that re-exports it, as it is written, be it the name of a module too:
``time::sleep`` is the function where ``time`` says ``pub use sleep::sleep``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scout_codebase.languages.paths import join, parent
from scout_codebase.languages.rust_manifests import Cargo, Dependency
from scout_codebase.languages.rust_modules import (
    Module,
    ModuleTrees,
    is_in_macro,
    is_include,
    is_mod,
    used_paths,
)
from scout_codebase.languages.spec import Resolution
from scout_codebase.records import FileAnalysis, ImportKind, ImportStatement

_STANDARD = frozenset({"alloc", "core", "proc_macro", "std", "test"})
_MOST_ALIASES = 8
_UNIFORM_PATHS = 2018


@dataclass(slots=True)
class _Found:
    """What the paths of one statement lead to."""

    files: set[str] = field(default_factory=set)
    packages: dict[str, bool] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


class RustResolver:
    """Answers from the module trees, grown once."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._files = frozenset(texts)
        self._cargo = Cargo(texts)
        self._trees = ModuleTrees(self._cargo, texts, analyses)

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        if is_mod(statement):
            files = self._trees.declared(source, statement)
            if not files:
                return Resolution(reason=f"no file for mod {statement.module}")
            return Resolution(tuple(sorted(set(files) - {source})))
        if is_include(statement):
            path = join(parent(source), statement.module)
            if path in self._files:
                return Resolution((path,) if path != source else ())
            return Resolution(reason=f"no file {statement.module}")
        return self._paths(source, statement)

    def entry_points(self) -> Iterator[str]:
        for package in self._cargo.packages.values():
            yield from package.programs

    def _paths(self, source: str, statement: ImportStatement) -> Resolution:
        module = self._trees.module(source, statement)
        found = _Found()
        if statement.kind is ImportKind.REFERENCE:
            names = statement.module.partition("<")[0].removesuffix("::").split("::")
            self._follow(module, tuple(names), found, is_use=False)
        else:
            for path, _ in used_paths(statement):
                self._follow(module, _from_the_root(module, path), found, is_use=True)
        files = tuple(sorted(found.files - {source}))
        package = min(found.packages, default="")
        if found.files or package:
            return Resolution(files, package, found.packages.get(package, False))
        is_known_whole = not is_in_macro(statement)
        return Resolution(reason=found.unknown[0] if found.unknown and is_known_whole else "")

    def _follow(
        self, module: Module, path: tuple[str, ...], found: _Found, *, is_use: bool
    ) -> None:
        start = self._start(module, path, found, is_use=is_use)
        if start is not None:
            end, rest = start
            for position, name in enumerate(rest, 1):
                if name not in end.children or (position == len(rest) and _is_item(end, name)):
                    break
                end = end.children[name]
            found.files.add(end.file)

    def _start(
        self, module: Module, path: tuple[str, ...], found: _Found, *, is_use: bool
    ) -> tuple[Module, tuple[str, ...]] | None:
        """The module that the first names of a path stand for, and the names behind them."""
        for _ in range(_MOST_ALIASES):
            first, rest = path[0], path[1:]
            if first in ("crate", "self", "super", "Self"):
                return _relative(module, path)
            if first in module.children:
                return module, path
            alias = None if first == "::" else _alias(module, path)
            if alias is None:
                break
            path = alias
        if first == "::":
            return self._crate(module, rest[:1], rest[1:], found, is_use=is_use)
        opened = (outer for outer in _globs(module) if first in outer.children)
        for outer in opened:
            return outer, path
        return self._crate(module, path[:1], rest, found, is_use=is_use)

    def _crate(
        self,
        module: Module,
        names: tuple[str, ...],
        rest: tuple[str, ...],
        found: _Found,
        *,
        is_use: bool,
    ) -> tuple[Module, tuple[str, ...]] | None:
        package, first = module.package, "".join(names)
        dependency = package.dependencies.get(first) if package is not None else None
        if dependency is None and package is not None and first == package.name:
            dependency = Dependency(first, package.folder)
        if dependency is not None and dependency.folder in self._trees.libraries:
            return self._trees.libraries[dependency.folder], rest
        if not is_use:
            return None
        if first in _STANDARD:
            found.packages[first] = True
        elif dependency is not None or package is None:
            found.packages[dependency.package if dependency is not None else first] = False
        elif first[:1].islower():
            found.unknown.append(f"no module and no dependency {first}")
        return None


def _relative(module: Module, path: tuple[str, ...]) -> tuple[Module, tuple[str, ...]]:
    """Of ``crate``, ``self`` and any number of ``super``."""
    if path[0] == "crate":
        return module.root, path[1:]
    position = 0
    while position < len(path) and path[position] in ("self", "super", "Self"):
        if path[position] == "super" and module.parent is not None:
            module = module.parent
        position += 1
    return module, path[position:]


def _is_item(module: Module, name: str) -> bool:
    """Whether a name of a module that has an inner module of that name means a function or macro at
    the end of a path: what a ``use`` beside ``mod name;`` brings in is no module."""
    return any(known == name for _, known in module.uses)


def _from_the_root(module: Module, path: tuple[str, ...]) -> tuple[str, ...]:
    """What a ``use`` of the edition of 2015 means: its paths begin at the crate's root."""
    is_old = module.package is not None and module.package.edition < _UNIFORM_PATHS
    names = path[1:] if path[0] == "::" else path
    return ("crate", *names) if is_old and names and names[0] in module.root.children else path


def _alias(module: Module, path: tuple[str, ...]) -> tuple[str, ...] | None:
    """The path with its first name replaced by what a ``use`` of the module says it is."""
    for target, name in module.uses:
        if name == path[0] and target != path[:1] and target[: len(path)] != path:
            return (*target, *path[1:])
    return None


def _globs(module: Module) -> Iterator[Module]:
    """The modules that ``use a::b::*`` opens in a module, where they are the crate's own."""
    for target, name in module.uses:
        if name == "*" and target[0] in ("crate", "self", "super"):
            end, rest = _relative(module, target[:-1])
            for inner in rest:
                if inner not in end.children:
                    break
                end = end.children[inner]
            else:
                yield end
