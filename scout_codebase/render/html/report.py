"""One report as a page."""

from __future__ import annotations

from scout_codebase.records import Report
from scout_codebase.render.html.body import Body, Drawn
from scout_codebase.render.html.excerpts import Excerpts
from scout_codebase.render.html.findings import body_with_findings
from scout_codebase.render.html.overview import Overview
from scout_codebase.render.html.page import page

INDEX = "index.html"


def report_html(report: Report, markdown: str, overview: Overview) -> str:
    """What the Markdown page says, with its findings as cards, its diagrams drawn and its pictures
    in place."""
    body = Body(markdown, Drawn(report.pictures, overview.drawings))
    excerpts = Excerpts(overview.snapshot, overview.link_to)
    html, headings = body_with_findings(body, report, excerpts, overview.component_of)
    title = f"{report.title}: {overview.snapshot.name}"
    return page(title, html, contents=headings, home=INDEX)
