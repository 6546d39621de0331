"""The command lines of the README and the docs that start a server, run as they stand there with a
stand-in for vLLM that answers soundly and counts what it read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines.scripted_server import ScriptedServer
from support.command_line import Result
from support.documented_extra import OPTIONS, Done
from support.documented_lines import Block, TypedLine, blocks, typed_line
from support.documented_results import Before, check, check_soundness
from support.documented_workshop import make_releases
from support.processes import wait_until
from support.repositories import ISOLATION
from support.serving_peer import Peer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")

BLOCKS = [block for block in blocks() if block.serves]
NOTHING_BEFORE = Before({}, 0)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = make_releases(tmp_path_factory.mktemp("workshop")).parent
    return folder


@pytest.fixture
def peer(releases: Path) -> Iterator[Peer]:
    """A machine with eight H100 and a vLLM."""
    with Peer.at_home(ISOLATION) as peer:
        shutil.copytree(releases, peer.home, symlinks=True, dirs_exist_ok=True)
        peer.environment["PATH"] = f"{peer.home / 'bin'}:{os.environ['PATH']}"
        peer.environment["SCOUT_REVIEW_JOBS"] = "1"
        yield peer.with_fake().behaves(fault="sound and counted")


def words_of(line: TypedLine, peer: Peer) -> list[str]:
    """On a free port: another program may have the usual one."""
    words = list(line.words)
    if "--port" in words:
        words[words.index("--port") + 1] = str(peer.port)
        return words
    return [words[0], "--port", str(peer.port), *words[1:]] if words[0] == "serve" else words


def serve(line: TypedLine, peer: Peer) -> subprocess.Popen[str]:
    """Whose server is ready."""
    (ready_file,) = line.value_of("--ready-file") or [""]
    run = peer.start(*words_of(line, peer))
    if ready_file:
        file = peer.home / ready_file
        wait_until(lambda: file.exists() or run.poll() is not None, "the server is never ready")
    else:
        assert run.stdout is not None
        assert run.stdout.readline() == f"export SCOUT_REVIEW_BASE_URL={url_of(peer)}\n"
    assert run.poll() is None
    return run


def url_of(peer: Peer) -> str:
    return f"http://127.0.0.1:{peer.port}/v1"


def end(run: subprocess.Popen[str]) -> Result:
    run.send_signal(signal.SIGINT)
    out, err = run.communicate()
    result = Result(run.returncode, out.encode(), err)
    check_soundness(result, 130)
    assert "Ready after " in err
    return result


def review(line: TypedLine, peer: Peer) -> None:
    """Typed as it is; where it takes a shell, in one."""
    shutil.rmtree(peer.home / "scout-report", ignore_errors=True)
    if line.words:
        run = peer.start(*line.words)
    else:
        run = subprocess.Popen(
            ["sh", "-c", line.text],
            env=peer.environment,
            cwd=peer.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    out, err = run.communicate()
    plain = line if line.words else typed_line(line.text.rpartition("&& ")[2])
    check(plain, Result(run.returncode, out.encode(), err), peer.home, NOTHING_BEFORE, 0, ())
    assert "Model: meta-llama/Llama-4-Scout-17B-16E-Instruct on vllm" in err


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_what_the_page_says_works(block: Block, peer: Peer) -> None:
    in_background = []
    for line in block.lines:
        if line.words[:1] != ("serve",):
            review(line, peer)
            continue
        run = serve(line, peer)
        if line.background:
            in_background.append(run)
        else:
            end(run)
            assert_passed_on(line, peer)
    for run in in_background:
        end(run)
    peer.nothing_is_left()


def assert_passed_on(line: TypedLine, peer: Peer) -> None:
    """What stands behind ``--`` has reached the server, last."""
    rest = line.words[line.words.index("--") + 1 :] if "--" in line.words else ()
    logs = (peer.home / "cache/scout-review/logs").glob("serve-*.log")
    newest = max(logs, key=lambda path: path.stat().st_mtime_ns)
    told = newest.read_text().splitlines()[0]
    assert told.endswith("".join(f', "{word}"' for word in rest) + "]")


SERVED = {name: row for name, row in OPTIONS.items() if " serve " in row.line}


@pytest.mark.parametrize("name", SERVED)
def test_what_the_pages_name_besides_works(name: str, peer: Peer) -> None:
    row, server = SERVED[name], ScriptedServer()
    line = typed_line(row.line)
    if row.code:
        run = peer.behaves(mode=row.fault).start(*words_of(line, peer))
        out, err = run.communicate()
        result = Result(run.returncode, out.encode(), err)
        check_soundness(result, row.code)
    else:
        result = end(serve(line, peer))
    assert row.holds(Done(result, peer.home, server))
    peer.nothing_is_left()
