"""``scout-review prompts``: the templates."""

from __future__ import annotations

from pathlib import Path

import click

from scout_codebase.options import PATH, Command, prompts_option


@click.group()
def prompts() -> None:
    """List, show and export the templates."""


@prompts.command("list", cls=Command)
@prompts_option
def list_prompts(prompts: Path | None) -> None:
    """List every report and template file."""
    from scout_codebase.reports.definition import load_definition
    from scout_codebase.templates import TemplateLibrary

    library = TemplateLibrary(prompts)
    for name in library.report_names():
        click.echo(f"{name}: {load_definition(library, name).summary}")
    for file in library.files():
        click.echo(f"  {file}")


@prompts.command("show", cls=Command)
@click.argument("file")
@prompts_option
def show_prompt(file: str, prompts: Path | None) -> None:
    """Print one template file."""
    from scout_codebase.templates import TemplateLibrary

    click.echo(TemplateLibrary(prompts).text(file), nl=False)


@prompts.command("export", cls=Command, short_help="Copy the shipped templates to FOLDER.")
@click.argument("folder", type=PATH)
def export_prompts(folder: Path) -> None:
    """Copy the shipped templates to FOLDER, to be changed and used with --prompts."""
    from scout_codebase.templates import TemplateLibrary, export

    count = export(TemplateLibrary(), folder)
    click.echo(f"{count} files written to {folder}", err=True)
