"""From a planned command to what is started on this machine."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scout_codebase.errors import UsageError
from scout_codebase.planning.serving import LOOPBACK, PLACEHOLDER, ServeCommand
from scout_codebase.serving.installed import Installation
from scout_codebase.serving.table import ServerRow, Words

_KEY_BYTES = 24
_SOCKET_PATH = 107 if sys.platform == "linux" else 103
_SOCKET_NAME = 36
_SHORTEST_ABBREVIATION = len("--ho")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user said. ``key`` "" makes one; ``extra`` are flags for the server itself;
    ``ready_file`` is written when it is ready; ``ready_within`` is in seconds."""

    port: int
    log_folder: Path
    key: str = ""
    extra: Words = ()
    ready_file: Path | None = None
    ready_within: float = 3_600.0


@dataclass(frozen=True, slots=True)
class Launch:
    """``environment`` is what the server's has besides ours, the key among it. ``scratch`` is the
    folder for its temporary files, which is made for it and removed with everything in it."""

    installation: Installation
    command: Words
    environment: tuple[tuple[str, str], ...]
    key: str
    scratch: Path
    wanted: Wanted

    @property
    def row(self) -> ServerRow:
        return self.installation.row

    @property
    def root_url(self) -> str:
        return f"http://{LOOPBACK}:{self.wanted.port}"

    @property
    def base_url(self) -> str:
        return f"{self.root_url}/v1"


def launch_of(installation: Installation, planned: ServeCommand, wanted: Wanted) -> Launch:
    """Raises UsageError for extra flags that are not the user's to set."""
    _refuse_reserved(installation.row, wanted.extra)
    _refuse_placeholder(installation.row, planned)
    build = installation.build
    first, *others = planned.words
    kept = (words for words in others if words[0] not in build.drops)
    key = wanted.key or secrets.token_urlsafe(_KEY_BYTES)
    return Launch(
        installation=installation,
        command=(
            *installation.command,
            *first[build.replaces :],
            *(word for words in kept for word in words),
            *wanted.extra,
        ),
        environment=(*_settable(planned.environment), (planned.secret, key), *_QUIET),
        key=key,
        scratch=_scratch(),
        wanted=wanted,
    )


# A server's own interpreter would import from the working folder, and hold its log back.
_QUIET = (("PYTHONSAFEPATH", "1"), ("PYTHONUNBUFFERED", "1"))


def _scratch() -> Path:
    """Servers make sockets there, whose paths may have 107 bytes: ``/tmp`` where the folder for
    temporary files leaves no room for the 36 of their names."""
    name = f"scout-review-{secrets.token_hex(4)}"
    folder = Path(tempfile.gettempdir())
    fits = len(os.fsencode(folder / name)) + 1 + _SOCKET_NAME <= _SOCKET_PATH
    return (folder if fits else Path("/tmp")) / name  # noqa: S108  # made with mode 0700, anew


def _settable(environment: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What the user has set by a variable stays as it is."""
    return [(name, value) for name, value in environment if name not in os.environ]


def _refuse_placeholder(row: ServerRow, planned: ServeCommand) -> None:
    """What the plan leaves to the user to fill in is no checkpoint, and a model whose config.json
    calls it ``--flag`` would be one."""
    for word in (*planned.words[0], *planned.words[1]):
        if word.startswith(PLACEHOLDER):
            raise UsageError(
                f"The plan for {row.title} has no checkpoint of that model in these weights",
                remedy="Choose others with --quantization, or plan and start the server yourself.",
            )
    if planned.words[0][-1].startswith("-"):
        raise UsageError(
            f"{planned.words[0][-1]!r} is not the name of a model", remedy="Name it with --model."
        )


def _refuse_reserved(row: ServerRow, extra: Words) -> None:
    """Abbreviations too: the servers' own parsers take them."""
    for word in extra:
        name = word.partition("=")[0].replace("_", "-")
        if not name.startswith("--") or len(name) < _SHORTEST_ABBREVIATION:
            continue
        for reserved, remedy in row.reserved.items():
            if reserved.startswith(name):
                raise UsageError(f"{name} cannot be passed to {row.title}", remedy=remedy)


def free_port() -> int:
    """One that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def refuse_taken_port(launch: Launch) -> None:
    """Raises UsageError where something listens there already, or the port may not be used."""
    port = launch.wanted.port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            raise UsageError(
                f"port {port} is taken" if taken else f"port {port} cannot be used: {error}",
                remedy="Choose another with --port, or review with what listens there: "
                f"--base-url {launch.base_url}."
                if taken
                else "Choose another with --port.",
            ) from error


def refuse_present_file(launch: Launch) -> None:
    """Raises UsageError where the ready file is there: a script would take it for this run's."""
    file = launch.wanted.ready_file
    if file is None:
        return
    if os.path.lexists(file):
        raise UsageError(
            f"{file} is there already", remedy="Remove it, or name another with --ready-file."
        )
    if not file.absolute().parent.is_dir():
        raise UsageError(
            f"{file.absolute().parent} is no folder", remedy="Make it, or name another file."
        )
