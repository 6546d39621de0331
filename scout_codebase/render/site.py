"""The folder of a site: its pages as Markdown, the files that they link to, ``llms.txt``, the
configuration of a site generator, and the record of what each page was made from.

    mkdocs.yml   for ProperDocs and MkDocs 1.x
    llms.txt     the pages in the form of llmstxt.org, for readers of the Markdown files
    pages.json   the record
    docs/        the pages; docs/llms.txt is for readers of the built site
"""

from __future__ import annotations

import hashlib
import html
import itertools
import json
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scout_codebase.errors import UsageError
from scout_codebase.neutralise import neutralise
from scout_codebase.plain import CONTROL_CHARACTERS
from scout_codebase.records import (
    Page,
    PageRecord,
    Site,
    SiteRecord,
    Snapshot,
    SourceFile,
    display_path,
)
from scout_codebase.render.atomic import write_atomically
from scout_codebase.render.links import LinkTo, hosted_links, link_maker

FORMAT_VERSION = 1
RECORD = "pages.json"
PAGES = "docs"
BUILT = "site"
"""Where a site generator puts what it makes of them."""
_SOURCES = "source"
_ODD = re.compile(r"[^A-Za-z0-9._/-]|(?:(?<=/)|^)(?=[.-])")


def links_from(snapshot: Snapshot, out: Path, page: str) -> LinkTo:
    """Links from a page to lines of the source: on the host of the commit, else to the page of the
    file in the site itself, which shows it as it is at this revision. From no page (""), links of a
    report that lies in ``out``."""
    if not page:
        return link_maker(snapshot, out)
    hosted = hosted_links(snapshot)
    above = "../" * page.count("/")

    def link_to(path: str, line: int) -> str:
        address = hosted(path, line)
        if address:
            return address
        return f"{above}{quote(source_page(path))}{f'#L{line}' if line else ''}"

    return link_to


def source_page(path: str) -> str:
    """The page of a file, by its path as the model sees it. Names that a web server or a site
    generator could take for something else are changed, and bear a digest."""
    plain = _ODD.sub("-", path)
    if plain != path:
        digest = hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()[:8]
        plain = f"{plain}-{digest}"
    return f"{_SOURCES}/{plain}.md"


def write_site(folder: Path, site: Site, snapshot: Snapshot) -> None:
    """Writes the new pages with what they need, and removes those that are no longer in the site.
    Raises UsageError where something cannot be written."""
    docs = folder / PAGES
    for page in site.pages:
        _write(docs / page.record.path, f"{page.body}\n{_footer(page.record)}\n")
    for path, text in _source_pages(site.pages, snapshot):
        _write(docs / path, text)
    kept = {page.path for page in site.record.pages}
    for gone in _written_pages(folder) - kept:
        (docs / gone).unlink(missing_ok=True)
    name = display_path(snapshot.name)
    _write(folder / "mkdocs.yml", generator_configuration(name, site.record.pages))
    _write(folder / "llms.txt", llms_text(name, site.record.pages, f"{PAGES}/", ".md"))
    _write(docs / "llms.txt", llms_text(name, site.record.pages, "", ".html"))
    _write(folder / RECORD, _record_text(site.record))


def _yaml(text: str) -> str:
    """A text in the double quotes of YAML: as in JSON, with other escapes for what JSON writes as
    two characters or as it is."""

    def escaped(match: re.Match[str]) -> str:
        return f"\\U{ord(match.group()):08x}"

    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[^\n\x20-\x7e]", escaped, quoted)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{path.parent} cannot be written: {error.strerror}") from error
    write_atomically(path, text)


def _written_pages(folder: Path) -> set[str]:
    record = read_record(folder)
    return {page.path for page in record.pages} if record else set()


def _footer(page: PageRecord) -> str:
    by = f" by {_plain(page.model)}" if page.model else ""
    return f"*Written from revision {page.revision}{by}; names and lines are the tool's.*"


def _plain(text: str) -> str:
    return re.sub(r"[^\w .:/+-]", "", text).replace("_", "\\_")


