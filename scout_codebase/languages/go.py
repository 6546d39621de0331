"""Go imports to files.

An import path belongs to the module with the longest module path that it begins with: a module
that the importing one replaces by a folder, the importing module itself, or another module of the
repository. The rest of the path is the folder of a package, and an import of a package leads to
all its files: those of every system and build tag, without tests and without programs that stand
beside it (``//go:build ignore``). ``internal`` packages are seen from below their parent only, and
no program can be imported.

Files of one package use each other's declarations without an import; such a reference leads to
the files that declare the name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from scout_codebase.languages.go_manifests import (
    Module,
    guess_module,
    longest_prefix,
    module_of,
    read_modules,
)
from scout_codebase.languages.paths import folders_up, is_below, join, nearest, parent
from scout_codebase.languages.spec import Resolution
from scout_codebase.records import FileAnalysis, ImportKind, ImportStatement

_TEST = "_test.go"


class GoResolver:
    """Answers from indexes made once: folder to the files of its package, and folder and name to
    the files that declare it."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._modules = read_modules(texts)
        self._by_path: dict[str, list[str]] = defaultdict(list)
        for module in self._modules.values():
            self._by_path[module.path].append(module.folder)
        self._requires = {name for one in self._modules.values() for name in one.requires}
        self._vendored = frozenset(
            folder for path in texts for folder in folders_up(parent(path)) if "vendor/" in folder
        )
        self._packages: dict[str, _Package] = defaultdict(_Package)
        for path in sorted(analyses):
            if analyses[path].language == "go":
                self._packages[parent(path)].add(path, analyses[path])

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        if statement.kind is ImportKind.REFERENCE:
            declaring = self._packages[parent(source)].declaring(source, statement.module)
            return Resolution(tuple(path for path in declaring if path != source))
        path = statement.module
        if path == "C":
            return Resolution(package=path, standard=True)
        if path.startswith(("./", "../")) or path in (".", ".."):
            return self._package(source, join(parent(source), path), path)
        module = module_of(self._modules, source)
        vendored = self._vendored_folder(source, path)
        if vendored is not None and vendored in self._packages:
            return self._package(source, vendored, path)
        folder = self._own_folder(source, module, path)
        if folder is not None:
            return self._package(source, folder, path)
        return self._outside(module, path)

    def entry_points(self) -> Iterable[str]:
        return ()

    def _own_folder(self, source: str, module: Module | None, path: str) -> str | None:
        """The folder that an import path stands for if a module of the repository holds it."""
        replaces = module.replaces if module is not None else {}
        prefix = longest_prefix(path, self._by_path, replaces)
        if prefix is None:
            return None
        rest = path[len(prefix) :].lstrip("/")
        if prefix in replaces:
            base = replaces[prefix]
        elif module is not None and module.path == prefix:
            base = module.folder
        else:
            base = nearest((f"{one}/go.mod" for one in self._by_path[prefix]), source)[:-7]
        return f"{base}/{rest}".strip("/")

    def _vendored_folder(self, source: str, path: str) -> str | None:
        folders = (f"{above}/vendor/{path}".lstrip("/") for above in folders_up(parent(source)))
        return next((folder for folder in folders if folder in self._vendored), None)

    def _package(self, source: str, folder: str | None, path: str) -> Resolution:
        package = self._packages.get(folder) if folder is not None else None
        if folder is None or package is None or not package.name:
            return Resolution(reason=f"no package {path} in the repository")
        if not _may_see(source, folder):
            return Resolution(reason=f"{path} is internal to another folder")
        if package.name == "main" and not source.endswith(_TEST):
            return Resolution(reason=f"{path} is a program, not a package")
        return Resolution(tuple(one for one in package.files if one != source))

    def _outside(self, module: Module | None, path: str) -> Resolution:
        required = module.requires if module is not None else frozenset()
        name = longest_prefix(path, required) or longest_prefix(path, self._requires)
        if name is None and "." not in path.partition("/")[0]:
            return Resolution(package=path, standard=True)
        return Resolution(package=name or guess_module(path))


class _Package:
    """The files of one folder. Those of the package that others import are ``files``; programs and
    test packages may stand beside it."""

    def __init__(self) -> None:
        self._clauses: dict[str, str] = {}
        self._declaring: dict[str, list[str]] = defaultdict(list)
        self._files: tuple[str, ...] | None = None

    def add(self, path: str, analysis: FileAnalysis) -> None:
        clause = analysis.packages[0] if analysis.packages else ""
        self._clauses[path] = clause
        for name in analysis.declarations:
            self._declaring[name].append(path)

    @property
    def name(self) -> str:
        """The package that an import of the folder means, ``""`` where there is none."""
        clauses = Counter(
            clause for path, clause in self._clauses.items() if not path.endswith(_TEST)
        )
        libraries = {name: clauses[name] for name in clauses if name not in ("main", "")}
        ranked = sorted(libraries or clauses, key=lambda name: (-clauses[name], name))
        return ranked[0] if ranked else ""

    @property
    def files(self) -> tuple[str, ...]:
        if self._files is None:
            name = self.name
            self._files = tuple(
                path
                for path, clause in self._clauses.items()
                if clause == name and not path.endswith(_TEST)
            )
        return self._files

    def declaring(self, source: str, name: str) -> list[str]:
        """The files of the package of ``source`` that declare a name; only tests see tests."""
        found = self._declaring.get(f"{self._clauses.get(source, '')}.{name}", [])
        if source in found:
            return []
        if source.endswith(_TEST):
            return found
        return [path for path in found if not path.endswith(_TEST)]


def _may_see(source: str, folder: str) -> bool:
    """Whether every ``internal`` on the way to a folder is below a folder of the source."""
    parts = folder.split("/")
    above = ("/".join(parts[:index]) for index, part in enumerate(parts) if part == "internal")
    return all(is_below(source, one) for one in above)
