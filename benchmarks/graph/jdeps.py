"""Which class uses which, as ``jdeps`` reads it from class files."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

_LINE = re.compile(r"^\s+([\w.$]+)\s+->\s+([\w.$]+)\s", re.MULTILINE)


def missing(*programs: str) -> str:
    """Which of the programs, and of ``jdeps``, are not installed; ``""`` where all are."""
    names = [name for name in (*programs, "jdeps") if shutil.which(name) is None]
    return f"{' and '.join(names)} not installed" if names else ""


def file_edges(classes: Path, file_of: Callable[[str], str | None]) -> set[tuple[str, str]]:
    """The edges between the files of the classes below a folder; ``file_of`` says which file holds
    a class, None for a class from elsewhere."""
    printed = subprocess.run(
        ["jdeps", "-verbose:class", "-filter:none", classes],
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout
    pairs = ((file_of(source), file_of(target)) for source, target in _LINE.findall(printed))
    return {(source, target) for source, target in pairs if source and target and source != target}
