"""A server from its start to its end."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from scout_codebase.errors import ServerError, UsageError
from scout_codebase.serving import supervisor
from scout_codebase.serving.launch import Launch, refuse_present_file, refuse_taken_port
from scout_codebase.serving.log import LogReader, last_words, new_log
from scout_codebase.serving.signals import interrupted_by_signals, uninterrupted

OnStage = Callable[[str, int | None, float], None]
"""Told what the server does, how much of it is done in percent where that is known, and for how
many seconds the server has been starting."""

GRACE_SECONDS = 10.0
"""What the server has to end by itself: vLLM takes one to three, more on many GPUs."""
_STOP_SECONDS = GRACE_SECONDS + 30.0
_LOOK_SECONDS = 0.2
_ANSWER_SECONDS = 5.0
_REFUSED = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that is ready. ``window`` is None where it does not tell; ``seconds`` is what it
    took to start."""

    launch: Launch
    model: str
    window: int | None
    log: Path
    seconds: float
    process: subprocess.Popen[str]

    @property
    def settings_lines(self) -> str:
        """For a shell: where the server is, and its key."""
        return (
            f"export SCOUT_REVIEW_BASE_URL={self.launch.base_url}\n"
            f"export SCOUT_REVIEW_API_KEY={shlex.quote(self.launch.key)}\n"
        )

    def wait(self) -> None:
        """For ever. Raises ServerError when the server ends."""
        code = self.process.wait()
        title = self.launch.row.title
        raise ServerError(
            f"{title} ended with code {code}: {last_words(self.log)}",
            remedy=f"Its log is {self.log}.",
        )


@contextmanager
def running_server(launch: Launch, on_stage: OnStage) -> Iterator[RunningServer]:
    """The server, from when it is ready until the block ends. It is ended in whatever way the
    block or this process ends; SIGTERM and SIGHUP become KeyboardInterrupt.

    Raises UsageError where its port is taken or its ready file is there, ServerError where it does
    not become ready."""
    if os.name != "posix":
        raise UsageError(
            "Servers are started on Linux and macOS",
            remedy="Start one yourself and name it with --base-url.",
        )
    refuse_taken_port(launch)
    refuse_present_file(launch)
    with interrupted_by_signals():
        log = new_log(launch.wanted.log_folder)
        process = _start(launch, log)
        try:
            ready = _wait_until_ready(launch, process, log, on_stage)
            _write_ready_file(ready)
            yield ready
        finally:
            _stop(process, launch)


def _start(launch: Launch, log: Path) -> subprocess.Popen[str]:
    """In a session of its own, so that Ctrl-C reaches this process first."""
    order = supervisor.Order(
        command=list(launch.command),
        scratch=str(launch.scratch),
        remove=[str(path.absolute()) for path in _files(launch)],
        grace=GRACE_SECONDS,
        parent=os.getpid(),
    )
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-I", str(Path(supervisor.__file__).absolute())],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | dict(launch.environment),
            encoding="utf-8",
            start_new_session=True,
        )
    assert process.stdin is not None  # noqa: S101  # it is a pipe
    with contextlib.suppress(OSError):  # it has ended: its log says why
        process.stdin.write(json.dumps(asdict(order)) + "\n")
        process.stdin.flush()
    return process


def _wait_until_ready(
    launch: Launch, process: subprocess.Popen[str], log: Path, on_stage: OnStage
) -> RunningServer:
    reader = LogReader(log, launch.row.stages)
    begun = time.monotonic()
    with httpx.Client(
        base_url=launch.root_url,
        timeout=_ANSWER_SECONDS,
        trust_env=False,
        verify=False,  # noqa: S501
    ) as client:
        while process.poll() is None:
            elapsed = time.monotonic() - begun
            progress = reader.read()
            on_stage(progress.title, progress.percent, elapsed)
            if _is_ready(client, launch):
                model, window = _listed(client, launch, log)
                elapsed = time.monotonic() - begun
                return RunningServer(launch, model, window, log, elapsed, process)
            if elapsed > launch.wanted.ready_within:
                raise ServerError(
                    f"{launch.row.title} was not ready within {launch.wanted.ready_within:g} s: "
                    f"{progress}; {last_words(log)}",
                    remedy=f"Give it longer with --ready-within; its log is {log}.",
                )
            time.sleep(_LOOK_SECONDS)
    raise ServerError(
        f"{launch.row.title} ended with code {process.returncode} before it was ready: "
        f"{last_words(log)}",
        remedy=f"Its log is {log}; flags for it go behind --.",
    )


def _is_ready(client: httpx.Client, launch: Launch) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return client.get(launch.row.health).status_code == httpx.codes.OK
    return False


def _listed(client: httpx.Client, launch: Launch, log: Path) -> tuple[str, int | None]:
    """The model and its window. Raises ServerError where what answers does not insist on the key:
    it is not the server that was started, or one that anybody may use."""
    key = {"Authorization": f"Bearer {launch.key}"}
    try:
        without = client.get(launch.row.guarded)
        with_key = client.get(launch.row.guarded, headers=key)
        if without.status_code not in _REFUSED or with_key.status_code != httpx.codes.OK:
            raise ServerError(
                f"What answers at {launch.root_url} does not ask for the key of this server",
                remedy=f"Another may have taken the port: choose one with --port. Log: {log}.",
            )
        row: Any = client.get("/v1/models", headers=key).json()["data"][0]
        meta = row.get("meta") or {}
        window = row.get("max_model_len") or meta.get("n_ctx")
        return str(row["id"]), window if type(window) is int else None
    except (httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ServerError(
            f"{launch.row.title} is up and does not say what it serves: {error}",
            remedy=f"Its log is {log}.",
        ) from error


def _files(launch: Launch) -> list[Path]:
    """What this run writes besides its log."""
    file = launch.wanted.ready_file
    return [] if file is None else [file, _unfinished(file)]


def _unfinished(file: Path) -> Path:
    return file.with_name(f".{file.name}.{os.getpid()}")


def _write_ready_file(ready: RunningServer) -> None:
    """Whole or not at all, and for this user only: it holds the key."""
    file = ready.launch.wanted.ready_file
    if file is None:
        return
    try:
        unfinished = _unfinished(file)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(ready.settings_lines)
        unfinished.rename(file)
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written: {error.strerror}", remedy="Name another --ready-file."
        ) from error


def _stop(process: subprocess.Popen[str], launch: Launch) -> None:
    """The end of its standard input makes the supervisor end everything. Where it was killed
    itself, the kernel has killed the server (on Linux), and what is left is ended here."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        if (process.poll() or 0) < 0:
            with uninterrupted():
                _end_without_supervisor(process.pid, launch)


def _end_without_supervisor(group: int, launch: Launch) -> None:
    """Resource trackers go last, as with the supervisor."""
    began = time.monotonic()
    while left := _marked(f"TMPDIR={launch.scratch}"):
        waited = time.monotonic() - began
        if waited > GRACE_SECONDS:
            break
        for number in left:
            if waited > supervisor.POLITE_SECONDS or not supervisor.is_tracker(number):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(number, signal.SIGKILL)
        time.sleep(_LOOK_SECONDS)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    shutil.rmtree(launch.scratch, ignore_errors=True)
    for path in _files(launch):
        path.unlink(missing_ok=True)


def _marked(variable: str) -> list[int]:
    """On Linux the processes that were started with that variable, wherever they are now."""
    found = []
    for file in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if variable.encode() in file.read_bytes().split(b"\0"):
                found.append(int(file.parent.name))
    return found
