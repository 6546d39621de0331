"""Languages whose imports are paths: shell, HTML, CSS, Terraform."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from scout_codebase.languages.paths import folders_up, join, parent
from scout_codebase.languages.spec import Resolution
from scout_codebase.records import FileAnalysis, ImportKind, ImportStatement

_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//|#|\{\{|\{%|<[%?])", re.IGNORECASE)
_OWN_FOLDER = re.compile(
    r"(?:\$\((?:cd)?(?:dirname|--)*[^)]*\)+|\$\{[^}]+\}|\$\w+|`[^`]+`)(?:&&pwd\))?(?=/)"
)
_WEB_ROOTS = ("", "public", "static", "assets", "src")


class _Paths:
    """What the resolvers of this module share: the set of paths."""

    def __init__(self, texts: Mapping[str, str], _analyses: Mapping[str, FileAnalysis]) -> None:
        self._texts = texts
        self._files = frozenset(texts)

    def entry_points(self) -> Iterator[str]:
        yield from ()

    def _first(self, source: str, candidates: Iterator[str | None]) -> Resolution | None:
        found = next((path for path in candidates if path in self._files), None)
        if found is None:
            return None
        return Resolution((found,) if found != source else ())


class ShellResolver(_Paths):
    """``source`` of a literal path, or of one behind an expansion that stands for a folder: such a
    path is tried from the folder of the script, then from each one above it."""

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        written = statement.module.replace('"', "").replace("'", "")
        path = _OWN_FOLDER.sub("", written, count=1).lstrip("/")
        if "$" in path or "`" in path or not path:
            return Resolution(reason=f"{statement.module} is computed")
        if path == written.lstrip("/") and written.startswith(("/", "~")):
            return Resolution()
        folders = (join(folder, path) for folder in folders_up(parent(source)))
        found = self._first(source, folders)
        return found or Resolution(reason=f"no file {path}")


class WebResolver(_Paths):
    """``src`` and ``href`` of HTML, ``@import`` and ``url()`` of CSS. What leads to nothing in the
    repository is served from elsewhere, or made by a server."""

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        written = re.split(r"[?#]", statement.module.strip("\"'"), maxsplit=1)[0]
        if not written or _ELSEWHERE.match(statement.module):
            return Resolution()
        found = self._first(source, self._candidates(source, written))
        if found is None and statement.kind is not ImportKind.REFERENCE:
            return Resolution(reason=f"no file {written}")
        return found or Resolution()

    def _candidates(self, source: str, written: str) -> Iterator[str | None]:
        folder, name = posixpath.split(written)
        names = [written, f"{written}.scss", f"{written}.less", f"{written}.css"]
        names += [f"{folder}/_{name}.scss", f"{written}/_index.scss"]
        for one in names if source.endswith((".css", ".scss", ".less")) else [written]:
            if not one.startswith("/"):
                yield join(parent(source), one.removeprefix("~"))
                continue
            for above in folders_up(parent(source)):
                for root in _WEB_ROOTS:
                    yield join(above, root, one.lstrip("/"))


class TerraformResolver(_Paths):
    """The ``source`` of a module: every file of that folder; files that functions read."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        super().__init__(texts, analyses)
        self._modules: dict[str, list[str]] = defaultdict(list)
        for path in sorted(texts):
            if path.endswith(".tf"):
                self._modules[parent(path)].append(path)

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        written = statement.module.strip('"')
        if statement.kind is ImportKind.REFERENCE:
            inner = re.sub(r"^\$\{path\.(?:module|root)\}/", "", written)
            found = self._first(source, iter([join(parent(source), inner)]))
            return found or Resolution()
        if not written.startswith("."):
            return Resolution(package=written.partition("?")[0])
        folder = join(parent(source), written)
        files = self._modules.get(folder, []) if folder is not None else []
        if not files:
            return Resolution(reason=f"no module {written}")
        return Resolution(tuple(path for path in files if path != source))
