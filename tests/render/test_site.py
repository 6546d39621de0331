"""The folder of a site: whatever files and titles hold, it is shown, and nothing of it acts."""

from __future__ import annotations

import re

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support.page import rendered

from scout_codebase.records import PageRecord, SourceFile
from scout_codebase.render.site import (
    generator_configuration,
    llms_text,
    source_page,
    source_text,
)

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


def page(path: str, title: str, section: str = "", summary: str = "") -> PageRecord:
    return PageRecord(path, title, section, summary, "1", "m", {}, "", "")


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS, TEXTS)
def test_any_title_stands_in_the_navigation(name: str, first: str, second: str) -> None:
    pages = [page("index.md", first), page("a/b.md", second, "How to"), page("c.md", "C")]
    data = yaml.safe_load(generator_configuration(name, pages))
    assert data["site_name"] == name
    assert data["nav"] == [{first: "index.md"}, {"How to": [{second: "a/b.md"}]}, {"C": "c.md"}]
    assert data["theme"] == {"name": "mkdocs"}


def test_pages_of_one_section_are_listed_together() -> None:
    pages = [page("index.md", "A", "", "What."), page("x/b.md", "[B]", "X"), page("c.md", "C")]
    assert llms_text("shop", pages, "docs/", ".md") == (
        "# shop\n\n> What.\n\n## Pages\n\n- [A](docs/index.md): What.\n- [C](docs/c.md)\n\n"
        "## X\n\n- [(B)](docs/x/b.md)\n"
    )


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/pre`&;[](!\n\r\t ab\x00\x1b\u202e|#*_"), max_size=60))
def test_a_source_is_shown_line_by_line_and_nothing_in_it_acts(text: str) -> None:
    file = SourceFile("a.py", "0" * 40, len(text), text)
    source = rendered(source_text("a<b>`.py", file))
    assert source.strange == []
    assert source.links == []
    assert sorted(set(source.tags)) == ["a", "code", "h1", "pre"]
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    assert re.findall(r'id="L(\d+)"', source.html) == [str(n + 1) for n in range(len(lines))]


@given(TEXTS.filter(bool), TEXTS.filter(bool))
def test_every_file_has_a_page_of_its_own_within_the_folder(first: str, second: str) -> None:
    one, other = source_page(first), source_page(second)
    assert (one == other) is (first == second)
    assert re.fullmatch(r"source/[A-Za-z0-9._/-]*\.md", one)
    assert not re.search(r"(?:^|/)\.", one)
