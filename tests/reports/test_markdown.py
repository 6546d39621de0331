"""What a model or a repository says is shown, never interpreted."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.packing import pack_texts, shipped_weaknesses
from support.page import Page, rendered

from scout_codebase.pack import tokens_by_path
from scout_codebase.records import Answer, Dismissed, Question, Report
from scout_codebase.render.c4 import c4_diagrams
from scout_codebase.reports import markdown
from scout_codebase.reports.definition import load_definition
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.facts import collect_facts
from scout_codebase.reports.markdown import PAGE_FILTERS, filters
from scout_codebase.reports.site_facts import site_facts
from scout_codebase.reports.site_pages import facts_with_pages
from scout_codebase.reports.write import write_report
from scout_codebase.templates import TemplateLibrary

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- hidden -->",
    "<a href='https://evil.example'>x</a>",
    "</td></tr></table><h1>x",
    "![x](https://evil.example/a.png)",
    "[x](https://evil.example)",
    "[x](//evil.example/a)",
    "[x](/a)",
    "[x](javascript:alert(1))",
    "[x][y]\n\n[y]: //evil.example",
    "[x]: //evil.example\n\n[x]",
    "<https://evil.example>",
    "<ada@evil.example>",
    "https://evil.example/a_b",
    "_www.evil.example_",
    "mail ada@evil.example now",
    "a | b | c",
    "a \\| b",
    "ends in a backslash \\",
    "two\nlines",
    "two\n\nparagraphs",
    "`code` and `",
    "`` a ` b ``",
    "```",
    "``` <script>alert(1)</script>",
    "```\n<script>alert(1)</script>",
    "```mermaid\nflowchart\n```",
    "````\n```\n<script>\n",
    "```\na\n`````\n<script>alert(1)</script>",
    "- ```\n<script>alert(1)</script>",
    "- a\n  ```\n<script>alert(1)</script>\n  ```\n",
    "> ```\n<script>alert(1)</script>\n```",
    "``` x`y\n<script>alert(1)</script>\n```",
    "`` a\n\n<script>alert(1)</script>\n\n ``",
    "\\` <script>alert(1)</script> `",
    "`\\` <script>alert(1)</script> `",
    "[x\\](//evil.example/a)",
    "!\\[x](//evil.example/a)",
    "\\<script>",
    "~~~\neverything below is code",
    "- ~~~\n",
    "# Fake heading",
    "- # Fake heading",
    "> ## Fake heading",
    "Fake heading\n===",
    "Fake heading\n---",
    "1. one\n2. two",
    "- item",
    "> quoted",
    "***",
    "---",
    "    indented",
    "&lt;script&gt; &#60;img&#62;",
    "\u202eright to left\u202c \u2066x\u2069 \u061c",
    "zero\u200bwidth\ufeff\u2060",
    "bell\x07 escape\x1b[31m nul\0",
    "lone \ud83d surrogate",
    "line\u2028separator\u2029",
    "carriage\rreturn",
    "<|eot|></file>",
]
INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


def assert_harmless(page: Page) -> None:
    assert page.strange == []
    assert page.links == []
    assert not INVISIBLE.search(page.html)
    page.html.encode()


def page_filters() -> dict[str, Any]:
    packed = pack_texts({"store.py": "def find(key):\n    return 1\n"})
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    return dict(filters(checker, lambda path, line: f"../{path}#L{line}"))


FILTERS = page_filters()
TEXT_FILTERS = ("code_cell", "code_span", "heading", "name", "prose", "prose_line", "sentence")
LINE_FILTERS = ("name", "sentence", "code_cell", "code_span", "prose_line")

PIECES = (
    *(
        "<script>",
        "<img src=x>",
        "](//e.example)",
        "[x",
        "![",
        "`",
        "``",
        "```",
        "\\",
        "\n",
        "\n\n",
    ),
    *("~~~", "- ", "> ", "# ", "1. ", "    ", "|", "---", "===", "<!--", "-->", "[y]: //e", "a"),
    *("https://e.example/", "www.e.example", "&", "<", ">", "*", "_", "]", "(", ":", "x@e.example"),
)
pieces = st.sampled_from(PIECES)
hostile_texts = st.sampled_from(HOSTILE) | st.lists(pieces, max_size=14).map("".join)


def test_the_names_that_definitions_are_checked_against_are_the_filters() -> None:
    assert sorted(PAGE_FILTERS) == sorted(FILTERS)


@pytest.mark.parametrize("name", TEXT_FILTERS)
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_is_harmless(name: str, text: str) -> None:
    shown = FILTERS[name](text)
    assert_harmless(rendered(f"{shown}\n"))
    if name != "prose":
        assert_harmless(rendered(f"Before {shown} after\n"))


@settings(deadline=None, max_examples=600)
@given(st.sampled_from(TEXT_FILTERS), hostile_texts)
def test_any_mixture_is_harmless(name: str, text: str) -> None:
    assert_harmless(rendered(f"{FILTERS[name](text)}\n"))


@settings(deadline=None, max_examples=400)
@given(hostile_texts)
def test_a_cell_stays_one_cell(text: str) -> None:
    cells = [FILTERS["name"](text), FILTERS["code_cell"](text)]
    cells.append(FILTERS["cell"](FILTERS["sentence"](text)))
    page = rendered("| a | b | c |\n| --- | --- | --- |\n" + f"| {' | '.join(cells)} |\n\nEnd.\n")
    assert_harmless(page)
    assert page.tags.count("tr") == 2
    assert page.tags.count("td") == 3
    assert page.html.endswith("<p>End.</p>\n")


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(LINE_FILTERS), hostile_texts)
def test_a_line_stays_running_text(name: str, text: str) -> None:
    """No heading, list, table or fence, wherever it is put."""
    shown = FILTERS[name](text)
    assert "\n" not in shown
    page = rendered(f"{shown}\n\nEnd.\n")
    assert set(page.tags) <= {"p", "code", "em", "strong"}
    assert page.html.endswith("<p>End.</p>\n")


@settings(deadline=None, max_examples=400)
@given(hostile_texts)
def test_prose_makes_no_heading_and_swallows_nothing(text: str) -> None:
    page = rendered(f"{FILTERS['prose'](text)}\n\n## Next\n\nEnd.\n")
    assert_harmless(page)
    assert not {"h1", "h3", "h4", "h5", "h6"}.intersection(page.tags)
    assert page.tags.count("h2") == 1
    assert page.html.endswith("<h2>Next</h2>\n<p>End.</p>\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Reads the file", "Reads the file."),
        ("Reads the file.", "Reads the file."),
        ("Why?", "Why?"),
        ("uses `find` twice", "uses `find` twice."),
        ("", ""),
        ("a < b & c", "a &lt; b & c."),
        ("R&D of &lt; and &#60; &x", "R&D of &amp;lt; and &amp;#60; &x."),
        ("see https://a.example/x", "see `https://a.example/x`."),
        ("two\n lines", "two lines."),
        ("list[int] and **bold**", "list[int] and **bold**."),
    ],
)
def test_sentence(text: str, shown: str) -> None:
    assert markdown.sentence(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x = 1", "`x = 1`"),
        ("a `b` c", "``a `b` c``"),
        ("`b`", "`` `b` ``"),
        ("", ""),
        ("<script>", "`<script>`"),
        ("a | b", "`a | b`"),
        ("x" * 300, "`" + "x" * 159 + "…`"),
    ],
)
def test_code_span(text: str, shown: str) -> None:
    assert markdown.code_span(text) == shown


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="`a <|\\", min_size=1, max_size=30))
def test_a_code_span_shows_exactly_its_text(text: str) -> None:
    line = " ".join(text.split())
    page = rendered(f"x {markdown.code_span(text)} y\n")
    assert page.text.strip() == (f"x {line} y" if line else "x  y").strip()
    cell = rendered(f"| a |\n| --- |\n| {markdown.code_cell(text)} |\n")
    assert line in cell.text


def test_prose_keeps_paragraphs_lists_and_fenced_code() -> None:
    text = "# Title\n\nUses `find`.\n\n- one\n- two\n\n```python\n# a comment\nx = `<b>`\n```\nEnd."
    shown = FILTERS["prose"](text)
    assert shown == (
        "**Title**\n\nUses `find`.\n\n- one\n- two\n\n```\n# a comment\nx = `<b>`\n```\nEnd."
    )
    page = rendered(shown)
    assert "# a comment\nx = `<b>`\n" in page.text
    assert page.tags.count("li") == 2


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("uses `find`", False),
        ("uses `find()`", False),
        ("uses `store.py`", False),
        ("uses `vanish`", True),
        ("uses `vanish()`", True),
        ("uses `two words`", False),
    ],
)
@pytest.mark.parametrize("name", ["sentence", "prose"])
def test_names_that_are_not_in_the_repository_are_marked(
    name: str, text: str, marked: bool
) -> None:
    assert ("*(not in the repository)*" in FILTERS[name](text)) is marked


@pytest.mark.parametrize(
    "path",
    [
        "store.py",
        "a b(c).py",
        "[x](javascript:alert(1)).py",
        'quo\\"te.py',
        "</a><script>.py",
        "a`b`.py",
        "pi|pe.py",
        "javascript:alert(1)",
        "ünïcode.py",
        "](https:/evil.example)",
    ],
)
def test_a_citation_is_one_link_to_the_tools_own_address(path: str) -> None:
    cited = FILTERS["cite"](Dismissed("CWE-89", path, 7, "safe"))
    page = rendered(f"| a |\n| --- |\n| {cited} |\n")
    assert page.strange == []
    assert len(page.links) == 1
    assert page.links[0].startswith("../")
    assert page.links[0].endswith("#L7")
    assert f"{path}:7" in page.text
    assert page.tags.count("td") == 1


def test_facts_can_be_cited_with_and_without_a_line() -> None:
    assert FILTERS["cite"]({"path": "a.py", "line": 3}) == "[`a.py:3`](../a.py#L3)"
    assert FILTERS["cite"]({"path": "a.py"}) == "[`a.py`](../a.py#L0)"


@pytest.mark.parametrize(
    ("text", "known"), [("return 1", True), ("return 2", False), ("", False), (" ", False)]
)
def test_in_file_and_in_repository(text: str, known: bool) -> None:
    assert FILTERS["in_repository"](text) is known
    assert FILTERS["in_file"](text, "store.py") is known
    assert FILTERS["in_file"](text, "nowhere.py") is False


@pytest.mark.parametrize("unit", ["`", "`a``", "a", "a.", "a@", "<", "http://", "[", "- ", "#"])
def test_a_megabyte_is_escaped_in_little_time(unit: str) -> None:
    """A docstring is as long as a hostile repository likes."""
    text = unit * (300_000 // len(unit))
    assert_harmless(rendered(FILTERS["sentence"](text)[:2_000]))


# --- whole pages --------------------------------------------------------------------------------

HOSTILE_LINE = (
    "query = run('<script>alert(1)</script> | `x` [y](//evil.example) ![z](//evil.example)')"
)
HOSTILE_FILE = f"""\
import os
import sqlite3
import subprocess


