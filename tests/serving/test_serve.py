"""``serve`` and ``review --serve`` from outside, with a stand-in for vLLM: in whatever way a run
ends, no process, no port and no file of the server is left."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.command_line import SHOP
from support.processes import wait_until
from support.repositories import ISOLATION, make_repository
from support.serving_peer import Peer, listens

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")

GPUS = ("--gpu", "h100", "--count", "8")
STUBBORN_PROCESSES = 5
"""scout-review, the supervisor, the server, its child and that one's child."""


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer.at_home(ISOLATION) as peer:
        yield peer.with_fake()


def started(peer: Peer, *arguments: str | Path) -> subprocess.Popen[str]:
    """A run of ``serve`` whose server is ready."""
    ready = peer.home / "ready.env"
    run = peer.start("serve", *GPUS, "--port", str(peer.port), "--ready-file", ready, *arguments)
    wait_until(lambda: ready.exists() or run.poll() is not None, "the server is never ready")
    if run.poll() is not None:
        pytest.fail(f"serve ended with {run.returncode}: {run.communicate()[1]}")
    return run


def test_a_ready_server_takes_questions_with_the_key_alone(peer: Peer) -> None:
    run = started(peer)
    file = peer.home / "ready.env"
    assert file.stat().st_mode & 0o777 == 0o600
    told = subprocess.run(
        ["sh", "-c", f". {file}; echo $SCOUT_REVIEW_BASE_URL $SCOUT_REVIEW_API_KEY"],
        capture_output=True,
        text=True,
    )
    address, key = told.stdout.split()
    assert address == f"http://127.0.0.1:{peer.port}/v1"
    assert httpx.get(f"{address}/models").status_code == 401
    answer = httpx.get(f"{address}/models", headers={"Authorization": f"Bearer {key}"})
    assert answer.json()["data"][0]["id"] == "meta-llama/Llama-4-Scout-17B-16E-Instruct"
    commands = [Path(f"/proc/{number}/cmdline").read_bytes() for number in peer.processes()]
    assert len(commands) >= STUBBORN_PROCESSES
    assert not any(key.encode() in command for command in commands)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate()
    assert run.returncode == 130
    assert not file.exists()
    peer.nothing_is_left(within=0)
    assert key not in out + err + peer.log


def test_it_says_what_the_server_does_and_with_which_flags(peer: Peer) -> None:
    run = peer.start(
        *("serve", "--tokens", "400000", *GPUS, "--port", str(peer.port)),
        *("--", "--kv-offloading-size", "64"),
    )
    assert run.stdout is not None
    address = run.stdout.readline()
    key = run.stdout.readline()
    run.send_signal(signal.SIGTERM)
    _, err = run.communicate()
    assert run.returncode == 130
    assert address == f"export SCOUT_REVIEW_BASE_URL=http://127.0.0.1:{peer.port}/v1\n"
    assert key.startswith("export SCOUT_REVIEW_API_KEY=")
    said = err.splitlines()
    assert said[0].startswith(f"Starting vLLM 0.32.0 at http://127.0.0.1:{peer.port}/v1")
    stages = [line.partition("vLLM: ")[2].partition(" (")[0] for line in said if "vLLM: " in line]
    assert "loading weights" in stages
    assert stages == sorted(stages, key=ORDER.index)
    assert any(line.startswith("Ready after ") and "window 524,288 tokens" in line for line in said)
    arguments = json.loads(peer.log.splitlines()[0].partition(" ")[2])
    assert arguments[0] == "serve"
    assert arguments[-2:] == ["--kv-offloading-size", "64"]
    for flag in (
        "--enable-prefix-caching",
        "--enable-prompt-tokens-details",
        "--structured-outputs-config",
        "--gpu-memory-utilization",
        "--language-model-only",
    ):
        assert flag in arguments
    assert arguments[arguments.index("--host") + 1] == "127.0.0.1"
    peer.nothing_is_left()


