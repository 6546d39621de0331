"""The versions of everything that has a say in a result."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from scout_codebase import __version__

_PACKAGES = (
    *("tree-sitter", "tiktoken", "llama-models", "kingfisher-secret-scanner", "jinja2", "openai"),
    *("xllamacpp", "vllm"),
)


def version_lines() -> Iterator[str]:
    """One for the tool, and one for each part; what is not installed is said to be missing."""
    yield f"scout-review {__version__}"
    yield f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    yield _git()
    for package in _PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            yield f"{package}: not installed"


def _git() -> str:
    try:
        done = subprocess.run(["git", "version"], capture_output=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return "git: not found"
    return done.stdout.decode("utf-8", "replace").strip().replace("git version", "git")
