"""Languages whose imports are names of modules: Lua, Elixir, Haskell."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from scout_codebase.languages.paths import folders_up, is_below, is_test, join, nearest, parent
from scout_codebase.languages.spec import Resolution
from scout_codebase.records import FileAnalysis, ImportKind, ImportStatement

_LUA_ROOTS = ("", "lua", "src", "lib")
_LUA_NAMES = "bit bit32 coroutine debug ffi io jit math os package string table utf8"
_LUA_STANDARD = frozenset(_LUA_NAMES.split())


class LuaResolver:
    """``require "a.b"``: ``a/b.lua`` or ``a/b/init.lua`` below the folder of the file, one above
    it, or ``lua``, ``src`` or ``lib`` there. Rocks are named by their first part."""

    def __init__(self, texts: Mapping[str, str], _analyses: Mapping[str, FileAnalysis]) -> None:
        self._files = frozenset(texts)

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        name = statement.module
        if "require" not in statement.names:
            path = join(parent(source), name)
            files = [one for one in (path, join(name)) if one in self._files and one != source]
            return Resolution((files[0],)) if files else Resolution(reason=f"no file {name}")
        base = name.replace(".", "/")
        for folder in folders_up(parent(source)):
            for root in _LUA_ROOTS:
                for suffix in (".lua", "/init.lua"):
                    path = join(folder, root, base + suffix)
                    if path in self._files and path is not None and path != source:
                        return Resolution((path,))
        top = re.split(r"[./]", name, maxsplit=1)[0]
        return Resolution(package=top, standard=top in _LUA_STANDARD)

    def entry_points(self) -> Iterator[str]:
        yield from ()


_ELIXIR_NAMES = """
Access Agent Application ArgumentError Atom Base Behaviour Bitwise Calendar Code Config Date
DateTime Duration DynamicSupervisor EEx Enum Enumerable ExUnit Exception File Float Function
GenEvent GenServer HashDict IEx IO Inspect Integer JSON Kernel Keyword List Logger Macro Map
MapSet MatchError Mix Module NaiveDateTime Node OptionParser Path Port Process Protocol Range
Record Regex Registry RuntimeError Set Stream String StringIO Supervisor System Task Time Tuple
URI Version
"""
_ELIXIR_STANDARD = frozenset(_ELIXIR_NAMES.split())
_ELIXIR_DEPENDENCY = re.compile(r"\{\s*:(\w+)\s*,")


class ElixirResolver:
    """Modules by the names that files declare, in full or by an ``alias`` of the file."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._analyses = analyses
        self._declared: dict[str, list[str]] = defaultdict(list)
        for path in sorted(analyses):
            if analyses[path].language == "elixir":
                for name in analyses[path].declarations:
                    self._declared[name].append(path)
        self._namespaces = {
            above.replace("/", ".")
            for name in self._declared
            for above in folders_up(parent(name.replace(".", "/")))
        }
        self._dependencies = {
            name
            for path in texts
            if posixpath.basename(path) == "mix.exs"
            for name in _ELIXIR_DEPENDENCY.findall(texts[path])
        }
        self._known_aliases: dict[str, dict[str, str]] = {}

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        names = [self._expanded(source, name) for name in _modules(statement)]
        files = {path for name in names for path in self._files(name, source)}
        if files or statement.kind is ImportKind.REFERENCE:
            return Resolution(tuple(sorted(files - {source})))
        if not self._namespaces.isdisjoint(names):
            return Resolution()
        top = names[0].partition(".")[0] if names else statement.module
        if top in _ELIXIR_STANDARD:
            return Resolution(package=top, standard=True)
        return Resolution(package=self._dependency(names[0] if names else top))

    def entry_points(self) -> Iterator[str]:
        yield from ()

    def _files(self, name: str, source: str) -> list[str]:
        found = self._declared.get(name, [])
        return [nearest(found, source)] if found else []

    def _expanded(self, source: str, name: str) -> str:
        first, dot, rest = name.partition(".")
        return self._aliases(source).get(first, first) + dot + rest

    def _aliases(self, source: str) -> dict[str, str]:
        if source not in self._known_aliases:
            found: dict[str, str] = {}
            for statement in self._analyses[source].imports if source in self._analyses else ():
                if statement.kind is not ImportKind.REFERENCE and _is_alias(statement):
                    renamed = [name for name in statement.names if name[:1].isupper()]
                    for module in _modules(statement):
                        single = renamed and not statement.module.endswith(".")
                        found[renamed[0] if single else module.rpartition(".")[2]] = module
            self._known_aliases[source] = found
        return self._known_aliases[source]

    def _dependency(self, name: str) -> str:
        """The package of a module, as far as a manifest tells."""
        parts = [re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", part).lower() for part in name.split(".")]
        for length in range(len(parts), 0, -1):
            guess = "_".join(parts[:length])
            if guess in self._dependencies:
                return guess
        return parts[0]


def _is_alias(statement: ImportStatement) -> bool:
    return "alias" in statement.names or statement.module.endswith(".")


def _modules(statement: ImportStatement) -> list[str]:
    """The full names of a statement."""
    if not statement.module.endswith("."):
        return [statement.module]
    return [statement.module + name for name in statement.names if name[:1].isupper()]


_HASKELL_STANDARD = re.compile(
    r"(?:Prelude|Control\.(?:Applicative|Arrow|Category|Concurrent|Exception|Monad)|Data\.(?:Bits"
    r"|Bool|Char|Coerce|Complex|Data|Dynamic|Either|Fixed|Foldable|Function|Functor|IORef|Int|Ix"
    r"|Kind|List|Maybe|Monoid|Ord|Proxy|Ratio|STRef|Semigroup|String|Traversable|Tuple|Type"
    r"|Typeable|Unique|Version|Void|Word)|Debug|Foreign|GHC|Numeric|System\.(?:CPUTime|Environment"
    r"|Exit|IO|Info|Mem|Timeout)|Text\.(?:ParserCombinators|Printf|Read|Show)|Type|Unsafe)"
    r"(?:\.|$)"
)


_HASKELL_STANDARD_PACKAGES = frozenset({"base", "ghc-prim", "template-haskell"})
_THIS_PACKAGE = "this"
_BENCHMARKS = frozenset({"bench", "benchmark", "benchmarks"})


class HaskellResolver:
    """Modules by the name in their header; of several the nearest, those of tests and benchmarks
    only by others such. An import that names a package from elsewhere leads there, whatever this
    repository declares."""

    def __init__(self, texts: Mapping[str, str], analyses: Mapping[str, FileAnalysis]) -> None:
        self._packages = {
            posixpath.basename(path).removesuffix(".cabal"): parent(path)
            for path in sorted(texts)
            if path.endswith(".cabal")
        }
        self._declared: dict[str, list[str]] = defaultdict(list)
        for path in sorted(analyses):
            if analyses[path].language == "haskell":
                for name in analyses[path].packages:
                    self._declared[name].append(path)

    def resolve(self, source: str, statement: ImportStatement) -> Resolution:
        package = statement.names[0].strip('"') if statement.names else _THIS_PACKAGE
        if package != _THIS_PACKAGE and package not in self._packages:
            return Resolution(package=package, standard=package in _HASKELL_STANDARD_PACKAGES)
        folder = self._packages.get(package, "")
        found = [one for one in self._declared.get(statement.module, ()) if is_below(one, folder)]
        if not _is_aside(source):
            found = [path for path in found if not _is_aside(path)] or found
        if found:
            return Resolution(tuple({nearest(found, source)} - {source}))
        if _HASKELL_STANDARD.match(statement.module):
            return Resolution(package="base", standard=True)
        return Resolution(package=statement.module)

    def entry_points(self) -> Iterator[str]:
        yield from ()


def _is_aside(path: str) -> bool:
    """Whether a file is of a test suite or a benchmark, which no library imports."""
    return is_test(path) or not _BENCHMARKS.isdisjoint(path.split("/")[:-1])
