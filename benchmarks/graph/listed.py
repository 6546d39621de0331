"""Edges verified by reading, for languages whose own tool tells none.

``edges/<language>.json`` holds the ``repository``, its ``commit``, ``files`` that were picked at
random and read whole, and ``edges``: every edge from those files. A file without edges counts too:
whatever the graph says of it is wrong.
"""

from __future__ import annotations

import json
from pathlib import Path

TOOL = "verified by reading"
_FOLDER = Path(__file__).parent / "edges"


def available() -> str:
    return ""


def verified(language: str) -> tuple[set[tuple[str, str]], set[str]]:
    """The verified edges, and the files whose edges they are."""
    data = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
    edges = {(source, target) for source, target in data["edges"]}
    return edges, set(data.get("files", ())) | {source for source, _ in edges}
