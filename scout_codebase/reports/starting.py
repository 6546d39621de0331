"""What a repository itself says of how it is installed, run and tested: the versions that it wants,
the commands that its manifests, scripts and CI declare, and those that its README shows.

Texts are read as data, a row of ``READERS`` for each kind of file; what cannot be read says
nothing. A row is the path, the line, what it is, its name and the command or version.
"""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scout_codebase.languages.paths import is_test
from scout_codebase.records import Snapshot
from scout_codebase.reports.shown import shown
from scout_codebase.reports.usual import usual_commands

Row = dict[str, Any]
_Found = tuple[str, str, str, str]
"""What it is (a row of ``KINDS``), its name, the command or version, and the text that stands on
its line."""

KINDS = ("version", "script", "target", "ci", "container")
_MOST_ROWS = 40  # of one kind
_MOST_BLOCKS = 8  # of the README
_MOST_BLOCK_LINES = 20
_NO_CODE = frozenset({"diff", "html", "mermaid", "svg", "text"})
_STARTING = re.compile(
    r"(?i)\b(?:install|usage|use|getting started|quick|start|build|run|test|develop|setup|example|"
    r"contribut)"
)
_OTHERS = ("node_modules/", "vendor/")


def starting_facts(snapshot: Snapshot) -> dict[str, Any]:
    """``declared``: the rows of manifests, scripts and CI; ``readme_blocks``: the blocks of code
    in the README; ``usual_commands``: see ``usual.py``; ``start_files``: the
    paths of all that says how to begin."""
    declared: list[Row] = []
    files: list[str] = []
    blocks: list[Row] = []
    for file in snapshot.files:
        reader = _reader(file.path)
        if reader is not None and not file.path.startswith(_OTHERS):
            found = list(_rows(file.path, file.text, reader))
            declared += found
            files += [shown(file.path)] * bool(found)
        if is_readme(file.path):
            files.append(shown(file.path))
            blocks += _readme_blocks(file.path, file.text)
    kept = [row for kind in KINDS for row in _of_kind(declared, kind)]
    return {
        "declared": kept,
        "readme_blocks": blocks[:_MOST_BLOCKS],
        "usual_commands": list(usual_commands(snapshot, kept, blocks)),
        "start_files": sorted(set(files)),
    }


def is_readme(path: str) -> bool:
    """The README of the repository or of the reviewed folder."""
    return re.fullmatch(r"(?i)readme(?:\.(?:md|markdown|rst|txt|adoc))?", path) is not None


def _of_kind(rows: list[Row], kind: str) -> list[Row]:
    """Those nearest the top first, each once."""
    found = {str(row): row for row in rows if row["kind"] == kind}.values()
    return sorted(found, key=lambda row: (row["path"].count("/"), row["path"], row["line"]))[
        :_MOST_ROWS
    ]


def _rows(path: str, text: str, reader: Callable[[str], Iterator[_Found]]) -> Iterator[Row]:
    try:
        found = list(reader(text))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return  # not what its name says; the page shows nothing of it
    for kind, name, value, anchor in found:
        yield {
            "path": shown(path),
            "line": _line_of(text, anchor),
            "kind": kind,
            "name": name,
            "value": value,
        }


def _line_of(text: str, anchor: str) -> int:
    at = text.find(anchor)
    return text.count("\n", 0, at) + 1 if at >= 0 else 0


def _package_json(text: str) -> Iterator[_Found]:
    data = json.loads(text)
    for name, version in data.get("engines", {}).items():
        yield "version", str(name), str(version), '"engines"'
    for name, command in data.get("scripts", {}).items():
        value = command if isinstance(command, str) else " && ".join(map(str, command))
        yield "script", str(name), value, f'"{name}":'


def _pyproject(text: str) -> Iterator[_Found]:
    data = tomllib.loads(text)
    project, poetry = data.get("project", {}), data.get("tool", {}).get("poetry", {})
    if "requires-python" in project:
        yield "version", "Python", str(project["requires-python"]), "requires-python"
    for table in (project.get("scripts", {}), poetry.get("scripts", {})):
        for name, target in table.items():
            yield "script", str(name), str(target), f"{name} ="
    for name, wants in project.get("optional-dependencies", {}).items():
        yield "script", f"extra {name}", ", ".join(map(str, wants))[:120], f"{name} ="


def _cargo(text: str) -> Iterator[_Found]:
    data = tomllib.loads(text)
    package = data.get("package", {})
    for key, name in (("rust-version", "Rust"), ("edition", "Rust edition")):
        if isinstance(package.get(key), str):
            yield "version", name, package[key], key
    for row in data.get("bin", []):
        yield "script", f"binary {row.get('name')}", str(row.get("path", "")), f'"{row["name"]}"'
    for name, wants in data.get("features", {}).items():
        yield "script", f"feature {name}", ", ".join(map(str, wants))[:120], f"{name} ="


