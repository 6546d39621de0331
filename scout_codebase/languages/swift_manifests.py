"""Which module a Swift file belongs to: what ``Package.swift`` says as text, else the folders."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from scout_codebase.languages.paths import folders_up, join, parent

_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACKET = re.compile(
    r"(?:\.(target|executableTarget|testTarget|macro|plugin|systemLibrary)\s*)?\(|\)"
)
_NAME = re.compile(r'\bname\s*:\s*"([^"]+)"')
_PATH = re.compile(r'\bpath\s*:\s*"([^"]+)"')
_PRODUCT = re.compile(r'\.product\s*\(\s*name\s*:\s*"([^"]+)"\s*,\s*package\s*:\s*"([^"]+)"')
_PLACES: Mapping[str, tuple[str, ...]] = {
    "testTarget": ("Tests", "Sources", "Source", "src", "srcs"),
    "plugin": ("Plugins",),
}
_DEEPEST = 20
_USUAL_PLACES = ("Sources", "Source", "src", "srcs")


class SwiftModules:
    """The modules of a repository by folder, and the packages that products come from."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._folders = {folder for path in texts for folder in folders_up(parent(path))}
        self._by_folder: dict[str, str] = {}
        self.package_of_product: dict[str, str] = {}
        manifests = [path for path in sorted(texts) if posixpath.basename(path) == "Package.swift"]
        for path in manifests:
            text = _COMMENT.sub("", texts[path].replace("://", ":"))
            self.package_of_product |= dict(_PRODUCT.findall(text))
            for folder, name in self._targets(parent(path), text):
                self._by_folder.setdefault(folder, name)
        for folder in sorted(self._folders):
            if posixpath.basename(parent(folder)) in ("Sources", "Tests"):
                self._by_folder.setdefault(folder, posixpath.basename(folder))
        projects = (folder for folder in self._folders if folder.endswith(".xcodeproj"))
        self._projects = {parent(folder) for folder in projects}
        self.names = frozenset(self._by_folder.values())

    def module_of(self, path: str) -> str:
        """The name of a file's module; of one in no target, the folder below the project."""
        for folder in folders_up(parent(path)):
            if folder in self._by_folder:
                return self._by_folder[folder]
        project = next((one for one in folders_up(parent(path)) if one in self._projects), "")
        first, slash, _ = path[len(project) :].lstrip("/").partition("/")
        return first if slash else ""

    def _targets(self, folder: str, text: str) -> Iterator[tuple[str, str]]:
        for kind, arguments in _calls(text):
            name, path = _NAME.search(arguments), _PATH.search(arguments)
            if name is None:
                continue
            places = _PLACES.get(kind, _USUAL_PLACES)
            usual = [f"{place}/{name[1]}" for place in places]
            for place in [path[1]] if path else usual:
                found = join(folder, place)
                if found is not None and found in self._folders:
                    yield found, name[1]
                    break


def _calls(text: str) -> Iterator[tuple[str, str]]:
    """Each declaration of a target: which kind, and what stands between its brackets."""
    around: list[tuple[str, int]] = []
    for bracket in _BRACKET.finditer(text):
        if bracket[0] != ")":
            around.append((bracket[1] or "", bracket.end()))
        elif around:
            kind, start = around.pop()
            if kind and len(around) < _DEEPEST:
                yield kind, text[start : bracket.start()]
