"""What the ``Cargo.toml`` files of a repository say: its crates, and the names they know."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scout_codebase.languages.paths import folders_up, join, parent
from scout_codebase.languages.python_manifests import load_toml

_DEPENDENCIES = ("dependencies", "dev-dependencies", "build-dependencies")
_OLD_DEPENDENCIES = ("dev_dependencies", "build_dependencies")
_TARGETS = ("bin", "example", "test", "bench")
_FOLDERS: Mapping[str, str] = {
    "bin": "src/bin",
    "example": "examples",
    "test": "tests",
    "bench": "benches",
}


@dataclass(frozen=True, slots=True)
class Dependency:
    """A crate by the name its users write. ``package`` is the registry's name; ``folder`` is where
    the package lies in the repository, None for one from outside."""

    package: str
    folder: str | None


@dataclass(frozen=True, slots=True)
class Package:
    """``library`` is the root file of the library crate, ``""`` without one; ``name`` what others
    write for it. ``programs`` are the root files of the other crates, the binaries first;
    ``edition`` is a year."""

    folder: str
    name: str
    library: str
    programs: tuple[str, ...]
    edition: int
    dependencies: Mapping[str, Dependency]


class Cargo:
    """The packages of a repository, by folder."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._files = frozenset(texts)
        self._beside = _rust_files(texts)
        self._manifests = {
            parent(path): load_toml(texts[path])
            for path in sorted(texts)
            if posixpath.basename(path) == "Cargo.toml"
        }
        self.packages = {
            folder: self._package(folder, data)
            for folder, data in self._manifests.items()
            if isinstance(data.get("package"), dict)
        }

    def package_of(self, path: str) -> Package | None:
        """The package whose folder is nearest above a file."""
        found = (folder for folder in folders_up(parent(path)) if folder in self.packages)
        folder = next(found, None)
        return self.packages[folder] if folder is not None else None

    def _package(self, folder: str, data: Mapping[str, Any]) -> Package:
        own, workspace = _table(data, "package"), self._workspace(folder)
        library = _table(data, "lib")
        root = join(folder, _text(library.get("path")) or "src/lib.rs") or ""
        edition = own.get("edition")
        if isinstance(edition, dict):
            edition = _table(workspace[1], "workspace", "package").get("edition")
        return Package(
            folder=folder,
            name=_identifier(_text(library.get("name")) or _text(own.get("name"))),
            library=root if root in self._files else "",
            programs=tuple(dict.fromkeys(self._programs(folder, data))),
            edition=int(edition) if isinstance(edition, str) and edition.isdigit() else 2015,
            dependencies=dict(self._dependencies(folder, data, workspace)),
        )

    def _workspace(self, folder: str) -> tuple[str, Mapping[str, Any]]:
        """The workspace that a package belongs to: its folder and its manifest."""
        for above in folders_up(folder):
            data = self._manifests.get(above, {})
            if "workspace" in data:
                return above, data
        return folder, {}

    # --- crates ---

    def _programs(self, folder: str, data: Mapping[str, Any]) -> Iterator[str]:
        """Those that the manifest names, and those in the folders that Cargo looks into."""
        build = _text(_table(data, "package").get("build")) or "build.rs"
        candidates = ["src/main.rs"]
        for kind in _TARGETS:
            tables = data.get(kind)
            tables = tables if isinstance(tables, list) else []
            candidates += [_text(one.get("path")) for one in tables if isinstance(one, dict)]
            candidates += self._found(folder, _FOLDERS[kind])
        for inner in (*candidates, build):
            path = join(folder, inner)
            if path is not None and path in self._files:
                yield path

    def _found(self, folder: str, inner: str) -> list[str]:
        where = f"{folder}/{inner}".lstrip("/")
        return [path[len(folder) :].lstrip("/") for path in self._beside.get(where, ())]

    # --- dependencies ---

    def _dependencies(
        self, folder: str, data: Mapping[str, Any], workspace: tuple[str, Mapping[str, Any]]
    ) -> Iterator[tuple[str, Dependency]]:
        top, shared = workspace
        inherited = _table(shared, "workspace", "dependencies")
        patched = dict(_patched(shared)) | dict(_patched(data))
        for name, value in _dependency_rows(data):
            base, entry = folder, value
            if isinstance(value, dict) and value.get("workspace"):
                base, entry = top, inherited.get(name)
            table = entry if isinstance(entry, dict) else {}
            package = _text(table.get("package")) or name
            path = _text(table.get("path"))
            if not path and package in patched:
                base, path = top, patched[package]
            yield _identifier(name), Dependency(package, join(base, path) if path else None)


def _rust_files(texts: Iterable[str]) -> Mapping[str, list[str]]:
    """By folder, the crate roots that Cargo finds in it: ``x.rs``, and ``main.rs`` one deeper."""
    found: dict[str, list[str]] = {}
    for path in sorted(texts):
        if path.endswith(".rs"):
            found.setdefault(parent(path), []).append(path)
            if path.endswith("/main.rs"):
                found.setdefault(parent(parent(path)), []).append(path)
    return found


def _dependency_rows(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    targets = _table(data, "target").values()
    for table in (data, *(one for one in targets if isinstance(one, dict))):
        for key in (*_DEPENDENCIES, *_OLD_DEPENDENCIES):
            yield from _table(table, key).items()


def _patched(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for source in _table(data, "patch").values():
        for name, value in source.items() if isinstance(source, dict) else ():
            if isinstance(value, dict) and isinstance(value.get("path"), str):
                yield _text(value.get("package")) or name, value["path"]


def _table(data: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        inner = data.get(key)
        data = inner if isinstance(inner, dict) else {}
    return data


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _identifier(name: str) -> str:
    return re.sub(r"[-.]", "_", name)
