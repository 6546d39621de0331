"""A broken report definition is found before anything is sent, and the message names the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.repositories import write_files

from scout_codebase.errors import TemplateError
from scout_codebase.reports.definition import FINDERS, ReportDefinition, load_definition
from scout_codebase.reports.write import FINDERS as FINDERS_BY_NAME
from scout_codebase.templates import TemplateLibrary, export

REPORT = """\
title = "Title"
summary = "A summary."

[[question]]
id = "first"
template = "first.md.j2"
schema = "first.json"
max_tokens = 100

[[question]]
id = "second"
after = "first"
only_if = "yes"
template = "second.md.j2"
max_tokens = 50
"""
FILES = {
    "mine/report.toml": REPORT,
    "mine/first.md.j2": "Is it so? {{ facts.repository.name }}\n",
    "mine/first.json": '{"type": "object", "properties": {"yes": {"type": "boolean"}}}',
    "mine/second.md.j2": "Why?\n",
    "mine/report.md.j2": "{{ answers.first[0].value | code_span }}\n",
}


PLACES_REPORT = """\
title = "Title"
summary = "A summary."
findings = "judged-places"

[[question]]
id = "judge"
each = "places"
template = "first.md.j2"
schema = "judge.json"
max_tokens = 100
verdict = "suspicion"

