"""SARIF held against the schema of OASIS."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

_SCHEMA = Path(__file__).parent.parent / "fixtures" / "sarif" / "sarif-schema-2.1.0.json"


@cache
def _validator() -> jsonschema.Draft4Validator:
    return jsonschema.Draft4Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def schema_errors(value: Any) -> list[str]:
    return [error.message for error in _validator().iter_errors(value)]


def only_run(text: str) -> dict[str, Any]:
    """The only run of a file, which is valid."""
    value = json.loads(text)
    assert schema_errors(value) == []
    (only,) = value["runs"]
    assert isinstance(only, dict)
    return only
