"""``--help`` of every command: what it says, and that it answers at once."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from support.command_line import Run, assert_one_line

from scout_codebase.cli import cli
from scout_codebase.commands.user_file import settings_of
from scout_codebase.options import Command, Setting
from scout_codebase.walk import DEFAULT_MAX_FILE_BYTES

HEAVY = ("git", "jinja2", "llama_models", "openai", "pathspec", "rich", "tiktoken", "tree_sitter")


def commands(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        yield (*above, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


EVERY = dict(commands(cli))
LEAVES = {words: row for words, row in EVERY.items() if not isinstance(row, click.Group)}


@pytest.mark.parametrize("words", [(), *EVERY], ids=" ".join)
def test_every_command_has_help(run: Run, words: tuple[str, ...]) -> None:
    for flag in ("--help", "-h"):
        result = run(*words, flag)
        text = result.out.decode()
        assert (result.code, result.err) == (0, "")
        assert text.startswith(f"Usage: {' '.join(('scout-review', *words))}")
        assert all(len(line) <= 100 for line in text.splitlines())
        assert "..." not in text.replace("[ARGS]...", "").replace("COMMAND...", "")


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_option_is_explained_and_under_a_heading(words: tuple[str, ...]) -> None:
    command = LEAVES[words]
    assert isinstance(command, Command)
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert option.help[0].isupper() or option.help.split()[0].rstrip(":,") in (
                "architecture",
                "auto",
            )
            assert option.help.endswith("."), option.name
            assert option.is_flag or option.metavar or isinstance(option.type, click.Choice)


def test_options_of_one_kind_stand_together(run: Run) -> None:
    lines = run("review", "--help").out.decode().splitlines()
    headings = [line for line in lines if line.endswith(":") and line[0] != " "]
    kinds = ["Reports:", "Answers:", "Reading:", "Who answers:", "Limits:", "Options:"]
    assert headings == kinds
    assert (
        lines.index("Reading:")
        < next(number for number, line in enumerate(lines) if line.strip().startswith("--exclude"))
        < lines.index("Who answers:")
    )


@pytest.mark.parametrize("words", [(), *EVERY], ids=" ".join)
def test_help_imports_nothing_that_takes_time(words: tuple[str, ...]) -> None:
    program = (
        "import sys\nfrom scout_codebase.cli import main\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code\n"
        f"print(*(name for name in {HEAVY} if name in sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words, "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Usage: ")
    assert done.stderr.split() == []


def test_help_takes_a_quarter_of_a_second() -> None:
    """Of processor time: other programs on the machine do not count."""
    command = [sys.executable, "-m", "scout_codebase", "--help"]
    taken = []
    for _ in range(5):
        before = _seconds_of_children()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        taken.append(_seconds_of_children() - before)
    assert min(taken) < 0.25


def _seconds_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_an_option_that_is_none_is_one_line(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words, "--nonsense")
    assert_one_line(result, 2, "--nonsense", f"See: scout-review {' '.join(words)} --help")
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("words", [("prompts", "nonsense"), ("tokens", "a", "b"), ("pack",)])
def test_arguments_that_are_wrong_are_one_line(run: Run, words: tuple[str, ...]) -> None:
    assert_one_line(run(*words), 2, "--help")


def test_a_misspelt_command_is_not_taken_for_a_repository(run: Run) -> None:
    assert_one_line(run("token", "./repo"), 2, "No such command 'token'. Did you mean 'tokens'?")
    Path("token").mkdir()
    assert_one_line(run("token"), 2, "is not in a git repository")
    assert_one_line(run("elsewhere"), 2, "elsewhere does not exist")


def test_the_value_of_an_option_is_not_taken_for_a_command(run: Run) -> None:
    """A branch may be called like a command."""
    assert_one_line(run("--rev", "tokens", "./elsewhere"), 2, "elsewhere does not exist")
    assert_one_line(run("--rev=tokens", "./elsewhere"), 2, "elsewhere does not exist")
    assert_one_line(run("--quiet", "tokens", "./elsewhere"), 2)


def test_config_shows_every_setting_of_every_command() -> None:
    shown = {setting.key for setting in settings_of(EVERY[("config",)])}
    assert {setting.key for setting in settings_of(cli)} == shown


def test_the_limit_that_help_names_is_the_one_that_holds() -> None:
    limit = next(row for row in settings_of(EVERY[("pack",)]) if row.key == "max-file-bytes")
    assert isinstance(limit, Setting)
    assert limit.unset == f"{DEFAULT_MAX_FILE_BYTES:,}"


def test_a_shell_can_complete_the_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from scout_codebase.cli import main; main()"],
        env={
            "_SCOUT_REVIEW_COMPLETE": "bash_complete",
            "COMP_WORDS": "scout-review ",
            "COMP_CWORD": "1",
        },
        capture_output=True,
        text=True,
    )
    assert {line.removeprefix("plain,") for line in done.stdout.split()} >= {"review", "config"}
