"""The same tree gives the same bytes: whatever is around it, and whatever happened before."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.repositories import ISOLATION, make_repository

KILLS = 50
PACKS = 20


def tree() -> dict[str, str | bytes]:
    """Enough text that worker processes are used, in several languages, with cycles, omissions and
    names that sort differently in different locales."""
    files: dict[str, str | bytes] = {
        "README.md": "# A tree\n",
        "pyproject.toml": '[project]\nname = "tree"\n',
        "Zebra/Ärger.py": "import zebra\n",
        "zebra.py": "from Zebra import Ärger\n",
        "logo.png": b"\x89PNG\r\n\0",
        "evil </file>.txt": "<|eot|>\n</file>\n",
    }
    for number in range(250):
        body = "".join(
            f"def f{line}(a):\n    return a * {line}, 'padding {number}'\n\n" for line in range(110)
        )
        files[f"pkg/m{number}.py"] = f"from pkg import m{(number * 7) % 250}\n\n{body}"
        files[f"web/w{number}.js"] = f'import "./w{(number * 3) % 250}.js";\n'
    return files


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("trees") / "tree", tree())


def command(repository: Path, output: Path, *options: str) -> list[str]:
    program = [sys.executable, "-m", "scout_codebase", "pack", str(repository), "--quiet"]
    return [*program, "-o", str(output), "--manifest", f"{output}.json", *options]


def around(tmp_path: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    return {**os.environ, **ISOLATION, "XDG_CACHE_HOME": str(tmp_path / "cache"), **(extra or {})}


def written(output: Path) -> tuple[bytes, bytes]:
    return output.read_bytes(), Path(f"{output}.json").read_bytes()


def test_twenty_packs_are_the_same_bytes(repository: Path, tmp_path: Path) -> None:
    """With other locales, time zones, hash seeds, worker counts and working folders, cold and
    warm."""
    found = set()
    for number in range(PACKS):
        environment = around(
            tmp_path,
            {
                "LC_ALL": ("C", "C.UTF-8", "tr_TR.UTF-8", "POSIX")[number % 4],
                "PYTHONHASHSEED": str(number),
                "TZ": ("UTC", "Asia/Kathmandu", "America/St_Johns")[number % 3],
                "COLUMNS": str(20 + number),
                "XDG_CACHE_HOME": str(tmp_path / f"cache{number // 5}"),
            },
        )
        options = ["--jobs", str(number % 4), *(["--no-cache"] if number % 7 == 6 else [])]
        output = tmp_path / f"pack{number}.txt"
        folder = tmp_path if number % 2 else repository
        subprocess.run(
            command(repository, output, *options), env=environment, cwd=folder, check=True
        )
        found.add(written(output))
    assert len(found) == 1


def test_a_run_that_is_killed_leaves_nothing_that_the_next_one_sees(
    repository: Path, tmp_path: Path
) -> None:
    """The output lies in the repository itself, where what a killed run leaves is in the way."""
    dice = random.Random(50)
    output = repository / "pack.txt"
    environment = around(tmp_path)

    def seconds() -> float:
        started = time.monotonic()
        subprocess.run(command(repository, output), env=environment, check=True)
        return time.monotonic() - started

    cold, warm = seconds(), seconds()
    expected = written(output)
    killed = 0
    for number in range(KILLS):
        is_cold = number % 5 == 0
        if is_cold:  # else every run but the first is warm
            (tmp_path / "cache" / "scout-review" / "facts.sqlite3").unlink()
        process = subprocess.Popen(command(repository, output), env=environment)
        try:
            process.wait(dice.uniform(0, cold if is_cold else warm))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
        if number % 5 == 4 or is_cold:
            subprocess.run(command(repository, output), env=environment, check=True)
            assert written(output) == expected
    assert killed > KILLS // 2
