"""The JSON Schemas of answers: bounded, bound to the repository, and checked.

A schema file is plain JSON Schema (2020-12) with one addition: where ``enum`` is a string such as
``"@paths"``, it stands for a list that the tool computes. Every string must have a ``maxLength`` or
an ``enum``, every array a ``maxItems``: a model that is free to go on, goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jsonschema

from scout_codebase.errors import TemplateError, UnusableAnswerError
from scout_codebase.templates.positions import json_line

# A grammar of 2,000 paths costs vLLM 2 s once, one of 6,800 costs 11 s. Beyond that the path is
# free text, and the evidence check alone decides.
MOST_CHOICES = 2_000
_LONGEST_PATH = 300
_USUAL_PATH = 62  # characters, in its quotation marks
_CHARACTERS_A_TOKEN = 2

QUOTE = "quote"
_SENTENCE_END = re.compile(r".{20,}[.!?](?=\s|$)", re.DOTALL)


def check_schema(name: str, schema: Mapping[str, Any], text: str) -> None:
    """Raises TemplateError, with the line in the ``text`` of the file, where the schema is not
    valid, or leaves a string or array unbounded."""
    bound = bind(schema, dict.fromkeys(wanted_lists(schema), ("x",)))
    try:
        jsonschema.Draft202012Validator.check_schema(bound)
    except jsonschema.SchemaError as error:
        line = json_line(text, list(error.absolute_path))
        raise TemplateError(f"{name}:{line}: {error.message}") from error
    for place, part in _parts(bound, ()):
        kind = part.get("type")
        kinds = kind if isinstance(kind, list) else [kind]
        if "string" in kinds and "maxLength" not in part and "enum" not in part:
            raise TemplateError(f"{_at(name, text, place)} needs a maxLength")
        if "array" in kinds and "maxItems" not in part:
            raise TemplateError(f"{_at(name, text, place)} needs maxItems")


_Steps = tuple[str | int, ...]


def _at(name: str, text: str, place: _Steps) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return f"{name}:{json_line(text, place)}: ${steps}"


def _parts(schema: Any, place: _Steps) -> Iterator[tuple[_Steps, Mapping[str, Any]]]:
    if isinstance(schema, Mapping):
        yield place, schema
        for key, value in schema.items():
            yield from _parts(value, (*place, key))
    elif isinstance(schema, list):
        for number, value in enumerate(schema):
            yield from _parts(value, (*place, number))


def tokens_of_longest(schema: Mapping[str, Any]) -> int:
    """The tokens of the longest JSON that the schema allows, at two characters each: prose has
    four, JSON that quotes code fewer. What the tool fills in counts as a path."""
    return -(-_longest(schema) // _CHARACTERS_A_TOKEN)


def _longest(schema: Any) -> int:
    """In characters."""
    if not isinstance(schema, Mapping):
        return 0
    if "enum" in schema:
        if isinstance(schema["enum"], str):
            return _USUAL_PATH
        return 2 + max((len(str(row)) for row in schema["enum"]), default=0)
    kind = schema.get("type")
    if kind == "object":
        parts = schema.get("properties", {}).items()
        return 2 + sum(len(name) + 5 + _longest(part) for name, part in parts)
    if kind == "array":
        return 2 + int(schema.get("maxItems", 0)) * (2 + _longest(schema.get("items")))
    return 2 + int(schema.get("maxLength", 0)) if kind == "string" else 6


def wanted_lists(schema: Any) -> set[str]:
    """The lists of the tool's that a schema names, such as ``@paths``."""
    return {
        part["enum"]
        for _, part in _parts(schema, ())
        if isinstance(part.get("enum"), str) and part["enum"].startswith("@")
    }


def bind(schema: Mapping[str, Any], choices: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The schema with its ``@name`` lists filled in, every object closed, every property
    required. ``choices`` maps ``"@paths"`` and the like to their values."""
    bound = _bind(schema, choices)
    if not isinstance(bound, dict):
        raise TypeError("a schema is a JSON object")
    return bound


def _bind(part: Any, choices: Mapping[str, Sequence[str]]) -> Any:
    if isinstance(part, list):
        return [_bind(value, choices) for value in part]
    if not isinstance(part, Mapping):
        return part
    if isinstance(part.get("enum"), str):
        return _choice(part, choices)
    bound = {key: _bind(value, choices) for key, value in part.items()}
    if bound.get("type") == "object":
        bound.setdefault("additionalProperties", False)
        bound.setdefault("required", list(bound.get("properties", {})))
    return bound


def _choice(part: Mapping[str, Any], choices: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    name = part["enum"]
    if name not in choices:
        raise TemplateError(f"a schema asks for the list {name}, which there is not")
    values = list(choices[name])
    if 0 < len(values) <= MOST_CHOICES:
        return {**part, "enum": values}
    free = {key: value for key, value in part.items() if key != "enum"}
    return {**free, "type": "string", "maxLength": _LONGEST_PATH}


def sample(schema: Mapping[str, Any]) -> Any:
    """Some value that a schema without ``@name`` lists allows, every list with an item in it where
    it may have one."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: sample(part) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        wanted = max(1, int(schema.get("minItems", 0)))
        return [sample(schema.get("items", {}))] * min(wanted, int(schema.get("maxItems", wanted)))
    if kind == "string":
        return "x" * max(1, int(schema.get("minLength", 0)))
    return kind in (None, "boolean") or max(0, int(schema.get("minimum", 0)))


def parse(text: str, schema: Mapping[str, Any]) -> Any:
    """The answer as data. Raises UnusableAnswerError, which says why, where it is not JSON or not
    what the schema asks for."""
    try:
        value = _without_lone_surrogates(json.loads(_json_part(text), strict=False))
    except (ValueError, RecursionError) as error:  # also what is too deep or too long a number
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise UnusableAnswerError(f"the answer is not JSON ({reason})") from error
    for problem in jsonschema.Draft202012Validator(schema).iter_errors(value):
        place = "/".join(str(step) for step in problem.absolute_path) or "the answer"
        raise UnusableAnswerError(f"{place}: {problem.message[:200]}")
    return _without_torn_ends(value, schema)


def _without_torn_ends(value: Any, schema: Mapping[str, Any]) -> Any:
    """A string that runs into its limit was cut off by the grammar: it ends with its last whole
    sentence, or else with an ellipsis. Choices and quotes are left as they are."""
    if isinstance(value, dict):
        parts = schema.get("properties", {})
        return {
            key: entry if key == QUOTE else _without_torn_ends(entry, parts.get(key, {}))
            for key, entry in value.items()
        }
    if isinstance(value, list):
        return [_without_torn_ends(entry, schema.get("items", {})) for entry in value]
    limit = schema.get("maxLength")
    if not isinstance(value, str) or limit is None or len(value) < limit:
        return value
    whole = _SENTENCE_END.match(value)
    return whole.group().strip() if whole else f"{value.rsplit(' ', 1)[0]}…"


def _without_lone_surrogates(value: Any) -> Any:
    """An escape such as \\ud800 alone is JSON, but no text that can be written or sent."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _json_part(text: str) -> str:
    """Without a fence or a sentence around it, as servers without constrained decoding send."""
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text
