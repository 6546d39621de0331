"""The table of languages, and the command that prints it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import scout_codebase
from scout_codebase.cli import cli
from scout_codebase.languages.resolvers import RESOLVERS
from scout_codebase.languages.spec import LanguageSpec
from scout_codebase.languages.syntax import DETAILS, LINKS, load_query
from scout_codebase.languages.table import LANGUAGES

SOURCES = Path(scout_codebase.__file__).parent
RESOLVED = [spec for spec in LANGUAGES if spec.resolver]


def test_rows_are_sorted_and_claim_no_file_twice() -> None:
    assert [spec.name for spec in LANGUAGES] == sorted({spec.name for spec in LANGUAGES})
    claims = [claim for spec in LANGUAGES for claim in (*spec.extensions, *spec.file_names)]
    assert len(claims) == len(set(claims))


@pytest.mark.parametrize("spec", RESOLVED, ids=lambda spec: spec.name)
def test_a_language_with_a_resolver_has_queries_and_says_what_it_resolves(
    spec: LanguageSpec,
) -> None:
    assert spec.resolver in RESOLVERS
    links, details = load_query(spec, LINKS), load_query(spec, DETAILS)
    assert links is not None
    assert details is not None
    assert any(name.startswith("import") for name in links.main)
    assert spec.resolved
    assert spec.unresolved


def test_the_command_prints_every_row() -> None:
    printed = CliRunner().invoke(cli, ["languages", "--format", "json"])
    rows = json.loads(printed.output)
    assert [row["language"] for row in rows] == [spec.name for spec in LANGUAGES]
    assert {row["language"] for row in rows if row["resolved"]} >= {"python", "ruby", "php"}


def test_the_table_names_every_language() -> None:
    printed = " ".join(CliRunner().invoke(cli, ["languages"]).output.split())
    for spec in LANGUAGES:
        assert spec.title in printed
        assert spec.resolved in printed


def test_no_group_is_repeated_possessively() -> None:
    """Before Python 3.11.5 such a group matched wrongly where something in it had to be tried
    twice, and the guard of a header counted as a condition:
    https://github.com/python/cpython/issues/106052."""
    group = re.compile(r"(?<!\\)\)[*+?}]\+")
    files = [*SOURCES.rglob("*.py"), *SOURCES.rglob("*.scm")]
    assert len(files) > 100
    assert [file.name for file in files if group.search(file.read_text("utf-8"))] == []
