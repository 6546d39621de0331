"""The facts of a report that is a site: the items that its pages and their questions are made for.

An item has a ``page`` (the path of its page); that of a page also has a ``title`` and the ``files``
that the page is made from. Nothing here depends on the model: what an outline adds is in
``outline.py``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from scout_codebase.languages.paths import is_test
from scout_codebase.languages.visibility import public_symbols
from scout_codebase.records import DependencyGraph, Snapshot, Symbol
from scout_codebase.reports.components import component_of
from scout_codebase.reports.configuration import configuration_facts
from scout_codebase.reports.evidence import symbol_reference
from scout_codebase.reports.shown import shown
from scout_codebase.reports.starting import starting_facts
from scout_codebase.reports.usage import Usage, raw_paths

Facts = dict[str, Any]
Row = dict[str, Any]

OVERVIEW, START, CONFIGURATION = "index.md", "getting-started.md", "configuration.md"
_MOST_KEYS = 6  # definitions that the page of a component explains
_MOST_USES = 2
_MOST_NOTES = 6
_MOST_GUIDES = 6
_MOST_IN_OUTLINE = 8  # components in one question
_MOST_CHOICES = 60  # definitions that a guide can be about


def slug(text: str) -> str:
    """A name as a part of an address: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "root"


def slugs(names: Sequence[str]) -> dict[str, str]:
    """A different one for each name; where two would be alike, or could be taken for the page of a
    folder, all but the first bear a digest."""
    taken = {"index", "readme"}
    found: dict[str, str] = {}
    for name in names:
        short = slug(name)[:60].strip("-")
        if short in taken:
            short = f"{short}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:6]}"
        taken.add(short)
        found[name] = short
    return found


def site_facts(snapshot: Snapshot, graph: DependencyGraph, facts: Facts) -> Facts:
    """``facts`` with what the pages need. ``objects`` maps each packed path to git's id of it."""
    usage = Usage(snapshot, graph)
    raw = raw_paths(snapshot)
    names = slugs([row["name"] for row in facts["components"]])
    alone = sum(row["is_code"] for row in facts["components"]) == 1
    top = facts["repository"]["name"] if alone else "Top of the repository"
    components = [
        {
            **_component(row, names, graph, usage, raw),
            **({"title": top} if row["name"] == "." else {}),
        }
        for row in facts["components"]
    ]
    homes = {shown(path): shown(name) for path, name in component_of(graph).items()}
    start = starting_facts(snapshot)
    reference = [row for row in map(_reference_page, components) if row["rows"]]
    has_reference = {row["page"] for row in reference}
    candidates = _candidates(components)
    found = {
        **start,
        **configuration_facts(snapshot, graph, CONFIGURATION, facts["environment_groups"]),
        "objects": {shown(file.path): file.object_id for file in snapshot.files},
        "overview_pages": [
            {"page": OVERVIEW, "title": "Overview", "files": start["start_files"], "id": ""}
        ],
        "start_pages": [
            {"page": START, "title": "Getting started", "files": start["start_files"], "id": ""}
        ],
        "component_pages": components,
        "component_of": {page["name"]: page for page in components},
        "explained_components": _most_used_first([row for row in components if row["is_code"]]),
        "reference_pages": reference,
        "explained_files": [
            {**row, "page": page}
            for row in facts["documented_files"]
            for page in [f"reference/{names.get(homes.get(row['path'], ''), '')}.md"]
            if row["symbol_names"] and page in has_reference
        ],
        "outline_groups": _outline_groups(components),
        "guide_choices": [row["definition"] for row in candidates[:_MOST_CHOICES]],
        "guide_candidates": {row["definition"]: row for row in candidates},
        "most_guides": _MOST_GUIDES,
    }
    return {**facts, **found}


