"""What greets a new user: the Python interface, the versions, completion in a real shell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from engines.scripted_server import FAULTS
from support.command_line import SOUND_ANSWERS, Run, server_of, user_file

import scout_codebase

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def test_the_example_of_the_python_page_runs(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("engines.scripted_server.FAULTS", FAULTS | SOUND_ANSWERS)
    (tmp_path / "repo").symlink_to(shop)
    (example,) = re.findall(r"```python\n(.*?)```", (DOCS / "python.md").read_text(), re.DOTALL)
    with server_of("sound").running() as server:
        exec(example.replace("http://127.0.0.1:8000/v1", server.base_url), {})
    shown = capsys.readouterr().out
    assert re.search(r"^[\d,]+ Llama 4 tokens in \d+ files$", shown, re.MULTILINE)
    assert re.search(
        r"^(critical|high|medium|low): .+ \(shop/store\.py:\d+\)$", shown, re.MULTILINE
    )
    assert (tmp_path / "scout-report" / "security-review.md").exists()


def test_every_public_name_is_there_and_nothing_else_is() -> None:
    for name in scout_codebase.__all__:
        assert getattr(scout_codebase, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = scout_codebase.nothing


def test_the_versions_name_all_that_has_a_say(run: Run) -> None:
    lines = run("--version").out.decode().splitlines()
    assert lines[0] == f"scout-review {scout_codebase.__version__}"
    assert lines[1].startswith(f"Python {sys.version_info.major}.{sys.version_info.minor}.")
    assert any(re.fullmatch(r"git \d+\.\d+.*", line) for line in lines)
    assert any(re.fullmatch(r"tree-sitter \d+\.\d+.*", line) for line in lines)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("scout-review pl", "plan"),
        ("scout-review review ./repo --rep", "--report"),
        ("scout-review ./repo --fail-on h", "high"),
        ("scout-review ./re", "./repo/"),
        ("scout-review ./repo --report sec", "security-review"),
        ("scout-review prompts show architecture/pur", "architecture/purpose.md.j2"),
    ],
)
def test_bash_completes(typed: str, offered: str, tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    assert offered in bash_offers(typed, tmp_path)


@pytest.fixture
def own_report(tmp_path: Path) -> Path:
    """A folder of templates in the home folder, with a report that is broken but for its name."""
    folder = tmp_path / "own"
    (folder / "licences").mkdir(parents=True)
    (folder / "licences" / "report.toml").write_text("summary = ")
    return folder


@pytest.mark.parametrize("named", ["--prompts own", "--prompts '~/own'"])
def test_bash_completes_the_reports_of_the_folder_that_is_named(
    named: str, own_report: Path, tmp_path: Path
) -> None:
    offered = bash_offers(f"scout-review {named} ./repo --report ''", tmp_path)
    assert offered == ["architecture", "changes", "documentation", "licences", "security-review"]
    assert "licences" not in bash_offers("scout-review ./repo --report ''", tmp_path)
    shown = bash_offers(f"scout-review prompts show {named} lic", tmp_path)
    assert shown == ["licences/report.toml"]


def test_bash_completes_the_reports_of_the_folder_that_the_user_set(
    own_report: Path, tmp_path: Path
) -> None:
    user_file(tmp_path, f"prompts = '{own_report}'")
    assert bash_offers("scout-review ./repo --report lic", tmp_path) == ["licences"]
    user_file(tmp_path, "nonsense = 1")
    assert bash_offers("scout-review ./repo --report arch", tmp_path) == ["architecture"]


def test_bash_completes_the_shipped_reports_where_the_folder_is_missing(tmp_path: Path) -> None:
    typed = "scout-review ./repo --prompts none --report arch"
    assert bash_offers(typed, tmp_path) == ["architecture"]


def bash_offers(typed: str, folder: Path) -> list[str]:
    """What bash offers for the last word, in a home folder; nothing may be on standard error."""
    bash = shutil.which("bash")
    assert bash, "the tests need bash"
    words = typed.split()
    script = f"""
        eval "$(XDG_CONFIG_HOME= scout-review completion bash)"
        COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; COMP_LINE={typed!r}
        compopt() {{ COMPOPT="$*"; }}
        _scout_review_completion scout-review
        if [[ $COMPOPT == *dirnames* ]]; then
            COMPREPLY+=($(compgen -d -S / -- "${{COMP_WORDS[-1]}}"))
        fi
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    programs = Path(sys.executable).parent
    done = subprocess.run(
        [bash, "--noprofile", "--norc", "-c", script],
        cwd=folder,
        env={
            "PATH": f"{programs}:/usr/bin:/bin",
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_it_can_parse(shell: str, run: Run) -> None:
    script = run("completion", shell).out
    assert b"_SCOUT_REVIEW_COMPLETE=" in script
    program = shutil.which(shell)
    if program:
        subprocess.run([program, "-n"], input=script, check=True)


def test_the_manual_pages_are_those_of_the_commands(tmp_path: Path) -> None:
    (command,) = re.findall(r"\$\(BIN\)/(click-man .*)", (ROOT / "Makefile").read_text())
    program, *options = command.replace("--target man", f"--target {tmp_path}").split()
    subprocess.run([Path(sys.executable).with_name(program), *options], check=True)
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_text() for path in (ROOT / "man").iterdir()}