def _source_pages(pages: Iterable[Page], snapshot: Snapshot) -> Iterable[tuple[str, str]]:
    """Those of the files that pages cite and that are on no known host."""
    hosted = hosted_links(snapshot)
    files = {neutralise(display_path(file.path))[0]: file for file in snapshot.files}
    for path in sorted({path for page in pages for path in page.sources}):
        if path in files and not hosted(path, 0):
            yield source_page(path), source_text(path, files[path])


def source_text(path: str, file: SourceFile) -> str:
    """A file as a page on which every line is a target, and nothing acts."""
    text = CONTROL_CHARACTERS.sub(" ", file.text.replace("\r\n", "\n").removesuffix("\n"))
    lines = (
        f'<a id="L{number}"></a>{html.escape(line, quote=False)}'
        for number, line in enumerate(text.split("\n"), 1)
    )
    title = html.escape(path, quote=False).replace("`", "'")
    return f"# <code>{title}</code>\n\n<pre>\n" + "\n".join(lines) + "\n</pre>\n"


def generator_configuration(name: str, pages: Sequence[PageRecord]) -> str:
    """``mkdocs.yml``. Strings are written as JSON, which is YAML; what a strict build warns of is
    named, whatever the generator's defaults."""
    lines = [
        f"site_name: {_yaml(name)}",
        f"docs_dir: {PAGES}",
        f"site_dir: {BUILT}",
        "use_directory_urls: false",
        "theme:",
        "  name: mkdocs",
        "nav:",
    ]
    for section, group in itertools.groupby(pages, key=lambda page: page.section):
        indent = "  "
        if section:
            lines.append(f"  - {_yaml(section)}:")
            indent = "    "
        lines += [f"{indent}- {_yaml(row.title)}: {_yaml(row.path)}" for row in group]
    lines += [f"not_in_nav: |\n  /{_SOURCES}/", "validation:", "  nav:"]
    lines += [f"    {kind}: warn" for kind in ("omitted_files", "not_found", "absolute_links")]
    lines.append("  links:")
    kinds = ("not_found", "anchors", "absolute_links", "unrecognized_links")
    lines += [f"    {kind}: warn" for kind in kinds]
    return "\n".join(lines) + "\n"


def llms_text(name: str, pages: Sequence[PageRecord], folder: str, suffix: str) -> str:
    """The pages in the form of llmstxt.org: a title, a line on what it is, lists of links."""
    summary = pages[0].summary if pages and pages[0].path == "index.md" else ""
    blocks = [f"# {_one_line(name)}", f"> {summary or 'Documentation made from the code.'}"]
    sections: dict[str, list[PageRecord]] = {}
    for page in pages:
        sections.setdefault(page.section or "Pages", []).append(page)
    for section, group in sections.items():
        rows = [
            f"- [{_one_line(row.title)}]({folder}{row.path.removesuffix('.md')}{suffix})"
            + (f": {row.summary}" if row.summary else "")
            for row in group
        ]
        blocks += [f"## {section}", "\n".join(rows)]
    return "\n\n".join(blocks) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def _record_text(record: SiteRecord) -> str:
    return json.dumps({"format_version": FORMAT_VERSION, **asdict(record)}, indent=1) + "\n"


def read_record(folder: Path) -> SiteRecord | None:
    """The record of the site in a folder, None where there is none. Raises UsageError where it is
    not one."""
    path = folder / RECORD
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format_version"] != FORMAT_VERSION:
            raise ValueError(f"format {data['format_version']}")
        return SiteRecord(
            tool_version=str(data["tool_version"]),
            depth=str(data["depth"]),
            outline=dict(data["outline"]),
            pages=tuple(_page_record(row) for row in data["pages"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} is not the record of a documentation: {error}",
            remedy="Write it anew: scout-review REPO --report documentation",
        ) from error


def _page_record(row: Mapping[str, Any]) -> PageRecord:
    record = PageRecord(**row)
    inside = posixpath.normpath(record.path) == record.path and not record.path.startswith("/")
    if not inside or record.path.startswith("..") or not record.path.endswith(".md"):
        raise ValueError(f"{record.path!r} is no page")
    if not all(isinstance(value, str) for value in (record.title, record.section, record.shown)):
        raise TypeError("a title, section or digest is no text")
    return record
