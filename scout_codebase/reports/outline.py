"""The outline of a site: what the model proposes, held against the graph before any page is asked
for. Every component has a page, and no page is without files: what the model leaves out is added,
what it makes up is left out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from scout_codebase.reports.ask import CheckedAnswer, values
from scout_codebase.reports.site_facts import Facts, slugs

_WORD = re.compile(r"[A-Z][a-z]{2,}|[a-z]{3,}|[A-Z]{3,}|[^\W\d_a-zA-Z]{2,}")
_LONGEST_STEM = 5
_MEAN_NOTHING = frozenset(
    (
        *("and", "are", "base", "can", "code", "file", "files", "for", "from", "function", "how"),
        *("into", "its", "new", "that", "the", "their", "this", "use", "used", "using", "with"),
    )
)
_STUDYING = frozenset(
    ("analyse", "analyze", "explore", "learn", "read", "review", "study", "understand")
)
_FILE = re.compile(r"\.[^/]*$|[A-Z][^/]*$")
Answers = Mapping[str, Sequence[CheckedAnswer]]
Outline = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OutlineMaker:
    """``of`` makes an outline of the answers, plain data that can be kept; ``pages`` adds to facts
    the items that follow from one. ``None`` is an outline that nobody was asked for. ``proposed``
    are the lists of pages that no one knows before the model was asked."""

    of: Callable[[Answers, Facts], Outline]
    pages: Callable[[Outline | None, Facts], Facts]
    proposed: frozenset[str] = frozenset()


def components_and_guides(answers: Answers, facts: Facts) -> Outline:
    """``parts``: one line on each component. ``guides``: the tasks, each with its definition."""
    files = {row["name"]: row["files"] for row in facts["component_pages"]}
    parts = {
        row["component"]: row["summary"]
        for value in values(answers["parts"])
        for row in value["parts"]
        if row["component"] in files and not _only_lists(row["summary"], files[row["component"]])
    }
    return {"parts": parts, "guides": _guides(answers, facts)}


def _guides(answers: Answers, facts: Facts) -> list[dict[str, str]]:
    """Those whose definition is in the source and public, one for each definition and task; where
    none is left, those of the definitions that most files use. A task that has nothing to do with
    its definition becomes the plain one."""
    candidates = facts["guide_candidates"]
    chosen: dict[str, str] = {}
    for value in values(answers["guides"]):
        for row in value["guides"]:
            found = row["evidence"]
            definition = f"{found.path}::{found.symbol}"
            if definition in candidates:
                symbol = candidates[definition]
                task = " ".join(row["task"].split()).strip(" .")
                elsewhere = _files_named(task, facts["paths"]) - {symbol["path"]}
                if elsewhere or _is_study(task, symbol):
                    task = _plain_task(symbol)
                if task not in chosen.values():
                    chosen.setdefault(definition, task)
    rows = [{"definition": name, "task": task} for name, task in chosen.items()]
    return (rows or _default_guides(facts))[: facts["most_guides"]]


def _default_guides(facts: Facts) -> list[dict[str, str]]:
    return [
        {"definition": name, "task": _plain_task(facts["guide_candidates"][name])}
        for name in facts["guide_choices"][: min(2, facts["most_guides"])]
    ]


def _plain_task(symbol: Mapping[str, Any]) -> str:
    return f"Use {symbol['name']}"


def _is_study(task: str, symbol: Mapping[str, Any]) -> bool:
    """Whether it is about getting to know the code, and not about what the definition does."""
    return task.partition(" ")[0].lower() in _STUDYING and not _is_about(task, symbol)


def _is_about(task: str, symbol: Mapping[str, Any]) -> bool:
    """Whether it shares a word with the signature, the documentation or the path. Words are alike
    where one begins as the other does: "orders" and "OrderService", "app" and "application"."""
    parts = (symbol[name] for name in ("path", "name", "signature", "docstring"))
    known = _stems(" ".join(parts))
    pairs = product(_stems(task), known)
    return any(one.startswith(other) or other.startswith(one) for one, other in pairs)


def _stems(text: str) -> set[str]:
    """The beginnings of the words that mean something, those within names of code too."""
    words = {word.lower() for word in _WORD.findall(text)}
    return {word[:_LONGEST_STEM] for word in words - _MEAN_NOTHING - _STUDYING}


def _files_named(text: str, paths: Sequence[str]) -> set[str]:
    """The paths whose last part is a word of the text and looks like a file's name."""
    words = {word.strip("`'\"(),.:;") for word in text.split()}
    return {path for path in paths if posixpath.basename(path) in words and _FILE.search(path)}


def _only_lists(summary: str, files: Sequence[str]) -> bool:
    """Whether it names files and says nothing of them."""
    return len(_files_named(summary, files)) > 1


def with_guides(outline: Outline | None, facts: Facts) -> Facts:
    """A guide whose definition is gone has no page."""
    if outline is None:
        outline = {"parts": {}, "guides": _default_guides(facts)}
    candidates = facts["guide_candidates"]
    rows = [row for row in outline["guides"] if row["definition"] in candidates]
    names = slugs([row["task"] for row in rows])
    homes = {
        path: component["page"]
        for component in facts["component_pages"]
        for path in component["files"]
    }
    uses = {
        key["definition"]: key["uses"]
        for component in facts["component_pages"]
        for key in component["key_symbols"]
    }
    guides = [
        {
            "page": f"how-to/{names[row['task']]}.md",
            "id": names[row["task"]],
            "title": row["task"],
            "symbol": candidates[row["definition"]],
            "component": homes[candidates[row["definition"]]["path"]],
            "files": [candidates[row["definition"]]["path"]],
            "uses": uses.get(row["definition"], []),
        }
        for row in rows
    ]
    return {**facts, "parts": outline["parts"], "guide_pages": guides}


OUTLINE_MAKERS: Mapping[str, OutlineMaker] = {
    "components-and-guides": OutlineMaker(
        components_and_guides, with_guides, proposed=frozenset(("guide_pages",))
    )
}
"""By the name that a report definition gives."""
