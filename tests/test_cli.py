"""The command line from outside: exit codes, one clear line for each error, and what is left on
disk. Only the model server is scripted; it speaks HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from engines.scripted_server import FAULTS, PROMPT_TOKENS
from support.command_line import (
    SHOP,
    SOUND_ANSWERS,
    Run,
    assert_one_line,
    pages,
    server_of,
    user_file,
)
from support.repositories import ISOLATION, make_repository

from scout_codebase.render.atomic import PARTIAL_SUFFIX

DEAD = "http://127.0.0.1:9/v1"
SECRET = "s3cret-0123456789"


@pytest.fixture(autouse=True)
def _sound_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)


# --- usage --------------------------------------------------------------------------------------


def test_what_cannot_be_reviewed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    empty = make_repository(tmp_path / "empty", {}, commit=False)
    for command in ("review", "pack", "tokens", "graph"):
        for path, part in (
            (tmp_path / "plain", "git"),
            (empty, "commit"),
            (tmp_path / "nowhere", "does not exist"),
        ):
            assert_one_line(run(command, path, "--quiet"), 2, part)
    assert pages(Path()) == []


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--nonsense"], "--nonsense"),
        (["--report", "nonsense"], "nonsense/report.toml"),
        (["--rev", "nonsense"], "nonsense"),
        (["--engine", "nonsense"], "nonsense"),
        (["--context-window", "0"], "context-window"),
        (["--fail-on", "nonsense"], "nonsense"),
        (["--prompts", "nowhere"], "nowhere"),
        (["--base-url", "http://a:b@127.0.0.1/v1"], "user name or password"),
        (["--base-url", "ftp://127.0.0.1"], "ftp://127.0.0.1"),
    ],
)
def test_usage_errors(run: Run, shop: Path, arguments: list[str], part: str) -> None:
    assert_one_line(run("review", shop, *arguments), 2, part)
    assert pages(Path()) == []


def test_no_arguments_show_the_help(run: Run) -> None:
    result = run()
    assert result.code == 2
    assert result.err.startswith("Usage: scout-review")
    assert "\n  review " in result.err
    assert run("--help").code == run("--version").code == run("review", "--help").code == 0


def test_a_broken_user_file_is_named(run: Run, shop: Path, tmp_path: Path) -> None:
    user_file(tmp_path, "quiet = \n")
    assert_one_line(run("tokens", shop), 2, "config.toml")


# --- servers ------------------------------------------------------------------------------------


def test_a_dead_server(run: Run, shop: Path) -> None:
    assert_one_line(run(shop, "--base-url", DEAD), 4, DEAD, "Nothing answers")
    assert pages(Path()) == []


def test_a_repository_larger_than_the_window(run: Run, shop: Path) -> None:
    with server_of("none", window=400, model="llama-4-scout").running() as server:
        result = run(shop, "--base-url", server.base_url)
    assert_one_line(result, 3, "too many", "shop/")
    assert server.chats == []
    assert pages(Path()) == []


def test_a_server_that_reads_less_than_it_was_sent(run: Run, shop: Path) -> None:
    with server_of("sound", model="llama-4-scout").running() as server:
        result = run(shop, "--base-url", server.base_url)
    assert_one_line(result, 3, f"read {PROMPT_TOKENS} tokens")
    assert pages(Path()) == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        *(("none", 4), ("HTTP 500", 4), ("no JSON", 4), ("broken off", 4), ("half JSON", 4)),
        *(("reset in answer", 4), ("no usage", 3)),
    ],
)
def test_a_server_that_answers_rubbish(run: Run, shop: Path, fault: str, code: int) -> None:
    out = Path("out")
    with server_of("sound").running() as server:
        assert run(shop, "--base-url", server.base_url, "--out", out, "--quiet").code == 0
    assert "architecture.md" in pages(out)
    with server_of(fault).running() as server:
        result = run(shop, "--base-url", server.base_url, "--out", out, "--quiet")
    assert_one_line(result, code)
    assert result.err.count("\n") == 1
    assert [path.name for path in out.glob("[!.]*")] == ["previous"]


def test_one_answer_that_cannot_be_used(run: Run, shop: Path) -> None:
    with server_of("sound but once").running() as server:
        result = run(shop, "--base-url", server.base_url, "--report", "architecture")
    assert_one_line(result, 4, "architecture.incomplete.md", "--allow-partial")
    stem = "architecture.incomplete"
    assert pages(Path("scout-report")) == [
        *(f"{stem}.{suffix}" for suffix in ("html", "json", "md")),
        "index.html",
        "result.json",
    ]
    assert "INCOMPLETE" in Path("scout-report/architecture.incomplete.md").read_text()
    with server_of("sound but once").running() as server:
        arguments = ("--base-url", server.base_url, "--report", "architecture", "--allow-partial")
        assert run(shop, *arguments).code == 0
    assert {path.name for path in Path("scout-report").glob("[!.]*") if path.is_file()} == {
        *(f"architecture.{suffix}" for suffix in ("html", "json", "md")),
        "index.html",
        "result.json",
    }
    assert "INCOMPLETE" in Path("scout-report/architecture.md").read_text()


@pytest.mark.parametrize(
    ("fail_on", "code"), [([], 0), (["--fail-on", "critical"], 1), (["--fail-on", "low"], 1)]
)
def test_findings_decide_the_exit_code(run: Run, shop: Path, fail_on: list[str], code: int) -> None:
    with server_of("sound").running() as server:
        arguments = ("--base-url", server.base_url, "--report", "security-review")
        result = run(shop, *arguments, *fail_on)
    assert (result.code, result.errors, result.out) == (code, [], b"")
    assert "CWE-95" in Path("scout-report/security-review.md").read_text()


@pytest.mark.parametrize("given", [["--api-key", SECRET], [f"--api-key={SECRET}"], []])
def test_the_api_key_is_sent_and_never_written(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch, given: list[str]
) -> None:
    if not given:
        monkeypatch.setenv("SCOUT_REVIEW_API_KEY", SECRET)
    with server_of("sound").running() as server:
        result = run(shop, "--base-url", server.base_url, *given)
    assert result.code == 0
    assert server.headers[-1]["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in result.err
    files = [path for path in Path("scout-report").rglob("[!.]*") if path.is_file()]
    written = [path.read_text() for path in files]
    assert {"pages.json", "index.md", "result.json", "security-review.sarif"} <= {
        path.name for path in files
    }
    assert not any(SECRET in text for text in written)
    page = Path("scout-report/architecture.md").read_text()
    assert f"--base-url {server.base_url}" in page
    assert ("***" in page) is bool(given)


def test_an_interrupt_leaves_no_process_and_no_half_written_file(shop: Path) -> None:
    with server_of("stall").running() as server:
        command = [sys.executable, "-m", "scout_codebase", str(shop)]
        process = subprocess.Popen(
            [*command, "--base-url", server.base_url],
            stderr=subprocess.PIPE,
            env={**os.environ, **ISOLATION},
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while not server.chats and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.02)
        assert server.chats
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert err.decode().splitlines()[-1].startswith("scout-review: interrupted")
    assert pages(Path()) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


# --- commands -----------------------------------------------------------------------------------


def test_a_path_alone_is_a_review(run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.parent)
    results = [
        run(*arguments)
        for arguments in (
            ("./shop", "--dry-run"),
            ("review", "./shop", "--dry-run"),
            ("--dry-run", "./shop"),
            ("--quiet", "--dry-run", "./shop"),
        )
    ]
    assert {result.code for result in results} == {0}
    assert len({result.out for result in results}) == 1
    for name in ("architecture", "security-review", "documentation"):
        assert name.encode() in results[0].out


def test_a_dry_run_writes_and_sends_nothing(run: Run, shop: Path) -> None:
    result = run(shop, "--dry-run", "--base-url", DEAD, "--report", "documentation", "--quiet")
    assert (result.code, result.err) == (0, "")
    assert b"documentation: " in result.out
    assert b"architecture" not in result.out
    assert pages(Path()) == []


def test_pack_twice_gives_identical_bytes(run: Run, shop: Path) -> None:
    for name in ("a", "b"):
        assert run("pack", shop, "-o", name, "--manifest", f"{name}.json").code == 0
    assert Path("a").read_bytes() == Path("b").read_bytes()
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()
    manifest = json.loads(Path("a.json").read_text())
    parts = [row["tokens"] for row in (*manifest["sections"], *manifest["files"])]
    assert sum(parts) == manifest["tokens"]
    to_stdout = run("pack", shop, "--quiet")
    assert (to_stdout.code, to_stdout.err) == (0, "")
    assert to_stdout.out == Path("a").read_bytes()


def test_what_a_killed_run_left_half_written_is_no_part_of_the_repository(
    run: Run, shop: Path
) -> None:
    whole = run("pack", shop, "--quiet").out
    (shop / f".prompt.txt.x1{PARTIAL_SUFFIX}").write_text("half a prompt")
    for output in ("other.txt", "prompt.txt"):
        assert run("pack", shop, "-o", shop / output).code == 0
        assert (shop / output).read_bytes() == whole
        (shop / output).unlink()


def test_pack_where_nothing_can_be_written(run: Run, shop: Path) -> None:
    assert_one_line(run("pack", shop, "-o", "nowhere/a", "--quiet"), 2, "nowhere/a")


def test_a_pipe_or_device_as_output_is_written_into_and_stays_what_it_is(
    run: Run, shop: Path
) -> None:
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert run("pack", shop, "-o", "pipe").code == 0
    assert os.read(reader, 1 << 16) == run("pack", shop, "--quiet").out
    os.close(reader)
    assert Path("pipe").is_fifo()
    Path("folder").mkdir()
    assert_one_line(run("pack", shop, "-o", "x", "--manifest", "folder"), 2, "folder")


def test_a_reader_that_stops_reading_is_no_error(shop: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "scout_codebase", "pack", str(shop), "--quiet"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, env=os.environ)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("command", ["pack", "review"])
def test_a_closed_standard_output_is_said_and_never_taken_for_an_empty_one(
    shop: Path, command: str
) -> None:
    words = [sys.executable, "-m", "scout_codebase", command, str(shop)]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *words], stderr=subprocess.PIPE, env=os.environ
    )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("scout-review: standard output is closed")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no device that is always full")
@pytest.mark.parametrize("command", ["pack", "tokens", "graph"])
def test_a_full_disk_behind_standard_output_is_no_fault_of_ours(shop: Path, command: str) -> None:
    words = [sys.executable, "-m", "scout_codebase", command, str(shop), "--quiet"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, env=os.environ)
    assert done.returncode == 2
    message = "scout-review: nothing more can be written: No space left on device"
    assert done.stderr.decode().splitlines() == [message]


@pytest.mark.parametrize("place", ["-", "a", "./a"])
def test_pack_and_manifest_do_not_replace_each_other(run: Run, shop: Path, place: str) -> None:
    given = "a" if place == "./a" else place
    result = run("pack", shop, "-o", given, "--manifest", place, "--quiet")
    assert_one_line(result, 2, "--output and --manifest are both", "Name two files")
    assert result.out == b""
    assert pages(Path()) == []
    assert run("pack", shop, "-o", "/dev/null", "--manifest", "/dev/null").code == 0


def test_a_review_of_nothing_does_not_pass_for_a_clean_one(run: Run, shop: Path) -> None:
    (shop / ".gitattributes").write_text("* linguist-generated\n")
    for more in (["--dry-run"], ["--base-url", DEAD]):
        result = run("review", shop, "--report", "security-review", "--quiet", *more)
        assert_one_line(result, 2, "shop has no file to review: all of its 4 paths are omitted")
    assert run("pack", shop, "-o", "a").code == 0


def test_tokens_are_those_of_the_pack(run: Run, shop: Path) -> None:
    data = json.loads(run("tokens", shop, "--format", "json").out)
    assert run("pack", shop, "-o", "a", "--manifest", "a.json").code == 0
    assert data["tokens"] == json.loads(Path("a.json").read_text())["tokens"]
    assert data["window"] == 10_485_760
    table = run("tokens", shop, "--top", "1", "--quiet")
    assert (table.code, table.err) == (0, "")
    assert "shop/app.py" in table.out.decode()


@pytest.mark.parametrize("style", [(), ("--language", "de"), ("--length", "long")])
def test_tokens_reserves_what_a_review_with_these_settings_needs(
    run: Run, shop: Path, style: tuple[str, ...]
) -> None:
    data = json.loads(run("tokens", shop, "--format", "json", *style).out)
    with server_of("none", model="Llama-4-Scout-17B-16E-Instruct").running() as server:
        review = run("review", shop, "--base-url", server.base_url, *style)
    (needed,) = re.findall(r"Window: ([\d,]+) of 65,536 tokens needed", review.err)
    assert data["tokens"] + sum(data["reserved"].values()) == int(needed.replace(",", ""))


def test_graph_formats(run: Run, shop: Path) -> None:
    data = json.loads(run("graph", shop).out)
    edge = {"source": "shop/app.py", "target": "shop/store.py", "line": 3, "kind": "import"}
    assert data["edges"] == [edge]
    assert [node["path"] for node in data["nodes"]] == sorted(SHOP)
    assert run("graph", shop, "--format", "dot").out.startswith(b"digraph")
    assert run("graph", shop, "--format", "mermaid").out.startswith(b"flowchart")
    assert run("graph", shop, "--format", "mermaid", "--level", "component").code == 0


def test_prompts_are_listed_shown_and_exported(run: Run) -> None:
    listed = run("prompts", "list").out.decode()
    assert "architecture/report.toml" in listed
    shown = run("prompts", "show", "architecture/report.toml")
    assert shown.out.startswith(b"title = ")
    assert run("prompts", "export", "mine").code == 0
    assert Path("mine/architecture/report.toml").read_bytes() == shown.out
    assert_one_line(run("prompts", "export", "mine"), 2, "is there already")
    Path("file").write_text("in the way")
    assert_one_line(run("prompts", "export", "file/mine"), 2, "file/mine", "cannot be written")
    for name in ("nowhere", Path("file").resolve(), "architecture/../architecture/report.toml"):
        assert_one_line(run("prompts", "show", name), 2, f"no template {name}")


# --- where options come from ----------------------------------------------------------------------


def test_flags_go_before_the_environment_before_the_users_file(
    run: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def window(*arguments: str) -> int:
        result = run("tokens", shop, "--format", "json", *arguments)
        return int(json.loads(result.out)["window"])

    assert window() == 10_485_760
    user_file(tmp_path, "context-window = 1111\n")
    assert window() == 1111
    monkeypatch.setenv("SCOUT_REVIEW_CONTEXT_WINDOW", "2222")
    assert window() == 2222
    assert window("--context-window", "3333") == 3333


def test_every_option_has_its_own_name_in_the_users_file(
    run: Run, shop: Path, tmp_path: Path
) -> None:
    user_file(tmp_path, 'report = ["architecture"]\nexclude = ["*.md"]\nquiet = true\n')
    result = run(shop, "--dry-run")
    assert (result.code, result.err) == (0, "")
    assert b"2 files" in result.out
    assert b"architecture: " in result.out
    assert b"documentation: " not in result.out


def test_lists_in_the_environment(run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_REVIEW_REPORT", "documentation architecture")
    monkeypatch.setenv("SCOUT_REVIEW_EXCLUDE", "*.md *.txt")
    lines = run(shop, "--dry-run", "--quiet").out.decode().splitlines()
    assert "2 files" in lines[0]
    assert [line.partition(":")[0] for line in lines[1:3]] == ["documentation", "architecture"]


def test_the_repository_cannot_choose_anything(run: Run, shop: Path) -> None:
    (shop / "config.toml").write_text("context-window = 1111\n")
    (shop / ".scout-review.toml").write_text("context-window = 1111\n")
    assert json.loads(run("tokens", shop, "--format", "json").out)["window"] == 10_485_760
