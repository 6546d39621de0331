"""The report definitions and their templates: where they lie, and how they are rendered."""

from scout_codebase.templates.library import TemplateLibrary, export, new_report, shipped_folder
from scout_codebase.templates.style import LENGTHS, STYLE_TEMPLATE, Style, make_style

__all__ = [
    "LENGTHS",
    "STYLE_TEMPLATE",
    "Style",
    "TemplateLibrary",
    "export",
    "make_style",
    "new_report",
    "shipped_folder",
]
