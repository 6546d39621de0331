"""From the values of options to settings and to a packed repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scout_codebase.pipeline import Packed
    from scout_codebase.progress import Reporter
    from scout_codebase.settings import EngineSettings, ReviewSettings, SelectionSettings
    from scout_codebase.templates import Style


def selection_of(repository: str, options: Mapping[str, Any]) -> SelectionSettings:
    from scout_codebase.settings import SelectionSettings

    return SelectionSettings(
        repository=repository,
        rev=options["rev"],
        since=options.get("since", ""),
        rebase_above=options.get("rebase_above", 0),
        include=tuple(options["include"]),
        exclude=tuple(options["exclude"]),
        max_file_bytes=options["max_file_bytes"],
        repository_config=options["repository_config"],
        mask=not options["no_mask"],
        submodules=options["submodules"],
        jobs=options["jobs"],
        cache=options["cache"],
    )


def engine_of(options: Mapping[str, Any]) -> EngineSettings:
    from scout_codebase.engines.offline.options import parse_argument
    from scout_codebase.settings import EngineSettings

    names = (
        *("engine", "base_url", "model", "api_key", "context_window", "allow_remote", "weights"),
        *("timeout", "priority", "vllm_python"),
    )
    return EngineSettings(
        **{name: options[name] for name in names},
        vllm_arguments=dict(map(parse_argument, options["vllm_option"])),
    )


def style_of(options: Mapping[str, Any]) -> Style:
    from scout_codebase.templates import make_style

    return make_style(options["language"], options["audience"], options["length"])


def packed_of(
    repository: str,
    options: Mapping[str, Any],
    outputs: tuple[Path, ...] = (),
    *,
    detailed: bool = False,
) -> tuple[Packed, Reporter]:
    """``outputs`` are files that the command writes; ``detailed`` is what reports need."""
    from scout_codebase.pipeline import pack_repository
    from scout_codebase.progress import Reporter
    from scout_codebase.templates import TemplateLibrary

    reporter = Reporter(quiet=options["quiet"])
    library = TemplateLibrary(options["prompts"])
    selection = replace(selection_of(repository, options), outputs=outputs)
    return pack_repository(selection, library, reporter, detailed=detailed), reporter


def show_plan(settings: ReviewSettings, reporter: Reporter) -> None:
    """Prints what a review would send. Raises ScoutError, with which it would end."""
    from scout_codebase.previewing import dry_run
    from scout_codebase.progress import printable

    lines, refused = dry_run(settings, reporter)
    for line in lines:
        click.echo(printable(line))
    if refused is not None:
        raise refused


def reserved_of(packed: Packed, options: Mapping[str, Any]) -> dict[str, int]:
    """What a review of all reports by a server keeps of the window besides the pack, in tokens.
    Answers in other languages take more of them."""
    from scout_codebase.budget import LARGEST_CHAT_TEMPLATE
    from scout_codebase.preparing import largest_question_and_reply, review_facts
    from scout_codebase.reports.definition import load_definition
    from scout_codebase.settings import default_reports
    from scout_codebase.templates import TemplateLibrary

    library = TemplateLibrary(options["prompts"], style_of(options))
    names = default_reports(since=packed.base is not None)
    definitions = [load_definition(library, name) for name in names]
    facts = review_facts(packed, library, definitions)
    question, reply = largest_question_and_reply(definitions, facts, library)
    return {
        "longest question": question,
        "longest reply": reply,
        "chat template": LARGEST_CHAT_TEMPLATE,
    }
