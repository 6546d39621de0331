"""``scout-review pack``: the prompt and its manifest."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from scout_codebase.commands.common import packed_of
from scout_codebase.commands.since import since_options
from scout_codebase.errors import UsageError
from scout_codebase.options import (
    FILE_OR_STDOUT,
    Command,
    examples,
    prompts_option,
    quiet_option,
    repository_argument,
    selection_options,
)


@click.command(
    cls=Command,
    short_help="Write the exact prompt and its manifest.",
    epilog=examples("pack ./repo -o prompt.txt --manifest manifest.json", "pack ./repo | wc -c"),
)
@repository_argument
@click.option(
    "-o",
    "--output",
    type=FILE_OR_STDOUT,
    default=Path("-"),
    metavar="FILE",
    help="Where the prompt goes; - is standard output, the default.",
)
@click.option(
    "--manifest",
    type=FILE_OR_STDOUT,
    metavar="FILE",
    help="Write what was packed and what was omitted, as JSON.",
)
@selection_options
@since_options
@prompts_option
@quiet_option
def pack(repository: str, output: Path, manifest: Path | None, **options: Any) -> None:
    """Write the exact prompt that a review of REPO sends, less its question."""
    from scout_codebase.pack import manifest as manifest_of
    from scout_codebase.pipeline import describe_pack
    from scout_codebase.render.row_json import row_json

    if manifest and _is_one_place(output, manifest):
        raise UsageError(
            f"--output and --manifest are both {_shown(output)}", remedy="Name two files."
        )
    outputs = tuple(path for path in (output, manifest) if path and str(path) != "-")
    packed, reporter = packed_of(repository, options, outputs)
    if manifest:
        _write(manifest, row_json(manifest_of(packed.pack, packed.graph)))
    _write(output, (section.text for section in packed.pack.sections))
    reporter.say(describe_pack(packed))


def _is_one_place(output: Path, manifest: Path) -> bool:
    """Whether one would replace the other or run into it. A device such as /dev/null takes both."""
    if "-" in (str(output), str(manifest)):
        return output == manifest
    is_device = output.exists() and not output.is_file()
    return not is_device and output.resolve() == manifest.resolve()


def _shown(output: Path) -> str:
    return "standard output" if str(output) == "-" else str(output)


def _write(target: Path, text: Iterator[str]) -> None:
    from scout_codebase.render.atomic import write_atomically

    if str(target) == "-":
        sys.stdout.buffer.writelines(part.encode() for part in text)
        sys.stdout.buffer.flush()
    else:
        write_atomically(target, text)
