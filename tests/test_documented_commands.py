"""Every command line and every option in the README, the docs and the examples is one that the
tool takes: they are read from there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from scout_codebase.cli import cli

ROOT = Path(__file__).parent.parent
PAGES = [
    *(ROOT / "README.md", ROOT / "CONTRIBUTING.md"),
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("examples/**/README.md")),
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
SHELL_ENDS = {"|", ">", ">>", "2>", "&&", "||", ";", "&", "<"}


def command_lines(text: str) -> Iterator[str]:
    """What is typed, in blocks of shell and of what a terminal shows."""
    for language, block in FENCE.findall(text):
        if language in ("sh", "bash", "console", ""):
            for line in block.replace("\\\n", " ").splitlines():
                typed = line.removeprefix("$ ").strip()
                if typed.startswith("scout-review "):
                    yield typed


def words_of(line: str) -> list[str]:
    """Up to where the shell takes over."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] = []
    for word in lexer:
        if word in SHELL_ENDS:
            break
        words.append(word)
    return words[1:]


LINES = [
    pytest.param(line, id=f"{page.relative_to(ROOT)}: {line[:70]}")
    for page in PAGES
    for line in command_lines(page.read_text(encoding="utf-8"))
]


def test_there_are_command_lines_to_look_at() -> None:
    assert len(LINES) > 50


@pytest.mark.parametrize("line", LINES)
def test_the_command_line_is_taken(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SCOUT_REVIEW_BASE_URL", "SCOUT_REVIEW_MODEL"):
        monkeypatch.delenv(name, raising=False)
    parse(cli, "scout-review", words_of(line), None)


def parse(
    command: click.Command, name: str, words: list[str], parent: click.Context | None
) -> None:
    """Raises click.UsageError for what the command does not take; runs nothing."""
    context = command.make_context(name, words, parent=parent)
    if isinstance(command, click.Group):
        inner_name, inner, rest = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        assert inner is not None
        parse(inner, inner_name or "", rest, context)


def options(command: click.Command) -> Iterator[str]:
    for row in command.params:
        if isinstance(row, click.Option):
            yield from (*row.opts, *row.secondary_opts)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from options(inner)


OURS = {*options(cli), "--help"}
OTHERS = """
    git: --batch --filter --no-verify --tags --unshallow
    benchmarks: --brief --corpora --disagreements --mirror --only
    llama.cpp: --cache-ram --ctx-checkpoints --n-cpu-moe --no-context-shift --parallel
    MkDocs: --strict
    SGLang: --allow-auto-truncate --enable-cache-report
    vllm: --enable-prefix-caching --enable-prompt-tokens-details --gpu-memory-utilization --headless
    vllm: --host --port --kv-offloading-backend --kv-offloading-size --language-model-only
    vllm: --max-model-len --max-num-batched-tokens --max-num-seqs --nnodes --node-rank
    vllm: --pipeline-parallel-size --scheduling-policy --structured-outputs-config
    vllm: --tensor-parallel-size
"""
"""Options of other programs that the pages name."""


def test_every_option_that_is_named_exists() -> None:
    named = {
        name: page.relative_to(ROOT).as_posix()
        for page in PAGES
        for code in re.findall(r"`([^`\n]+)`", FENCE.sub("", page.read_text(encoding="utf-8")))
        for name in re.findall(r"(?<![\w-])--[a-z][a-z-]+", code)
    }
    known = OURS | set(OTHERS.split())
    assert {name: page for name, page in named.items() if name not in known} == {}


def test_every_command_is_in_the_pages() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    missing = {name for name in cli.commands if f"`{name}" not in text and f" {name} " not in text}
    assert not missing