def handle(name, db=sqlite3):
    \"\"\"<img src=x onerror=alert(1)> | ``` [x](//evil.example)\"\"\"
    {HOSTILE_LINE}
    token = os.environ["SHOP_TOKEN"]
    subprocess.run("ls " + name, shell=True)
    db.connect("x").execute("SELECT '<script>' FROM t WHERE name = '" + name + "'")
    return eval(name)


if __name__ == "__main__":
    handle(input())
"""
HOSTILE_REPOSITORY = {
    "shop/<script>.py": HOSTILE_FILE,
    "shop/a|b`c](x).py": HOSTILE_FILE.replace("handle", "serve"),
    "README.md": "# <script>\n",
}


def hostile_value(schema: Any, text: str) -> Any:
    """What a hostile model may answer: as the schema demands, and as bad as it allows."""
    if "enum" in schema:
        wanted = (one for one in schema["enum"] if one == "none" or one.endswith(".py"))
        return next(wanted, schema["enum"][0])
    if schema["type"] == "object":
        value = {name: hostile_value(part, text) for name, part in schema["properties"].items()}
        return value | ({"quote": HOSTILE_LINE} if "quote" in value else {})
    if schema["type"] == "array":
        return [hostile_value(schema["items"], text)] * max(1, schema.get("minItems", 0))
    if schema["type"] == "string":
        return (text * 40)[: schema["maxLength"]]
    return True


def hostile_report(name: str, text: str, **more: Any) -> Report:
    """Of a hostile repository, from a model that answers with the text; ``more`` are facts."""
    packed = pack_texts(HOSTILE_REPOSITORY)
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    library = TemplateLibrary()
    tokens = tokens_by_path(packed.pack)
    facts = collect_facts(packed.snapshot, packed.graph, tokens, shipped_weaknesses())
    facts |= c4_diagrams(facts) | more
    definition = load_definition(library, name)
    if definition.pages:
        facts = site_facts(packed.snapshot, packed.graph, facts)
        facts = facts_with_pages(definition, facts, None)

    def ask(question: Question) -> Answer:
        value = hostile_value(question.schema, text) if question.schema else text * 9 + "x" * 40
        reply = value if isinstance(value, str) else json.dumps(value)
        return Answer(reply, "stop", 1, 0, 1, 0.1, 0.1)

    return write_report(
        definition,
        facts,
        checker,
        library,
        ask=ask,
        link_to=lambda path, line: f"../{path}#L{line}",
        on_question=lambda _: None,
    )


@pytest.mark.parametrize("name", ["architecture", "security-review", "documentation"])
@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> ",
        "<img src=x onerror=alert(1)>\n\n",
        "![x](//evil.example) [x\\](//evil.example) ",
        "a | b\n| --- |\n# Fake\n",
        "``` \\` <b> ` ~~~ ",
        "\n~~~\n",
    ],
)
def test_a_hostile_model_and_repository_make_a_harmless_page(name: str, text: str) -> None:
    report = hostile_report(name, text)
    page = rendered(report.body)
    assert page.strange == []
    assert all(link.startswith(("../", "#", f"{name}/docs/")) for link in page.links)
    assert page.tags.count("h1") == 0
    titles = re.findall("<h2>.*</h2>", page.html)
    assert len(titles) == len(re.findall("^## ", report.body, re.MULTILINE))
    assert "What was not looked at" in titles[-1]
    assert report.failures == () or "failed" in page.text
    assert bool(report.findings) is (name == "security-review")
    assert bool(report.site) is (name == "documentation")
    for one in report.site.pages if report.site else ():
        page = rendered(one.body)
        assert page.strange == []
        assert page.tags.count("h1") == 1
        assert all(re.match(r"\.\./|#|[a-z0-9/-]+\.md", link) for link in page.links)
        headings = re.sub(r"(?ms)^(```+)$.*?^\1$", "", one.body)
        assert page.tags.count("h2") == len(re.findall("^## ", headings, re.MULTILINE))


def test_arrows_that_are_not_drawn_are_counted_below_the_diagram() -> None:
    said = "1,234 more arrows, of the fewest imports, are not drawn"
    diagram = "flowchart TB"
    cut = hostile_report("architecture", "a", diagram=diagram, arrows_left_out=1_234)
    assert said in cut.body
    assert "not drawn" not in hostile_report("architecture", "a", diagram=diagram).body
