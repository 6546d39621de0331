"""Go's edges: imports as ``go list`` resolves them, and uses within a package as ``go/types`` does.

``go list`` tells which files a package has and which package an import means, but neither the file
that imports it nor what the files of one package use of each other; ``go_edges.go`` adds both, with
the parser and the type checker of Go's standard library. Nothing is fetched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

TOOL = "go list, go/types"
_PROGRAM = Path(__file__).with_name("go_edges.go")
_ENVIRONMENT = {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOWORK": "off", "GO111MODULE": "on"}


def available() -> str:
    return "" if shutil.which("go") else "go is not installed"


def edges(root: Path) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for module in sorted(root.rglob("go.mod")):
        found |= _edges_of_module(root.resolve(), module.parent)
    return found


def _edges_of_module(root: Path, module: Path) -> set[tuple[str, str]]:
    environment = os.environ | _ENVIRONMENT
    listed = subprocess.run(
        ["go", "list", "-e", "-json", "./..."],
        cwd=module,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ).stdout
    printed = subprocess.run(
        ["go", "run", str(_PROGRAM)],
        env=environment,
        check=True,
        input=listed,
        stdout=subprocess.PIPE,
    ).stdout.decode()
    pairs = (line.split("\t") for line in printed.splitlines())
    return {
        (Path(source).relative_to(root).as_posix(), Path(target).relative_to(root).as_posix())
        for source, target in pairs
    }
