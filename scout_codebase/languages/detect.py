"""Which language a file is in: its name, then its extension, then its first line. A header is C
unless something in it can only be C++ or Objective-C."""

from __future__ import annotations

import posixpath
import re

from scout_codebase.languages.spec import LanguageSpec
from scout_codebase.languages.table import BY_NAME, LANGUAGES

_SHEBANG = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+|\w+=\S+\s+)*)?(?:\S*/)?([A-Za-z]+)[\d.]*")
_HEADER_DIALECTS = (
    ("objectivec", re.compile(r"^\s*@(?:interface|protocol|class|import)\b", re.MULTILINE)),
    (
        "cpp",
        re.compile(
            r"^[ \t]*(?:namespace(?:\s+[\w:]+)?\s*\{|template\s*<|(?:public|private|protected):|"
            r"class\s+[\w\s:]+(?:;|[:{][^\n]*)$|using\s+(?:namespace\s|\w+\s*=|\w+::))",
            re.MULTILINE,
        ),
    ),
)

_BY_FILE_NAME = {name: spec for spec in LANGUAGES for name in spec.file_names}
_BY_EXTENSION = {extension: spec for spec in LANGUAGES for extension in spec.extensions}
_BY_INTERPRETER = {name: spec for spec in LANGUAGES for name in spec.interpreters}


def detect(path: str, text: str) -> LanguageSpec | None:
    """The row of the table of languages, None for a file that no row claims."""
    name = posixpath.basename(path)
    if name in _BY_FILE_NAME:
        return _BY_FILE_NAME[name]
    parts = name.lower().split(".")
    for index in range(1, len(parts)):
        spec = _BY_EXTENSION.get("." + ".".join(parts[index:]))
        if spec is not None:
            return _dialect(text) if spec.name == "c" and name.endswith(".h") else spec
    return _by_first_line(text)


def _dialect(header: str) -> LanguageSpec:
    found = (name for name, mark in _HEADER_DIALECTS if mark.search(header))
    return BY_NAME[next(found, "c")]


def _by_first_line(text: str) -> LanguageSpec | None:
    shebang = _SHEBANG.match(text[:200])
    return _BY_INTERPRETER.get(shebang[1]) if shebang else None
