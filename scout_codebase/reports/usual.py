"""The commands that usually go with a manifest, for what a repository itself says nothing of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scout_codebase.records import Snapshot
from scout_codebase.reports.commands import purpose_of
from scout_codebase.reports.shown import shown

_INSTALL, _TEST = "install", "test"
USUAL: Mapping[str, Mapping[str, str]] = {
    r"Cargo\.toml": {_INSTALL: "cargo build", _TEST: "cargo test"},
    r"Gemfile": {_INSTALL: "bundle install"},
    r"Package\.swift": {_INSTALL: "swift build", _TEST: "swift test"},
    r"build\.gradle(?:\.kts)?": {_INSTALL: "gradle build", _TEST: "gradle test"},
    r"composer\.json": {_INSTALL: "composer install"},
    r"go\.mod": {_INSTALL: "go build ./...", _TEST: "go test ./..."},
    r"mix\.exs": {_INSTALL: "mix deps.get", _TEST: "mix test"},
    r"package\.json": {_INSTALL: "npm install"},
    r"pom\.xml": {_INSTALL: "mvn package", _TEST: "mvn test"},
    r"(?:pyproject\.toml|setup\.py)": {_INSTALL: "python -m pip install ."},
    r"stack\.yaml": {_INSTALL: "stack build", _TEST: "stack test"},
    r"[^/]+\.(?:sln|csproj)": {_INSTALL: "dotnet build", _TEST: "dotnet test"},
}
"""By the path of the manifest at the top of the repository: the command for each purpose."""


def usual_commands(
    snapshot: Snapshot, declared: Sequence[Mapping[str, Any]], blocks: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """Rows ``path`` and ``commands``, for the purposes that no script, target, CI step or block of
    the README has a command for."""
    texts = {shown(file.path): file.text.split("\n") for file in snapshot.files}
    said = {purpose_of(f"{row['name']} {row['value']}") for row in declared}
    for block in blocks:
        lines = texts[block["path"]][block["line"] - 1 : block["end_line"]]
        said |= {purpose_of(line) for line in lines}
    given: list[list[str]] = []
    for path in sorted(texts):
        for form, commands in USUAL.items():
            wanted = [text for purpose, text in commands.items() if purpose not in said]
            if wanted and wanted not in given and re.fullmatch(form, path):
                given.append(wanted)
                yield {"path": path, "commands": wanted}
