"""``scout-review completion``: what makes a shell complete the command line."""

from __future__ import annotations

import click

from scout_codebase.options import Command, examples

PROGRAM = "scout-review"


@click.command(
    cls=Command,
    short_help="Print what makes your shell complete this command.",
    epilog=examples(
        'bash: eval "$(scout-review completion bash)" in ~/.bashrc',
        'zsh:  eval "$(scout-review completion zsh)" in ~/.zshrc',
        "fish: scout-review completion fish > ~/.config/fish/completions/scout-review.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL."""
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(f"{shell} cannot be completed")
    variable = f"_{PROGRAM.replace('-', '_').upper()}_COMPLETE"
    click.echo(script(context.find_root().command, {}, PROGRAM, variable).source())
