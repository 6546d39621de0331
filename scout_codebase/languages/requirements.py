"""What manifests require: packages from outside and the versions of them that will do.

Manifests that are programs (``setup.py``, Gradle, gemspecs, ``Package.swift``) are read for what
they write as literals; nothing is run.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scout_codebase.languages.jsonc import load_jsonc
from scout_codebase.languages.python_manifests import ini_value, load_ini, load_toml

RUNTIME = ""
"""The group of what is needed to run."""
LANGUAGE = "language"
"""The group of the versions of the language itself."""

_PYTHON = re.compile(
    r"^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?([^;#]*)(;[^#]*)?"
)
_SETUP_LIST = re.compile(
    r"(?:install_requires|(tests)_require|(setup)_requires)\s*=\s*\[([^\]]*)\]"
)
_SETUP_PYTHON = re.compile(r"python_requires\s*=\s*[\"']([^\"']+)[\"']")
_STRING = re.compile(r"\"([^\"\n]+)\"|'([^'\n]+)'")
_BESIDE_SIGN = re.compile(r"\s*([<>=!~^,;|]+)\s*")
_GO_REQUIRE = re.compile(
    r"(?m)^\s*(?:require\s+)?([\w.-]+\.[\w.-]+/[^\s]+|[\w.-]+\.\w+/?\S*)\s+(v[^\s]+)(.*)$"
)
_GO_VERSION = re.compile(r"(?m)^(go|toolchain)\s+(\S+)")
_GEM = re.compile(
    r"(?m)^\s*(?:gem|\w+\.add_(?:runtime_|(development)_)?dependency)[\s(]+[\"']([\w.-]+)[\"']([^#\n]*)"
)
_RUBY = re.compile(r"required_ruby_version\s*=\s*(.+)")
_MAVEN = re.compile(r"<dependency>(.*?)</dependency>", re.DOTALL)
_MAVEN_FIELD = re.compile(r"<(groupId|artifactId|version|scope)>\s*([^<\s]+)\s*</\1>")
_COORDINATES = re.compile(
    r"(?:(\w+)\s*[( ]\s*(?:platform\s*\(\s*)?)?"
    r"[\"']([A-Za-z][\w.-]*:[\w.-]+)(?::([^\"'\s:]+))?[\"']"
)
_SBT = re.compile(r'"([\w.-]+)"\s*%{1,3}\s*"([\w.-]+)"\s*%\s*"([^"]+)"')
_NUGET = re.compile(
    r"<(?:PackageReference|PackageVersion|GlobalPackageReference)\s([^>]*)>|<package\s([^>]*)>"
)
_ATTRIBUTE = re.compile(r"\b(Include|Version|id|version)=\"([^\"]*)\"")
_FRAMEWORK = re.compile(r"<TargetFrameworks?>([^<]+)</TargetFrameworks?>")
_SWIFT = re.compile(
    r"\.package\s*\(\s*(?:name:\s*\"[^\"]*\",\s*)?url:\s*\"([^\"]+)\"\s*,\s*([^)\n]+)"
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """``wanted`` is written as in the manifest, "" where any version will do. ``group`` is
    ``RUNTIME``, ``LANGUAGE`` or what the manifest calls it. ``line`` is the first that names it."""

    name: str
    wanted: str
    group: str
    line: int


Reader = Callable[[str], Iterable[tuple[str, str, str]]]
"""Of the text of a manifest: name, wanted, group."""


def requirements(path: str, text: str) -> tuple[Requirement, ...]:
    """Those of one manifest, in its order; none of a file that is no manifest."""
    reader = _reader(path)
    rows = dict.fromkeys(reader(text)) if reader else ()
    lines = text.splitlines()
    return tuple(
        Requirement(name, _plain(wanted), _group(path, group), _line_of(lines, name, group))
        for name, wanted, group in rows
    )


def _plain(wanted: str) -> str:
    """Without the blanks and quotes that mean nothing."""
    return _BESIDE_SIGN.sub(r"\1", " ".join(wanted.split())).replace("'", '"')


def _group(path: str, group: str) -> str:
    """A requirements file of another name is for something else than running."""
    stem, suffix = posixpath.splitext(posixpath.basename(path))
    is_list = suffix in (".txt", ".in") and stem != "requirements"
    return re.sub(r"requirements|^[-_]|[-_]$", "", stem).strip("-_") if is_list else group


def _strings(text: str) -> list[str]:
    return [first or second for first, second in _STRING.findall(text)]


def is_manifest(path: str) -> bool:
    return _reader(path) is not None


def _line_of(lines: list[str], name: str, group: str) -> int:
    artifact = name.rpartition(":")[2]
    word = re.sub(r"\\?[-_.]", "[-_.]", re.escape(artifact))
    if group == LANGUAGE:
        word = _LANGUAGE_WORDS.get(name, word)
    named = re.compile(rf"(?i)(?<![\w.-]){word}(?![\w-])")
    return next((number for number, line in enumerate(lines, 1) if named.search(line)), 0)


_LANGUAGE_WORDS: Mapping[str, str] = {
    "python": r"(?:requires-python|python_requires|python\s*=)",
    "rust": "rust-version",
    "ruby": "required_ruby_version",
    "dotnet": "TargetFrameworks?",
}


def _reader(path: str) -> Reader | None:
    return next((reader for pattern, reader in _READERS if pattern.fullmatch(path)), None)


def _python(requirement: str, group: str) -> Iterator[tuple[str, str, str]]:
    found = _PYTHON.match(requirement)
    if found:
        marker = (found[4] or "").strip()
        wanted = f"{found[2] or ''}{(found[3] or '').strip()}{marker}".strip("() ")
        yield re.sub(r"[-_.]+", "-", found[1]).lower(), wanted, group


def _pyproject(text: str) -> Iterator[tuple[str, str, str]]:
    data = load_toml(text)
    project = _table(data, "project")
    if isinstance(project.get("requires-python"), str):
        yield "python", project["requires-python"], LANGUAGE
    groups: list[tuple[str, object]] = [(RUNTIME, project.get("dependencies"))]
    groups += _table(project, "optional-dependencies").items()
    groups += _table(data, "dependency-groups").items()
    groups.append(("build", _table(data, "build-system").get("requires")))
    for group, rows in groups:
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, str):
                yield from _python(row, group)
    poetry = _table(data, "tool", "poetry")
    tables = [(RUNTIME, poetry.get("dependencies")), ("dev", poetry.get("dev-dependencies"))]
    tables += [
        (name, group.get("dependencies"))
        for name, group in _table(poetry, "group").items()
        if isinstance(group, dict)
    ]
    for group, rows in tables:
        for name, value in rows.items() if isinstance(rows, dict) else ():
            yield name.lower(), _version(value), LANGUAGE if name == "python" else group


def _version(value: object) -> str:
    """What a table of versions says of one: a text, or a table that may hold it."""
    if isinstance(value, dict):
        known = ("version", "git", "path", "branch", "tag", "rev", "url")
        found = {key: value[key] for key in known if isinstance(value.get(key), str)}
        version = found.pop("version", "")
        return " ".join([version, *(f"{key}={text}" for key, text in found.items())]).strip()
    return value if isinstance(value, str) else ""


def _setup_cfg(text: str) -> Iterator[tuple[str, str, str]]:
    parser = load_ini(text)
    wanted = ini_value(parser, "options", "python_requires")
    if wanted:
        yield "python", wanted, LANGUAGE
    rows = [(RUNTIME, ini_value(parser, "options", "install_requires"))]
    if parser.has_section("options.extras_require"):
        extras = parser.options("options.extras_require")
        rows += [(name, ini_value(parser, "options.extras_require", name)) for name in extras]
    for group, lines in rows:
        for line in lines.splitlines():
            yield from _python(line, group)


def _setup_py(text: str) -> Iterator[tuple[str, str, str]]:
    for wanted in _SETUP_PYTHON.findall(text):
        yield "python", wanted, LANGUAGE
    for tests, setup, rows in _SETUP_LIST.findall(text):
        for row in _strings(rows):
            yield from _python(row, tests or setup or RUNTIME)


def _requirements_txt(text: str) -> Iterator[tuple[str, str, str]]:
    for line in text.splitlines():
        if not line.lstrip().startswith(("#", "-")) and "://" not in line.partition("#")[0]:
            yield from _python(line.partition("#")[0].rstrip(" \\"), RUNTIME)


def _package_json(text: str) -> Iterator[tuple[str, str, str]]:
    data = load_jsonc(text)
    for name, value in _table(data, "engines").items():
        yield name, _version(value), LANGUAGE
    for table, group in (
        ("dependencies", RUNTIME),
        ("peerDependencies", "peer"),
        ("optionalDependencies", "optional"),
        ("devDependencies", "dev"),
    ):
        for name, value in _table(data, table).items():
            yield name, _version(value), group


def _go_mod(text: str) -> Iterator[tuple[str, str, str]]:
    for name, version in _GO_VERSION.findall(text):
        yield name, version, LANGUAGE
    for name, version, rest in _GO_REQUIRE.findall(text):
        if "=>" not in rest:
            yield name, version, "indirect" if "// indirect" in rest else RUNTIME


def _cargo(text: str) -> Iterator[tuple[str, str, str]]:
    data = load_toml(text)
    rust = _table(data, "package").get("rust-version")
    if isinstance(rust, str):
        yield "rust", rust, LANGUAGE
    targets = [one for one in _table(data, "target").values() if isinstance(one, dict)]
    for table in (data, _table(data, "workspace"), *targets):
        for key, group in (
            ("dependencies", RUNTIME),
            ("dev-dependencies", "dev"),
            ("build-dependencies", "build"),
        ):
            for name, value in _table(table, key).items():
                yield name, _version(value), group


def _composer(text: str) -> Iterator[tuple[str, str, str]]:
    data = load_jsonc(text)
    for table, group in (("require", RUNTIME), ("require-dev", "dev")):
        for name, value in _table(data, table).items():
            yield name, _version(value), LANGUAGE if name == "php" else group


def _ruby(text: str) -> Iterator[tuple[str, str, str]]:
    for wanted in _RUBY.findall(text):
        yield "ruby", ", ".join(_strings(wanted)), LANGUAGE
    for development, name, rest in _GEM.findall(text):
        versions = [one for one in _strings(rest) if re.match(r"[<>=~!\d\s]+", one)]
        yield name, ", ".join(versions), "dev" if development else RUNTIME


def _maven(text: str) -> Iterator[tuple[str, str, str]]:
    for block in _MAVEN.findall(text):
        found = dict(_MAVEN_FIELD.findall(block))
        if "groupId" in found and "artifactId" in found:
            scope = found.get("scope", "")
            group = RUNTIME if scope in ("", "compile", "runtime") else scope
            yield f"{found['groupId']}:{found['artifactId']}", found.get("version", ""), group


def _gradle(text: str) -> Iterator[tuple[str, str, str]]:
    for configuration, name, version in _COORDINATES.findall(text):
        group = "test" if configuration.lower().startswith("test") else RUNTIME
        yield name, version, group


def _sbt(text: str) -> Iterator[tuple[str, str, str]]:
    for organisation, name, version in _SBT.findall(text):
        yield f"{organisation}:{name}", version, RUNTIME


def _dotnet(text: str) -> Iterator[tuple[str, str, str]]:
    for wanted in _FRAMEWORK.findall(text):
        yield "dotnet", wanted, LANGUAGE
    for first, second in _NUGET.findall(text):
        found = {key.lower(): value for key, value in _ATTRIBUTE.findall(first or second)}
        name = found.get("include") or found.get("id")
        if name:
            yield name, found.get("version", ""), RUNTIME


def _swift(text: str) -> Iterator[tuple[str, str, str]]:
    for url, wanted in _SWIFT.findall(text):
        yield posixpath.basename(url).removesuffix(".git"), wanted.strip(), RUNTIME


def _table(data: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(rf"(?:.*/)?(?:{pattern})"), reader)
    for pattern, reader in (
        (r"pyproject\.toml", _pyproject),
        (r"setup\.cfg", _setup_cfg),
        (r"setup\.py", _setup_py),
        (r"(?:[^/]*[-_])?requirements(?:[-_/][^/]*)?\.(?:txt|in)", _requirements_txt),
        (r"package\.json", _package_json),
        (r"go\.mod", _go_mod),
        (r"Cargo\.toml", _cargo),
        (r"composer\.json", _composer),
        (r"Gemfile|gems\.rb|.*\.gemspec", _ruby),
        (r"pom\.xml", _maven),
        (r".*\.gradle(?:\.kts)?", _gradle),
        (r".*\.sbt", _sbt),
        (r".*\.(?:csproj|fsproj|vbproj|props|targets)|packages\.config", _dotnet),
        (r"Package\.swift", _swift),
    )
)
