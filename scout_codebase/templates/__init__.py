"""The report definitions and their templates: where they lie, and how they are rendered."""

from scout_codebase.templates.library import TemplateLibrary, export, shipped_folder

__all__ = ["TemplateLibrary", "export", "shipped_folder"]
