"""A report with several pages: what is broken in it is found before anything is asked, by file and
line; and what a limit leaves of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.packing import Packed, pack_texts, shipped_weaknesses

from scout_codebase.errors import LimitError, TemplateError
from scout_codebase.pack import tokens_by_path
from scout_codebase.records import Answer, Ask, Question, Report
from scout_codebase.reports.definition import ReportDefinition, load_definition
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.facts import collect_facts
from scout_codebase.reports.rehearsal import rehearse
from scout_codebase.reports.schema import sample
from scout_codebase.reports.site_facts import site_facts
from scout_codebase.reports.site_pages import (
    certain_questions_of,
    facts_with_pages,
    planned_pages,
    questions_of,
)
from scout_codebase.reports.stamps import Stamps
from scout_codebase.reports.write import write_report
from scout_codebase.templates import TemplateLibrary, make_style

PACKED = pack_texts(
    {
        "shop/store.py": "def find(key):\n    return key\n",
        "web/page.py": "from shop.store import find\n\n\ndef show():\n    return find(1)\n",
    }
)


def facts_for(definition: ReportDefinition, packed: Packed = PACKED) -> dict[str, Any]:
    tokens = tokens_by_path(packed.pack)
    facts = collect_facts(packed.snapshot, packed.graph, tokens, shipped_weaknesses())
    facts = site_facts(packed.snapshot, packed.graph, facts)
    return facts_with_pages(definition, facts, None)


def checker() -> EvidenceChecker:
    return EvidenceChecker(PACKED.pack, PACKED.graph.analyses)


BROKEN = {
    "unknown field of a page": (
        *("report.toml", 'section = "How to"', 'sections = "How to"'),
        "documentation/report.toml:19: there is no field 'sections'. Did you mean section?",
    ),
    "pages of nothing": (
        *("report.toml", 'each = "start_pages"\ntemplate = "page', 'each = "x"\ntemplate = "page'),
        "documentation/report.toml:12: x is no list of pages",
    ),
    "pages of what are none": (
        *(
            "report.toml",
            'each = "overview_pages"\ntemplate = "page',
            'each = "components"\ntemplate = "page',
        ),
        "documentation/report.toml:7: components is no list of pages",
    ),
    "questions for no page": (
        *(
            "report.toml",
            'page = "component"\neach = "explained_components"',
            'page = "component"\neach = "components"',
        ),
        "the items of components do not say for which page",
    ),
    "unknown variable of a page": (
        *("page-reference.md.j2", "{% import", "{% if false %}{{ nobody }}{% endif %}{% import"),
        "documentation/page-reference.md.j2:1: there is no variable nobody",
    ),
    "unknown variable of the list": (
        *("report.md.j2", "pages | length", "answers | length"),
        "documentation/report.md.j2:2: there is no variable answers",
    ),
    "field that no answer has": (
        *("page-component.md.j2", "value.purpose |", "value.aim |"),
        "documentation/page-component.md.j2:7: ",
    ),
    "field that no page has": (
        *("page-component.md.j2", "page.files | length | plural", "page.sheets | length | plural"),
        "documentation/page-component.md.j2:13: ",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_named(tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    text = TemplateLibrary().text(f"documentation/{file}")
    assert old in text
    (tmp_path / "documentation").mkdir()
    (tmp_path / "documentation" / file).write_text(text.replace(old, new, 1))
    library = TemplateLibrary(tmp_path)
    with pytest.raises(TemplateError) as raised:
        definition = load_definition(library, "documentation")
        rehearse(definition, facts_for(definition), library, PACKED.pack)
    assert told in str(raised.value)


def ended_after(answers: int) -> tuple[Ask, list[str]]:
    """A model of which a limit allows so many answers."""
    asked: list[str] = []

    def ask(question: Question) -> Answer:
        if len(asked) == answers:
            raise LimitError("the limit is reached")
        asked.append(question.id)
        text = json.dumps(sample(question.schema)) if question.schema else "It keeps things. " * 9
        return Answer(text, "stop", 1, 0, 1, 0.1, 0.1)

    return ask, asked


def written(ask: Ask) -> Report:
    library = TemplateLibrary()
    definition = load_definition(library, "documentation")
    return write_report(
        *(definition, facts_for(definition), checker(), library, ask),
        link_to=lambda path, line: f"../{path}#L{line}",
        on_question=lambda _: None,
    )


def test_what_was_answered_before_a_limit_is_kept_and_called_incomplete() -> None:
    ask, asked = ended_after(2)
    report = written(ask)
    assert report.stopped == "the limit is reached"
    assert report.site is not None
    assert report.site.folder == "documentation.incomplete"
    assert "(documentation.incomplete/docs/index.md)" in report.body
    assert [row.id for row in report.asked if not row.failure] == asked


def test_a_limit_before_any_answer_writes_nothing() -> None:
    ask, _ = ended_after(0)
    with pytest.raises(LimitError):
        written(ask)


def test_only_what_is_asked_for_the_wanted_pages_counts() -> None:
    library = TemplateLibrary()
    definition = load_definition(library, "documentation")
    facts = facts_for(definition)

    def names(only: tuple[str, ...] | None) -> list[str]:
        rows = certain_questions_of(definition, facts, library, only, None)
        return [row.id.removeprefix("documentation/") for row in rows]

    outline = ["parts/1", "guides"]
    assert names(("components/shop",)) == [*outline, "component/shop"]
    assert names(()) == outline
    assert {*outline, "component/shop", "component/web", "overview", "steps"} < set(names(None))


def test_how_to_write_makes_no_page_stale() -> None:
    stamps = []
    for style in (None, make_style("de", "new colleagues", "long")):
        library = TemplateLibrary(None, style)
        definition = load_definition(library, "documentation")
        facts = facts_for(definition)
        pages = planned_pages(definition, facts)
        assert any(list(questions_of(definition, page, facts)) for page in pages)
        of = Stamps(definition, facts, checker(), library, pages)
        stamps.append([(of.templates(page), of.shown(page)) for page in pages])
    assert stamps[0] == stamps[1]
