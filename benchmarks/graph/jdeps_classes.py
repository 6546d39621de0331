"""Java's edges as ``jdeps`` reads them from classes that ``javac`` compiled here.

Everything below the folder is compiled at once into a scratch folder; annotation processors do not
run. A class belongs to the file that declares its outermost class.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

TOOL = "javac, jdeps"
_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.MULTILINE)
_TYPE = re.compile(
    r"^(?:[\w@]+\s+)*(?:class|interface|enum|record|@interface)\s+(\w+)", re.MULTILINE
)
_LINE = re.compile(r"^\s+([\w.$]+)\s+->\s+([\w.$]+)\s", re.MULTILINE)


def available() -> str:
    missing = [name for name in ("javac", "jdeps") if shutil.which(name) is None]
    return f"{' and '.join(missing)} not installed" if missing else ""


def edges(root: Path) -> set[tuple[str, str]]:
    sources = sorted(root.rglob("*.java"))
    files = {name: path.relative_to(root).as_posix() for path in sources for name in _types(path)}
    with tempfile.TemporaryDirectory() as classes:
        command = ["javac", "-proc:none", "-nowarn", "-encoding", "UTF-8", "-d", classes]
        subprocess.run(
            [*command, *map(str, sources)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        printed = subprocess.run(
            ["jdeps", "-verbose:class", "-filter:none", classes],
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        ).stdout
    pairs = (
        (files.get(source.partition("$")[0]), files.get(target.partition("$")[0]))
        for source, target in _LINE.findall(printed)
    )
    return {(source, target) for source, target in pairs if source and target and source != target}


def _types(path: Path) -> list[str]:
    """The qualified names of the types at the top level of a file."""
    text = path.read_text("utf-8", "replace")
    package = _PACKAGE.search(text)
    prefix = f"{package[1]}." if package else ""
    return [prefix + name for name in _TYPE.findall(text)]
