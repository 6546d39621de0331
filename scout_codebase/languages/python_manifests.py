"""What a repository's packaging files say: where its packages lie, what it depends on."""

from __future__ import annotations

import ast
import configparser
import posixpath
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scout_codebase.languages.paths import join, parent

_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py")
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_PACKAGE_DIR = re.compile(
    r"package_dir\s*=\s*(\{[^}]*\})|find_packages\(\s*(?:where=)?['\"]([^'\"]+)"
)

# Modules whose distribution is named otherwise.
_ALIASES: Mapping[str, str] = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "Crypto": "pycryptodome",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "git": "gitpython",
    "github": "pygithub",
    "google.protobuf": "protobuf",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "lxml_html_clean": "lxml-html-clean",
    "magic": "python-magic",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "pkg_resources": "setuptools",
    "psycopg2": "psycopg2-binary",
    "rest_framework": "djangorestframework",
    "serial": "pyserial",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "socks": "pysocks",
    "usb": "pyusb",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}


def package_roots(texts: Mapping[str, str]) -> dict[str, str]:
    """The folders that packaging files put on the path, each with the folder whose files see it."""
    roots = {"": "", "src": ""}
    for path in sorted(texts, key=lambda path: (path.count("/"), path)):
        name = posixpath.basename(path)
        if name in _MANIFESTS:
            folder = parent(path)
            for inner in ("", "src", *_named_roots(name, texts[path])):
                root = join(folder, inner)
                if root is not None:
                    roots.setdefault(root, folder)
    return roots


def _named_roots(name: str, text: str) -> Iterator[str]:
    if name == "pyproject.toml":
        yield from _pyproject_roots(load_toml(text))
    elif name == "setup.cfg":
        parser = load_ini(text)
        yield from ini_value(parser, "options.packages.find", "where").split()
        for line in ini_value(parser, "options", "package_dir").splitlines():
            yield line.rpartition("=")[2].strip()
        yield from ini_value(parser, "tool:pytest", "pythonpath").split()
    else:
        for mapping, where in _PACKAGE_DIR.findall(text):
            yield from [where] if where else _values(mapping)


def _values(literal: str) -> list[str]:
    try:
        return [value for value in ast.literal_eval(literal).values() if isinstance(value, str)]
    except (ValueError, SyntaxError, AttributeError, MemoryError, RecursionError):
        return []


def _pyproject_roots(data: dict[str, Any]) -> Iterator[str]:
    tool = _table(data, "tool")
    setuptools = _table(tool, "setuptools")
    yield from _strings(_table(setuptools, "packages", "find").get("where"))
    yield from _strings(list(_table(setuptools, "package-dir").values()))
    yield from _strings(_table(tool, "pytest", "ini_options").get("pythonpath"))
    wheel = _table(tool, "hatch", "build", "targets", "wheel")
    yield from (parent(package) for package in _strings(wheel.get("packages")))
    yield from _strings(wheel.get("sources"))
    packages = _table(tool, "poetry").get("packages")
    for package in packages if isinstance(packages, list) else ():
        if isinstance(package, dict):
            yield from _strings(package.get("from"))
    yield from _strings(_table(tool, "pdm", "build").get("package-dir"))
    yield from _strings(_table(tool, "maturin").get("python-source"))


def program_modules(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each console script: the manifest that declares it, and its module."""
    for path in sorted(texts):
        name = posixpath.basename(path)
        if name in _MANIFESTS:
            for target in _programs(name, texts[path]):
                yield path, target.partition(":")[0].strip()


def _programs(name: str, text: str) -> list[str]:
    if name == "pyproject.toml":
        data = load_toml(text)
        project, poetry = _table(data, "project"), _table(data, "tool", "poetry")
        tables = [
            _table(one, key) for one in (project, poetry) for key in ("scripts", "gui-scripts")
        ]
        return [target for table in tables for target in table.values() if isinstance(target, str)]
    if name == "setup.cfg":
        lines = ini_value(load_ini(text), "options.entry_points", "console_scripts").splitlines()
        return [line.partition("=")[2] for line in lines if "=" in line]
    listed = re.search(r"console_scripts['\"]\s*:\s*\[([^\]]*)\]", text)
    return re.findall(r"=\s*([\w.]+:?\w*)", listed[1]) if listed else []


class Distributions:
    """The names of the distributions that the repository's manifests ask for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        names = {name for path in texts for name in _requirements(path, texts)}
        own = {_normalised(name) for path in texts for name in _project_names(path, texts)}
        self._by_import = {
            _normalised(name): name for name in sorted(names) if _normalised(name) not in own
        }

    def __contains__(self, module: str) -> bool:
        return _normalised(module) in self._by_import

    def name(self, module: str, names: Iterable[str] = ()) -> str:
        """The distribution of a module, and of what is imported from it: as a manifest names it,
        else as far as is known, else the module's first name."""
        parts = module.split(".")
        prefixes = [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
        for candidate in (*(f"{module}.{name}" for name in names), *prefixes):
            alias = _ALIASES.get(candidate, candidate)
            for guess in (alias, f"python-{alias}", f"py{alias}", f"{alias}-python"):
                known = self._by_import.get(_normalised(guess))
                if known is not None:
                    return known
            if candidate in _ALIASES:
                return alias
        return parts[0]


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _project_names(path: str, texts: Mapping[str, str]) -> list[str]:
    name = posixpath.basename(path)
    if name == "pyproject.toml":
        data = load_toml(texts[path])
        own = _strings(_table(data, "project").get("name"))
        return own + _strings(_table(data, "tool", "poetry").get("name"))
    if name == "setup.cfg":
        return [ini_value(load_ini(texts[path]), "metadata", "name")]
    return []


def _requirements(path: str, texts: Mapping[str, str]) -> Iterator[str]:
    name = posixpath.basename(path)
    if name == "pyproject.toml":
        lines = list(_pyproject_requirements(load_toml(texts[path])))
    elif name == "setup.cfg":
        parser = load_ini(texts[path])
        lines = ini_value(parser, "options", "install_requires").splitlines()
        if parser.has_section("options.extras_require"):
            for extra in parser.options("options.extras_require"):
                lines += ini_value(parser, "options.extras_require", extra).splitlines()
    elif re.fullmatch(r"(?:.*[-_])?requirements(?:[-_].*)?\.(?:txt|in)", name):
        lines = texts[path].splitlines()
    else:
        return
    for line in lines:
        requirement = _REQUIREMENT.match(line)
        if requirement:
            yield requirement[1]


def _pyproject_requirements(data: dict[str, Any]) -> Iterator[str]:
    project = _table(data, "project")
    yield from _strings(project.get("dependencies"))
    for table in (_table(project, "optional-dependencies"), _table(data, "dependency-groups")):
        for group in table.values():
            yield from _strings(group)
    poetry = _table(data, "tool", "poetry")
    groups = [_table(group) for group in _table(poetry, "group").values()]
    for table in (poetry, *groups):
        yield from (name for name in _table(table, "dependencies") if name != "python")


def load_toml(text: str) -> dict[str, Any]:
    """The table, empty for a text that is not TOML."""
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError):
        return {}


def load_ini(text: str) -> configparser.RawConfigParser:
    """The sections, none for a text that is not INI."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error:
        return configparser.RawConfigParser()
    return parser


def ini_value(parser: configparser.RawConfigParser, section: str, option: str) -> str:
    return parser.get(section, option, fallback="") or ""


def _table(data: object, *keys: str) -> dict[str, Any]:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _strings(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]
