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
from scout_codebase.engines.discover import Found, Stranger, survey, usual_ports
from scout_codebase.engines.weights import installed_weights
from scout_codebase.settings import EngineSettings, cache_folder, user_file

_PACKAGES = ("tree-sitter", "tiktoken", "openai", "xllamacpp", "vllm")


def diagnose(settings: EngineSettings) -> Iterator[str]:
    """One line for each thing, with what to do where something is missing."""
    versions = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)
    yield f"scout-codebase {__version__} on Python {platform.python_version()} ({versions})"
    yield _git()
    found = survey()
    for server in found:
        yield from _describe(server)
    if not any(isinstance(server, Found) for server in found):
        ports = ", ".join(map(str, usual_ports()))
        yield f"no model server on the usual local ports ({ports}); name one with --base-url"
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


def _describe(server: Found | Stranger) -> Iterator[str]:
    if isinstance(server, Stranger):
        yield f"no model server at {server.base_url}: {server.reason}"
        return
    family, models = server.listing.family, server.listing.models
    if server.unusable:
        remedy = family.truncation_remedy if server.listing.refused else "Load a model."
        yield f"server not used: {server.unusable}. {remedy}"
        return
    windows = ", ".join(f"{model.id} (window {_window(model.window)})" for model in models)
    yield f"{family.title} at {server.base_url}: {windows}"
    named = f" --model {models[0].id}" if len(models) > 1 else ""
    yield f"  use it: scout-review REPO --base-url {server.base_url}{named}"
    if family.protocol == "openai" and all(model.window is None for model in models):
        yield f"  it does not tell its window: give --context-window. {family.window_remedy}"
    if not family.constrains:
        yield "  it does not decode by a JSON Schema: more answers will be unusable"
    yield f"  if a report does not say what came from the prefix cache: {family.cache_remedy}"


def _window(tokens: int | None) -> str:
    return f"{tokens:,}" if tokens else "unknown"


def _embedded(weights: Path | None) -> str:
    if importlib.util.find_spec("xllamacpp") is None:
        return 'embedded engine: not installed; pip install "scout-codebase[embedded]"'
    path = weights or installed_weights(cache_folder())
    if path is None:
        return "embedded engine: installed; 1.1 GB of weights are fetched when it is first used"
    return f"embedded engine: ready with {path}"
