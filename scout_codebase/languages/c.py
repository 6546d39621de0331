"""Includes of C, C++ and Objective-C to files.

A quoted include is looked up beside the including file, then both kinds below the *include roots*,
in this order: those that the manifests name for the file (``c_manifests.py``), then every folder
above the file and its ``include``. What is in none of them leads to the only file of the
repository whose path ends like the include; among several, to the one below a folder that is an
include root for others and nearest to the including file; among equals, to none.

``<string.h>`` and the like are the system's, even where the repository has a file of that name,
unless a compile database or an ``include`` folder above the file says otherwise.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scout_codebase.languages.apple_frameworks import FRAMEWORKS
from scout_codebase.languages.c_headers import (
    STANDARD_HEADERS,
    is_of_the_platform,
    is_standard,
)
from scout_codebase.languages.c_manifests import IncludeRoots, Libraries
from scout_codebase.languages.paths import folders_up, join, parent, shared_folders
from scout_codebase.languages.spec import Resolution
from scout_codebase.records import FileAnalysis, ImportStatement

_WRITTEN = re.compile(r"""(["<])([^">]+)[">]""")
_HEADERS = (".h", ".hh", ".hpp", ".hxx")
_TEMPLATE_SUFFIXES = (".in", ".cmake", ".cmakein", ".cmake.in", ".meson", ".template", ".tmpl")


@dataclass(frozen=True, slots=True)
class _Include:
    name: str
    is_quoted: bool
    is_next: bool


