"""One report as a page."""

from __future__ import annotations

from scout_codebase.records import Report
from scout_codebase.render.html.body import Body, Drawn
from scout_codebase.render.html.excerpts import Excerpts
from scout_codebase.render.html.findings import body_with_findings
from scout_codebase.render.html.overview import Overview
from scout_codebase.render.html.page import page
from scout_codebase.render.site import PAGES

INDEX = "index.html"


def report_html(report: Report, markdown: str, overview: Overview) -> str:
    """What the Markdown page says, with its findings as cards, its diagrams drawn and its pictures
    in place."""
    body = Body(markdown, Drawn(report.pictures, overview.drawings), _pages(report))
    excerpts = Excerpts(overview.snapshot, overview.link_to)
    html, headings = body_with_findings(body, report, excerpts, overview.component_of)
    title = f"{report.title}: {overview.snapshot.name}"
    return page(title, html, contents=headings, home=INDEX)


def _pages(report: Report) -> frozenset[str]:
    """Where the pages of a site are."""
    if report.site is None:
        return frozenset()
    folder = f"{report.site.folder}/{PAGES}"
    return frozenset(f"{folder}/{page.path}" for page in report.site.record.pages)
