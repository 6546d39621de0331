"""What project files (``*.csproj``, ``Directory.*.props``, ``packages.config``) say: which files
belong together, what their code uses without saying so, and what comes from NuGet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from scout_codebase.languages.paths import folders_up, parent

_PROJECTS = (".csproj", ".props", ".targets", "packages.config")
_USING = re.compile(r"<Using\s[^>]*?Include=\"([\w.]+)\"[^>]*?>")
_PACKAGE = re.compile(
    r"<(?:PackageReference|PackageVersion|GlobalPackageReference)\s[^>]*?Include=\"([\w.-]+)\""
    r"|<package\s[^>]*?id=\"([\w.-]+)\""
)


class Projects:
    """The projects of a repository, each the folder of a ``.csproj``."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._folders: set[str] = set()
        self._usings: dict[str, set[str]] = defaultdict(set)
        self._packages: dict[str, str] = {}
        for path in sorted(texts):
            if path.endswith(_PROJECTS):
                self._read(path, texts[path])

    def folder_of(self, source: str) -> str:
        """The folder of the nearest project at or above a file."""
        found = (folder for folder in folders_up(parent(source)) if folder in self._folders)
        return next(found, "")

    def usings(self, source: str) -> list[str]:
        """The namespaces that project files make every file of the project use."""
        found = (self._usings.get(folder, ()) for folder in folders_up(parent(source)))
        return sorted({name for names in found for name in names})

    def package(self, namespace: str) -> str:
        """The package that a namespace is named after: the longest whose name begins it, else one
        that begins with it; ``""`` where there is none."""
        wanted = namespace.lower()
        for above in folders_up(wanted.replace(".", "/")):
            found = self._packages.get(above.replace("/", "."))
            if found:
                return found
        longer = (name for name in self._packages if name.startswith(f"{wanted}."))
        return self._packages.get(min(longer, key=lambda name: (len(name), name), default=""), "")

    def _read(self, path: str, text: str) -> None:
        if path.endswith(".csproj"):
            self._folders.add(parent(path))
        self._usings[parent(path)].update(_USING.findall(text))
        for first, second in _PACKAGE.findall(text):
            name = first or second
            self._packages[name.lower()] = name
