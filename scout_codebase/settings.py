"""What the user asked for, after the command line, the environment, the user's file and the
defaults were weighed, in this order. Click does the weighing; here is what comes out of it, and
where the user's file lies.

The reviewed repository's own configuration is none of this: ``walk`` reads it, as it may only leave
out paths.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import platformdirs

from scout_codebase.errors import UsageError
from scout_codebase.records import Severity
from scout_codebase.templates import Style

APPLICATION = "scout-review"
LAST_RELEASE = "auto"
"""As a base: the last release tag that is an ancestor."""
CHANGES = "changes"
"""The report on what has changed since a base."""
DOCUMENTATION = "documentation"
"""The report that has several pages."""
REPORTS = ("architecture", "security-review", DOCUMENTATION)


def default_reports(*, since: bool) -> tuple[str, ...]:
    """Those that are written where none is named."""
    return (CHANGES, *REPORTS) if since else REPORTS


@dataclass(frozen=True, slots=True)
class SelectionSettings:
    """What is read: ``repository`` is a folder, or the address of a repository to clone. ``rev`` ""
    is the working tree; ``since`` is the revision that the prompt begins with, "" for none, and
    ``rebase_above`` how many percent of it the amendments may have. Patterns are gitignore syntax.
    ``outputs`` are files that this very command reads or writes: no part of the repository, even
    where they lie in it. ``repository_config`` lets the repository's own configuration narrow what
    is read; ``mask`` takes secrets out of what is read; ``jobs`` is how many processes parse and
    count, 0 for one a processor; ``cache`` keeps what they find."""

    repository: Path | str
    rev: str = ""
    since: str = ""
    rebase_above: int = 20
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_file_bytes: int | None = None
    repository_config: bool = True
    mask: bool = True
    submodules: bool = False
    outputs: tuple[Path, ...] = ()
    jobs: int = 0
    cache: bool = True


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Who is asked. ``engine`` is ``auto`` or one kind of engine; ``timeout`` is how many seconds
    it may be silent, None for what is planned from the length of the prompt; ``priority`` is for a
    server that has several clients. ``vllm_python`` and ``vllm_arguments`` are for
    ``vllm-offline``: the Python that has vLLM, and what it is given. ``origin`` says where the
    server comes from, "" where the other fields say it."""

    engine: Literal["auto", "openai", "embedded", "vllm-offline"] = "auto"
    base_url: str = ""
    model: str = ""
    api_key: str = ""
    context_window: int | None = None
    allow_remote: bool = False
    weights: Path | None = None
    timeout: float | None = None
    priority: int = 0
    vllm_python: Path | None = None
    vllm_arguments: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """One ``scout-review review``. ``command`` reproduces it and stands in the report; it never
    holds a secret. ``baselines`` accept findings or tell those of an earlier review,
    ``write_baseline`` is made of those of this run; ``fail_on_existing`` lets those that are not
    new count for ``fail_on``; ``inline_suppressions`` lets comments in the source accept some.
    ``output_format`` is a row of ``render/formats.py``. ``probe`` is how many questions measure the
    recall, 0 for none. ``max_tokens`` and ``max_minutes`` are what the run may cost at most, None
    for no limit. Of a report with several pages ``only`` names those that are written, () for all,
    and ``refresh`` writes those that are stale; either keeps the others."""

    selection: SelectionSettings
    engine: EngineSettings
    reports: tuple[str, ...] = REPORTS
    out: Path = Path("scout-report")
    prompts: Path | None = None
    fail_on: Severity | None = None
    fail_on_existing: bool = False
    output_format: str = "text"
    baselines: tuple[Path, ...] = ()
    write_baseline: Path | None = None
    inline_suppressions: bool = True
    allow_partial: bool = False
    depth: Literal["auto", "brief", "full"] = "auto"
    probe: int = 0
    max_tokens: int | None = None
    max_minutes: float | None = None
    only: tuple[str, ...] = ()
    refresh: bool = False
    command: str = ""
    style: Style = field(default_factory=Style)


@dataclass(frozen=True, slots=True)
class AskSettings:
    """One ``scout-review ask``. ``answer_tokens`` is how long an answer may be."""

    selection: SelectionSettings
    engine: EngineSettings
    prompts: Path | None = None
    answer_tokens: int = 1_024
    style: Style = field(default_factory=Style)


def prompts_folder() -> Path:
    """Where reports of the user's own are made."""
    return platformdirs.user_config_path(APPLICATION, appauthor=False) / "prompts"


def history_file() -> Path:
    """What was typed in sessions of questions."""
    return platformdirs.user_state_path(APPLICATION, appauthor=False) / "ask-history"


def cache_folder() -> Path:
    """Where weights, logs and other things that can be made anew are kept."""
    return platformdirs.user_cache_path(APPLICATION, appauthor=False)


def user_file() -> Path:
    """The user's configuration: ``config.toml`` with the long names of options as keys."""
    return platformdirs.user_config_path(APPLICATION, appauthor=False) / "config.toml"


def read_user_file(path: Path) -> dict[str, Any]:
    """The user's file as it is written. Raises UsageError where it is there and cannot be read."""
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: {error}", remedy="Mend or remove the file.") from error
