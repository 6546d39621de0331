"""What an HTML page holds, and what it is made of."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from scout_codebase.pack import tokens_by_path
from scout_codebase.records import Report
from scout_codebase.render.c4 import c4_diagrams
from scout_codebase.render.html import Overview
from support.findings import facts_of
from support.packing import Packed, pack_texts

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
RUNS_OR_LOADS = frozenset(
    ("img", "link", "iframe", "object", "embed", "base", "audio", "video", "source", "use", "image")
)


class Tags(HTMLParser):
    """Every element with its attributes, and the text outside styles and scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._raw = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._raw = tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._raw = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._raw else data

    def names(self) -> set[str]:
        return {tag for tag, _ in self.found}

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]

    def with_class(self, name: str) -> list[dict[str, str | None]]:
        return [row for _, row in self.found if name in (row.get("class") or "").split()]


def assert_harmless(page: str) -> None:
    """Nothing in the page but our one script can run, and nothing is loaded."""
    tags = Tags(page)
    assert tags.names().isdisjoint(RUNS_OR_LOADS)
    assert page.count("<script") == 1
    for _, attributes in tags.found:
        assert not any(name.startswith("on") or name in ("src", "style") for name in attributes)
        for name in ("href", "xlink:href", "action", "formaction"):
            address = attributes.get(name) or "#"
            assert address.startswith(("#", "https://", "./")) or address.endswith(
                (".html", ".md", ".json", ".sarif")
            )
            assert ":" not in address.removeprefix("https://")


def overview_of(packed: Packed | None = None, **more: Any) -> Overview:
    """Of an empty repository where none is given; ``more`` takes the place of its facts."""
    read = packed or pack_texts({"a.py": "x = 1\n"})
    facts = facts_of(read)
    return Overview(
        read.snapshot,
        {**facts, **c4_diagrams(facts), **more},
        tokens_by_path(read.pack),
        lambda path, line: f"../shop/{path}#L{line}",
    )


def page_of_findings(report: Report) -> str:
    """As the shipped template has it."""
    findings = list(enumerate(report.findings, 1))
    rows = "".join(
        f"| [{n}](#finding-{n}) | {one.severity} | {one.title} | `{one.evidence[-1].path}` |\n"
        for n, one in findings
    )
    sections = "".join(
        f'## {n}. {one.title} ({one.rule}) <a id="finding-{n}"></a>\n\nWhy {n}.\n\n'
        "| step | where | code |\n| --- | --- | --- |\n"
        + "".join(f"| place | `x` | `{row.quote}` |\n" for row in one.evidence)
        + f"\n**Fix.** Mend {n}.\n\n"
        for n, one in findings
    )
    table = f"| # | severity | weakness | where |\n| --- | --- | --- | --- |\n{rows}"
    return f"# Review\n\n**Some**\n\n{table}\n{sections}## What was looked for\n\nMuch.\n"
