"""What a shell offers for the values that name templates. A shell shows no errors: where something
cannot be read, less is offered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from scout_codebase.errors import TemplateError

if TYPE_CHECKING:
    from scout_codebase.templates import TemplateLibrary


def report_names(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The reports, with what each is about."""
    library = _library(context)
    names = [name for name in library.report_names() if name.startswith(incomplete)]
    return [CompletionItem(name, help=_summary(library, name)) for name in names]


def template_files(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The files of the templates."""
    files = _library(context).files()
    return [CompletionItem(file) for file in files if file.startswith(incomplete)]


def _library(context: click.Context) -> TemplateLibrary:
    """With the folder of ``--prompts``, as far as the line names one before the cursor."""
    from scout_codebase.templates import TemplateLibrary

    overlay: Path | None = context.params.get("prompts")
    try:
        # The shell hands over the words as they are typed, with the ~ in them.
        return TemplateLibrary(overlay.expanduser() if overlay else None)
    except (TemplateError, RuntimeError):  # no such folder, or no such user
        return TemplateLibrary()


def _summary(library: TemplateLibrary, name: str) -> str | None:
    try:
        summary = library.toml(f"{name}/report.toml").get("summary")
    except TemplateError:
        return None
    return " ".join(summary.split()) if isinstance(summary, str) else None