ORDER = (
    "starting",
    "loading weights",
    "preparing the model",
    "compiling",
    "making room for keys and values",
    "capturing graphs",
    "opening the port",
)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("ready", [True, False])
def test_nothing_is_left_when_scout_review_ends(
    peer: Peer, ending: signal.Signals, ready: bool
) -> None:
    if ready:
        run = started(peer)
    else:
        peer.behaves(mode="never")
        run = peer.start("serve", *GPUS, "--port", str(peer.port))
    wait_until(lambda: len(peer.processes()) >= STUBBORN_PROCESSES, "it does not start")
    run.send_signal(ending)
    _, err = run.communicate()
    assert run.returncode == (-ending if ending == signal.SIGKILL else 130)
    assert "Traceback" not in err
    peer.nothing_is_left()
    assert not (peer.home / "ready.env").exists()


def test_a_server_that_does_not_listen_to_sigterm_ends_too(peer: Peer) -> None:
    run = started(peer.behaves(mode="deaf"))
    run.send_signal(signal.SIGINT)
    run.communicate()
    peer.nothing_is_left(within=0)


def test_a_second_interruption_leaves_nothing_either(peer: Peer) -> None:
    run = started(peer.behaves(mode="deaf"))
    run.send_signal(signal.SIGINT)
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate()
    assert run.returncode == 130
    assert "Traceback" not in err
    peer.nothing_is_left()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_a_supervisor_that_is_ended_takes_the_server_with_it(
    peer: Peer, ending: signal.Signals
) -> None:
    run = started(peer)
    (supervisor,) = child_processes(run.pid)
    os.kill(supervisor, ending)
    _, err = run.communicate()
    assert run.returncode == 4
    assert "scout-review: vLLM ended with code" in err
    peer.nothing_is_left(within=0)


def test_an_interruption_does_not_keep_it_from_ending_what_a_dead_supervisor_left(
    peer: Peer,
) -> None:
    run = started(peer)
    (supervisor,) = child_processes(run.pid)
    os.kill(supervisor, signal.SIGKILL)
    for _ in range(5):
        time.sleep(0.05)
        run.send_signal(signal.SIGINT)
    _, err = run.communicate()
    assert "Traceback" not in err
    peer.nothing_is_left(within=0)
    assert not (peer.home / "ready.env").exists()


def child_processes(parent: int) -> list[int]:
    listing = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    return [int(number) for number in listing.split()]


def test_a_server_that_ends_at_its_start(peer: Peer) -> None:
    run = peer.behaves(mode="crash").start("serve", *GPUS, "--port", str(peer.port))
    _, err = run.communicate(timeout=60)
    last = err.splitlines()[-1]
    assert run.returncode == 4
    assert last.startswith("scout-review: vLLM ended with code 1 before it was ready: ValueError: ")
    assert "No available memory for the cache blocks. / " in last
    assert "RuntimeError: Engine core initialization failed" in last
    assert "Its log is " in last
    assert "Traceback" not in err.replace("Traceback (most recent call last):", "", 1)
    peer.nothing_is_left(within=0)


def test_a_server_that_is_never_ready(peer: Peer) -> None:
    run = peer.behaves(mode="never").start(
        "serve", *GPUS, "--port", str(peer.port), "--ready-within", "3"
    )
    _, err = run.communicate(timeout=60)
    assert run.returncode == 4
    assert "was not ready within 3 s: loading weights, 50 %" in err.splitlines()[-1]
    assert "--ready-within" in err.splitlines()[-1]
    peer.nothing_is_left(within=0)


def test_a_server_that_ends_while_it_serves(peer: Peer) -> None:
    run = peer.behaves(mode="dies").start("serve", *GPUS, "--port", str(peer.port))
    _, err = run.communicate(timeout=60)
    assert run.returncode == 4
    assert "vLLM ended with code 9" in err.splitlines()[-1]
    peer.nothing_is_left(within=0)


def test_a_server_that_anybody_may_use_is_not_kept(peer: Peer) -> None:
    run = peer.behaves(mode="open").start("serve", *GPUS, "--port", str(peer.port))
    _, err = run.communicate(timeout=60)
    assert run.returncode == 4
    assert "does not ask for the key" in err.splitlines()[-1]
    peer.nothing_is_left(within=0)


