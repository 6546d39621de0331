"""A server that holds to the schema is never cut off: the limit of a question leaves room for the
longest answer that its schema allows."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROMPTS = Path(__file__).parents[2] / "prompts"
CHARACTERS_A_TOKEN = 2  # of JSON that quotes code; prose has four
LONGEST_PATH = 60


def questions() -> Iterator[Any]:
    for file in sorted(PROMPTS.glob("*/report.toml")):
        for row in tomllib.loads(file.read_text()).get("question", ()):
            if "schema" in row:
                name = f"{file.parent.name}/{row['id']}"
                yield pytest.param(file.parent / row["schema"], row["max_tokens"], id=name)


def longest(schema: Any) -> int:
    """Characters of the longest JSON that the schema allows."""
    if "enum" in schema:
        choices = schema["enum"]
        return 2 + (LONGEST_PATH if isinstance(choices, str) else max(map(len, map(str, choices))))
    if schema["type"] == "object":
        return 2 + sum(len(name) + 5 + longest(part) for name, part in schema["properties"].items())
    if schema["type"] == "array":
        return 2 + int(schema["maxItems"]) * (2 + longest(schema["items"]))
    return 2 + int(schema["maxLength"]) if schema["type"] == "string" else 6


@pytest.mark.parametrize(("schema", "limit"), [*questions()])
def test_the_longest_answer_fits_into_the_limit(schema: Path, limit: int) -> None:
    assert longest(json.loads(schema.read_text())) <= CHARACTERS_A_TOKEN * limit


def test_there_are_questions() -> None:
    assert len(list(questions())) > 8
