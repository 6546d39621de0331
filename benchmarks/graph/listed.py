"""Lists of edges that were checked against the source, for languages whose own tool tells none.

``edges/<language>.json`` holds the ``repository``, its ``commit``, ``files`` that were picked at
random, and ``edges``: the edges from those files. A file without edges counts too: whatever the
graph says of it is wrong. The lists of C#, Kotlin,
Objective-C, Rust, Swift and Zig were taken from this program's own graph and then checked: recall
against them is not independent.
"""

from __future__ import annotations

import json
from pathlib import Path

TOOL = "checked list"
_FOLDER = Path(__file__).parent / "edges"


def available() -> str:
    return ""


def verified(language: str) -> tuple[set[tuple[str, str]], set[str]]:
    """The listed edges, and the files whose edges they are."""
    data = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
    edges = {(source, target) for source, target in data["edges"]}
    return edges, set(data.get("files", ())) | {source for source, _ in edges}
