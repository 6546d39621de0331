"""The wheel and the source archive: what is in them, and that they run in an empty environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from support.repositories import make_repository

ROOT = Path(__file__).parent.parent
SUPPORTED = ("python3.11", "python3.12", "python3.13", "python3.14")


def runs(name: str) -> bool:
    """A version manager has shims on the path for versions that are not in use."""
    program = shutil.which(name)
    if program is None:
        return False
    done = subprocess.run([program, "-V"], capture_output=True, check=False)
    return done.returncode == 0


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the source archive, built of what git lists."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")[:-1]
    for name in map(os.fsdecode, listed):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    for kind in ("wheel", "sdist"):
        command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(built)]
        subprocess.run(command, cwd=source, check=True, capture_output=True)
    (wheel,), (archive,) = built.glob("*.whl"), built.glob("*.tar.gz")
    return wheel, archive


def test_the_wheel_holds_the_package_its_prompts_and_nothing_else(
    packages: tuple[Path, Path],
) -> None:
    names = set(zipfile.ZipFile(packages[0]).namelist())
    assert {"scout_codebase/py.typed", "scout_codebase/_prompts/_shared/preamble.md"} <= names
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "scout_codebase").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    prompts = {
        f"scout_codebase/_prompts/{path.relative_to(ROOT / 'prompts').as_posix()}"
        for path in (ROOT / "prompts").rglob("*")
        if path.is_file()
    }
    manual = {name for name in names if ".data/data/share/man/man1/" in name}
    assert {Path(name).name for name in manual} == {path.name for path in (ROOT / "man").iterdir()}
    assert {name for name in names - manual if ".dist-info/" not in name} == package | prompts


def test_the_source_archive_makes_the_same_wheel(
    packages: tuple[Path, Path], tmp_path: Path
) -> None:
    wheel, archive = packages
    with tarfile.open(archive) as source:
        source.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (again,) = tmp_path.glob("*.whl")
    assert contents(again) == contents(wheel)


def contents(wheel: Path) -> dict[str, int]:
    return {row.filename: row.CRC for row in zipfile.ZipFile(wheel).infolist()}


@pytest.mark.long
@pytest.mark.parametrize("kind", ["wheel", "sdist"])
@pytest.mark.parametrize("python", [name for name in SUPPORTED if runs(name)])
def test_it_installs_and_packs_in_an_empty_environment(
    packages: tuple[Path, Path], kind: str, python: str, tmp_path: Path
) -> None:
    package = packages[0 if kind == "wheel" else 1]
    environment = tmp_path / "environment"
    subprocess.run([python, "-m", "venv", str(environment)], check=True)
    pip = environment / "bin" / "pip"
    subprocess.run([pip, "install", "--quiet", "--disable-pip-version-check", package], check=True)
    repository = make_repository(tmp_path / "repo", {"a.py": "import b\n", "b.py": "B = 1\n"})
    done = subprocess.run(
        [environment / "bin" / "scout-review", "pack", repository],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        check=True,
    )
    assert done.stdout.index(b"B = 1") < done.stdout.index(b"import b")