def _go_mod(text: str) -> Iterator[_Found]:
    for word, name in (("go", "Go"), ("toolchain", "Go toolchain")):
        for match in re.finditer(rf"(?m)^{word}[ \t]+(\S+)", text):
            yield "version", name, match[1], match[0]
    for match in re.finditer(r"(?m)^module[ \t]+(\S+)", text):
        yield "script", "module", match[1], match[0]


def _maven(text: str) -> Iterator[_Found]:
    pattern = r"<(maven\.compiler\.(?:release|source)|java\.version)>\s*([\w.${}-]+)\s*</"
    for match in re.finditer(pattern, text):
        yield "version", f"Java ({match[1]})", match[2], match[0]


def _makefile(text: str) -> Iterator[_Found]:
    pattern = (
        r"(?m)^(?P<name>[A-Za-z0-9][\w./-]*)[ \t]*:(?![:=])[^\n]*(?:\n\t@?-?(?P<first>[^\n]*))?"
    )
    for match in re.finditer(pattern, text):
        yield "target", match["name"], (match["first"] or "").strip(), match[0].partition("\n")[0]


def _ci(text: str) -> Iterator[_Found]:
    pattern = r"(?m)^(?P<indent>[ ]*)(?:-[ ]+)?(?:run|script):[ ]*(?P<rest>[^\n]*)\n?"
    for match in re.finditer(pattern, text):
        rest = match["rest"].strip()
        if rest and rest not in ("|", ">", "|-", ">-", "|+"):
            yield "ci", "", rest.strip("'\""), match[0].strip()
            continue
        for line in text[match.end() :].split("\n"):
            inner = line.strip()
            if inner and len(line) - len(line.lstrip()) <= len(match["indent"]):
                break
            if inner and not inner.startswith("#"):
                yield "ci", "", inner.removeprefix("- "), line


def _container(text: str) -> Iterator[_Found]:
    for match in re.finditer(r"(?m)^(FROM|EXPOSE|ENTRYPOINT|CMD)[ \t]+([^\n]+)", text):
        yield "container", match[1], match[2].strip(), match[0]


def _one_version(name: str) -> Callable[[str], Iterator[_Found]]:
    def read(text: str) -> Iterator[_Found]:
        first = text.strip().split("\n")[0]
        if first:
            yield "version", name, first, first

    return read


READERS: Mapping[str, Callable[[str], Iterator[_Found]]] = {
    r"(?:.*/)?(?:package|composer)\.json": _package_json,
    r"(?:.*/)?pyproject\.toml": _pyproject,
    r"(?:.*/)?Cargo\.toml": _cargo,
    r"(?:.*/)?go\.mod": _go_mod,
    r"(?:.*/)?pom\.xml": _maven,
    r"(?:.*/)?(?:GNU)?[Mm]akefile": _makefile,
    r"\.github/workflows/[^/]+\.ya?ml|\.(?:gitlab-ci|travis)\.yml|\.circleci/config\.yml": _ci,
    r"(?:.*/)?(?:Dockerfile|Containerfile)": _container,
    r"\.python-version": _one_version("Python"),
    r"\.nvmrc|\.node-version": _one_version("Node.js"),
    r"rust-toolchain": _one_version("Rust"),
}


def _reader(path: str) -> Callable[[str], Iterator[_Found]] | None:
    if is_test(path) or "fixtures/" in path:
        return None
    return next((read for form, read in READERS.items() if re.fullmatch(form, path)), None)


def _readme_blocks(path: str, text: str) -> Iterator[Row]:
    """The blocks of code under headings that promise some, and those before any heading."""
    if posixpath.splitext(path)[1].lower() not in (".md", ".markdown"):
        return
    heading, wanted = "", True
    tokens = MarkdownIt("commonmark").parse(text)
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[number + 1].content
            wanted = token.tag == "h1" or _STARTING.search(heading) is not None
        elif token.type in ("fence", "code_block") and wanted and _is_short_code(token):
            yield _block(path, heading, token)


def _is_short_code(token: Token) -> bool:
    language = token.info.split()[0].lower() if token.info.strip() else ""
    return language not in _NO_CODE and token.content.count("\n") <= _MOST_BLOCK_LINES


def _block(path: str, heading: str, token: Token) -> Row:
    first = token.map[0] if token.map else 0
    fence = token.type == "fence"
    return {
        "path": shown(path),
        "heading": heading,
        "line": first + 1 + fence,
        "end_line": first + fence + max(1, token.content.rstrip("\n").count("\n") + 1),
    }
