"""An object as JSON: the same object again, with a line for each row."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scout_codebase.render.row_json import row_json

SCALARS = st.none() | st.booleans() | st.integers() | st.text()
ROWS = st.lists(st.dictionaries(st.text(), SCALARS, max_size=3) | SCALARS, max_size=4)


@given(st.dictionaries(st.text(), SCALARS | ROWS, max_size=5))
def test_what_is_written_is_read_again(value: dict[str, Any]) -> None:
    text = "".join(row_json(value))
    assert json.loads(text) == value
    assert text.isascii()


def test_each_row_has_a_line() -> None:
    text = "".join(row_json({"name": "a", "rows": [{"x": 1}, {"x": 2}], "none": []}))
    assert text == (
        '{\n  "name": "a",\n  "rows": [\n    {"x": 1},\n    {"x": 2}\n  ],\n  "none": []\n}\n'
    )
