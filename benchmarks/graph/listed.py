"""Lists of edges that were read from the source, for languages whose own tool tells none.

``edges/<language>.json`` holds the ``repository``, its ``commit``, ``files`` that were picked at
random, and ``edges``: all edges from those files. A file without edges counts too: whatever the
graph says of it is wrong. A list with a ``method`` is blind: it was made before the graph was run
on its files. ``method`` says how they were drawn, ``left_out`` which files could not be drawn, for
an earlier list had them, and ``corrections`` what was changed in the list since, and why. The lists
of Objective-C, Swift and Zig were taken from this program's own graph and then checked: recall
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
