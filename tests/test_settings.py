"""Where settings come from: flags, variables, the user's file, defaults; and how ``config`` shows
them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Run, assert_one_line, user_file
from support.repositories import commit_all, write_files

SECRET = "s3cret-0123456789"


def shown(run: Run, *arguments: str | Path) -> dict[str, Any]:
    result = run("config", "--format", "json", *arguments)
    assert (result.code, result.err) == (0, "")
    return {row["setting"]: row for row in json.loads(result.out)["settings"]}


def test_each_value_and_where_it_comes_from(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = user_file(
        tmp_path, 'base-url = "http://a"\nmodel = "file"\nexclude = ["*.md"]\nquiet = true\n'
    )
    monkeypatch.setenv("SCOUT_REVIEW_MODEL", "variable")
    monkeypatch.setenv("SCOUT_REVIEW_REV", "variable")
    rows = shown(run, "--rev", "flag", "--no-repository-config")
    found = {
        name: (rows[name]["value"], rows[name]["source"], rows[name]["where"])
        for name in ("base-url", "exclude", "quiet", "model", "rev", "repository-config", "engine")
    }
    assert found == {
        "base-url": ("http://a", "user file", str(file)),
        "exclude": (["*.md"], "user file", str(file)),
        "quiet": (True, "user file", str(file)),
        "model": ("variable", "variable", "SCOUT_REVIEW_MODEL"),
        "rev": ("flag", "flag", "--rev"),
        "repository-config": (False, "flag", "--no-repository-config"),
        "engine": ("auto", "default", ""),
    }


def test_the_table_names_the_source_of_each_value(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = user_file(tmp_path, 'exclude = ["*.md"]\n')
    monkeypatch.setenv("SCOUT_REVIEW_MODEL", "scout")
    lines = run("config", "--rev", "v1").out.decode().splitlines()
    rows = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines}
    assert rows["exclude"].endswith(f"user file {file}")
    assert rows["model"].split() == ["scout", "SCOUT_REVIEW_MODEL"]
    assert rows["rev"].split() == ["v1", "--rev"]
    assert rows["report"].split() == ["all", "three", "default"]
    assert rows["weights"].split() == ["not", "set", "default"]


def test_what_the_repository_narrows(run: Run, shop: Path) -> None:
    text = 'exclude = ["*.sql"]\nmax-file-bytes = 7\nengine = "embedded"\n'
    write_files(shop, {"scout-review.toml": text})
    out = run("config", shop, "--exclude", "a").out.decode()
    lines = [line.split() for line in out.splitlines()]
    source = ["repository", "file", "scout-review.toml"]
    assert ["exclude", '["a"]', "--exclude"] in lines
    assert ["and", '["*.sql"]', *source] in lines
    assert ["and", "7", *source] in lines
    assert "scout-review.toml: 'engine' is not used" in out
    assert "scout-review.toml" not in run("config", shop, "--rev", "HEAD").out.decode()
    assert "scout-review.toml" not in run("config", shop, "--no-repository-config").out.decode()
    commit_all(shop)
    data = json.loads(run("config", shop, "--rev", "HEAD", "--format", "json").out)
    (row,) = data["repository"]
    assert (row["path"], row["exclude"], row["max-file-bytes"]) == (
        "scout-review.toml",
        ["*.sql"],
        7,
    )


def test_config_of_what_is_no_repository_is_one_line(run: Run, tmp_path: Path) -> None:
    assert_one_line(run("config", tmp_path / "nowhere"), 2, "does not exist")


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_is_shown(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    address = f"https://user:{SECRET}@example.org/v1"
    for arguments in (["--api-key", SECRET], ["--base-url", address]):
        result = run("config", "--format", form, *arguments)
        assert result.code == 0
        assert SECRET not in result.out.decode()
        assert "***" in result.out.decode()
    user_file(tmp_path, f'api-key = "{SECRET}"\n')
    assert SECRET not in run("config", "--format", form).out.decode()
    user_file(tmp_path, f'api-key = ["{SECRET}"]\n')
    result = run("config", "--format", form)
    assert_one_line(result, 2, "api-key must be a string")
    assert SECRET not in result.err


FAULTS = [
    ("bas-url = 'x'", "unknown key 'bas-url'. Did you mean 'base-url'?"),
    ("max_file_byte = 1", "Did you mean 'max-file-bytes'?"),
    ("nonsense = 1", "unknown key 'nonsense'"),
    ("format = 'json'", "unknown key 'format'"),
    ("[tokens]\ncontext-window = 1", "unknown key 'tokens'"),
    ("context-window = '7'", "context-window must be a whole number"),
    ("context-window = true", "context-window must be a whole number"),
    ("context-window = 7.5", "context-window must be a whole number"),
    ("context-window = 0", "context-window is wrong: 0 is not in the range"),
    ("quiet = 'yes'", "quiet must be true or false"),
    ("quiet = 1", "quiet must be true or false"),
    ("exclude = '*.md'", "exclude must be a list"),
    ("exclude = [1]", "exclude must be a list of strings"),
    ("engine = 'none'", "engine is wrong: 'none' is not one of"),
    ("fail-on = 'worst'", "fail-on is wrong"),
    ("base-url = 1", "base-url must be a string"),
    ("out = 1", "out must be a string"),
    ("quiet = ", "config.toml"),
]


@pytest.mark.parametrize(("text", "part"), FAULTS)
def test_what_is_wrong_in_the_users_file_is_named(
    run: Run, shop: Path, tmp_path: Path, text: str, part: str
) -> None:
    file = user_file(tmp_path, text)
    for command in ("tokens", "config"):
        result = run(command, shop)
        assert_one_line(result, 2, str(file), part)
        assert result.err.count("\n") == 1


def test_help_and_the_place_of_the_file_are_told_whatever_is_in_it(
    run: Run, tmp_path: Path
) -> None:
    file = user_file(tmp_path, "nonsense")
    assert run("config", "--path").out.decode() == f"{file}\n"
    assert run("review", "--help").code == run("--help").code == 0


def test_underscores_do_for_hyphens_in_the_users_file(run: Run, tmp_path: Path) -> None:
    user_file(tmp_path, "max_file_bytes = 7\n")
    assert shown(run)["max-file-bytes"]["value"] == 7


def test_a_setting_reaches_the_commands_below_a_command(run: Run, tmp_path: Path) -> None:
    user_file(tmp_path, 'prompts = "nowhere"\n')
    assert_one_line(run("prompts", "list"), 2, "nowhere")


def test_an_option_of_another_command_that_shares_its_name_stays_as_it_is(
    run: Run, shop: Path, tmp_path: Path
) -> None:
    user_file(tmp_path, 'depth = "brief"\nreport = ["architecture"]\n')
    for command in ("tokens", "graph", "pack"):
        assert run(command, shop, "--quiet").code == 0


@pytest.mark.parametrize(
    ("variable", "value"),
    [("CONTEXT_WINDOW", "much"), ("ENGINE", "none"), ("QUIET", "perhaps"), ("MAX_FILE_BYTES", "0")],
)
def test_a_wrong_variable_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(f"SCOUT_REVIEW_{variable}", value)
    result = run("config")
    assert_one_line(result, 2, f"SCOUT_REVIEW_{variable}", value)


def test_a_variable_that_sets_nothing_is_refused(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a review in CI would pass whatever it finds."""
    monkeypatch.setenv("SCOUT_REVIEW_FAILON", "high")
    result = run(shop)
    assert_one_line(result, 2, "unknown variable SCOUT_REVIEW_FAILON", "'SCOUT_REVIEW_FAIL_ON'")
    assert run("--help").code == 0


def test_a_pattern_whose_range_is_reversed_is_no_internal_error(run: Run, shop: Path) -> None:
    assert_one_line(run("pack", shop, "--exclude", "[z-a]"), 2, "'[z-a]' is not a pattern")


def test_the_repository_can_be_ignored_by_a_variable(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(shop, {"scout-review.toml": 'exclude = ["*.py"]\n'})
    monkeypatch.setenv("SCOUT_REVIEW_REPOSITORY_CONFIG", "false")
    data = json.loads(run("tokens", shop, "--format", "json").out)
    assert {row["path"] for row in data["files"]} > {"shop/app.py", "shop/store.py"}
    assert data["omitted"] == []


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", "█"), ("cp437", "#"), ("cp1252", "#")])
def test_tokens_print_what_standard_output_can_hold(shop: Path, encoding: str, mark: str) -> None:
    write_files(shop, {"図書館.py": "x\n"})
    done = subprocess.run(
        [sys.executable, "-m", "scout_codebase", "tokens", str(shop)],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert mark in done.stdout.decode(encoding)
