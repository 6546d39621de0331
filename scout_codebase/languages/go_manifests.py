"""What the ``go.mod`` and ``go.work`` files of a repository say about resolving imports.

The format: https://go.dev/ref/mod#go-mod-file-grammar
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from scout_codebase.languages.paths import folders_up, join, parent

_BLOCK = re.compile(r"(\w+)\s*\($")
_HOSTS_OF_TWO = ("gopkg.in", "go.uber.org", "k8s.io", "sigs.k8s.io", "go.etcd.io")
_MAJOR = re.compile(r"v\d+$")


@dataclass(frozen=True, slots=True)
class Module:
    """One ``go.mod``: the folder it stands in, its module path, what it requires (module paths),
    and what it replaces by folders of the repository (module path to folder)."""

    folder: str
    path: str
    requires: frozenset[str] = frozenset()
    replaces: Mapping[str, str] = field(default_factory=dict)


def read_modules(texts: Mapping[str, str]) -> dict[str, Module]:
    """The modules by folder; replacements of a ``go.work`` hold for what it uses."""
    modules = {
        parent(path): _module(parent(path), texts[path])
        for path in sorted(texts)
        if posixpath.basename(path) == "go.mod"
    }
    for path in sorted(texts):
        if posixpath.basename(path) == "go.work":
            _apply_workspace(modules, parent(path), texts[path])
    return modules


def module_of(modules: Mapping[str, Module], source: str) -> Module | None:
    """The module that a file belongs to."""
    found = (modules[folder] for folder in folders_up(parent(source)) if folder in modules)
    return next(found, None)


def longest_prefix(path: str, *known: Container[str]) -> str | None:
    """The longest of the known module paths that an import path lies in."""
    prefixes = (prefix for prefix in folders_up(path) if prefix)
    return next((prefix for prefix in prefixes if any(prefix in one for one in known)), None)


def guess_module(path: str) -> str:
    """The module path that an import path of the usual hosts lies in."""
    parts = path.split("/")
    length = 2 if parts[0] in _HOSTS_OF_TWO else 3
    if len(parts) > length and _MAJOR.match(parts[length]):
        length += 1
    return "/".join(parts[:length])


def _module(folder: str, text: str) -> Module:
    path, requires, replaces = "", [], {}
    for verb, words in _directives(text):
        if verb == "module" and words:
            path = words[0]
        elif verb == "require" and words:
            requires.append(words[0])
        elif verb == "replace":
            replaces.update(_replacement(folder, words))
    return Module(folder, path, frozenset(requires), replaces)


def _apply_workspace(modules: dict[str, Module], folder: str, text: str) -> None:
    used: list[str] = []
    replaces: dict[str, str] = {}
    for verb, words in _directives(text):
        if verb == "use" and words:
            target = join(folder, words[0])
            used += [] if target is None else [target]
        elif verb == "replace":
            replaces.update(_replacement(folder, words))
    for target in used:
        module = modules.get(target)
        if module is not None:
            merged = {**module.replaces, **replaces}
            modules[target] = Module(module.folder, module.path, module.requires, merged)


def _replacement(folder: str, words: list[str]) -> dict[str, str]:
    if "=>" not in words:
        return {}
    target = words[words.index("=>") + 1 :]
    inside = join(folder, target[0]) if target and target[0].startswith((".", "/")) else None
    return {} if inside is None else {words[0]: inside}


def _directives(text: str) -> Iterator[tuple[str, list[str]]]:
    """The verb and the words of each line, those of a block one by one."""
    block = ""
    for line in text.splitlines():
        bare = line.partition("//")[0].strip()
        opened = _BLOCK.match(bare)
        if opened:
            block = opened[1]
        elif bare == ")":
            block = ""
        elif bare:
            words = [word.strip('"`') for word in bare.split()]
            yield (block, words) if block else (words[0], words[1:])
