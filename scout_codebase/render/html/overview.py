"""What the pages draw of the repository itself: its parts, where its tokens are, what was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scout_codebase.frame import prompt_path
from scout_codebase.languages.detect import detect
from scout_codebase.records import Omission, Snapshot
from scout_codebase.render.c4 import component_diagram, context_diagram, to_mermaid
from scout_codebase.render.html.drawing import diagram_svg
from scout_codebase.render.html.page import text
from scout_codebase.render.html.treemap import MappedFile, colours, treemap
from scout_codebase.render.html.viewer import table, viewer
from scout_codebase.render.links import LinkTo

_MOST_LISTED = 60  # files of the table beside the map
_MOST_OMITTED = 200


@dataclass(frozen=True)
class Overview:
    """``facts`` are those that templates see, ``tokens`` those of each packed path."""

    snapshot: Snapshot
    facts: Mapping[str, Any]
    tokens: Mapping[str, int]
    link_to: LinkTo

    @cached_property
    def component_of(self) -> Mapping[str, str]:
        return {path: row["name"] for row in self.facts["components"] for path in row["paths"]}

    @cached_property
    def drawings(self) -> Mapping[str, str]:
        """HTML by the text of the diagram that it draws."""
        context = context_diagram(self.facts)
        name = "The system and what is around it"
        found = {
            to_mermaid(component_diagram(self.facts)): self.dependencies(),
            to_mermaid(context): f'<div class="stage">{diagram_svg(context, name)}</div>\n',
        }
        return {mermaid.strip(): html for mermaid, html in found.items() if mermaid}

    def dependencies(self, note: str = "") -> str:
        """The diagram of the components, "" where there is none."""
        svg = diagram_svg(component_diagram(self.facts), "Dependencies between components")
        if not svg:
            return ""
        rows = [
            (
                row["name"],
                len(row["paths"]),
                row["lines"],
                row["tokens"],
                ", ".join(row["uses"]) or "—",
                ", ".join(row["used_by"]) or "—",
            )
            for row in self.facts["components"]
        ]
        heads = ("Component", "Files", "Lines", "Tokens", "Uses", "Used by")
        return viewer(svg, "Dependencies", note, table("Components", heads, rows))

    @cached_property
    def token_map(self) -> str:
        """The picture, its legend and its table."""
        files = self._files
        rows = [
            (file.path, file.language, file.tokens, _share(file.tokens, files))
            for file in sorted(files, key=lambda row: (-row.tokens, row.path))[:_MOST_LISTED]
        ]
        title = "Files" if len(rows) == len(files) else f"The {len(rows)} largest files"
        listed = table(title, ("File", "Language", "Tokens", "Share"), rows)
        svg = treemap(files, "Tokens by folder and file")
        return viewer(svg, "Token map", _legend(files), listed)

    @cached_property
    def _files(self) -> list[MappedFile]:
        files = []
        for file in self.snapshot.files:
            spec = detect(file.path, file.text)
            language, tokens = spec.name if spec else "text", self.tokens.get(file.path, 0)
            files.append(MappedFile(prompt_path(file.path), tokens, language))
        return files


def _legend(files: Sequence[MappedFile]) -> str:
    """The languages by colour; those that share one are the rest."""
    tokens: Counter[str] = Counter()
    names: dict[int, str] = {}
    colour_of = colours(files)
    for name, colour in colour_of.items():
        names[colour] = "others" if colour in names else name
    for file in files:
        tokens[names[colour_of[file.language]]] += file.tokens
    rows = "".join(
        f'<li><span class="swatch l{colour}"></span>{text(name)} '
        f'<span class="count">{tokens[name]:,}</span></li>'
        for colour, name in sorted(names.items())
    )
    return f'<ul class="legend" aria-label="Tokens by language">{rows}</ul>'


def _share(tokens: int, files: Sequence[MappedFile]) -> str:
    whole = sum(file.tokens for file in files)
    return f"{tokens / whole:.1%}" if whole else "—"


def omitted(omissions: Sequence[Omission]) -> str:
    """By reason, and the paths; "" where everything was read."""
    if not omissions:
        return ""
    paths = Counter(str(row.reason) for row in omissions)
    sizes: Counter[str] = Counter()
    for row in omissions:
        sizes[str(row.reason)] += row.size
    reasons = sorted(paths, key=lambda name: (-paths[name], name))
    rows = [(name, paths[name], sizes[name]) for name in reasons]
    listed = [
        (prompt_path(row.path), f"{row.reason} ({row.detail})" if row.detail else str(row.reason))
        for row in omissions[:_MOST_OMITTED]
    ]
    title = f"The {'first ' if len(listed) < len(omissions) else ''}{len(listed)} of them"
    return (
        f"{table('Not read, by reason', ('Reason', 'Paths', 'Bytes'), rows)}"
        f"<details><summary>{title}</summary>"
        f"{table('Paths that were not read', ('Path', 'Reason'), listed)}</details>\n"
    )
