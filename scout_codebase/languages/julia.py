"""Julia: files that are included, modules by their names, packages of the repository."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from scout_codebase.languages.paths import folders_up, is_below, join, nearest, parent
from scout_codebase.languages.spec import Resolution
from scout_codebase.records import FileAnalysis, ImportStatement

_STANDARD_NAMES = """
Artifacts Base Base64 CRC32c Core Dates DelimitedFiles Distributed Downloads FileWatching Future
InteractiveUtils LazyArtifacts LibGit2 Libdl LinearAlgebra Logging Main Markdown Mmap Pkg Printf
Profile REPL Random SHA Serialization SharedArrays Sockets SparseArrays Statistics StyledStrings
SuiteSparse TOML Tar Test UUIDs Unicode
"""
_STANDARD = frozenset(_STANDARD_NAMES.split())
_PROJECT_FILES = ("JuliaProject.toml", "Project.toml")
_PROJECT_NAME = re.compile(r"""^name\s*=\s*["'](\w+)["']""", re.MULTILINE)
_JOINED = re.compile(r"joinpath\((.*)\)$", re.DOTALL)
_LITERAL = re.compile(r'"([^"$\\]*)"$')


class JuliaResolver:
    """``include`` of a path that is written out, relative to the file. A module behind dots is the
    nearest file that declares one of that name; one of a package of the repository is looked for
    below the package's folder, and is else the package's main file."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._files = frozenset(texts)
        self._names = {
            parent(path): _project_name(texts[path])
            for path in sorted(texts)
            if path.rpartition("/")[2] in _PROJECT_FILES
        }
        self._mains: dict[str, list[str]] = defaultdict(list)
        for folder, name in self._names.items():
            main = _main(folder, name)
            if main in self._files:
                self._mains[name].append(main)
        self._declaring: dict[str, list[str]] = defaultdict(list)
        for path in sorted(analyses):
            if analyses[path].language == "julia":
                for name in analyses[path].declarations:
                    self._declaring[name.rpartition(".")[2]].append(path)

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        if statement.names:
            return self._included(source, statement.module)
        top, *inner = statement.module.lstrip(".").split(".")
        if statement.module.startswith("."):
            found = self._declared([top, *inner], source, "")
            reason = f"no module {statement.module}"
            return _without(found, source) if found else Resolution(reason=reason)
        main = self._package(top, source)
        if main is None:
            return Resolution(package=top, standard=top in _STANDARD)
        return _without(self._declared(inner, source, parent(main)) or main, source)

    def entry_points(self) -> Iterator[str]:
        yield from ()

    def _included(self, source: str, written: str) -> Resolution:
        path = _path(written)
        if path is None:
            return Resolution(reason=f"{written} is computed")
        found = join(parent(source), path)
        if found is None or found not in self._files:
            return Resolution(reason=f"no file {path}")
        return _without(found, source)

    def _declared(self, names: list[str], source: str, folder: str) -> str | None:
        """The file below a folder that declares the last of nested modules; what stands behind a
        module is a name in it."""
        for name in reversed(names):
            found = [path for path in self._declaring.get(name, ()) if is_below(path, folder)]
            if found:
                return source if source in found else nearest(found, source)
        return None

    def _package(self, name: str, source: str) -> str | None:
        """The main file of a package: one that a project file names, else one in ``src`` of a
        folder above that has no project file with another name."""
        if name in self._mains:
            return nearest(self._mains[name], source)
        for folder in folders_up(parent(source)):
            if self._names.get(folder, name) == name and _main(folder, name) in self._files:
                return _main(folder, name)
        return None


def _main(folder: str, name: str) -> str:
    return f"{folder}/src/{name}.jl".lstrip("/")


def _project_name(text: str) -> str:
    found = _PROJECT_NAME.search(text)
    return found[1] if found else ""


def _path(written: str) -> str | None:
    """The path of an ``include``, None if it is computed. ``@__DIR__`` is the file's own folder."""
    joined = _JOINED.match(written)
    if joined is None:
        return written
    parts = [part.strip() for part in joined[1].split(",")]
    literals = [_LITERAL.match(part) for part in parts if part not in ("", "@__DIR__")]
    names = [literal[1] for literal in literals if literal]
    return "/".join(names) if len(names) == len(literals) else None


def _without(path: str, source: str) -> Resolution:
    return Resolution((path,) if path != source else ())
