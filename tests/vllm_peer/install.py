"""Install a vLLM server for the CPU and the model it serves, into an environment of its own.

    python tests/vllm_peer/install.py VENV_DIR

VENV_DIR becomes a virtual environment of the running Python with exactly the packages of
``requirements.txt``; VENV_DIR/models/llama4-tiny becomes the model of ``make_model.py``. Both
steps end by writing a stamp with a digest of what they were made from: a step whose stamp agrees
does nothing, and one that was interrupted, or whose source has changed, is done again.

Uses whatever package index pip is configured for. The torch that is wanted is the CPU build,
``torch==...+cpu``: a build for CUDA never satisfies that, and is never downloaded.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
MAKE_MODEL = HERE / "make_model.py"
MODEL_NAME = "llama4-tiny"

TORCH_REMEDY = """\
pip found no {torch} for this Python and machine. It is PyTorch's build for the CPU, which the
default package index does not hold: point pip at PyTorch's CPU wheels (--extra-index-url or
--find-links, in pip's configuration or in PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS) and try again."""


class InstallError(Exception):
    """A step failed; the message says what to do about it."""


def model_dir(venv_dir: Path) -> Path:
    """Where the model that the tests serve lies."""
    return venv_dir / "models" / MODEL_NAME


def digest(*parts: bytes) -> str:
    """A digest of the running Python's version and ``parts``."""
    version = "{}.{}".format(*sys.version_info[:2]).encode()
    return hashlib.sha256(b"\0".join((version, *parts))).hexdigest()


def unless_stamped(stamp: Path, wanted: str, step: Callable[[], None]) -> None:
    """Run ``step`` unless ``stamp`` holds ``wanted``; write the stamp when it succeeds."""
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    stamp.unlink(missing_ok=True)
    step()
    partial = stamp.with_name(stamp.name + ".partial")
    partial.write_text(wanted, encoding="ascii")
    partial.replace(stamp)


def install_environment(venv_dir: Path) -> None:
    """Make ``venv_dir`` anew with the packages of requirements.txt, and report time and size.

    Everything is downloaded before anything is installed, so the sizes are exact.
    """
    began = time.monotonic()
    say(f"making {venv_dir}")
    venv.create(venv_dir, clear=True, with_pip=True)
    wheels = venv_dir / "wheels"
    download(venv_dir, wheels)
    downloaded = size_of(wheels)
    say(f"downloaded {downloaded / 1e6:,.0f} MB in {time.monotonic() - began:.0f} s; installing")
    names = [str(wheel) for wheel in sorted(wheels.iterdir())]
    if not pip(venv_dir, "install", "--no-deps", "--no-index", "--no-compile", *names):
        raise InstallError("pip could not install what it had downloaded")
    shutil.rmtree(wheels)
    on_disk = size_of(venv_dir) / 1e6
    say(f"installed: {on_disk:,.0f} MB on disk, {time.monotonic() - began:.0f} s in all")


def download(venv_dir: Path, wheels: Path) -> None:
    """Fetch the wheels of requirements.txt, the CPU build of torch first."""
    fetch = ("download", "--no-deps", "--only-binary", ":all:", "--dest", str(wheels))
    torch = required_torch()
    if not pip(venv_dir, *fetch, torch):
        raise InstallError(TORCH_REMEDY.format(torch=torch))
    if not pip(venv_dir, *fetch, "--requirement", str(REQUIREMENTS)):
        raise InstallError(f"pip could not download the packages of {REQUIREMENTS}")


def required_torch() -> str:
    """The line of requirements.txt that names torch."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("torch=="))


def pip(venv_dir: Path, *arguments: str) -> bool:
    """Run the environment's pip; only its errors are shown. Returns whether it succeeded."""
    command = [str(python_of(venv_dir)), "-m", "pip", "-qq", "--disable-pip-version-check"]
    return subprocess.run([*command, *arguments], check=False).returncode == 0


def python_of(venv_dir: Path) -> Path:
    """The environment's interpreter."""
    return venv_dir / "bin" / "python"


def make_model(venv_dir: Path) -> None:
    """Make the model anew; it appears under its name only when it is whole."""
    began = time.monotonic()
    out = model_dir(venv_dir)
    partial = out.with_name(out.name + ".partial")
    for leftover in (partial, out):
        shutil.rmtree(leftover, ignore_errors=True)
    say(f"making {out}")
    command = [str(python_of(venv_dir)), str(MAKE_MODEL), str(partial)]
    if subprocess.run(command, check=False, env={**os.environ, "HF_HUB_OFFLINE": "1"}).returncode:
        raise InstallError(f"{MAKE_MODEL.name} failed")
    partial.replace(out)
    say(f"model made: {size_of(out) / 1e6:,.0f} MB, {time.monotonic() - began:.0f} s")


def size_of(folder: Path) -> int:
    """The bytes of every regular file under ``folder``."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files)


def say(message: str) -> None:
    """Report progress on standard error."""
    print(f"vllm peer: {message}", file=sys.stderr, flush=True)


def install(venv_dir: Path) -> None:
    """Bring ``venv_dir`` and its model up to date."""
    if sys.platform != "linux" or sys.version_info < (3, 11):
        raise InstallError("the CPU build of vLLM needs Linux and Python 3.11 or later")
    wanted = digest(REQUIREMENTS.read_bytes())
    unless_stamped(venv_dir / ".installed", wanted, lambda: install_environment(venv_dir))
    unless_stamped(
        model_dir(venv_dir) / ".complete",
        digest(REQUIREMENTS.read_bytes(), MAKE_MODEL.read_bytes()),
        lambda: make_model(venv_dir),
    )


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Install vLLM for the CPU and a tiny Llama 4.")
    parser.add_argument("venv_dir", type=Path, metavar="VENV_DIR")
    try:
        install(parser.parse_args(argv).venv_dir.resolve())
    except InstallError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
