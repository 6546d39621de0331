"""The module trees of a repository's crates: which file holds which module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scout_codebase.languages.paths import folders_up, join, parent
from scout_codebase.languages.rust_manifests import Cargo, Package
from scout_codebase.records import FileAnalysis, ImportStatement

_TOKEN = re.compile(r"::|[{},*]|(?:r#)?\w+")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_MOST_BRACES = 300

UsePath = tuple[tuple[str, ...], str]
"""The names of a path, ``*`` last for all of a module, and the name it is known by here."""


@dataclass(slots=True)
class Module:
    """A module of one crate; ``file`` holds it, alone or with the modules written out in it. The
    modules of one that ``has_folder`` lie beside the file, as those of a ``mod.rs`` do."""

    file: str
    package: Package | None
    parent: Module | None = None
    has_folder: bool = False
    children: dict[str, Module] = field(default_factory=dict)
    uses: list[UsePath] = field(default_factory=list)

    @property
    def root(self) -> Module:
        module = self
        while module.parent is not None:
            module = module.parent
        return module

    def inner(self, names: tuple[str, ...]) -> Module:
        """The module that is written out here under these names."""
        module = self
        for name in names:
            inline = Module(module.file, module.package, module)
            module = module.children.setdefault(name, inline)
        return module


class ModuleTrees:
    """The trees of all crates, and of every file the first module that it holds."""

    def __init__(
        self, cargo: Cargo, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]
    ) -> None:
        self._cargo, self._files, self._analyses = cargo, frozenset(texts), analyses
        self._home: dict[str, Module] = {}
        self.libraries: dict[str, Module] = {}
        packages = cargo.packages.values()
        for package in packages:
            if package.library:
                self.libraries[package.folder] = self._grow(package.library, package)
        for package in packages:
            for root in package.programs:
                self._grow(root, package)
        rust = (path for path, analysis in analyses.items() if analysis.language == "rust")
        for path in sorted(rust, key=lambda path: (path.count("/"), not _is_root(path), path)):
            if path not in self._home:
                self._adopt(path)

    def module(self, source: str, statement: ImportStatement) -> Module:
        """The module that a statement stands in."""
        return self._home[source].inner(statement.scope)

    def declared(self, source: str, statement: ImportStatement) -> list[str]:
        """The files that ``mod name;`` may mean; several where a ``path`` depends on the target."""
        folder = _folder_of(self._home[source])
        inner = "/".join((folder, *statement.scope)).lstrip("/")
        base = inner if statement.scope else parent(source)
        written = (join(base, name) for name in statement.names if name != "mod")
        stem = f"{inner}/{statement.module.removeprefix('r#')}".lstrip("/")
        named = [path for path in written if path in self._files and path is not None]
        usual = [path for path in (f"{stem}.rs", f"{stem}/mod.rs") if path in self._files]
        return named or usual[:1]

    def _grow(self, root: str, package: Package | None) -> Module:
        """The tree of one crate. A file that is a module of another crate too keeps that home."""
        top = Module(root, package)
        self._home.setdefault(root, top)
        self._fill(top, {root})
        return top

    def _fill(self, top: Module, seen: set[str]) -> None:
        pending = [top]
        while pending:
            module = pending.pop()
            for statement in _statements(self._analyses.get(module.file)):
                here = module.inner(statement.scope)
                if is_mod(statement):
                    for file in self.declared(module.file, statement):
                        if file not in seen:
                            seen.add(file)
                            is_placed = len(statement.names) > 1
                            child = Module(file, module.package, here, is_placed)
                            here.children.setdefault(statement.module.removeprefix("r#"), child)
                            self._home.setdefault(file, child)
                            pending.append(child)
                elif is_use(statement):
                    here.uses.extend(used_paths(statement))

    def _adopt(self, path: str) -> None:
        """A file that no ``mod`` leads to, because a macro makes the ``mod`` or the crate is not
        known: a module by its place, or a crate of its own."""
        stem = path.removesuffix(".rs").removesuffix("/mod")
        names: list[str] = []
        above: str | None = None
        for folder in folders_up(parent(stem)):
            names = [stem[len(folder) :].strip("/").partition("/")[0], *names]
            ends = ("/mod.rs", ".rs", "/lib.rs", "/main.rs")
            holders = (f"{folder}{end}".lstrip("/") for end in ends)
            above = next((one for one in holders if one in self._home and one != path), None)
            if above is not None:
                break
            stem = folder
        module = Module(path, self._cargo.package_of(path))
        if above is not None:
            module.parent = self._home[above].inner(tuple(names[:-1]))
            module.parent.children.setdefault(names[-1], module)
        self._home[path] = module
        self._fill(module, {path})


def _statements(analysis: FileAnalysis | None) -> tuple[ImportStatement, ...]:
    return analysis.imports if analysis is not None else ()


def is_mod(statement: ImportStatement) -> bool:
    return "mod" in statement.names


def is_use(statement: ImportStatement) -> bool:
    """Whether a statement is ``use`` or ``extern crate``: all that has one name beside its text."""
    return bool(statement.names) and not is_mod(statement) and not is_include(statement)


def is_in_macro(statement: ImportStatement) -> bool:
    """Whether a ``use`` stands inside a macro: only its text without blanks is known, and it may
    hold what the macro fills in."""
    return statement.names == ("use",)


def is_include(statement: ImportStatement) -> bool:
    return bool({"include", "include_bytes", "include_str"}.intersection(statement.names))


def _is_root(path: str) -> bool:
    return path.endswith(("/lib.rs", "/main.rs", "/mod.rs"))


def _folder_of(module: Module) -> str:
    """Where the modules of a file's module lie."""
    file = module.file
    is_folder = module.parent is None or module.has_folder or file.endswith("/mod.rs")
    return parent(file) if is_folder else file.removesuffix(".rs")


def used_paths(statement: ImportStatement) -> list[UsePath]:
    """The paths of a ``use``."""
    return use_paths(statement.module if is_in_macro(statement) else statement.names[0])


def use_paths(text: str) -> list[UsePath]:
    """The paths of one tree of names; none of a tree that is deeper than anyone writes."""
    plain = _COMMENT.sub(" ", text)
    if plain.count("{") > _MOST_BRACES:
        return []
    return list(_branches(iter(_TOKEN.findall(plain)), ()))


def _branches(parts: Iterator[str], prefix: tuple[str, ...]) -> Iterator[UsePath]:
    """What stands up to the closing brace, each path behind ``prefix``."""
    path, alias, is_whole = prefix, "", False
    for part in parts:
        if part == "{":
            yield from _branches(parts, path)
            is_whole = True
        elif part in (",", "}"):
            if path != prefix and not is_whole:
                yield _branch(path, alias)
            path, alias, is_whole = prefix, "", False
            if part == "}":
                return
        elif part == "as":
            alias = next(parts, "")
        elif part != "::":
            path = (*path, part.removeprefix("r#"))
        elif path == prefix and not prefix:
            path = ("::",)
    if path != prefix and not is_whole:
        yield _branch(path, alias)


def _branch(path: tuple[str, ...], alias: str) -> UsePath:
    """``a::{self}`` is ``a``."""
    if len(path) > 1 and path[-1] == "self":
        path = path[:-1]
    return path, alias or path[-1]
