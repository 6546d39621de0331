"""``paths`` and ``baseUrl`` of the ``tsconfig.json`` and ``jsconfig.json`` of a repository."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scout_codebase.languages.javascript_packages import Packages
from scout_codebase.languages.jsonc import load_jsonc
from scout_codebase.languages.paths import folders_up, join, parent

_NAMES = ("tsconfig.json", "jsconfig.json")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class _Aliases:
    """``base`` is the folder that bare specifiers are looked up in, None without a ``baseUrl``;
    ``paths`` maps a pattern to targets, which are relative to the repository."""

    base: str | None
    paths: tuple[tuple[str, tuple[str, ...]], ...]


class TypeScriptConfigs:
    def __init__(self, texts: Mapping[str, str], packages: Packages) -> None:
        self._texts = texts
        self._packages = packages
        self._by_folder: dict[str, _Aliases] = {}
        for path in sorted(texts, reverse=True):  # tsconfig.json comes last, so it wins
            if posixpath.basename(path) in _NAMES:
                aliases = _merge(list(self._chain(path)))
                if aliases.paths or aliases.base is not None:
                    self._by_folder.setdefault(parent(path), aliases)

    def bases(self, source: str, specifier: str) -> list[str]:
        """The paths that the specifier may stand for, extensions left out."""
        for folder in folders_up(parent(source)):
            aliases = self._by_folder.get(folder)
            if aliases is not None:
                return list(_expand(aliases, specifier))
        return []

    def _chain(self, path: str, depth: int = 0) -> Iterator[_Aliases]:
        """The aliases of a configuration, then of those it extends, then of its references."""
        if path not in self._texts or depth > _DEEPEST:
            return
        data = load_jsonc(self._texts[path])
        yield _aliases(parent(path), data.get("compilerOptions"))
        extends = data.get("extends")
        for name in extends[::-1] if isinstance(extends, list) else [extends]:
            if isinstance(name, str):
                yield from self._chain(self._extended(path, name), depth + 1)
        references = data.get("references")
        for reference in references if isinstance(references, list) and not depth else ():
            name = reference.get("path") if isinstance(reference, dict) else None
            if isinstance(name, str):
                yield from self._chain(self._referenced(path, name), depth + 1)

    def _extended(self, path: str, name: str) -> str:
        if name.startswith("."):
            target = join(parent(path), name)
        else:
            parts = name.split("/")
            size = 2 if name.startswith("@") else 1
            folders = self._packages.folders("/".join(parts[:size]))
            target = join(folders[0], *parts[size:]) if folders else None
        return self._configuration(target)

    def _referenced(self, path: str, name: str) -> str:
        return self._configuration(join(parent(path), name))

    def _configuration(self, target: str | None) -> str:
        if target is None:
            return ""
        guesses = (target, f"{target}.json", f"{target}/tsconfig.json".lstrip("/"))
        return next((guess for guess in guesses if guess in self._texts), "")


def _aliases(folder: str, options: object) -> _Aliases:
    options = options if isinstance(options, dict) else {}
    base_url = options.get("baseUrl")
    base = join(folder, base_url) if isinstance(base_url, str) else None
    paths = options.get("paths")
    found = []
    for pattern, targets in paths.items() if isinstance(paths, dict) else ():
        joined = [
            join(folder if base is None else base, target)
            for target in (targets if isinstance(targets, list) else ())
            if isinstance(target, str)
        ]
        found.append((pattern, tuple(target for target in joined if target is not None)))
    return _Aliases(base, tuple(found))


def _merge(chain: list[_Aliases]) -> _Aliases:
    """The first ``baseUrl`` and the first ``paths`` of a chain; a later one is overridden."""
    bases: Iterator[str] = (one.base for one in chain if one.base is not None)
    paths: Iterator[Any] = (one.paths for one in chain if one.paths)
    return _Aliases(next(bases, None), next(paths, ()))


def _expand(aliases: _Aliases, specifier: str) -> Iterator[str]:
    fitting: list[tuple[int, list[str]]] = []
    for pattern, targets in aliases.paths:
        before, star, after = pattern.partition("*")
        if star and specifier.startswith(before) and specifier.endswith(after):
            middle = specifier[len(before) : len(specifier) - len(after)]
            fitting.append((len(before), [target.replace("*", middle) for target in targets]))
        elif pattern == specifier:
            fitting.append((len(pattern) + 1, list(targets)))
    for _, bases in sorted(fitting, key=lambda pair: -pair[0]):
        yield from bases
    if aliases.base is not None and not specifier.startswith(("#", "/")):
        yield f"{aliases.base}/{specifier}".lstrip("/")