def test_a_port_that_is_taken_is_refused_before_anything_starts(peer: Peer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", peer.port))
        taken.listen()
        run = peer.start("serve", *GPUS, "--port", str(peer.port))
        _, err = run.communicate(timeout=60)
    assert run.returncode == 2
    assert f"port {peer.port} is taken. Choose another with --port" in err.splitlines()[-1]
    assert not (peer.home / "cache" / "scout-review" / "logs").exists()
    assert peer.processes() == []


def test_a_ready_file_that_is_there_is_not_written_over(peer: Peer) -> None:
    file = peer.home / "precious"
    file.write_text("mine\n")
    run = peer.start("serve", *GPUS, "--port", str(peer.port), "--ready-file", file)
    assert "is there already" in run.communicate(timeout=60)[1]
    assert run.returncode == 2
    assert file.read_text() == "mine\n"


def test_the_users_own_key_is_the_servers(peer: Peer) -> None:
    peer.environment["SCOUT_REVIEW_API_KEY"] = "a key of mine"
    run = started(peer)
    assert "'a key of mine'" in (peer.home / "ready.env").read_text()
    run.send_signal(signal.SIGINT)
    run.communicate()
    peer.nothing_is_left()


def test_nothing_is_imported_from_the_working_folder(peer: Peer) -> None:
    """Which may be the reviewed repository."""
    for name in ("json.py", "signal.py", "tempfile.py", "vllm.py"):
        (peer.home / name).write_text(f"open({str(peer.home / 'ran')!r}, 'w')\n")
    run = subprocess.Popen(
        [sys.executable, "-P", "-m", "scout_codebase", "serve", *GPUS, "--port", str(peer.port)],
        env=peer.environment,
        cwd=peer.home,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    assert "BASE_URL" in run.stdout.readline()
    run.send_signal(signal.SIGINT)
    run.communicate()
    assert not (peer.home / "ran").exists()


# --- review --serve -----------------------------------------------------------------------------


def review(peer: Peer, *arguments: str) -> subprocess.Popen[str]:
    """On a machine that has two H100."""
    repository = make_repository(peer.home / "shop", SHOP)
    program = peer.home / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nfor _ in 1 2; do echo 'NVIDIA H100 80GB HBM3, 81559'; done\n")
    program.chmod(0o755)
    peer.environment["PATH"] = f"{program.parent}:{peer.environment['PATH']}"
    return peer.start(
        *("review", repository, "--serve", "--out", peer.home / "out", "--jobs", "1"),
        *arguments,
        *("--", "--served-model-name", "m"),
    )


def test_a_review_starts_its_server_and_ends_it(peer: Peer) -> None:
    run = review(peer.behaves(fault="sound"), "--report", "architecture")
    _, err = run.communicate(timeout=120)
    assert run.returncode == 0, err
    assert (peer.home / "out" / "architecture.md").exists()
    assert "Model: m on vllm (started by --serve)" in err
    peer.port = int(err.partition("at http://127.0.0.1:")[2].partition("/")[0])
    arguments = json.loads(peer.log.splitlines()[0].partition(" ")[2])
    window = int(arguments[arguments.index("--max-model-len") + 1])
    assert window == 65_536
    peer.nothing_is_left(within=0)


def test_a_review_that_is_killed_leaves_no_server(peer: Peer) -> None:
    run = review(peer.behaves(fault="silent before"), "--report", "architecture")
    assert run.stderr is not None
    told = next(line for line in run.stderr if line.startswith("Ready"))
    peer.port = int(told.partition("http://127.0.0.1:")[2].partition("/")[0])
    assert listens(peer.port)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    peer.nothing_is_left()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--base-url", "http://127.0.0.1:9/v1"), "names another"),
        (("--engine", "embedded"), "wants none"),
    ],
)
def test_a_review_has_one_server(peer: Peer, arguments: tuple[str, ...], said: str) -> None:
    run = review(peer, *arguments)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 2
    assert said in err.splitlines()[-1]
