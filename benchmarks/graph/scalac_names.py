"""Scala's edges as the type checker of ``scalac`` resolves the names that are written.

``scala_edges.scala``, a plugin of the compiler, is compiled here and prints them. What is compiled
with it are the main sources for the JVM: of a project for several platforms, what is for JavaScript
or machine code is left out, and so are tests, which need libraries.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

TOOL = "scalac"
_PLUGIN = Path(__file__).with_name("scala_edges.scala")
_DESCRIPTION = "<plugin><name>edges</name><classname>Edges</classname></plugin>"
_OTHER_PLATFORMS = frozenset({"js", "native"})


def available() -> str:
    return "" if shutil.which("scalac") else "scalac is not installed"


def sources(root: Path) -> set[str]:
    """What is compiled."""
    paths = (path.relative_to(root) for path in root.rglob("*.scala"))
    return {
        path.as_posix()
        for path in paths
        if "src/main/" in path.as_posix() and _OTHER_PLATFORMS.isdisjoint(path.parts)
    }


def edges(root: Path) -> set[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as plugin:
        Path(plugin, "scalac-plugin.xml").write_text(_DESCRIPTION, "utf-8")
        _scalac(root, "-usejavacp", "-d", plugin, str(_PLUGIN))
        options = ["-encoding", "UTF-8", "-Yrangepos", f"-Xplugin:{plugin}", "-Ystop-after:edges"]
        printed = _scalac(root, *options, *sorted(sources(root)))
    lines = (line.split("\t") for line in printed.splitlines())
    return {(source, target) for source, target in lines}


def _scalac(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["scalac", "-nowarn", *arguments], cwd=root, check=True, text=True, stdout=subprocess.PIPE
    ).stdout
