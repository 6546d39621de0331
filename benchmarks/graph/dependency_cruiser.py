"""JavaScript's and TypeScript's edges as dependency-cruiser finds them.

``DEPCRUISE`` names the program if it is not on the PATH; beside it, TypeScript 5 must be installed
(``npm install dependency-cruiser typescript@5``), or it passes over types in silence. Nothing is
installed in the repository, so packages from outside stay unresolved.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

TOOL = "dependency-cruiser"


def _program() -> str | None:
    return os.environ.get("DEPCRUISE") or shutil.which("depcruise")


def available() -> str:
    program = _program()
    if program is None:
        return "dependency-cruiser (npm) is not on the PATH"
    told = subprocess.run([program, "--info"], capture_output=True, text=True, check=False).stdout
    found = any("✔ typescript " in line for line in told.splitlines())
    return "" if found else "dependency-cruiser finds no TypeScript 5 (npm) beside it"


def edges(root: Path) -> set[tuple[str, str]]:
    program = _program()
    assert program is not None
    command = [program, "--no-config", "--output-type", "json", "--ts-pre-compilation-deps"]
    if (root / "tsconfig.json").is_file():
        command += ["--ts-config", "tsconfig.json"]
    printed = subprocess.run(
        [*command, "--exclude", "node_modules", "."], cwd=root, check=True, stdout=subprocess.PIPE
    ).stdout
    return {
        (module["source"], dependency["resolved"])
        for module in json.loads(printed)["modules"]
        for dependency in module["dependencies"]
        if not dependency["couldNotResolve"] and not dependency["coreModule"]
    }
