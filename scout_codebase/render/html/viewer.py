"""Pictures that can be panned, zoomed and searched where scripts run, and read as a table where
they cannot be seen."""

from __future__ import annotations

from collections.abc import Sequence

from scout_codebase.render.html.page import short, text


def viewer(svg: str, name: str, note: str, table: str) -> str:
    """A picture with its tools, which a script shows. ``note`` and ``table`` are HTML."""
    label = text(f"{name}: arrow keys pan, plus and minus zoom, 0 shows all")
    return (
        '<figure class="viewer" data-viewer><div class="tools" hidden>'
        f'<label class="field">Find <input type="search" aria-label="Find in: {text(name)}" '
        'autocomplete="off" spellcheck="false"></label>'
        '<span class="zoom"><button type="button" data-zoom="in" aria-label="Zoom in">+</button>'
        '<button type="button" data-zoom="out" aria-label="Zoom out">−</button>'
        '<button type="button" data-zoom="all">Show all</button></span>'
        '<output role="status"></output></div>'
        f'<div class="stage" tabindex="0" role="group" aria-label="{label}">{svg}</div>'
        f"<figcaption>{note}</figcaption>"
        f"<details><summary>{text(name)} as a table</summary>{table}</details></figure>\n"
    )


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Numbers get their thousands told apart; the first cell of a row is its head."""
    head = "".join(f'<th scope="col">{text(cell)}</th>' for cell in heads)
    body = "".join(
        f'<tr><th scope="row">{_cell(row[0])}</th>'
        + "".join(f"<td{_kind(cell)}>{_cell(cell)}</td>" for cell in row[1:])
        + "</tr>\n"
        for row in rows
    )
    label = text(caption)
    return (
        f'<div class="wide" role="group" aria-label="{label}" tabindex="0">'
        f'<table class="rows"><caption>{label}</caption><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>\n"
    )


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else text(short(str(value), 400))


def _kind(value: object) -> str:
    return ' class="number"' if isinstance(value, int) else ""
