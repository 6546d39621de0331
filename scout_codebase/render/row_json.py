"""JSON that a person can read and compare, and that is written fast."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def row_json(value: Mapping[str, Any]) -> Iterator[str]:
    """An object, in pieces: each of its values on a line, each item of a list on one of its own.
    ``json.dumps`` with an indent encodes in Python, which for the edges of a large repository takes
    longer than to find them."""
    yield "{"
    for number, (key, item) in enumerate(value.items()):
        yield f"{',' if number else ''}\n  {json.dumps(key)}: "
        if isinstance(item, list) and item:
            rows = ",\n    ".join(map(json.dumps, item))
            yield f"[\n    {rows}\n  ]"
        else:
            yield json.dumps(item)
    yield "\n}\n"
