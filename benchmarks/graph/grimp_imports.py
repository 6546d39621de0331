"""Python's edges as grimp finds them.

grimp answers for packages that can be imported: every package of the top folder is asked. It names
modules; a package is its ``__init__.py``. Imports of ``if TYPE_CHECKING`` count.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

TOOL = "grimp"
_SCRIPT = """
import json, sys
sys.path.insert(0, ".")
import grimp
graph = grimp.build_graph(*sys.argv[1:], include_external_packages=False, cache_dir=None)
pairs = [(module, other) for module in sorted(graph.modules)
         for other in sorted(graph.find_modules_directly_imported_by(module))]
json.dump(pairs, sys.stdout)
"""


def available() -> str:
    return "" if importlib.util.find_spec("grimp") else "grimp is not installed"


def edges(root: Path) -> set[tuple[str, str]]:
    """In a process of its own: grimp looks packages up on ``sys.path``."""
    packages = sorted(path.parent.name for path in root.glob("*/__init__.py"))
    command = [sys.executable, "-c", _SCRIPT, *packages]
    printed = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE).stdout
    return {
        (source, target)
        for one, other in json.loads(printed)
        if (source := _file(root, one)) and (target := _file(root, other)) and source != target
    }


def _file(root: Path, module: str) -> str:
    base = module.replace(".", "/")
    guesses = (f"{base}/__init__.py", f"{base}.py")
    return next((guess for guess in guesses if (root / guess).is_file()), "")