def _component(
    row: Row, names: Mapping[str, str], graph: DependencyGraph, usage: Usage, raw: Mapping[str, str]
) -> Row:
    name, paths = row["name"], [raw[path] for path in row["paths"]]
    public = {
        path: public_symbols(path, analysis, usage.text(path))
        for path in paths
        if (analysis := graph.analyses.get(path)) and not is_test(path)
    }
    keys = _keys(public, usage)
    return {
        "page": f"components/{names[name]}.md",
        "reference": f"reference/{names[name]}.md" if any(public.values()) else "",
        "id": name,
        "name": name,
        "title": name,
        "files": row["paths"],
        "is_code": row["is_code"],
        "languages": sorted({graph.analyses[path].language for path in public}),
        "uses": row["uses"],
        "used_by": row["used_by"],
        "public": {
            shown(path): [
                {
                    **_symbol(path, symbol),
                    "member": symbol.name in members,
                    "order": _by_use(path, symbol, usage),
                }
                for symbol in symbols
            ]
            for path, symbols in public.items()
            for members in [_members(symbols)]
        },
        "key_symbols": keys,
        "key_definitions": [key["definition"] for key in keys] or row["definitions"][:_MOST_KEYS],
        "notes": usage.notes(paths, _MOST_NOTES),
    }


def _keys(public: Mapping[str, Sequence[Symbol]], usage: Usage) -> list[Row]:
    """The definitions that matter most: those that others use, in the files that most others
    import; types before functions, and no members."""
    ranked = sorted(
        (
            (_by_use(path, symbol, usage), path, symbol)
            for path, symbols in public.items()
            for members in [_members(symbols)]
            for symbol in symbols
            if symbol.name not in members
        ),
        key=lambda row: row[0],
    )
    rows: dict[str, Row] = {}
    for _, path, symbol in ranked:
        if len(rows) == _MOST_KEYS:
            break
        key = _symbol(path, symbol)
        rows.setdefault(key["definition"], {**key, "uses": usage.of(path, symbol, _MOST_USES)})
    return list(rows.values())


def _by_use(path: str, symbol: Symbol, usage: Usage) -> tuple[int, int, str, bool, int]:
    """Those first that most files use; of as many, those of the file that most import."""
    used, imported = usage.weight(path, symbol), usage.importers(path)
    return -used, -imported, path, symbol.kind == "function", symbol.start_line


def _members(symbols: Sequence[Symbol]) -> set[str]:
    """The names of what belongs to another definition: methods, and what is defined inside another
    definition of the file. What is assigned to ``exports`` does not."""
    names = {symbol.name for symbol in symbols}
    methods = {symbol.name for symbol in symbols if symbol.kind == "method"}
    return {name for name in names if name in methods or name.rpartition(".")[0] in names}


def _symbol(path: str, symbol: Symbol) -> Row:
    return {
        "path": shown(path),
        "name": symbol.name,
        "kind": symbol.kind,
        "line": symbol.start_line,
        "end_line": symbol.end_line,
        "signature": symbol.signature,
        "docstring": symbol.docstring,
        "definition": symbol_reference(shown(path), symbol),
    }


def _most_used_first(components: Sequence[Row]) -> list[Row]:
    return sorted(components, key=lambda row: (-len(row["used_by"]), row["name"]))


def _reference_page(component: Row) -> Row:
    rows = [
        {"path": path, "symbols": symbols, "count": len(symbols)}
        for path, symbols in component["public"].items()
        if symbols
    ]
    return {
        "page": component["reference"],
        "id": component["id"],
        "name": component["name"],
        "title": component["title"],
        "component": component["page"],
        "files": [row["path"] for row in rows],
        "rows": rows,
    }


def _outline_groups(components: Sequence[Row]) -> list[Row]:
    """Some components a question, as many as a model keeps apart."""
    names = [row["name"] for row in components if row["is_code"]]
    files = {row["name"]: row["files"] for row in components}
    return [
        {
            "id": str(start // _MOST_IN_OUTLINE + 1),
            "names": group,
            "components": [{"name": name, "files": files[name][:12]} for name in group],
        }
        for start in range(0, len(names), _MOST_IN_OUTLINE)
        for group in [names[start : start + _MOST_IN_OUTLINE]]
    ]


def _candidates(components: Sequence[Row]) -> list[Row]:
    """What guides can be about: public definitions that are no members, those first that examples,
    tests and other files use most; of as many, functions, as they do something."""
    rows = [
        ((key["order"][0], key["kind"] != "function", key["order"]), key)
        for component in components
        if component["is_code"]
        for symbols in component["public"].values()
        for key in symbols
        if not key["member"]
    ]
    first: dict[str, Row] = {}
    for _, key in sorted(rows, key=lambda row: row[0]):
        first.setdefault(key["definition"], key)
    return list(first.values())
