"""What a file of Java, Kotlin or Scala sees: its packages, and what it imports."""

from __future__ import annotations

import re
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


_RENAMED = re.compile(r"\s*=>\s*|\s+as\s+")
_HIDDEN = "_"
_ALL = "*"


@dataclass(frozen=True, slots=True)
class View:
    """``known`` are the names that the file imports one by one, in full; ``visible`` the packages
    and types whose names it sees, the innermost first; ``hidden`` the names, in full, that it does
    not see although it sees what they are in; ``relative`` the packages that the first name of an
    import may be in."""

    known: Mapping[str, str] = field(default_factory=dict)
    visible: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
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
    """The names that an import takes, or the package or type that it takes all of."""
    return [name for name, called in _taken(language, statement) if called != _HIDDEN]


def make_view(analysis: FileAnalysis, types: TypesIndex) -> View:
    around = sorted(analysis.packages, key=lambda name: (-name.count("."), name)) or [""]
    relative = tuple(name for name in around if name) if analysis.language == "scala" else ()
    known = dict.fromkeys(_OVERLOADED.split(), "kotlin") if analysis.language == "kotlin" else {}
    wholes: list[str] = []
    hidden: set[str] = set()
    for statement in analysis.imports:
        if statement.kind is ImportKind.REFERENCE:
            continue
        view = View(known, relative=relative)
        for name, called in _taken(analysis.language, statement):
            full = _first_known(view.absolute(name), types)
            if called == _ALL:
                wholes.append(full)
            elif called == _HIDDEN:
                hidden.add(full)
            else:
                known[called] = full
    return View(known, tuple(dict.fromkeys([*around, *wholes])), frozenset(hidden), relative)


def _first_known(names: list[str], types: TypesIndex) -> str:
    """The first that is in the repository, else the last: as it is written."""
    known = (name for name in names if types.is_package(name) or types.declares(name))
    return next(known, names[-1])


def _taken(language: str, statement: ImportStatement) -> list[tuple[str, str]]:
    """What an import takes, in full as far as it is written, and what the file calls it: ``*`` for
    everything in it, ``_`` for what the file is not to see. In Scala one import may take several
    names, each perhaps under another; in Kotlin a name of the statement is an alias."""
    module = statement.module.strip(".")
    names = [name for name in statement.names if name != _ALL]
    found: list[tuple[str, str]] = []
    if language == "scala":
        for name in names:
            own, *other = _RENAMED.split(name)
            found.append((f"{module}.{own}", other[0] if other else own))
    elif language == "kotlin":
        found += [(module, name) for name in names]
    if _ALL in statement.names:
        found.append((module, _ALL))
    return found or [(module, module.rpartition(".")[2])]
