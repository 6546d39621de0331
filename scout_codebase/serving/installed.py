"""Where a server is installed, and which build of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scout_codebase.errors import NoServerError, UsageError
from scout_codebase.serving.table import Build, ServerRow, Words

_OLDEST_PYTHON = (3, 11)
_PROBE_SECONDS = 60.0
_PROBE = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps({"python": sys.version_info[:2], "found": found}))
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """``command`` takes the place of the first words of the planned one."""

    row: ServerRow
    build: Build
    command: Words
    version: str = ""

    @property
    def title(self) -> str:
        return f"{self.build.title} {self.version}".strip()


def find_installation(row: ServerRow, python: Path | None = None) -> Installation:
    """What is installed: in the environment of ``python`` where that is named, else in our own,
    else where the program on the PATH comes from. Nothing of the server is run or imported.

    Raises UsageError for a ``python`` that is none, NoServerError where nothing is installed."""
    if not any(build.distribution for build in row.builds):
        return _program(row)
    if python is not None:
        found = _in_environment(row, python)
    else:
        found = next(filter(None, (_in_environment(row, each) for each in _usual(row))), None)
    if found is None:
        where = f" in the environment of {python}" if python else " here"
        raise NoServerError(f"{row.title} is not installed{where}", remedy=row.install)
    return found


def _program(row: ServerRow) -> Installation:
    program = shutil.which(row.program)
    if program is None:
        raise NoServerError(f"{row.title} is not installed here", remedy=row.install)
    return Installation(row, row.builds[0], (program, *row.builds[0].start))


def _usual(row: ServerRow) -> Iterator[Path]:
    """Interpreters to look into: our own, and the one beside the program on the PATH."""
    yield Path(sys.executable)
    program = shutil.which(row.program)
    beside = Path(program).resolve().parent / "python" if program else None
    if beside is not None and beside.exists():
        yield beside


def _in_environment(row: ServerRow, python: Path) -> Installation | None:
    names = [build.distribution for build in row.builds]
    told = _probe(python, names)
    versions: Mapping[str, str] = told["found"]
    for build in row.builds:
        for name, version in versions.items():
            local = version.partition("+")[2]
            if name == build.distribution or (build.local and local.startswith(build.local)):
                _check_python(row, python, told["python"])
                return Installation(row, build, (str(python), *build.start), version)
    return None


def _check_python(row: ServerRow, python: Path, version: list[int]) -> None:
    """Older ones import from the working folder, which may be the reviewed repository."""
    if tuple(version) < _OLDEST_PYTHON:
        raise UsageError(
            f"{python}, which has {row.title}, is Python {'.'.join(map(str, version))}",
            remedy=f"Install {row.title} for Python 3.11 or later.",
        )


def _probe(python: Path, names: list[str]) -> dict[str, Any]:
    """``-P`` is not known to Python before 3.11; the probe's own folder is safe either way."""
    remedy = "Name the Python interpreter of vLLM's environment, as /opt/vllm/bin/python."
    try:
        done = subprocess.run(
            [str(python.absolute()), "-c", _PROBE, *names],
            capture_output=True,
            text=True,
            check=True,
            timeout=_PROBE_SECONDS,
            cwd=python.absolute().parent,
        )
        told = json.loads(done.stdout)
        return {"python": list(told["python"]), "found": dict(told["found"])}
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{python} is no Python interpreter", remedy=remedy) from error
