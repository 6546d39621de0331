"""The include roots in a repository's CMake files. They are read as data: a root counts if it is
literal, or made of literals by ``set`` and ``list(APPEND)``, whatever the conditions around it."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from scout_codebase.languages.paths import folders_up, join, parent

_COMMENT = re.compile(r"#\[\[.*?(?:\]\]|\Z)|#[^\n]*", re.DOTALL)
_INCLUDES = re.compile(r"\b(target_)?include_directories\s*\(([^()]*)\)", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"\b(?:set|list)\s*\(\s*(?:APPEND\s+)?(\w+)\s+([^()]*)\)", re.IGNORECASE)
_PROJECT = re.compile(r"^\s*project\s*\(", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_VARIABLE = re.compile(r"\$\{(\w+)\}/?(.*)$", re.DOTALL)
_BUILD_INTERFACE = re.compile(r"\$<BUILD_INTERFACE:(.*)>$")
_KEYWORDS = frozenset({"AFTER", "BEFORE", "INTERFACE", "PRIVATE", "PUBLIC", "SYSTEM"})
_DEEPEST = 4
_MOST_ROOTS = 100


class CMakeFiles:
    """The ``CMakeLists.txt`` and ``*.cmake`` of a repository."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {
            path: _COMMENT.sub("", texts[path]) for path in sorted(texts) if is_cmake(path)
        }
        self._projects = {
            parent(path) for path, text in self._texts.items() if _PROJECT.search(text)
        }
        self._values: dict[str, dict[str, list[str]]] = defaultdict(dict)
        self._known: dict[tuple[str, str, int], tuple[str, ...]] = {}
        for path, text in self._texts.items():
            for name, words in _ASSIGNMENT.findall(text):
                self._values[name].setdefault(path, []).extend(_words(words))

    def roots(self, path: str) -> Iterator[str]:
        """The folders that one file puts on the include path."""
        for has_target, words in _INCLUDES.findall(self._texts[path]):
            for word in _words(words)[1 if has_target else 0 :]:
                if word not in _KEYWORDS:
                    yield from islice(self._expand(word, path), _MOST_ROOTS)

    def _expand(self, word: str, path: str, depth: int = 0) -> Iterator[str]:
        """The folders that a word of the file ``path`` stands for."""
        word = _BUILD_INTERFACE.sub(r"\1", word)
        variable = _VARIABLE.match(word)
        if variable is not None:
            bases, inner = self._bases(variable[1], path, depth), variable[2]
        else:
            bases, inner = iter([parent(path)]), word
        if "$" not in inner and not posixpath.isabs(inner):
            found = (join(base, inner) for base in bases)
            yield from (folder for folder in found if folder is not None)

    def _bases(self, name: str, path: str, depth: int) -> Iterator[str]:
        above = [folder for folder in folders_up(parent(path)) if folder in self._projects]
        if name in ("CMAKE_CURRENT_SOURCE_DIR", "CMAKE_CURRENT_LIST_DIR"):
            yield parent(path)
        elif name == "CMAKE_SOURCE_DIR":
            yield above[-1] if above else ""
        elif name.endswith("_SOURCE_DIR"):
            yield above[0] if above else ""
        elif depth < _DEEPEST:
            yield from self._value(name, path, depth)

    def _value(self, name: str, path: str, depth: int) -> tuple[str, ...]:
        """The folders in a variable, worked out once."""
        key = (name, path, depth)
        if key not in self._known:
            found = (
                folder
                for owner, words in self._owners(name, path)
                for word in words
                for folder in self._expand(word, owner, depth + 1)
            )
            self._known[key] = tuple(dict.fromkeys(islice(found, _MOST_ROOTS)))
        return self._known[key]

    def _owners(self, name: str, path: str) -> Iterable[tuple[str, list[str]]]:
        """Where a variable gets its values: in the file itself, else anywhere."""
        by_path = self._values.get(name, {})
        return [(path, by_path[path])] if path in by_path else by_path.items()


def is_cmake(path: str) -> bool:
    return posixpath.basename(path) == "CMakeLists.txt" or path.endswith(".cmake")


def _words(text: str) -> list[str]:
    return [quoted or bare for quoted, bare in _WORD.findall(text)]
