"""A Jupyter notebook as its cells, one after the other, in the percent format that editors and
jupytext read: code as it is, other cells as comments, no output and no execution count.

Outputs are results of the code, often pictures, and most of a notebook's bytes. Line numbers of a
notebook are those of this text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_DEEPEST_ERRORS = (ValueError, RecursionError)
_PYTHON_CELLS = frozenset({"capture", "prun", "python", "python3", "time", "timeit"})
"""The cell magics behind which a cell stays Python."""


def readable(path: str, text: str) -> str:
    """The text as it is read: that of a notebook is its cells, any other is itself. What cannot be
    read as a notebook stays as it is."""
    if not path.lower().endswith(".ipynb"):
        return text
    try:
        data = json.loads(text)
    except _DEEPEST_ERRORS:
        return text
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list):
        return text
    language = _language(data)
    return f"# Jupyter notebook, {language}\n" + "".join(
        line for cell in cells if isinstance(cell, dict) for line in _cell(cell, language)
    )


def _language(data: dict[str, Any]) -> str:
    found: Any = data.get("metadata")
    for key in ("kernelspec", "language"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) and found.isidentifier() else "python"


def _cell(cell: dict[str, Any], language: str) -> Iterator[str]:
    kind, source = cell.get("cell_type"), cell.get("source")
    lines = "".join(source) if isinstance(source, list) else source
    if not isinstance(lines, str):
        return
    is_code = kind == "code"
    is_other = _is_of_another_language(lines)
    yield "\n# %%\n" if is_code else "\n# %% [markdown]\n"
    for line in lines.splitlines():
        magic = line.lstrip().startswith(("%", "!", "?"))
        is_read = is_code and language == "python" and not magic and not is_other
        yield f"{line}\n" if is_read or (is_code and language != "python") else f"# {line}\n"


def _is_of_another_language(lines: str) -> bool:
    """Whether a cell magic (``%%bash``, ``%%writefile``) takes the cell as text."""
    words = lines.split(maxsplit=1)
    return bool(words) and words[0].startswith("%%") and words[0][2:] not in _PYTHON_CELLS
