"""JavaScript's and TypeScript's edges as dependency-cruiser finds them.

``DEPCRUISE`` names the program if it is not on the PATH. It is told to resolve as TypeScript and
Vue projects do; nothing is installed in the repository, so packages from outside stay unresolved.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

TOOL = "dependency-cruiser"
_EXTENSIONS = [".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".d.ts", ".json"]


def _program() -> str | None:
    return os.environ.get("DEPCRUISE") or shutil.which("depcruise")


def available() -> str:
    return "" if _program() else "dependency-cruiser (npm) is not on the PATH"


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
