"""Zig imports to files.

A path is relative to the importing file. A name is a module: one that the ``build.zig`` nearest
above the file gives a literal root source file, else a dependency of ``build.zig.zon``, which leads
to its own ``build.zig`` where it lies in the repository.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from scout_codebase.languages.paths import folders_up, join, parent
from scout_codebase.languages.spec import Resolution
from scout_codebase.records import FileAnalysis, ImportStatement

_MOST_CHARACTERS = 200_000
_STANDARD = frozenset({"builtin", "root", "std"})
_COMMENT = re.compile(r"//[^\n]*")
_ROOT = r'root_source_file\s*=\s*(?:\w+\.path\(|\.\{\s*\.(?:path|cwd_relative)\s*=\s*)"([^"]+)"'
_NAMED = re.compile(rf'\.addModule\(\s*"([^"]+)"\s*,\s*\.\{{[^;]{{0,1000}}?{_ROOT}')
_VARIABLE = re.compile(
    rf"\b(?:const|var)\s+(\w+)\s*=\s*\w+\.(?:addModule|createModule)\([^;]{{0,1000}}?{_ROOT}"
)
_ALIAS = re.compile(
    r'\.(?:addImport|addAnonymousImport)\(\s*"([^"]+)"\s*,\s*(\w+)\s*\)'
    r'|\.name\s*=\s*"([^"]+)"\s*,\s*\.module\s*=\s*(\w+)\b'
)
_ANONYMOUS = re.compile(rf'\.addAnonymousImport\(\s*"([^"]+)"\s*,\s*\.\{{[^;]{{0,1000}}?{_ROOT}')
_DEPENDENCY_PATH = re.compile(
    r'\.(?:@"([^"]+)"|(\w+))\s*=\s*\.\{\s*(?:[^{}]*,\s*)?\.path\s*=\s*"([^"]+)"'
)


class ZigResolver:
    """Answers from the paths and the build files, read once."""

    def __init__(self, texts: Mapping[str, str], _analyses: Mapping[str, FileAnalysis]) -> None:
        self._files = frozenset(texts)
        self._modules: dict[str, dict[str, str]] = {}
        self._nearby: dict[str, dict[str, str]] = {}
        for path in sorted(texts):
            name, folder = posixpath.basename(path), parent(path)
            if name == "build.zig":
                self._modules[folder] = dict(_modules(folder, _plain(texts[path])))
            elif name == "build.zig.zon":
                self._nearby[folder] = dict(_nearby(folder, _plain(texts[path])))

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        name = statement.module
        if "@cInclude" in statement.names:
            return Resolution(package=name)
        if name in _STANDARD or name.startswith("@"):
            return Resolution(package=name, standard=True)
        is_path = "@embedFile" in statement.names or name.endswith((".zig", ".zon"))
        path = join(parent(source), name) if is_path else self._module(source, name)
        if path in self._files and path is not None:
            return Resolution((path,) if path != source else ())
        return Resolution(reason=f"no file {name}") if is_path else Resolution(package=name)

    def entry_points(self) -> Iterator[str]:
        """None: a file with ``main`` is one by itself."""
        return iter(())

    def _module(self, source: str, name: str) -> str | None:
        for folder in folders_up(parent(source)):
            if name in self._modules.get(folder, ()):
                return self._modules[folder][name]
            dependency = self._nearby.get(folder, {}).get(name)
            if dependency is not None:
                modules = self._modules.get(dependency, {})
                return modules.get(name) or next(iter(modules.values()), None)
        return None


def _plain(text: str) -> str:
    """Without comments, as far as a build file is read."""
    return _COMMENT.sub("", text[:_MOST_CHARACTERS].replace("://", ":"))


def _modules(folder: str, text: str) -> Iterator[tuple[str, str]]:
    """The root source files of the modules of one ``build.zig``, by the names they have."""
    variables = dict(_VARIABLE.findall(text))
    literal = [*_NAMED.findall(text), *_ANONYMOUS.findall(text)]
    for one, variable, other, field in _ALIAS.findall(text):
        root = variables.get(variable or field)
        if root is not None:
            literal.append((one or other, root))
    for name, root in literal:
        path = join(folder, root)
        if path is not None:
            yield name, path


def _nearby(folder: str, text: str) -> Iterator[tuple[str, str]]:
    """The folders of the dependencies that a ``build.zig.zon`` names by a path."""
    for quoted, bare, inner in _DEPENDENCY_PATH.findall(text):
        path = join(folder, inner)
        if path is not None:
            yield quoted or bare, path
