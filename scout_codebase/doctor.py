"""What a review depends on, as it is on this machine."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from scout_codebase import __version__
from scout_codebase.engines.discover import Found, discover
from scout_codebase.engines.weights import installed_weights
from scout_codebase.settings import EngineSettings, cache_folder, user_file

_PACKAGES = ("tree-sitter", "tiktoken", "openai", "xllamacpp", "vllm")


def diagnose(settings: EngineSettings) -> Iterator[str]:
    """One line for each thing, with what to do where something is missing."""
    versions = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)
    yield f"scout-codebase {__version__} on Python {platform.python_version()} ({versions})"
    yield _git()
    found = discover()
    yield from map(_describe, found)
    if not found:
        yield "no model server on the usual local ports; name one with --base-url"
    yield _embedded(settings.weights)
    yield f"user configuration: {user_file()} ({'read' if user_file().is_file() else 'none'})"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _git() -> str:
    program = shutil.which("git")
    if program is None:
        return "git: not found; install it"
    run = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return f"{run.stdout.strip()} ({program})"


def _describe(server: Found) -> str:
    if server.unusable:
        return f"server not used: {server.unusable}"
    models = ", ".join(
        f"{model.id} (window {model.window or 'unknown'})" for model in server.listing.models
    )
    return f"{server.listing.family.title} at {server.base_url}: {models}"


def _embedded(weights: Path | None) -> str:
    if importlib.util.find_spec("xllamacpp") is None:
        return 'embedded engine: not installed; pip install "scout-codebase[embedded]"'
    path = weights or installed_weights(cache_folder())
    if path is None:
        return "embedded engine: installed; 1.1 GB of weights are fetched when it is first used"
    return f"embedded engine: ready with {path}"
