"""Start a real vLLM server on loopback for a test, and stop it whatever happens.

Runs in any environment that has httpx; vLLM itself lives in the environment that ``install.py``
makes, and is only ever started from there.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

MODEL = "meta-llama/Llama-4-Scout-17B-16E-Instruct"
READY_WITHIN = 300.0
STOP_WITHIN = 10.0
LOG_TAIL_LINES = 40
LOG_ERROR_LINES = 10
POSITIONS_PER_KV_GIB = 4_000_000

GUARD = Path(__file__).with_name("guard.py")
METRICS = ("vllm:prefix_cache_queries_total", "vllm:prefix_cache_hits_total")


class PeerFailedError(RuntimeError):
    """The server ended or stayed silent before it was ready; the message holds its last words."""


@dataclass(frozen=True, slots=True)
class VllmPeer:
    """A running server: ``base_url`` ends in ``/v1`` and has no trailing slash."""

    base_url: str
    model: str
    max_model_len: int
    log: Path

    @property
    def root(self) -> str:
        """The address of the routes outside ``/v1``: /health, /metrics, /tokenize."""
        return self.base_url.removesuffix("/v1")


def metrics(peer: VllmPeer) -> dict[str, float]:
    """The prefix cache's counters by their Prometheus names, summed over engines.

    Both count tokens since the server started: those looked up and those found.
    """
    response = httpx.get(f"{peer.root}/metrics", timeout=30.0, trust_env=False)
    response.raise_for_status()
    return {name: _sum_of(name, response.text) for name in METRICS}


@contextmanager
def running_vllm_peer(
    *,
    venv: Path,
    model_dir: Path,
    log: Path,
    max_model_len: int = 131_072,
    extra: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    ready_within: float = READY_WITHIN,
) -> Iterator[VllmPeer]:
    """Serve ``model_dir`` on a free loopback port until the block ends.

    ``extra`` is appended to the server's flags, ``environment`` to its variables; everything it
    prints goes to ``log``. When the block ends, in whatever way, no process of the server is left;
    the same holds when this process is killed. Raises PeerFailedError when the server is not ready
    within ``ready_within`` seconds.
    """
    venv = venv.absolute()
    python = venv / "bin" / "python"
    if not python.exists():
        raise PeerFailedError(f"{python} is missing: run install.py {venv} first")
    port = _free_port()
    peer = VllmPeer(f"http://127.0.0.1:{port}/v1", MODEL, max_model_len, log)
    command = [str(python), *_arguments(model_dir.absolute(), port, max_model_len), *extra]
    with tempfile.TemporaryDirectory(prefix="vllm-peer-", ignore_cleanup_errors=True) as scratch:
        variables = _environment(venv, Path(scratch), max_model_len)
        process = _start(command, {**variables, **(environment or {})}, log)
        try:
            _wait_until_ready(process, peer, ready_within)
            yield peer
        finally:
            _stop(process)


def _start(command: Sequence[str], env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Run ``command`` under the guard, in a session of its own, with its output in ``log``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, str(GUARD), str(STOP_WITHIN), *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            start_new_session=True,
        )


def _arguments(model_dir: Path, port: int, max_model_len: int) -> list[str]:
    return [
        *("-m", "vllm.entrypoints.openai.api_server"),
        *("--model", str(model_dir)),
        *("--served-model-name", MODEL),
        *("--host", "127.0.0.1"),
        *("--port", str(port)),
        *("--max-model-len", str(max_model_len)),
        "--enforce-eager",
        "--enable-prefix-caching",
        "--enable-prompt-tokens-details",
        *("--shutdown-timeout", "3"),
        "--structured-outputs-config",
        '{"backend":"xgrammar","disable_any_whitespace":true}',
    ]


def _environment(venv: Path, scratch: Path, max_model_len: int) -> Mapping[str, str]:
    """The server's environment: offline, on loopback, silent, its caches inside ``venv``."""
    inherited = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return {
        **inherited,
        "TMPDIR": str(scratch),
        "PATH": os.pathsep.join((str(venv / "bin"), os.environ.get("PATH", os.defpath))),
        "PYTHONUNBUFFERED": "1",
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(venv / "cache" / "huggingface"),
        "VLLM_CACHE_ROOT": str(venv / "cache" / "vllm"),
        "VLLM_CONFIG_ROOT": str(venv / "cache" / "vllm-config"),
        "VLLM_CPU_KVCACHE_SPACE": str(1 + max_model_len // POSITIONS_PER_KV_GIB),
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "VLLM_HOST_IP": "127.0.0.1",
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
    }


def _wait_until_ready(process: subprocess.Popen[bytes], peer: VllmPeer, within: float) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise PeerFailedError(f"vLLM ended before it was ready.\n{_tail(peer.log)}")
        with suppress(httpx.TransportError):
            health = httpx.get(f"{peer.root}/health", timeout=5.0, trust_env=False)
            if health.status_code == httpx.codes.OK:
                return
        time.sleep(0.25)
    raise PeerFailedError(f"vLLM was not ready within {within:.0f} s.\n{_tail(peer.log)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the guard and its group: politely through the guard, then by force."""
    if process.stdin is not None:
        process.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_WITHIN + 5.0)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _tail(log: Path) -> str:
    """The first exceptions that ``log`` names, and its last lines."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line for line in lines if re.search(r"^(?!.* WARNING ).*(Error|Exception): ", line)]
    return "\n".join(
        [
            f"The first errors of {log}:",
            *errors[:LOG_ERROR_LINES],
            "Its last lines:",
            *lines[-LOG_TAIL_LINES:],
        ]
    )


def _sum_of(name: str, exposition: str) -> float:
    """The sum of one metric's samples in Prometheus' text format; 0.0 when it has none."""
    sample = re.compile(rf"^{re.escape(name)}(?:\{{.*\}})? (\S+)", re.MULTILINE)
    return sum((float(value) for value in sample.findall(exposition)), start=0.0)
