"""Java's edges as ``jdeps`` reads them from classes that ``javac`` compiled here.

Everything below the folder is compiled at once into a scratch folder; annotation processors do not
run. A class belongs to the file that declares its outermost class.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from benchmarks.graph import jdeps

TOOL = "javac, jdeps"
_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.MULTILINE)
_TYPE = re.compile(
    r"^(?:[\w@]+\s+)*(?:class|interface|enum|record|@interface)\s+(\w+)", re.MULTILINE
)


def available() -> str:
    return jdeps.missing("javac")


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
        return jdeps.file_edges(Path(classes), lambda name: files.get(name.partition("$")[0]))


def _types(path: Path) -> list[str]:
    """The qualified names of the types at the top level of a file."""
    text = path.read_text("utf-8", "replace")
    package = _PACKAGE.search(text)
    prefix = f"{package[1]}." if package else ""
    return [prefix + name for name in _TYPE.findall(text)]
