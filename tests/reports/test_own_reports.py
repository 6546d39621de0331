"""A report of the user's own: made by a command, run at once, and refused before anything is sent
where it is broken, by file and line. docs/prompts.md is read for its example and its lists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engines.scripted_server import ScriptedServer
from support.command_line import Run, answers_soundly, assert_one_line, server_of
from support.packing import pack_texts, shipped_weaknesses
from support.repositories import write_files

from scout_codebase.pack import tokens_by_path
from scout_codebase.render.c4 import c4_diagrams
from scout_codebase.reports.definition import (
    PAGE_VARIABLES,
    QUESTION_VARIABLES,
    SITE_PAGE_VARIABLES,
    SITE_VARIABLES,
    fields_of,
)
from scout_codebase.reports.facts import collect_facts
from scout_codebase.reports.markdown import SITE_FILTERS
from scout_codebase.templates import Style, TemplateLibrary
from scout_codebase.templates.positions import json_line, toml_line
from scout_codebase.templates.sandbox import OWN_FILTERS

DOCS = (Path(__file__).parents[2] / "docs" / "prompts.md").read_text(encoding="utf-8")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with server_of("none").running() as scripted:
        scripted.answers = answers_soundly
        yield scripted


def test_a_new_report_runs_at_once(
    run: Run, shop: Path, server: ScriptedServer, tmp_path: Path
) -> None:
    folder = tmp_path / "my prompts"
    made = run("prompts", "new", "on-call", "--prompts", folder)
    assert made.code == 0, made.err
    assert f"--report on-call --prompts '{folder}'" in made.err
    assert sorted(path.name for path in (folder / "on-call").iterdir()) == [
        *("failures.json", "failures.md.j2", "overview.md.j2", "report.md.j2", "report.toml"),
    ]
    assert b"on-call: " in run("prompts", "list", "--prompts", folder).out
    options = ("--report", "on-call", "--prompts", folder, "--base-url", server.base_url)
    result = run(shop, *options)
    assert result.code == 0, result.err
    page = Path("scout-report/on-call.md").read_text()
    assert page.startswith("# On call — ")
    assert "`return eval(key)[:limit]`" in page
    assert json.loads(Path("scout-report/on-call.json").read_text())["complete"]


def test_a_dry_run_finds_what_is_broken(run: Run, shop: Path) -> None:
    assert run("prompts", "new", "mine", "--prompts", "own").code == 0
    Path("own/mine/report.md.j2").write_text("{{ answers.overview[0].nothing }}\n")
    options = ("--report", "mine", "--prompts", "own")
    assert_one_line(run(shop, *options, "--dry-run"), 2, "mine/report.md.j2:1")


def test_without_a_folder_it_is_made_in_the_users_own(run: Run, tmp_path: Path) -> None:
    assert run("prompts", "new", "mine").code == 0
    assert (tmp_path / "config" / "scout-review" / "prompts" / "mine" / "report.toml").is_file()
    assert_one_line(run("prompts", "new", "mine"), 2, "There is a mine already")


@pytest.mark.parametrize("name", ["architecture", "probe", "ask", "../x", "a/b", "A", "", "_new"])
def test_a_name_that_is_taken_or_none_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    assert run("prompts", "new", name, "--prompts", tmp_path / "p").code == 2
    assert not (tmp_path / "p").exists()


Break = Callable[[str], str]


def put(old: str, new: str) -> Break:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


BROKEN: dict[str, tuple[str, Break, str]] = {
    "TOML": ("report.toml", put('summary = "', "summary = "), "mine/report.toml:4: "),
    "unknown field": (
        "report.toml",
        put("summary =", "summarry ="),
        "mine/report.toml:4: there is no field 'summarry'. Did you mean summary?",
    ),
    "unknown field of a question": (
        "report.toml",
        put("max_tokens = 250", "max_token = 250"),
        "mine/report.toml:10: there is no field 'max_token'",
    ),
    "no id": ("report.toml", put('id = "overview"\n', ""), "mine/report.toml:7: 'id' is missing"),
    "limit too small": (
        "report.toml",
        put("max_tokens = 660", "max_tokens = 300"),
        "mine/report.toml:18: 300 tokens are too few for question failures",
    ),
    "limit too small for prose": (
        "report.toml",
        put("max_tokens = 250", "max_tokens = 5"),
        "mine/report.toml:10: 5 tokens are too few",
    ),
    "each of nothing": (
        "report.toml",
        put('"code_components"', '"nonsense"'),
        "mine/report.toml:13: failures is asked for each of nonsense",
    ),
    "each of no list": (
        "report.toml",
        put('"code_components"', '"repository"'),
        "mine/report.toml:13: repository is no list",
    ),
    "Jinja syntax": (
        "overview.md.j2",
        lambda text: f"{text}{{% if %}}",
        "mine/overview.md.j2:2: ",
    ),
    "undefined variable": (
        "overview.md.j2",
        lambda text: f"{text}\n{{% if false %}}{{{{ nobody }}}}{{% endif %}}",
        "mine/overview.md.j2:3: there is no variable nobody",
    ),
    "undefined fact": (
        "failures.md.j2",
        put("{{ item.name }}", "{{ facts.nothing.at_all }}"),
        "mine/failures.md.j2:1: ",
    ),
    "undefined variable of the page": (
        "report.md.j2",
        lambda text: f"{{% if false %}}{{{{ nobody }}}}{{% endif %}}\n{text}",
        "mine/report.md.j2:1: there is no variable nobody",
    ),
    "field that no answer has": (
        "report.md.j2",
        put("row.what | sentence", "row.who | sentence"),
        "mine/report.md.j2:16: ",
    ),
    "question that is not asked": (
        "report.md.j2",
        put("answers.overview[0]", "answers.opening[0]"),
        "mine/report.md.j2:2: ",
    ),
    "unknown filter": (
        "report.md.j2",
        put("| prose", "| prosaic"),
        "mine/report.md.j2:4: ",
    ),
    "JSON": ("failures.json", put('"minItems": 0,', '"minItems": ,'), "mine/failures.json:5: "),
    "no schema": (
        "failures.json",
        put('"minItems": 0', '"minItems": "none"'),
        "mine/failures.json:5: ",
    ),
    "unbounded string": (
        "failures.json",
        put(', "maxLength": 120', ""),
        "mine/failures.json:12: $.properties.failures.items.properties.quote needs a maxLength",
    ),
    "unbounded list": (
        "failures.json",
        put(', "maxItems": 3', ""),
        "mine/failures.json:4: $.properties.failures needs maxItems",
    ),
    "list that there is not": (
        "failures.json",
        put('"@paths"', '"@files"'),
        "mine/failures.json:11: there is no list @files",
    ),
}


@pytest.mark.parametrize(("file", "change", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_named_before_anything_is_sent(
    run: Run, shop: Path, server: ScriptedServer, file: str, change: Break, told: str
) -> None:
    assert run("prompts", "new", "mine", "--prompts", "own").code == 0
    path = Path("own/mine", file)
    path.write_text(change(path.read_text()))
    options = ("--report", "mine", "--prompts", "own", "--base-url", server.base_url)
    assert_one_line(run(shop, *options), 2, told)
    assert server.chats == []
    assert not Path("scout-report/mine.md").exists()


def test_the_line_of_a_key() -> None:
    toml = 'a = 1\n\n[[question]]\nid = "x"\n\n[[question]]\n"id" = "y"\nmax_tokens = 1\n'
    assert [toml_line(toml, None, "a"), toml_line(toml, 0, "id"), toml_line(toml, 1, "id")] == [
        *(1, 4, 7)
    ]
    assert (toml_line(toml, 1, "max_tokens"), toml_line(toml, 0, "max_tokens")) == (8, 3)
    text = '{\n "a": {"b": [1,\n {"c": 2}]},\n "b": 3\n}'
    assert json_line(text, ("b",)) == 4
    assert json_line(text, ("a", "b", 1, "c")) == 3
    assert json_line(text, ("a", "nothing")) == 2


# --- the documentation --------------------------------------------------------------------------


def files_of_the_docs() -> dict[str, str]:
    """Each fenced block that the line ``**`path`**`` announces."""
    found = re.findall(
        r"^\*\*`([\w./-]+)`\*\*\n\n```\w*\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL
    )
    return dict(found)


def test_the_example_of_the_docs_runs(
    run: Run, shop: Path, server: ScriptedServer, tmp_path: Path
) -> None:
    files = files_of_the_docs()
    names = {name.split("/")[1] for name in files}
    assert names == {"onboarding"}
    assert len(files) >= 4
    write_files(tmp_path, files)
    folder = tmp_path / next(iter(files)).split("/")[0]
    options = ("--report", "onboarding", "--prompts", folder, "--base-url", server.base_url)
    result = run(shop, *options)
    assert result.code == 0, result.err
    page = Path("scout-report/onboarding.md").read_text()
    assert "{{" not in page
    assert "[`shop/store.py:2`]" in page


def listed(heading: str) -> set[str]:
    """The names in the first column of the table under a heading."""
    _, _, section = DOCS.partition(f"\n## {heading}\n")
    assert section, heading
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", section.partition("\n## ")[0], re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_the_docs_list_every_variable_and_filter_and_no_other() -> None:
    style = set(Style().variables)
    assert listed("What a question sees") == {*QUESTION_VARIABLES, *style}
    of_pages = {*PAGE_VARIABLES, *SITE_VARIABLES, *SITE_PAGE_VARIABLES}
    assert listed("What a page sees") == of_pages - {"facts"}
    assert listed("Filters") == {*SITE_FILTERS, *OWN_FILTERS}
    made = pack_texts({"a.py": "def f():\n    return 1\n"})
    facts = collect_facts(
        made.snapshot, made.graph, tokens_by_path(made.pack), shipped_weaknesses()
    )
    assert listed("Facts") == facts.keys() | c4_diagrams(facts).keys()
    report, question, page = fields_of()
    assert listed("report.toml") == report | question | page


def test_the_docs_name_the_files_that_there_are() -> None:
    known = set(TemplateLibrary().files())
    for name in re.findall(r"`((?:_shared|ask|probe|architecture|security-review)/[\w.-]+)`", DOCS):
        assert name in known
