"""``scout-review languages``: what is resolved of each language."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from scout_codebase.options import Command, examples, format_option


@click.command(
    cls=Command,
    short_help="Say which imports are resolved, by language.",
    epilog=examples("languages", "languages --format json | jq '.[] | select(.resolved)'"),
)
@format_option("table", "json")
def languages(output_format: str) -> None:
    """Say which imports of each language are resolved, and which are not. Files of every other
    language are packed as text."""
    from scout_codebase.languages.table import LANGUAGES

    rows = [
        {
            "language": spec.name,
            "title": spec.title,
            "extensions": list(spec.extensions),
            "file_names": list(spec.file_names),
            "parsed": spec.grammar is not None,
            "resolved": spec.resolved,
            "unresolved": spec.unresolved,
        }
        for spec in LANGUAGES
    ]
    if output_format == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    for line in _lines(rows):
        click.echo(line)


def _lines(rows: list[dict[str, object]]) -> Iterator[str]:
    for row in rows:
        if row["resolved"]:
            yield f"{row['title']}"
            yield from _wrapped("resolved:     ", str(row["resolved"]))
            yield from _wrapped("not resolved: ", str(row["unresolved"]))
    known = ", ".join(str(row["title"]) for row in rows if not row["resolved"])
    yield from _wrapped("Known by name only: ", known, indent="")


def _wrapped(label: str, text: str, indent: str = "  ") -> Iterator[str]:
    import textwrap

    yield from textwrap.wrap(
        text, 96, initial_indent=indent + label, subsequent_indent=indent + " " * len(label)
    )
