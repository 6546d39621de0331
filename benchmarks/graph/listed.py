"""Blind lists of edges, for languages whose own tool tells none.

``edges/<language>.json`` holds the ``repository``, its ``commit``, ``files`` that were picked at
random, and ``edges``: all edges from those files, read from the sources before the graph was run on
them. A file without edges counts too: whatever the graph says of it is wrong. ``method`` says how
the files were drawn, ``left_out`` which could not be, for an earlier list had them, and
``corrections`` what was changed in the list since, and why.
"""

from __future__ import annotations

import json
from pathlib import Path

TOOL = "blind list"
_FOLDER = Path(__file__).parent / "edges"


def available() -> str:
    return ""


def verified(language: str) -> tuple[set[tuple[str, str]], set[str]]:
    """The listed edges, and the files whose edges they are."""
    data = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
    edges = {(source, target) for source, target in data["edges"]}
    return edges, set(data["files"])
