"""Schemas are bounded before they are sent, and answers are held to them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scout_codebase.errors import TemplateError, UnusableAnswerError
from scout_codebase.reports.schema import MOST_CHOICES, bind, check_schema, parse

SCHEMA = {
    "type": "object",
    "properties": {
        "path": {"type": "string", "enum": "@paths"},
        "steps": {
            "type": "array",
            "maxItems": 2,
            "items": {
                "type": "object",
                "properties": {"what": {"type": "string", "minLength": 3, "maxLength": 9}},
            },
        },
    },
}
BOUND = bind(SCHEMA, {"@paths": ["a.py", "b.py"]})
GOOD = '{"path": "a.py", "steps": [{"what": "read"}]}'


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


# --- check --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "schema",
    [
        SCHEMA,
        of(a={"type": "boolean"}, b={"type": "integer"}),
        of(a={"type": "string", "enum": ["x", "y"]}),
        of(a={"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}),
        of(),
    ],
)
def test_bounded_schemas_pass(schema: dict[str, Any]) -> None:
    check_schema("q.json", schema, "{}")


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        (of(a={"type": "string"}), "$.properties.a needs a maxLength"),
        (of(a={"type": "array", "items": {"type": "boolean"}}), "$.properties.a needs maxItems"),
        (of(a={"type": "array", "maxItems": 1, "items": {"type": "string"}}), "maxLength"),
        (of(a={"anyOf": [{"type": "string"}]}), "$.properties.a.anyOf[0] needs a maxLength"),
        (of(a={"type": ["string", "null"]}), "$.properties.a needs a maxLength"),
        (of(a={"type": "sting", "maxLength": 3}), "sting"),
        (of(a={"type": "string", "maxLength": -1}), "-1"),
        ({"type": "object", "properties": []}, "[]"),
    ],
)
def test_unbounded_or_invalid_schemas_are_refused(schema: dict[str, Any], says: str) -> None:
    with pytest.raises(TemplateError) as caught:
        check_schema("folder/q.json", schema, "{}")
    assert str(caught.value).startswith("folder/q.json:1: ")
    assert says in str(caught.value)


# --- bind ---------------------------------------------------------------------------------------


def test_lists_are_filled_in_and_every_object_is_closed() -> None:
    step = {
        "type": "object",
        "properties": {"what": {"type": "string", "minLength": 3, "maxLength": 9}},
        "additionalProperties": False,
        "required": ["what"],
    }
    assert {
        "type": "object",
        "properties": {
            "path": {"type": "string", "enum": ["a.py", "b.py"]},
            "steps": {"type": "array", "maxItems": 2, "items": step},
        },
        "additionalProperties": False,
        "required": ["path", "steps"],
    } == BOUND


def test_the_template_itself_is_not_changed() -> None:
    before = repr(SCHEMA)
    bind(SCHEMA, {"@paths": ["z"]})
    assert repr(SCHEMA) == before


def test_what_the_author_decided_stays() -> None:
    schema = of(a={"type": "boolean"}) | {"required": [], "additionalProperties": True}
    assert bind(schema, {}) == schema


@pytest.mark.parametrize("count", [0, MOST_CHOICES + 1])
def test_a_list_that_is_empty_or_too_long_becomes_bounded_text(count: int) -> None:
    bound = bind(SCHEMA, {"@paths": [str(number) for number in range(count)]})
    path = bound["properties"]["path"]
    assert "enum" not in path
    assert path["type"] == "string"
    assert path["maxLength"] > 0


def test_as_many_choices_as_are_allowed_stay_choices() -> None:
    paths = [str(number) for number in range(MOST_CHOICES)]
    assert bind(SCHEMA, {"@paths": paths})["properties"]["path"]["enum"] == paths


def test_an_unknown_list_is_named() -> None:
    with pytest.raises(TemplateError, match="@paths"):
        bind(SCHEMA, {"@other": ["x"]})


# --- parse --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Here is the answer:\n{GOOD}\nI hope it helps.",
        GOOD.replace("read", "re\\nad"),
        GOOD.replace("read", "re\nad"),
    ],
)
def test_answers_that_can_be_used(text: str) -> None:
    assert parse(text, BOUND)["path"] == "a.py"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("I cannot answer that.", "not JSON"),
        (GOOD[:-2], "not JSON"),
        ("", "not JSON"),
        ("{}", "path"),
        ("[]", "[]"),
        ("null", "None"),
        (GOOD.replace("a.py", "c.py"), "c.py"),
        (GOOD.replace('"read"', '"re"'), "steps/0/what"),
        (GOOD.replace('"read"', '"reads a lot"'), "steps/0/what"),
        (GOOD.replace('"read"', "4"), "steps/0/what"),
        (GOOD.replace('"steps"', '"more": 1, "steps"'), "more"),
        (GOOD.replace('{"what": "read"}', ", ".join(['{"what": "read"}'] * 3)), "steps"),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, "not JSON"),
        ("{" + "[" * 5_000, "not JSON"),
        ('{"a": ' + "9" * 5_000 + "}", "not JSON"),
    ],
)
def test_answers_that_cannot_be_used_say_why(text: str, says: str) -> None:
    with pytest.raises(UnusableAnswerError) as caught:
        parse(text, BOUND)
    assert says in caught.value.message
    assert len(caught.value.message) < 300


def test_a_lone_surrogate_in_an_answer_becomes_text_that_can_be_written() -> None:
    value = parse('{"path": "a.py", "steps": [{"what": "re\\ud83dad \\ud83d\\ude00"}]}', BOUND)
    what = value["steps"][0]["what"]
    assert what.encode().decode() == what
    assert what.endswith("\U0001f600")


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40) | st.text(alphabet='{}[]",:\\ud8 1eE+-.', max_size=40))
def test_any_text_is_data_or_an_unusable_answer(text: str) -> None:
    try:
        value = parse(text, {})
    except UnusableAnswerError:
        return
    repr(value).encode()
