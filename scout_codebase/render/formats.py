"""What ``--format`` prints, and which files it writes besides: a row and a module each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scout_codebase.records import Outcome
from scout_codebase.render.github import failure_annotation, workflow_commands
from scout_codebase.render.gitlab import code_quality, sast
from scout_codebase.render.result import render_result


@dataclass(frozen=True, slots=True)
class RunFile:
    """A file about a whole review. ``of_incomplete``: it can say that the review is incomplete; one
    that cannot is not written of such a review."""

    render: Callable[[Outcome], str]
    of_incomplete: bool = False


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """``printed`` is what goes to standard output of a review that wrote its reports, ``failure``
    what goes there of one that ends with an error, by its message."""

    printed: Callable[[Outcome], str] = lambda _: ""
    failure: Callable[[str], str] = lambda _: ""
    files: Mapping[str, RunFile] = field(default_factory=dict)


FORMATS: Mapping[str, OutputFormat] = {
    "text": OutputFormat(),
    "json": OutputFormat(printed=render_result),
    "github": OutputFormat(printed=workflow_commands, failure=failure_annotation),
    "gitlab": OutputFormat(
        files={
            "gl-code-quality-report.json": RunFile(code_quality),
            "gl-sast-report.json": RunFile(sast, of_incomplete=True),
        }
    ),
}
"""By the names that ``--format`` takes; pages and messages are the same in all."""
