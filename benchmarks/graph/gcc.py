"""Edges of C and C++ as gcc sees them.

Every file is compiled twice, with the include path of its project and nothing else:

1. as the platform of this machine compiles it: ``gcc -E -H`` prints every header that is opened,
   with as many dots as it is deep, so that nested includes give their edges too;
2. directive by directive, without what stands around them: ``gcc -E -H`` of one include line in the
   folder of its file says what the line means on the platforms that define other macros.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOOL = "gcc -H"

_LIBGIT2 = (
    "include",
    "deps/llhttp",
    "deps/ntlmclient",
    "deps/pcre2",
    "deps/reftable",
    "deps/winhttp",
    "deps/xdiff",
    "deps/zlib",
)
INCLUDE_PATHS = {
    "leveldb": {"": (".", "include")},
    "libgit2": {
        "src/cli/": ("src/util", "src/cli", *_LIBGIT2),
        "tests/libgit2/": ("deps/clar", "tests/libgit2", "src/libgit2", "src/util", *_LIBGIT2),
        "tests/util/": ("deps/clar", "tests/util", "src/libgit2", "src/util", *_LIBGIT2),
        "benchmarks/": ("deps/clar", "benchmarks/libgit2", "src/libgit2", "src/util", *_LIBGIT2),
        "": ("src/libgit2", "src/util", *_LIBGIT2),
    },
}
"""What the build files say: by repository, then by what the path of a file begins with."""

_UNITS = (".c", ".cc", ".cpp", ".cxx")
_FILES = (*_UNITS, ".h", ".hh", ".hpp", ".hxx", ".inc", ".inl", ".ipp", ".tpp")
_CPP = (".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".inl", ".ipp", ".tpp")
_DIRECTIVE = re.compile(r'^\s*#\s*include(?:_next)?\s*(?:<[^>\n]+>|"[^"\n]+")', re.MULTILINE)
_OPENED = re.compile(r"^(\.+) (.+)$")


def available() -> str:
    return "" if shutil.which("gcc") and shutil.which("g++") else "gcc is not installed"


def edges(root: Path) -> set[tuple[str, str]]:
    """Source and target of every include, relative to ``root``; the name of that folder holds the
    repository's."""
    root = root.resolve()
    paths = sorted(
        path
        for path in root.rglob("*")
        if path.suffix in _FILES and path.is_file() and ".git" not in path.parts
    )
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        units = pool.map(lambda path: _unit_edges(root, path), paths)
        found = {edge for edges in units for edge in edges}
        found.update(_directive_edges(root, pool, paths))
    return {(source, target) for source, target in found if source != target}


def _unit_edges(root: Path, path: Path) -> set[tuple[str, str]]:
    if path.suffix not in _UNITS:
        return set()
    return set(_edges(root, path, _opened(root, path, path.read_bytes())))


def _directive_edges(
    root: Path, pool: ThreadPoolExecutor, paths: list[Path]
) -> Iterator[tuple[str, str]]:
    """Each directive of each folder that names a file of the repository is compiled once."""
    names = {path.name for path in paths}
    users: dict[tuple[Path, str, str], list[Path]] = defaultdict(list)
    for path, text in zip(paths, pool.map(_without_comments, paths), strict=True):
        for directive in sorted(set(_DIRECTIVE.findall(text))):
            if re.split(r'[/<"]', directive[:-1])[-1] in names:
                users[path.parent, path.suffix, directive].append(path)
    opened = pool.map(lambda key: _opened(root, users[key][0], key[2].encode()), users)
    for paths_of_one, found in zip(users.values(), opened, strict=True):
        for path in paths_of_one:
            yield from _edges(root, path, [one for one in found if one[0] == 1])


def _opened(root: Path, path: Path, text: bytes) -> list[tuple[int, Path]]:
    """Depth and path of every file that compiling ``text`` in place of a file opens. A header that
    only a build makes is passed over (``-MG``)."""
    relative = path.relative_to(root).as_posix()
    by_start = next(paths for name, paths in INCLUDE_PATHS.items() if name in root.name)
    folders = next(by_start[start] for start in by_start if relative.startswith(start))
    include = [f"-I{root / folder}" for folder in folders]
    language = "c++" if path.suffix in _CPP else "c"
    command = ["gcc", "-E", "-H", "-MM", "-MG", "-MF/dev/null", *include, "-x", language, "-"]
    done = subprocess.run(command, input=text, capture_output=True, cwd=path.parent, check=False)
    lines = map(_OPENED.match, done.stderr.decode("utf-8", "replace").splitlines())
    return [(len(line[1]), (path.parent / line[2]).resolve()) for line in lines if line]


def _edges(root: Path, path: Path, opened: list[tuple[int, Path]]) -> Iterator[tuple[str, str]]:
    stack = [path]
    for depth, target in opened:
        del stack[depth:]
        source = stack[-1]
        stack.append(target)
        if source.is_relative_to(root) and target.is_relative_to(root):
            yield source.relative_to(root).as_posix(), target.relative_to(root).as_posix()


def _without_comments(path: Path) -> str:
    command = ["gcc", "-fpreprocessed", "-dD", "-E", "-P", "-x", "c", str(path)]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")
