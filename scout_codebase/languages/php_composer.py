"""What the ``composer.json`` files of a repository say about where PHP's classes lie."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from scout_codebase.languages.jsonc import load_jsonc
from scout_codebase.languages.paths import join, parent

_TABLES = ("autoload", "autoload-dev")
_REQUIREMENTS = ("require", "require-dev", "suggest")


class Composer:
    """The folders of namespaces, and the packages that are asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        manifests = {
            parent(path): load_jsonc(texts[path])
            for path in sorted(texts)
            if posixpath.basename(path) == "composer.json"
        }
        self._folders = sorted(
            (one for folder, data in manifests.items() for one in _folders(folder, data)),
            key=lambda one: (-len(one[0]), one),
        )
        self._programs = [
            path
            for folder, data in manifests.items()
            for name in _strings(data.get("bin"))
            if (path := join(folder, name)) is not None
        ]
        names = {
            name
            for data in manifests.values()
            for table in _REQUIREMENTS
            for name in _object(data.get(table))
            if "/" in name
        }
        self._packages = [_Package(name) for name in sorted(names)]

    def programs(self) -> list[str]:
        return self._programs

    def is_own(self, name: str) -> bool:
        """Whether a namespace of the repository holds a name."""
        return any(prefix and name.startswith(prefix) for prefix, _, _ in self._folders)

    def paths(self, name: str) -> Iterator[str]:
        """Where autoloading looks a class up, the most specific prefix first."""
        for prefix, folder, standard in self._folders:
            if not name.startswith(prefix):
                continue
            if standard == "psr-4":
                inner = name[len(prefix) :].lstrip("\\").replace("\\", "/")
            else:
                space, separator, last = name.rpartition("\\")
                inner = (space + separator).replace("\\", "/") + last.replace("_", "/")
            path = join(folder, f"{inner}.php")
            if path is not None:
                yield path

    def package(self, name: str) -> str | None:
        """The package that a name comes from, as far as the two are alike: ``symfony/console`` for
        ``Symfony\\Component\\Console\\Input``."""
        parts = [_plain(part) for part in name.split("\\") if part]
        joined = "".join(parts[:4])
        best, most = None, 0
        for package in self._packages:
            if package.vendor != parts[0] and package.project not in parts[:2]:
                continue
            score = 1 + sum(len(word) for word in package.words if word in joined)
            if score > most:
                best, most = package.name, score
        return best


class _Package:
    """A package's name, and its parts as they are compared."""

    def __init__(self, name: str) -> None:
        vendor, _, project = name.partition("/")
        self.name, self.vendor, self.project = name, _plain(vendor), _plain(project)
        self.words = [_plain(word) for word in project.split("-")]


def _folders(folder: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Prefix, folder and kind of each row of the autoload tables."""
    for table in _TABLES:
        for standard in ("psr-4", "psr-0"):
            rows = _object(_object(data.get(table)).get(standard))
            for prefix, targets in rows.items():
                for target in _strings(targets):
                    found = join(folder, target or ".")
                    if found is not None:
                        yield prefix, found, standard


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _strings(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]
