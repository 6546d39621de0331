"""The embedded engine: a llama.cpp server of our own, for as long as this process lives."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import queue
import secrets
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO

from scout_codebase.engines import embedded_server
from scout_codebase.engines.base import OnEvent
from scout_codebase.engines.embedded_server import ServerOptions
from scout_codebase.engines.server import Server, open_server
from scout_codebase.engines.stream import Timeouts
from scout_codebase.errors import NoServerError, ServerError
from scout_codebase.records import Answer, EngineIdentity, Question

DEFAULT_WINDOW = 32_768
_START_SECONDS = 300.0
_STOP_SECONDS = 2.0
_LOGS_KEPT = 5
_CPU_LIMIT = Path("/sys/fs/cgroup/cpu.max")
_TAIL_LINES = 6
_TAIL_CHARACTERS = 600
_INSTALL_REMEDY = 'Install it with: pip install "scout-codebase[embedded]".'

_SPIN_COUNT = "3000"


def open_embedded(
    weights: Path,
    log_folder: Path,
    *,
    context_window: int | None = None,
    timeouts: Timeouts | None = None,
) -> EmbeddedEngine:
    """Starts a server for ``weights`` (any GGUF file) and waits until it is ready.

    Raises NoServerError where xllamacpp is not installed, ServerError where the server does not
    start; the message then holds the end of its log."""
    if importlib.util.find_spec("xllamacpp") is None:
        raise NoServerError("The embedded engine is not installed", remedy=_INSTALL_REMEDY)
    process = ServerProcess.start(weights, log_folder, context_window or DEFAULT_WINDOW)
    try:
        server = open_server(
            f"http://127.0.0.1:{process.port}/v1", api_key=process.api_key, timeouts=timeouts
        )
    except BaseException:
        process.stop()
        raise
    return EmbeddedEngine(process, server)


class EmbeddedEngine:
    """An Engine: a server, and the process that it is."""

    def __init__(self, process: ServerProcess, server: Server) -> None:
        self._process = process
        self._server = server
        self._identity = replace(server.identity, address="embedded", embedded=True)

    @property
    def identity(self) -> EngineIdentity:
        return self._identity

    @property
    def process_id(self) -> int:
        return self._process.process_id

    def count_tokens(self, prompt: str) -> int | None:
        return self._server.count_tokens(prompt)

    def reserve(self, tokens: int) -> int | None:
        return self._server.reserve(tokens)

    def ask(self, prompt: str, question: Question, on_event: OnEvent) -> Answer:
        return self._server.ask(prompt, question, on_event)

    def close(self) -> None:
        self._server.close()
        self._process.stop()


class ServerProcess:
    """A running server. It ends with ``stop``, which may be called twice; at the latest when this
    process ends, even where that comes without warning."""

    def __init__(self, child: subprocess.Popen[str], port: int, api_key: str) -> None:
        self.port = port
        self.api_key = api_key
        self.process_id = child.pid
        self.stop = weakref.finalize(self, _stop, child)

    @classmethod
    def start(cls, weights: Path, log_folder: Path, context_window: int) -> ServerProcess:
        in_main_thread = threading.current_thread() is threading.main_thread()
        options = ServerOptions(
            model_path=str(weights.absolute()),
            alias=weights.stem,
            context_window=context_window,
            threads=available_cores(),
            api_key=secrets.token_urlsafe(24),
            parent=os.getpid() if in_main_thread else 0,
        )
        log = _new_log(log_folder)
        child = _spawn(log)
        try:
            port = _wait_until_ready(child, options, log)
        except BaseException:
            _stop(child)
            raise
        return cls(child, port, options.api_key)


def available_cores() -> int:
    """The cores that this process may use, which in a container can be fewer than there are."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    try:
        quota, period = _CPU_LIMIT.read_text(encoding="ascii").split()
        return max(1, min(cores, int(quota) // int(period)))
    except (OSError, ValueError):  # no control group, or "max"
        return cores


def _waiting_policy() -> dict[str, str]:
    """How threads wait for each other. On an idle machine a short spin gives a third more tokens
    a second than sleeping. Where other processes want the cores, a spinning thread makes every
    step wait for the scheduler, and an answer takes up to ten times as long: there they sleep."""
    busy = hasattr(os, "getloadavg") and os.getloadavg()[0] > available_cores() - 0.5
    return {"OMP_WAIT_POLICY": "passive"} if busy else {"GOMP_SPINCOUNT": _SPIN_COUNT}


def _new_log(folder: Path) -> Path:
    """A log of its own for each server; the oldest ones are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    logs = sorted(folder.glob("embedded-*.log"), key=lambda path: path.stat().st_mtime)
    for old in logs[: 1 - _LOGS_KEPT]:
        old.unlink(missing_ok=True)
    return folder / f"embedded-{os.getpid()}-{secrets.token_hex(3)}.log"


def _spawn(log: Path) -> subprocess.Popen[str]:
    """In a session of its own, so that Ctrl-C reaches this process first. ``-P`` keeps the
    current folder, which may be the reviewed repository, out of the child's imports."""
    with log.open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", embedded_server.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=log.parent,
            env=os.environ | _waiting_policy(),
            encoding="utf-8",
            start_new_session=True,
        )


def _wait_until_ready(child: subprocess.Popen[str], options: ServerOptions, log: Path) -> int:
    assert child.stdin and child.stdout  # noqa: S101  # both are pipes
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=_read_line, args=(child.stdout, lines), daemon=True)
    try:
        child.stdin.write(options.to_line())
        child.stdin.flush()
        reader.start()
        return int(json.loads(lines.get(timeout=_START_SECONDS))["port"])
    except (OSError, ValueError, KeyError, queue.Empty):
        raise _start_error(child, log) from None


def _read_line(stream: IO[str], lines: queue.Queue[str]) -> None:
    lines.put(stream.readline())


def _start_error(child: subprocess.Popen[str], log: Path) -> NoServerError | ServerError:
    try:
        code = child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        code = None
    if code == embedded_server.NO_PACKAGE_EXIT_CODE:
        return NoServerError("The embedded engine cannot be loaded", remedy=_INSTALL_REMEDY)
    tail = " / ".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL_LINES:])
    how = f"ended with code {code}" if code is not None else "did not become ready"
    return ServerError(
        f"The embedded server {how}: {tail[-_TAIL_CHARACTERS:] or 'its log is empty'}",
        remedy=f"Its log is {log}; a smaller --context-window needs less memory.",
    )


def _stop(child: subprocess.Popen[str]) -> None:
    """The end of its standard input asks the server to end; then it is made to."""
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    steps: tuple[Callable[[], None], ...] = (lambda: None, child.terminate, child.kill)
    for insist in steps:
        insist()
        try:
            child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        break
    if child.stdout is not None:
        child.stdout.close()
