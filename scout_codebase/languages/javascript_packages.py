"""What the ``package.json`` files of a repository say about resolving imports."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from scout_codebase.languages.jsonc import load_jsonc
from scout_codebase.languages.paths import folders_up, join, nearest, parent

_ENTRY_FIELDS = ("source", "module", "main", "types", "typings", "browser")
_DEPENDENCIES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_DEEPEST = 10


class Packages:
    """The packages of the repository, by folder and by name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._by_folder: dict[str, dict[str, Any]] = {}
        self._folders: dict[str, list[str]] = defaultdict(list)
        for path in sorted(texts):
            if posixpath.basename(path) == "package.json":
                data = load_jsonc(texts[path])
                self._by_folder[parent(path)] = data
                if isinstance(data.get("name"), str):
                    self._folders[data["name"]].append(parent(path))

    def folder_of(self, source: str) -> str:
        """The folder of the nearest ``package.json`` at or above a file."""
        found = (folder for folder in folders_up(parent(source)) if folder in self._by_folder)
        return next(found, "")

    def folders(self, name: str) -> list[str]:
        return self._folders.get(name, [])

    def asks_for(self, source: str, name: str) -> bool:
        data = self._by_folder.get(self.folder_of(source), {})
        return any(name in _object(data.get(table)) for table in _DEPENDENCIES)

    def entries(self, folder: str) -> list[str]:
        """What stands for the folder itself, as paths relative to it."""
        data = self._by_folder.get(folder, {})
        entries = [data[field] for field in _ENTRY_FIELDS if isinstance(data.get(field), str)]
        return [*_subpath_targets(data.get("exports"), "."), *entries]

    def programs(self) -> Iterator[str]:
        """What ``bin`` and ``main`` of every package point to."""
        for folder, data in self._by_folder.items():
            commands = data.get("bin")
            targets = list(_object(commands).values()) or [commands]
            for target in (*targets, data.get("main")):
                path = join(folder, target) if isinstance(target, str) else None
                if path is not None:
                    yield path

    def imports(self, source: str, specifier: str) -> list[str]:
        """The targets of a ``#`` specifier."""
        folder = self.folder_of(source)
        table = _object(self._by_folder.get(folder, {}).get("imports"))
        targets = _matching_targets(table, specifier)
        return [path for path in (join(folder, one) for one in targets) if path is not None]

    def exports(self, name: str, subpath: str, source: str) -> list[str]:
        """The paths that a package of this repository may have for ``name/subpath``."""
        folders = self.folders(name)
        if not folders:
            return []
        folder = nearest(folders, source)
        if not subpath:
            return [folder, f"{folder}/src".lstrip("/")]
        data = self._by_folder[folder]
        targets = _subpath_targets(data.get("exports"), f"./{subpath}")
        targets += [subpath, f"src/{subpath}"] if "exports" not in data else []
        return [path for path in (join(folder, one) for one in targets) if path is not None]


def _subpath_targets(exports: object, subpath: str) -> list[str]:
    if isinstance(exports, Mapping) and any(key.startswith(".") for key in exports):
        return _matching_targets(exports, subpath)
    return list(_strings(exports)) if subpath == "." else []


def _matching_targets(table: Mapping[str, Any], name: str) -> list[str]:
    """The targets of an exact key, else those of the longest pattern that fits."""
    if name in table:
        return list(_strings(table[name]))
    for key in sorted(table, key=lambda key: (-len(key.partition("*")[0]), key)):
        before, star, after = key.partition("*")
        if key.endswith("/") and not star:
            star = "*"
        fits = star and name.startswith(before) and name.endswith(after)
        if fits and len(name) >= len(before) + len(after):
            middle = name[len(before) : len(name) - len(after)]
            return [_fill(target, middle) for target in _strings(table[key])]
    return []


def _fill(target: str, middle: str) -> str:
    return target + middle if target.endswith("/") else target.replace("*", middle)


def _strings(target: object, depth: int = 0) -> Iterator[str]:
    """The targets of every condition, in the order of the file."""
    if isinstance(target, str):
        yield target
    elif isinstance(target, (Mapping, list)) and depth < _DEEPEST:
        for one in target.values() if isinstance(target, Mapping) else target:
            yield from _strings(one, depth + 1)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
