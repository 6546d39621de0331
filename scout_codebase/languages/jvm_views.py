"""What a file of Java, Kotlin or Scala sees: its packages, and what it imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scout_codebase.languages.types_index import TypesIndex
from scout_codebase.records import FileAnalysis, ImportKind, ImportStatement

_ROOT = "_root_."
_OVERLOADED = (
    "also apply assertEquals check contains error filter forEach indexOf joinToString let map maxOf"
    " minOf print println repeat replace require run split substring synchronized use with"
)
"""Functions that Kotlin imports by itself and that packages often declare again for other types:
without types nobody could tell which a call means."""


@dataclass(frozen=True, slots=True)
class View:
    """``known`` are the names that the file imports one by one, in full; ``visible`` the packages
    and types whose names it sees, the innermost first; ``relative`` the packages that the first
    name of an import may be in."""

    known: Mapping[str, str] = field(default_factory=dict)
    visible: tuple[str, ...] = ()
    relative: tuple[str, ...] = ()

    def absolute(self, name: str) -> list[str]:
        """What an imported name may be in full, the likeliest first."""
        if name.startswith(_ROOT):
            return [name.removeprefix(_ROOT)]
        head, _, rest = name.partition(".")
        names = [f"{package}.{name}" for package in self.relative]
        if self.relative and rest and head in self.known:
            names.insert(0, f"{self.known[head]}.{rest}")
        return [*names, name]


def imported(language: str, statement: ImportStatement) -> list[str]:
    """The names that an import takes, or the package or type that it takes all of. In Scala several
    names may be taken at once; a name of the others is an alias."""
    module = statement.module.strip(".")
    names = [name for name in statement.names if name != "*"] if language == "scala" else []
    if not names:
        return [module]
    return [*(f"{module}.{name}" for name in names), *([module] if "*" in statement.names else [])]


def make_view(analysis: FileAnalysis, types: TypesIndex) -> View:
    around = sorted(analysis.packages, key=lambda name: (-name.count("."), name)) or [""]
    relative = tuple(name for name in around if name) if analysis.language == "scala" else ()
    known = dict.fromkeys(_OVERLOADED.split(), "kotlin") if analysis.language == "kotlin" else {}
    visible = list(around)
    for statement in analysis.imports:
        if statement.kind is ImportKind.REFERENCE:
            continue
        view = View(known, (), relative)
        whole = statement.module.strip(".")
        for name in imported(analysis.language, statement):
            full = _first_known(view.absolute(name), types)
            if "*" in statement.names and name == whole:
                visible.append(full)
            else:
                known.update(dict.fromkeys(_called(analysis.language, statement, name), full))
    return View(known, tuple(dict.fromkeys(visible)), relative)


def _first_known(names: list[str], types: TypesIndex) -> str:
    """The first that is in the repository, else the last: as it is written."""
    known = (name for name in names if types.is_package(name) or types.declares(name))
    return next(known, names[-1])


def _called(language: str, statement: ImportStatement, name: str) -> tuple[str, ...]:
    if language == "kotlin" and statement.names:
        return statement.names
    return (name.rpartition(".")[2],)
