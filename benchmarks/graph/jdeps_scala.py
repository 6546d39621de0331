"""Scala's edges as ``jdeps`` reads them from classes that ``scalac`` compiled here, the same files
as those of ``scalac_names``.

A class file names its source: of several files of that name, the one whose folders end like the
package.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.graph import jdeps
from benchmarks.graph.scalac_names import sources

__all__ = ["TOOL", "available", "edges", "sources"]

TOOL = "scalac, jdeps"
_COMPILED_FROM = re.compile(
    r'^Classfile (.+)\.class$(?:\n .*)*\n +Compiled from "(.+)"$', re.MULTILINE
)


def available() -> str:
    return jdeps.missing("scalac", "javap")


def edges(root: Path) -> set[tuple[str, str]]:
    compiled = sorted(sources(root))
    with tempfile.TemporaryDirectory() as classes:
        command = ["scalac", "-nowarn", "-encoding", "UTF-8", "-d", classes]
        subprocess.run(
            [*command, *(str(root / path) for path in compiled)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        files = _files(Path(classes), compiled)
        return jdeps.file_edges(Path(classes), files.get)


def _files(classes: Path, compiled: list[str]) -> dict[str, str]:
    """The file of each class, by the name of the class."""
    by_name = defaultdict(list)
    for path in compiled:
        by_name[path.rpartition("/")[2]].append(path)
    found = sorted(map(str, classes.rglob("*.class")))
    printed = subprocess.run(
        ["javap", "-sysinfo", "-public", *found], check=True, text=True, stdout=subprocess.PIPE
    ).stdout
    files = {}
    for path, source in _COMPILED_FROM.findall(printed):
        name = Path(path).relative_to(classes)
        folders = name.parent.parts
        files[".".join(name.parts)] = max(
            by_name[source], key=lambda one: _shared_end(Path(one).parent.parts, folders)
        )
    return files


def _shared_end(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    count = 0
    for one, other in zip(reversed(first), reversed(second), strict=False):
        if one != other:
            break
        count += 1
    return count