class CResolver:
    """Answers from the paths by file name and the include roots, indexed once."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._files = frozenset(texts)
        self._folders = frozenset(folder for path in texts for folder in folders_up(parent(path)))
        self._folder_names = frozenset(map(posixpath.basename, self._folders))
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._below: dict[tuple[str, str], list[str]] = defaultdict(list)
        for path in sorted(texts):
            *folders, name = path.split("/")
            self._by_name[name].append(path)
            for folder in dict.fromkeys(folders) if name.endswith(_HEADERS) else folders[-1:]:
                self._below[folder, name].append(path)
        self._roots = IncludeRoots(texts)
        self._libraries = Libraries(texts)
        self._conventional: dict[str, tuple[str, ...]] = {}
        self._ending: dict[str, tuple[str, ...]] = {}
        self._known_roots = self._roots.everywhere | self._proven_roots(analyses)

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        if "@import" in statement.names:
            return self._module(source, statement.module)
        include = _read(statement)
        if include is None:
            return Resolution(reason=f"{statement.module} is a macro: the path is computed")
        return self._resolve(source, include)

    def _module(self, source: str, name: str) -> Resolution:
        """``@import Name`` stands for the header that a framework has in its own name."""
        found = self._resolve(source, _Include(f"{name}/{name}.h", is_quoted=False, is_next=False))
        return found if found.files else Resolution(package=name, standard=name in FRAMEWORKS)

    def _resolve(self, source: str, include: _Include) -> Resolution:
        below_roots = self._below_roots(source, include)
        found = self._beside(source, include) or next(below_roots, None)
        if found is not None:
            return Resolution((found,) if found != source else ())
        candidates: Iterable[str] = self._ends(include.name)
        if not include.is_quoted and is_of_the_platform(include.name):
            candidates = ()
        elif not candidates:
            candidates = self._in_framework(include)
        return self._choose(source, include, [path for path in candidates if path != source])

    def entry_points(self) -> Iterator[str]:
        """None: no manifest names one."""
        return iter(())

    # --- where the compiler looks ---

    def _beside(self, source: str, include: _Include) -> str | None:
        if not include.is_quoted or include.is_next:
            return None
        path = join(parent(source), include.name)
        return path if path in self._files else None

    def _below_roots(self, source: str, include: _Include) -> Iterator[str]:
        own = _root(source, include.name) if include.is_next else None
        roots = list(self._search_order(source, include))
        if own is not None and own in roots:
            roots = roots[roots.index(own) + 1 :]
        for root in roots:
            path = join(root, include.name)
            if (
                path is not None
                and path in self._files
                and not (include.is_next and path == source)
            ):
                yield path

    def _search_order(self, source: str, include: _Include) -> Iterator[str]:
        yield from self._roots.compiled(source)
        conventional = self._conventional_roots(parent(source))
        if include.name in STANDARD_HEADERS and not include.is_quoted:
            yield from (root for root in conventional if posixpath.basename(root) == "include")
        else:
            yield from self._roots.declared(source)
            yield from conventional

    def _conventional_roots(self, folder: str) -> tuple[str, ...]:
        """Every folder above, each with its ``include``."""
        if folder not in self._conventional:
            pairs = ((above, f"{above}/include".lstrip("/")) for above in folders_up(folder))
            found = (root for pair in pairs for root in pair if root in self._folders)
            self._conventional[folder] = tuple(found)
        return self._conventional[folder]

    # --- by the end of the path ---

    def _ends(self, name: str) -> tuple[str, ...]:
        """Every path that ends like the include, leading dots aside."""
        plain = _plain(name)
        if plain not in self._ending:
            folder, _, name = plain.rpartition("/")
            last = posixpath.basename(folder)
            candidates = self._below.get((last, name), ()) if last else self._by_name.get(name, ())
            self._ending[plain] = tuple(
                path for path in candidates if f"/{path}".endswith(f"/{plain}")
            )
        return self._ending[plain]

    def _in_framework(self, include: _Include) -> list[str]:
        """``<Module/Header.h>`` of a framework: the header lies somewhere below ``Module``, or,
        where the framework is the repository's own, anywhere."""
        module, _, header = include.name.partition("/")
        if include.is_quoted or not header or "/" in header:
            return []
        is_own = f"{module}.h" in self._by_name
        return self._below.get((module, header)) or (
            self._by_name.get(header, []) if is_own else []
        )

    def _choose(self, source: str, include: _Include, candidates: list[str]) -> Resolution:
        if not candidates:
            return self._outside(include)
        plain = _plain(include.name)
        known = [path for path in candidates if _root(path, plain) in self._known_roots]
        known = known or candidates
        most = max(shared_folders(path, source) for path in known)
        nearest = [path for path in known if shared_folders(path, source) == most]
        if len(nearest) == 1:
            return Resolution((nearest[0],))
        return Resolution(reason=f"{len(nearest)} files end in {include.name}, none nearer")

    def _proven_roots(self, analyses: Mapping[str, FileAnalysis]) -> set[str]:
        """The folders below which an include of another folder's file can only have been found."""
        roots: set[str] = set()
        for source, analysis in analyses.items():
            for statement in analysis.imports:
                include = _read(statement)
                if include is None or include.name.startswith(".") or is_standard(include.name):
                    continue
                candidates = self._ends(include.name)
                if len(candidates) == 1 and parent(candidates[0]) != parent(source):
                    roots.add(_root(candidates[0], include.name))
        return roots

    # --- outside the repository ---

    def _outside(self, include: _Include) -> Resolution:
        name = include.name
        if is_standard(name):
            return Resolution(package=name, standard=True)
        template = self._template(name)
        if template is not None:
            return Resolution(reason=f"{name} is made from {template} when the project is built")
        first, slash, _ = name.partition("/")
        library = self._libraries.name(name)
        if library or not include.is_quoted:
            return Resolution(package=library or first.removesuffix(".h"))
        if slash and first not in ("", ".", "..") and first not in self._folder_names:
            return Resolution(package=first)
        return Resolution(reason=f"no file {name}")

    def _template(self, name: str) -> str | None:
        """What a build turns into the header: ``config.h.in`` for ``config.h``."""
        stem = name.rpartition(".")[0]
        names = (
            f"{base}{suffix}" for base in (name, stem) for suffix in _TEMPLATE_SUFFIXES if base
        )
        return next((found for one in names for found in self._ends(one)), None)


def _read(statement: ImportStatement) -> _Include | None:
    """None for a macro."""
    written = _WRITTEN.match(statement.module)
    if written is None:
        return None
    is_next = any(name.endswith("include_next") for name in statement.names)
    return _Include(written[2], written[1] == '"', is_next)


def _plain(name: str) -> str:
    """The include without the dots that it begins with."""
    return re.sub(r"^(?:\.{0,2}/)+", "", posixpath.normpath(name))


def _root(path: str, name: str) -> str:
    """The folder that has to be an include root for ``name`` to lead to ``path``."""
    return path.removesuffix(name).rstrip("/")
