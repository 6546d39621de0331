"""The tools that are measured: how each is installed and started. A row a tool."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tool:
    """``command(tree, output)`` packs a tree into a file. What a tool keeps from run to run it
    keeps below the folders that ``XDG_CACHE_HOME`` and ``TMPDIR`` name."""

    name: str
    version: str
    command: Callable[[Path, Path], list[str]]


def scout_review(_cache: Path) -> Tool:
    program = [sys.executable, "-m", "scout_codebase"]
    version = _output([*program, "--version"]).split()[1]
    return Tool(
        "scout-review",
        version,
        lambda tree, output: [*program, "pack", str(tree), "--quiet", "-o", str(output)],
    )


def repomix(cache: Path) -> Tool:
    """The newest release that this machine's Node runs."""
    folder = cache / "repomix"
    program = folder / "node_modules" / ".bin" / "repomix"
    if not program.exists():
        versions = json.loads(_output(["npm", "view", "repomix", "versions", "--json"]))
        for version in reversed(versions[-20:]):
            install = ["npm", "install", "--silent", "--no-fund", "--prefix", str(folder)]
            subprocess.run([*install, f"repomix@{version}"], check=False, capture_output=True)
            if _runs([str(program), "--version"]):
                break
    return Tool(
        "repomix",
        _output([str(program), "--version"]).strip(),
        lambda tree, output: [str(program), "--quiet", "-o", str(output), str(tree)],
    )


def gitingest(cache: Path) -> Tool:
    folder = cache / "gitingest"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "gitingest"], check=True)
    shown = "import importlib.metadata as m; print(m.version('gitingest'))"
    program = str(folder / "bin" / "gitingest")
    limit = str(1 << 30)  # its default leaves larger files out
    return Tool(
        "gitingest",
        _output([str(python), "-c", shown]).strip(),
        lambda tree, output: [program, str(tree), "-s", limit, "-o", str(output)],
    )


TOOLS: Mapping[str, Callable[[Path], Tool]] = {
    "scout-review": scout_review,
    "repomix": repomix,
    "gitingest": gitingest,
}


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
