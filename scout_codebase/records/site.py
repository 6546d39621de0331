"""The pages of a report that is a small site, and what they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class PageRecord:
    """What is known of one page. ``path`` is relative to the folder of the pages; ``section`` is
    its heading in the navigation, "" at the top; ``summary`` is one line of Markdown.

    It was made at ``revision`` by ``model`` from ``objects`` (git's id of each file by its path),
    ``templates`` (a digest of the texts of its templates and schemas) and ``shown`` (a digest of
    its questions and of all on it that is computed). ``names`` counts the names in code font that
    were looked up, ``unmarked`` those that are nowhere in the repository and lost that font."""

    path: str
    title: str
    section: str
    summary: str
    revision: str
    model: str
    objects: Mapping[str, str]
    templates: str
    shown: str
    names: int = 0
    unmarked: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was written in this run. ``sources`` are the files that it cites."""

    record: PageRecord
    body: str = field(repr=False)
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """A whole site: ``outline`` is the data that its pages follow from, ``depth`` how much was
    asked (``brief`` or ``full``). ``pages`` are in the order of the navigation."""

    tool_version: str
    depth: str
    outline: Mapping[str, Any]
    pages: tuple[PageRecord, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """What a run made of a site: ``record`` names all its pages, those that were kept too, and
    ``pages`` are those that are new. ``folder`` is its name in the report folder."""

    record: SiteRecord
    pages: tuple[Page, ...]
    folder: str


@dataclass(frozen=True, slots=True)
class StalePage:
    """A page that no longer is what would be written now, and why, one reason a line. ``gone``: it
    would not be written at all."""

    path: str
    reasons: tuple[str, ...]
    gone: bool = False
