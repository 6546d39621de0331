"""The one way in which git reaches the network: for an address that the user named.

What the user configured for git stays in force, because it may take a proxy, a certificate, an SSH
key or a credential helper to reach the address. Nobody is ever asked: git is started without a
terminal, and every program that would open a dialogue is off. No hook runs, no submodule is
fetched, and no transport but those of the address is allowed, also where the server redirects.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from scout_codebase.walk.address import PROTOCOLS, Address
from scout_codebase.walk.command import GitFailure, git_program, inherited_environment

Progress = Callable[[str, int, int], None]
"""What git does right now, how many of them are done, of how many."""

SILENCE = 600.0
"""Seconds after which a git that says nothing is taken to hang."""

_GRACE = 5.0  # seconds
_POLL = 0.5  # seconds

_OVERRIDES = (
    ("core.askPass", ""),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("credential.interactive", "never"),
    ("fetch.recurseSubmodules", "false"),
    ("fetch.uriProtocols", ""),
    ("gc.auto", "0"),
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", f"{SILENCE:.0f}"),
    ("maintenance.auto", "false"),
    ("submodule.recurse", "false"),
    ("transfer.bundleURI", "false"),
)

_ENVIRONMENT = {
    "GCM_INTERACTIVE": "never",
    "GIT_ASKPASS": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "C",
    "LC_ALL": "C",
    "SSH_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
}

_PROGRESS = re.compile(rb"(?:remote: )?([A-Z][A-Za-z ]+): +\d+% \((\d+)/(\d+)\)")


class Remote:
    """git with one address, which it knows by its ``shown`` form alone: what is secret in it is
    neither among the arguments, which every user of the machine can list, nor in any file."""

    def __init__(self, address: Address, on_progress: Progress) -> None:
        self._address = address
        self._on_progress = on_progress

    def run(self, folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
        """Standard output. Raises GitFailure, whose message shows no secret."""
        overrides = [part for key, value in _OVERRIDES for part in ("-c", f"{key}={value}")]
        command = [git_program(), "--no-pager", *overrides, "-C", str(folder), *arguments]
        with tempfile.TemporaryFile() as requests, tempfile.TemporaryFile() as output:
            requests.write(stdin)
            requests.seek(0)
            with subprocess.Popen(
                command,
                stdin=requests,
                stdout=output,
                stderr=subprocess.PIPE,
                env=_environment(self._address),
                start_new_session=True,  # and so without a terminal to ask at
            ) as process:
                errors = self._watch(process)
            if process.returncode:
                raise GitFailure(process.returncode, self._cleaned(errors))
            output.seek(0)
            return output.read()

    def _watch(self, process: subprocess.Popen[bytes]) -> bytes:
        """What git says until it ends, progress apart. A program that it left running, as ssh does
        to share a connection, may keep the stream open."""
        stream = cast("IO[bytes]", process.stderr)
        said, line = bytearray(), b""
        heard_at = time.monotonic()
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(stream, selectors.EVENT_READ)
                while time.monotonic() - heard_at < SILENCE:
                    ended = process.poll() is not None
                    if selector.select(_POLL):
                        heard_at = time.monotonic()
                        chunk = os.read(stream.fileno(), 1 << 16)
                        *lines, line = re.split(rb"[\r\n]", line + chunk)
                        said += b"".join(b"%s\n" % row for row in lines if not self._show(row))
                        ended = not chunk
                    if ended:
                        process.wait(_GRACE)
                        return bytes(said + line)
            return b"%s\nfatal: silent for %d seconds" % (said, SILENCE)
        finally:
            _end(process)

    def _show(self, line: bytes) -> bool:
        """Whether the line was one of progress."""
        found = _PROGRESS.match(line)
        if found:
            self._on_progress(found[1].decode("ascii"), int(found[2]), int(found[3]))
        return found is not None

    def _cleaned(self, errors: bytes) -> bytes:
        """The line that says what went wrong, without the address's secrets and without what a
        terminal would obey."""
        text = errors.decode("utf-8", "replace").replace(self._address.url, self._address.shown)
        for secret in self._address.secrets:
            text = text.replace(secret, "***")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        fatal = [line for line in lines if line.startswith(("fatal: ", "error: "))]
        message = (fatal or lines or ["git gave no reason"])[0]
        return "".join(filter(str.isprintable, message)).encode()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends git and what it started, where it has not ended by itself. SIGTERM lets it take its
    temporary files away."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            with suppress(subprocess.TimeoutExpired, ProcessLookupError):
                os.killpg(process.pid, number)
                process.wait(_GRACE)


def _environment(address: Address) -> Mapping[str, str]:
    environment = inherited_environment() | _ENVIRONMENT
    environment["GIT_ALLOW_PROTOCOL"] = PROTOCOLS[address.scheme]
    if address.url != address.shown:
        count = int(environment.get("GIT_CONFIG_COUNT") or 0)
        environment |= {
            "GIT_CONFIG_COUNT": str(count + 1),
            f"GIT_CONFIG_KEY_{count}": f"url.{address.url}.insteadOf",
            f"GIT_CONFIG_VALUE_{count}": address.shown,
        }
    return environment
