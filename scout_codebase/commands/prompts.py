"""``scout-review prompts``: the templates."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from scout_codebase import completing
from scout_codebase.options import PATH, Command, prompts_option


@click.group()
def prompts() -> None:
    """List, show, export and make the templates."""


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
@click.argument("file", shell_complete=completing.template_files)
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


@prompts.command("new", cls=Command, short_help="Make a report of your own, to be changed.")
@click.argument("name")
@prompts_option
def new_prompts(name: str, prompts: Path | None) -> None:
    """Make a report called NAME in the folder of --prompts, or else in your configuration folder:
    questions, a schema, a page. It works as it is; change what it asks."""
    from scout_codebase.settings import prompts_folder
    from scout_codebase.templates import TemplateLibrary, new_report

    folder = prompts or prompts_folder()
    library = TemplateLibrary(folder if folder.is_dir() else None)
    for path in new_report(library, name, folder):
        click.echo(path)
    command = shlex.join(["scout-review", "./repo", "--report", name, "--prompts", str(folder)])
    click.echo(f"Run it with: {command}", err=True)
