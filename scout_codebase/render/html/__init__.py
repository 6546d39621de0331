"""The reports as HTML: one file each that loads nothing, and an index above them."""

from __future__ import annotations

from scout_codebase.render.html.index import Written, index_html
from scout_codebase.render.html.overview import Overview
from scout_codebase.render.html.report import INDEX, report_html

__all__ = ["INDEX", "Overview", "Written", "index_html", "report_html"]
