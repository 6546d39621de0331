"""``result.json`` held against its schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from scout_codebase.render.result import RESULT_NAME, result_schema


@cache
def validator() -> jsonschema.Draft202012Validator:
    schema = result_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def valid_result(text: str | bytes) -> dict[str, Any]:
    """The value of a result that the schema allows."""
    value: dict[str, Any] = json.loads(text)
    assert [error.message for error in validator().iter_errors(value)] == []
    return value


def result_in(folder: Path) -> dict[str, Any]:
    return valid_result((folder / RESULT_NAME).read_text(encoding="utf-8"))
