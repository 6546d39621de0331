"""The worker process, seen from here: started, asked, ended with everything that it started."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import threading
import time
import weakref
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from scout_codebase.engines.logs import last_lines, new_log
from scout_codebase.engines.offline import worker
from scout_codebase.engines.stream import Watchdog
from scout_codebase.errors import NoServerError, PromptTooLongError, ServerError

SILENT_SECONDS = 1_800.0
"""How long loading may write nothing to the log, and an answer take for one step."""

_POLL_SECONDS = 1.0
_STOP_SECONDS = worker.WORKERS_GRACE_SECONDS + 3.0
_MESSAGE_CHARACTERS = 600
_SETTINGS = {
    "PYTHONSAFEPATH": "1",  # neither the worker's folder nor the current one is imported from
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",  # this is a process of its own already
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
    "VLLM_NO_USAGE_STATS": "1",
}

Message = Mapping[str, Any]


class WorkerProcess:
    """A worker that has loaded its model. One request at a time. It ends with ``stop``, which may
    be called twice; at the latest when this process ends, even where that comes without warning."""

    def __init__(self, child: subprocess.Popen[str], log: Path, silent: float) -> None:
        self.process_id = child.pid
        self.ready: Message = {}
        self._child = child
        self._log = log
        self._silent = silent
        self._turn = threading.Lock()
        self._last_request = 0
        self.stop = weakref.finalize(self, _stop, child)

    @classmethod
    def start(
        cls, python: str, model: str, arguments: Mapping[str, Any], log_folder: Path, silent: float
    ) -> WorkerProcess:
        """Loads the model, however long that takes as long as something happens: at the latest
        every ``silent`` seconds, then and later.

        Raises NoServerError where ``python`` has no vLLM, ServerError where loading fails."""
        log = new_log(log_folder, "vllm-offline")
        process = cls(_spawn(python, log), log, silent)
        try:
            process._load({"model": model, "arguments": dict(arguments)})
        except BaseException:
            process.stop()
            raise
        return process

    def request(self, body: Message) -> Generator[Message, None, None]:
        """The messages that answer ``body``. Whoever stops reading them cancels the answer.

        Raises PromptTooLongError or ServerError."""
        with self._turn, self._watch() as watchdog:
            self._last_request += 1
            self._send({"id": self._last_request, **body})
            try:
                while "done" not in (message := self._receive(watchdog)):
                    yield message
            except BaseException:
                self._cancel()
                raise

    def _load(self, options: Message) -> None:
        self._send(options)
        self._wait_for_output()
        with self._watch() as watchdog:
            ready = self._receive(watchdog).get("ready")
        if not isinstance(ready, Mapping):
            raise self._nonsense()
        self.ready = ready

    def _wait_for_output(self) -> None:
        """Until the worker says something or ends. A growing log is a sign of life."""
        size, deadline = -1, time.monotonic() + self._silent
        assert self._child.stdout is not None  # noqa: S101  # a pipe
        while not select.select([self._child.stdout], [], [], _POLL_SECONDS)[0]:
            grown = self._log.stat().st_size
            if grown != size:
                size, deadline = grown, time.monotonic() + self._silent
            elif time.monotonic() > deadline:
                raise self._failure(f"wrote nothing to its log for {self._silent:.0f} s")

    def _watch(self) -> Watchdog:
        return Watchdog(lambda: _kill(self._child), self._silent)

    def _send(self, message: Message) -> None:
        assert self._child.stdin is not None  # noqa: S101  # a pipe
        # Where nobody reads any more, what the worker last said tells why.
        with contextlib.suppress(OSError, ValueError):
            self._child.stdin.write(json.dumps(message) + "\n")
            self._child.stdin.flush()

    def _cancel(self) -> None:
        self._send({"id": self._last_request, "cancel": True})

    def _receive(self, watchdog: Watchdog) -> Message:
        """The next message about the last request; raises what it reports."""
        while True:
            message = self._read(watchdog)
            if message.get("id") == self._last_request:
                break
        if "error" in message:
            raise self._reported(message["error"])
        return message

    def _read(self, watchdog: Watchdog) -> Message:
        assert self._child.stdout is not None  # noqa: S101  # a pipe
        try:
            line = self._child.stdout.readline()
        except ValueError:  # closed, or no text
            line = ""
        if watchdog.expired:
            raise self._failure(f"did nothing for {self._silent:.0f} s")
        if not line:
            raise self._ended()
        watchdog.extend(self._silent)
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            raise self._nonsense()
        return message

    def _reported(self, error: Any) -> Exception:
        if not isinstance(error, Mapping):
            return self._nonsense()
        text = " ".join(str(error.get("message")).split())[:_MESSAGE_CHARACTERS]
        match error.get("kind"):
            case "missing":
                return NoServerError(
                    f"vLLM cannot be imported ({text})",
                    remedy='Install it with: pip install "scout-codebase[serve]", or name the '
                    "Python of the environment that has it with --vllm-python.",
                )
            case "too-long":
                return PromptTooLongError(
                    f"The prompt does not fit: {text}", remedy="Raise --context-window."
                )
            case "loading":
                return self._failure(f"could not load the model: {text}", tail=False)
        return self._failure(f"could not answer: {text}", tail=False)

    def _ended(self) -> ServerError:
        _kill(self._child)  # what the worker has started may have outlived it
        code = self._child.wait()
        return self._failure("has ended" if code == -signal.SIGKILL else f"ended with code {code}")

    def _nonsense(self) -> ServerError:
        return self._failure("sent something that is not an answer")

    def _failure(self, what: str, *, tail: bool = True) -> ServerError:
        end = f": {last_lines(self._log)}" if tail else ""
        return ServerError(f"vLLM {what}{end}", remedy=f"Its log is {self._log}.")


def _spawn(python: str, log: Path) -> subprocess.Popen[str]:
    """In a session of its own, so that Ctrl-C reaches this process first, and one signal reaches
    the worker with all that it starts. Not in the current folder, which may be the reviewed one."""
    try:
        with log.open("wb") as errors:
            return subprocess.Popen(
                [python, worker.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=log.parent,
                env=os.environ | _SETTINGS,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
    except OSError as error:
        raise NoServerError(
            f"{python} cannot be run ({error.strerror})",
            remedy="Name the Python of the environment that has vLLM with --vllm-python.",
        ) from error


def _kill(child: subprocess.Popen[str]) -> None:
    """The worker and everything that it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _stop(child: subprocess.Popen[str]) -> None:
    """The end of its standard input asks the worker to shut vLLM down; then it is made to end."""
    if child.returncode is not None:  # its number may be another process's by now
        return
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(_STOP_SECONDS)
    _kill(child)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()
