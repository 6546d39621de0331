"""Every command line, option and command in the README, the docs and the examples works: they are
read from there and run. The lines that start a server are run in tests/serving."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path

import click
import pexpect
import pytest
from engines.scripted_server import FAULTS, ScriptedServer
from support.command_line import SOUND_ANSWERS, Result, Run, user_file
from support.documented_extra import COMMANDS, OPTIONS, Done
from support.documented_lines import PAGES, Block, TypedLine, blocks, options_named, typed_line
from support.documented_results import check, check_soundness, note_before
from support.documented_workshop import SUBMODULE, Workspace, answering, make_workshop
from support.git_servers import git_over_http
from support.results import result_in

from scout_codebase.cli import cli

TESTS = Path(__file__).parent
BLOCKS = list(blocks())
EXTRA = OPTIONS | COMMANDS


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workshop(tmp_path_factory.mktemp("workshop"))


@dataclass
class Reader:
    """Somebody who types what the pages say. The default server is that of the user's file."""

    run: Run
    monkeypatch: pytest.MonkeyPatch
    workspace: Workspace
    server: ScriptedServer

    @property
    def last_prompt(self) -> str:
        text: str = self.server.chats[-1]["messages"][0]["content"]
        return text

    def types(self, line: TypedLine) -> Result:
        folder = self.workspace.of(line)
        with self.monkeypatch.context() as patch:
            patch.chdir(folder)
            for name, value in line.variables:
                patch.setenv(name, value)
            if not line.words:
                return _in_a_shell(self.workspace.text(line))
            if line.opens_session:
                return _at_a_terminal(self.workspace.words(line))
            if line.stdin:
                text = TextIOWrapper(BytesIO(Path(line.stdin).read_bytes()))
                patch.setattr(sys, "stdin", text)
            result = self.run(*self.workspace.words(line))
        if line.stdout:
            (folder / line.stdout).write_bytes(result.out)
        return result


def _in_a_shell(text: str) -> Result:
    """The home folder is this one."""
    done = subprocess.run(
        ["sh", "-c", text], capture_output=True, env={**os.environ, "HOME": str(Path.cwd())}
    )
    return Result(done.returncode, done.stdout, done.stderr.decode())


def _at_a_terminal(words: list[str]) -> Result:
    """A question, and the end of the session."""
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "scout_codebase", *words],
        env={**os.environ, "TERM": "xterm-256color"},
        encoding="utf-8",
        timeout=120,
        dimensions=(40, 100),
    )
    said = ""
    for typed in ("Which limit holds?", "/quit"):
        terminal.expect_exact("\x1b[?2004h")  # a prompt that reads
        said += terminal.before or ""
        terminal.expect("ask>")
        terminal.send(f"{typed}\r")
    terminal.expect(pexpect.EOF)
    said += terminal.before or ""
    terminal.close()
    assert terminal.exitstatus is not None
    return Result(terminal.exitstatus, said.encode(), "")


@pytest.fixture
def reader(
    run: Run, workshop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reader]:
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)
    folder = tmp_path / "work"
    shutil.copytree(workshop, folder, symlinks=True, dirs_exist_ok=True)
    shutil.copytree(folder / "repo", folder / "src/repo", symlinks=True)
    vllm = TESTS / "engines/scripted_vllm"
    monkeypatch.syspath_prepend(str(vllm))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (vllm, TESTS, TESTS.parent))))
    monkeypatch.setenv("SCRIPTED_VLLM", "sound")
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "served").mkdir()
    (tmp_path / "served/org").symlink_to(folder)
    with answering().running() as server, git_over_http(tmp_path / "served") as host:
        # A single job reads the files without further processes, which take time to start.
        user_file(tmp_path, f'base-url = "{server.base_url}"\njobs = 1\n')
        stand_ins = {
            "http://127.0.0.1:8000/v1": server.base_url,
            "http://10.0.0.7:8000/v1": server.base_url,
            "/home/ada/.config": str(tmp_path / "config"),
            "https://host/org/repo": f"http://{host.host}/org/repo",
            "/opt/vllm/bin/python": sys.executable,
        }
        yield Reader(run, monkeypatch, Workspace(folder, stand_ins), server)


# --- the lines ----------------------------------------------------------------------------------