[[question]]
id = "refute"
each = "places"
after = "judge"
only_if = "vulnerable"
template = "second.md.j2"
schema = "refute.json"
max_tokens = 100
verdict = "refutation"
"""
WITHOUT_VERDICT = PLACES_REPORT.replace('verdict = "suspicion"\n', "").replace(
    'only_if = "vulnerable"\n', ""
)
OF_COMPONENTS = PLACES_REPORT.replace('"places"', '"components"')
WORD = {"type": "string", "maxLength": 9}
OTHER = json.dumps({"type": "object", "properties": {"other": WORD}})
JUDGED: dict[str, str | bytes | None] = {
    "mine/report.toml": PLACES_REPORT,
    "mine/judge.json": json.dumps({"type": "object", "properties": {"answer": WORD}}),
    "mine/refute.json": json.dumps(
        {"type": "object", "properties": dict.fromkeys(("refuted", "guard", "reached_by"), WORD)}
    ),
}


def load(folder: Path, changes: Mapping[str, str | bytes | None]) -> ReportDefinition:
    files = {name: text for name, text in {**FILES, **changes}.items() if text is not None}
    write_files(folder, files)
    return load_definition(TemplateLibrary(folder), "mine")


def test_a_finder_loads_with_its_questions(tmp_path: Path) -> None:
    assert load(tmp_path, JUDGED).finder == "judged-places"


def replaced(old: str, new: str) -> dict[str, str]:
    assert old in REPORT
    return {"mine/report.toml": REPORT.replace(old, new)}


def test_a_sound_definition_loads(tmp_path: Path) -> None:
    definition = load(tmp_path, {})
    assert (definition.title, definition.summary) == ("Title", "A summary.")
    assert [question.id for question in definition.questions] == ["first", "second"]
    assert definition.page == "mine/report.md.j2"
    assert definition.longest_reply == 100
    first, second = definition.questions
    assert first.schema is not None
    assert (second.after, second.only_if, second.schema) == ("first", "yes", None)


BROKEN: dict[str, tuple[Mapping[str, str | bytes | None], str]] = {
    "no definition": ({"mine/report.toml": None}, "mine/report.toml"),
    "no TOML": (replaced("title =", "title"), "mine/report.toml"),
    "not UTF-8": ({"mine/report.toml": b"title = '\xff'"}, "mine/report.toml"),
    "no title": (replaced('title = "Title"', ""), "mine/report.toml"),
    "empty title": (replaced('"Title"', '""'), "mine/report.toml"),
    "title is a number": (replaced('"Title"', "4"), "mine/report.toml"),
    "no summary": (replaced("summary", "summarry"), "mine/report.toml"),
    "question is a text": (
        {"mine/report.toml": 'title = "T"\nsummary = "S"\nquestion = "x"\n'},
        "mine/report.toml",
    ),
    "question is one table": (
        {"mine/report.toml": 'title = "T"\nsummary = "S"\n[question]\nid = "x"\n'},
        "mine/report.toml",
    ),
    "question is a list of texts": (
        {"mine/report.toml": 'title = "T"\nsummary = "S"\nquestion = ["x"]\n'},
        "mine/report.toml",
    ),
    "no id": (replaced('id = "first"', ""), "mine/report.toml"),
    "same id twice": (replaced('id = "second"', 'id = "first"'), "first"),
    "no template": (replaced('template = "first.md.j2"', ""), "mine/report.toml"),
    "template that is not there": ({"mine/first.md.j2": None}, "mine/first.md.j2"),
    "template that does not compile": (
        {"mine/first.md.j2": "fine\n{% if %}\n"},
        "mine/first.md.j2:2",
    ),
    "template with an unknown filter": (
        {"mine/first.md.j2": "{{ 1 | nonsense }}"},
        "mine/first.md.j2:1",
    ),
    "template with a filter of pages": (
        {"mine/first.md.j2": "{{ 'x' | code_span }}"},
        "mine/first.md.j2:1",
    ),
    "template that is not UTF-8": ({"mine/first.md.j2": b"\xff\xfe"}, "mine/first.md.j2"),
    "no max_tokens": (replaced("max_tokens = 100", ""), "mine/report.toml"),
    "max_tokens of 0": (replaced("max_tokens = 100", "max_tokens = 0"), "mine/report.toml"),
    "max_tokens is a text": (replaced("= 100", '= "100"'), "mine/report.toml"),
    "max_tokens is a truth": (replaced("= 100", "= true"), "mine/report.toml"),
    "schema that is not there": ({"mine/first.json": None}, "mine/first.json"),
    "schema is no JSON": ({"mine/first.json": '{\n"type": }'}, "mine/first.json:2"),
    "schema is a list": ({"mine/first.json": "[]"}, "mine/first.json"),
    "schema is no schema": ({"mine/first.json": '{"type": "thing"}'}, "mine/first.json"),
    "schema is not UTF-8": ({"mine/first.json": b'{"\xff": 1}'}, "mine/first.json"),
    "schema is unbounded": (
        {"mine/first.json": '{"type": "object", "properties": {"yes": {"type": "string"}}}'},
        "mine/first.json:1: $.properties.yes",
    ),
    "after what is not there": (replaced('after = "first"', 'after = "zeroth"'), "zeroth"),
    "after itself": (replaced('after = "first"', 'after = "second"'), "mine/report.toml"),
    "after with another each": (
        replaced('after = "first"', 'after = "first"\neach = "places"'),
        "mine/report.toml",
    ),
    "only_if that no answer has": (replaced('only_if = "yes"', 'only_if = "no"'), "asks for no"),
    "only_if without after": (replaced('after = "first"', ""), "mine/report.toml"),
    "only_if of prose": (replaced('schema = "first.json"', ""), "mine/report.toml"),
    "a finder without its questions": (
        replaced('title = "Title"', 'title = "Title"\nfindings = "judged-places"'),
        "needs a question called judge",
    ),
    "a judge without a verdict": (JUDGED | {"mine/report.toml": WITHOUT_VERDICT}, "vulnerable"),
    "a judge that answers something else": (JUDGED | {"mine/judge.json": OTHER}, "answer"),
    "a second question that answers something else": (
        JUDGED | {"mine/refute.json": OTHER},
        "refuted",
    ),
    "a judge of other things": (JUDGED | {"mine/report.toml": OF_COMPONENTS}, "places"),
    "unknown finder": (
        replaced('title = "Title"', 'title = "Title"\nfindings = "guess"'),
        "mine/report.toml",
    ),
    "no page": ({"mine/report.md.j2": None}, "mine/report.md.j2"),
    "page with an unknown filter": (
        {"mine/report.md.j2": "\n\n{{ 1 | nonsense }}"},
        "mine/report.md.j2:3",
    ),
}


@pytest.mark.parametrize(("changes", "names"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_definition_names_its_file(
    tmp_path: Path, changes: Mapping[str, str | bytes | None], names: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        load(tmp_path, changes)
    assert names in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_every_shipped_definition_loads() -> None:
    library = TemplateLibrary()
    assert set(library.report_names()) >= {"architecture", "security-review", "documentation"}
    for name in library.report_names():
        definition = load_definition(library, name)
        assert definition.title
        assert definition.questions


def test_the_finders_that_definitions_can_name_are_there() -> None:
    assert set(FINDERS) == set(FINDERS_BY_NAME)


def test_an_unknown_report_is_named() -> None:
    with pytest.raises(TemplateError, match=r"nonsense/report\.toml"):
        load_definition(TemplateLibrary(), "nonsense")


def test_an_overlay_replaces_file_by_file(tmp_path: Path) -> None:
    write_files(tmp_path, {"architecture/report.md.j2": "Mine alone.\n"})
    library = TemplateLibrary(tmp_path)
    assert library.render("architecture/report.md.j2", {}) == "Mine alone.\n"
    assert load_definition(library, "architecture").title == (
        load_definition(TemplateLibrary(), "architecture").title
    )


def test_an_overlay_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="is not a folder"):
        TemplateLibrary(tmp_path / "nowhere")


def test_export_writes_every_file_and_overwrites_none(tmp_path: Path) -> None:
    library = TemplateLibrary()
    count = export(library, tmp_path / "mine")
    assert count == len(library.files())
    for name in library.files():
        assert (tmp_path / "mine" / name).read_text(encoding="utf-8") == library.text(name)
    with pytest.raises(TemplateError, match="is there already"):
        export(library, tmp_path / "mine")


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("{{ nothing }}", "mine/page.md.j2:1"),
        ("\n{{ facts.nothing.at_all }}", "mine/page.md.j2:2"),
        ("{{ facts.__class__.__mro__ }}", "mine/page.md.j2:1"),
        ("{{ facts.clear() }}", "mine/page.md.j2:1"),
        ("{{ 1 / 0 }}", "mine/page.md.j2:1"),
        ("{% include 'nowhere.j2' %}", "nowhere.j2"),
        ("{% for i in range(10 ** 9) %}x{% endfor %}", "mine/page.md.j2:1"),
    ],
)
def test_a_template_that_fails_when_rendered_names_file_and_line(
    tmp_path: Path, template: str, names: str
) -> None:
    write_files(tmp_path, {"mine/page.md.j2": template})
    with pytest.raises(TemplateError) as caught:
        TemplateLibrary(tmp_path).render("mine/page.md.j2", {"facts": {"repository": {}}})
    assert names in str(caught.value)
