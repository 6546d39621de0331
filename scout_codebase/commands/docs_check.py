"""``scout-review docs-check``: which pages of the documentation are stale, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scout_codebase.commands.common import packed_of
from scout_codebase.options import (
    Command,
    examples,
    format_option,
    model_option,
    out_option,
    prompts_option,
    quiet_option,
    repository_argument,
    selection_options,
)

if TYPE_CHECKING:
    from scout_codebase.records import StalePage


@click.command(
    "docs-check",
    cls=Command,
    short_help="Say which pages of the documentation are stale, and why.",
    epilog=examples("docs-check ./repo", "docs-check ./repo --out docs --format json"),
)
@repository_argument
@out_option
@selection_options
@model_option
@prompts_option
@format_option("text", "json")
@quiet_option
def docs_check(repository: str, **options: Any) -> int:
    """Say which pages of the documentation in the report folder no longer are what would be written
    of REPO now, and why: files, templates or, with --model, the model. Asks no model. Exit codes: 0
    none is stale; 1 some are, and 'review --refresh' writes them; 2 there is no documentation."""
    stale = _stale(repository, options)
    for line in _lines(stale, options["output_format"]):
        click.echo(line)
    return 1 if any(stale.values()) else 0


def _stale(repository: str, options: Mapping[str, Any]) -> dict[str, list[StalePage]]:
    """By the name of the report."""
    from scout_codebase.documenting import stale_in
    from scout_codebase.errors import UsageError
    from scout_codebase.preparing import review_facts
    from scout_codebase.render.site import read_record
    from scout_codebase.reports.definition import load_definition
    from scout_codebase.templates import TemplateLibrary

    out: Path = options["out"]
    library = TemplateLibrary(options["prompts"])
    definitions = [load_definition(library, name) for name in library.report_names()]
    records = {
        row.name: (row, record)
        for row in definitions
        if row.pages and (record := read_record(out / row.name))
    }
    if not records:
        raise UsageError(
            f"There is no documentation in {out}",
            remedy="Write it: scout-review REPO --report documentation; or name its --out.",
        )
    packed, _ = packed_of(repository, options, detailed=True)
    facts = review_facts(packed, library, [row for row, _ in records.values()])
    return {
        name: stale_in(out, row, record, packed, facts, library, options["model"])
        for name, (row, record) in records.items()
    }


def _lines(stale: Mapping[str, list[StalePage]], form: str) -> list[str]:
    from scout_codebase.progress import printable

    if form == "json":
        rows = [
            {"report": name, "page": page.path, "reasons": list(page.reasons), "gone": page.gone}
            for name, pages in stale.items()
            for page in pages
        ]
        return [json.dumps({"stale": rows}, indent=2)]
    return [
        printable(f"{page.path}: {'; '.join(page.reasons)}")
        for pages in stale.values()
        for page in pages
    ]