def test_there_are_command_lines_to_run() -> None:
    assert sum(len(block.lines) for block in BLOCKS) > 60
    assert all(block.lines for block in BLOCKS)


ALSO: dict[str, Callable[[Reader, Path], bool]] = {
    "./repo/services/billing": lambda reader, _: (
        'path="bills.py"' in reader.last_prompt and 'path="shop/store.py"' not in reader.last_prompt
    ),
    "--submodules": lambda reader, _: f'path="{SUBMODULE}/paper.py"' in reader.last_prompt,
    "--refresh": lambda reader, _: (
        reader.types(typed_line("scout-review docs-check ./repo")).code == 0
    ),
    "--language": lambda reader, _: "German" in reader.last_prompt,
    "--audience": lambda reader, _: "new colleagues" in reader.last_prompt,
    "https://host/org/repo": lambda reader, folder: (
        "127.0.0.1" in result_in(folder / "scout-report")["repository"]["remote"]
        and "order * 3" in reader.last_prompt
        and "sum(cents)" in reader.last_prompt
    ),
    "auto": lambda _, folder: result_in(folder / "scout-report")["base"]["name"] == "v2.1",
    "prompt.txt": lambda _, folder: (
        (folder / "prompt.txt").read_bytes().startswith((folder / "base.txt").read_bytes())
        and "<amendments>" in (folder / "prompt.txt").read_text()
    ),
    "xargs": lambda _, folder: result_in(folder / "reports/repo")["status"] == "complete",
}
"""What else holds after a line with this word."""


@pytest.mark.parametrize("block", [block for block in BLOCKS if not block.serves], ids=str)
def test_what_the_page_says_works(block: Block, reader: Reader) -> None:
    for line in block.lines:
        folder = reader.workspace.of(line)
        before = note_before(line, folder, len(reader.server.chats))
        result = reader.types(line)
        shown = [reader.workspace.stood_in(row) for row in line.shown]
        check(line, result, folder, before, len(reader.server.chats), shown)
        for word, holds in ALSO.items():
            if word in (line.words or line.text.split()):
                assert holds(reader, folder), word


# --- options and commands -----------------------------------------------------------------------


def options(command: click.Command) -> Iterator[str]:
    for row in command.params:
        if isinstance(row, click.Option):
            yield from (*row.opts, *row.secondary_opts)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from options(inner)


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name


OURS = {*options(cli), "--help"}
OTHERS = """
    git: --batch --filter --no-verify --tags --unshallow
    benchmarks: --brief --corpora --disagreements --mirror --only
    CPython: --enable-optimizations
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
RUN_WORDS = {
    word
    for block in BLOCKS
    for line in block.lines
    for word in (line.words[: line.words.index("--")] if "--" in line.words else line.words)
}


def test_every_option_that_is_named_exists() -> None:
    known = OURS | set(OTHERS.split())
    assert {name: page for name, page in options_named().items() if name not in known} == {}


def test_every_option_that_is_named_is_run() -> None:
    """One that no line of the pages uses has a row in ``OPTIONS``."""
    named = {name for name in options_named() if name in OURS}
    assert named - RUN_WORDS - set(OPTIONS) == set()
    assert set(OPTIONS) - named == set(), "rows for options that no page names"
    assert [name for name, row in OPTIONS.items() if name not in row.line.split()] == []


def test_every_command_is_in_the_pages() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    missing = {name for name in cli.commands if f"`{name}" not in text and f" {name} " not in text}
    assert not missing


def test_every_command_is_run() -> None:
    """One that no line of the pages uses has a row in ``COMMANDS``."""
    run = {line.command for block in BLOCKS for line in block.lines if line.words}
    assert set(commands(cli)) - run == set(COMMANDS)
    assert [name for name, row in COMMANDS.items() if typed_line(row.line).command != name] == []


@pytest.mark.parametrize("name", [name for name, row in EXTRA.items() if " serve " not in row.line])
def test_what_the_pages_name_besides_works(name: str, reader: Reader) -> None:
    row = EXTRA[name]
    if row.fault:
        reader.server.answers = FAULTS[row.fault]
    line = typed_line(row.line)
    result = reader.types(line)
    check_soundness(result, row.code)
    assert row.holds(Done(result, reader.workspace.folder, reader.server))
