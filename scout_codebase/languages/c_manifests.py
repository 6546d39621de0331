"""What the build files of a C or C++ repository say about include roots and libraries. They are
read as data: nothing is run, and what is not literal is left out."""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from scout_codebase.languages.cmake import CMakeFiles, is_cmake
from scout_codebase.languages.paths import folders_up, join, parent

_MAKEFILES = frozenset({"GNUmakefile", "Makefile", "Makefile.am", "Makefile.in", "makefile"})
_FLAG = r"""(?:^|(?<=\s))(?:-I|-iquote|-isystem|-idirafter|/I)\s*("[^"]+"|[^\s"]+)"""
_COMPILER_FLAG = re.compile(_FLAG)
_SOURCE_FOLDER = re.compile(r"\$[({](?:abs_)?(top_)?srcdir[)}]/?(.*)$")
_MESON_INCLUDES = re.compile(r"\binclude_directories\s*\(([^()]*)\)")
_MESON_STRING = re.compile(r"'([^']*)'")
_LIBRARIES = (
    re.compile(r"\bfind_package\s*\(\s*([\w+.-]+)", re.IGNORECASE),
    re.compile(r"\bpkg_(?:check|search)_modules\s*\([^()]*?([\w+-]+)[^()\w]*+\)", re.IGNORECASE),
    re.compile(r"\bdependency\s*\(\s*'([\w+.-]+)'"),
    re.compile(r"^\s*([\w+-]+)/\d[\w.]*", re.MULTILINE),
)
_LIBRARY_FILES: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "CMakeLists.txt": _LIBRARIES[:2],
    "meson.build": _LIBRARIES[2:3],
    "conanfile.txt": _LIBRARIES[3:],
}


class IncludeRoots:
    """The folders that build files put on the include path."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._compiled, self._all_compiled = _compile_databases(texts)
        self._declared: dict[str, dict[str, None]] = {}
        folders = {folder for path in texts for folder in folders_up(parent(path))}
        for path, roots in _declared_roots(texts):
            found = {root: None for root in roots if root in folders}
            if found:
                self._declared.setdefault(parent(path), {}).update(found)
        declared = (root for roots in self._declared.values() for root in roots)
        self.everywhere = frozenset((*self._all_compiled, *declared))

    def compiled(self, source: str) -> Iterator[str]:
        """Those of a compile database: of the file itself, else (a header) of all, the most used
        first."""
        yield from self._compiled.get(source, self._all_compiled)

    def declared(self, source: str) -> Iterator[str]:
        """Those that the build files of the folders above name, the nearest file first."""
        for folder in folders_up(parent(source)):
            yield from self._declared.get(folder, ())


def _declared_roots(texts: Mapping[str, str]) -> Iterator[tuple[str, Iterable[str | None]]]:
    cmake = CMakeFiles(texts)
    for path in sorted(texts):
        name = posixpath.basename(path)
        if is_cmake(path):
            yield path, cmake.roots(path)
        elif name == "meson.build":
            yield path, _meson_roots(parent(path), texts[path])
        elif name in _MAKEFILES:
            yield path, _make_roots(parent(path), texts[path])


# --- compile_commands.json ---


def _compile_databases(texts: Mapping[str, str]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    by_file: dict[str, tuple[str, ...]] = {}
    uses: Counter[str] = Counter()
    for path in sorted(texts):
        if posixpath.basename(path) == "compile_commands.json":
            entries = list(_entries(texts[path]))
            checkout = _checkout([file for file, _, _ in entries], texts)
            for file, folder, flags in entries:
                roots = tuple(_below(checkout, folder, flags))
                by_file.setdefault(file[len(checkout) :].lstrip("/"), roots)
                uses.update(roots)
    return by_file, sorted(uses, key=lambda root: (-uses[root], root))


def _entries(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Of each compilation the absolute file, its working folder and its include flags."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    for entry in data if isinstance(data, list) else ():
        if not isinstance(entry, dict):
            continue
        folder, file = entry.get("directory"), entry.get("file")
        if isinstance(folder, str) and isinstance(file, str):
            path = posixpath.normpath(posixpath.join(folder, file))
            yield path, folder, _COMPILER_FLAG.findall(_command(entry))


def _command(entry: Mapping[str, object]) -> str:
    arguments = entry.get("arguments")
    if isinstance(arguments, list):
        return " ".join(f'"{one}"' if " " in str(one) else str(one) for one in arguments)
    return str(entry.get("command", ""))


def _checkout(files: Iterable[str], texts: Mapping[str, str]) -> str:
    """The absolute folder that the database takes for the repository: what most of its files have
    in front of a path of the repository."""
    found: Counter[str] = Counter()
    for file in files:
        parts = file.split("/")
        ends = ("/".join(parts[start:]) for start in range(1, len(parts)))
        longest = next((end for end in ends if end in texts), None)
        if longest is not None:
            found[file.removesuffix(longest).rstrip("/")] += 1
    return min(found, key=lambda one: (-found[one], one)) if found else ""


def _below(checkout: str, folder: str, flags: Iterable[str]) -> Iterator[str]:
    for flag in flags:
        path = posixpath.normpath(posixpath.join(folder, flag.strip('"')))
        if checkout and f"{path}/".startswith(f"{checkout}/"):
            yield path[len(checkout) :].lstrip("/")


# --- Meson, Make ---


def _meson_roots(folder: str, text: str) -> Iterator[str | None]:
    for call in _MESON_INCLUDES.findall(text):
        yield from (join(folder, inner) for inner in _MESON_STRING.findall(call))


def _make_roots(folder: str, text: str) -> Iterator[str | None]:
    for flag in _COMPILER_FLAG.findall(text):
        variable = _SOURCE_FOLDER.match(flag.strip('"'))
        base = "" if variable is not None and variable[1] else folder
        inner = variable[2] if variable is not None else flag.strip('"')
        if "$" not in inner:
            yield join(base, inner)


# --- libraries ---


class Libraries:
    """The libraries that build files ask for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._by_name: dict[str, str] = {}
        for path in sorted(texts):
            for name in _libraries(posixpath.basename(path), texts[path]):
                self._by_name.setdefault(_normalised(name), name)

    def name(self, include: str) -> str:
        """The library of a header, ``""`` where no build file names it."""
        first = include.partition("/")[0]
        stem = posixpath.basename(include).rpartition(".")[0]
        candidates = (self._by_name.get(_normalised(one)) for one in (first, stem))
        return next(filter(None, candidates), "")


def _libraries(name: str, text: str) -> Iterator[str]:
    if name == "vcpkg.json":
        yield from _vcpkg(text)
    for pattern in _LIBRARY_FILES.get(name, ()):
        yield from pattern.findall(text)


def _vcpkg(text: str) -> Iterator[str]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    dependencies = data.get("dependencies") if isinstance(data, dict) else None
    for one in dependencies if isinstance(dependencies, list) else ():
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str):
            yield name


def _normalised(name: str) -> str:
    """``OpenSSL`` and ``openssl``, ``libcurl`` and ``curl`` are one."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower().removesuffix(".h"))
    return plain.removeprefix("lib").rstrip("0123456789") or plain
