"""Paths as the model names them."""

from __future__ import annotations

from scout_codebase.neutralise import neutralise
from scout_codebase.records import display_path


def shown(path: str) -> str:
    """The printable, neutralised form of a path: the one that stands in the pack."""
    return neutralise(display_path(path))[0]


def from_top(path: str, folder: str) -> str:
    """The shown form of a raw path below ``folder``, from the top of the repository."""
    return shown(f"{folder}/{path}" if folder else path)
