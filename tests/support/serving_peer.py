"""What the tests of starting servers share: an environment with a stand-in for vLLM, and what is
left of one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.processes import marked_processes

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
MARK = "SCOUT_TEST_MARK"
PROGRAMS = ("vllm/entrypoints/cli/main.py", "vllm/entrypoints/openai/api_server.py")
WITHIN = 60.0
"""Seconds; a busy machine takes long for little."""


def install(folder: Path, distribution: str = "vllm", version: str = "0.32.0") -> Path:
    """Makes ``folder`` one for PYTHONPATH in which Python finds ``fake_vllm`` as vLLM."""
    for program in PROGRAMS:
        file = folder / program
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TESTS / "support" / "fake_vllm.py", file)
    information = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
    )
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def session_of(process: int) -> int:
    """0 for one that has ended."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    state, _, _, session = stat.rpartition(")")[2].split()[:4]
    return 0 if state in "ZX" else int(session)


def _heed_signals() -> None:
    """A shell that runs the tests in the background has interruptions ignored by all below it."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@dataclass
class Peer:
    """An environment for ``scout-review`` runs whose processes can be told from all others."""

    home: Path
    mark: str
    port: int
    environment: dict[str, str]
    sessions: set[int] = field(default_factory=set)

    @classmethod
    @contextmanager
    def at_home(cls, variables: Mapping[str, str] | None = None) -> Iterator[Peer]:
        """With a folder that holds everything that a run may write, its temporary files too. Its
        name is short, which the paths of servers' sockets need."""
        with tempfile.TemporaryDirectory(prefix="scout-", dir="/tmp") as folder:
            peer = cls._make(Path(folder) / "home", variables)
            try:
                yield peer
            finally:
                peer.end_all()

    @classmethod
    def _make(cls, home: Path, variables: Mapping[str, str] | None) -> Peer:
        mark = f"{os.getpid()}-{time.monotonic_ns()}"
        (home / "tmp").mkdir(parents=True)
        environment = {
            **{name: value for name, value in os.environ.items() if "SCOUT_REVIEW" not in name},
            MARK: mark,
            "TMPDIR": str(home / "tmp"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "FAKE_VLLM_TESTS": str(TESTS),
            "PYTHONPATH": str(ROOT),
            **(variables or {}),
        }
        return cls(home, mark, free_port(), environment)

    def with_fake(self, distribution: str = "vllm", version: str = "0.32.0") -> Peer:
        folder = install(self.home / "site", distribution, version)
        self.environment["PYTHONPATH"] = os.pathsep.join((str(folder), str(ROOT)))
        return self

    def behaves(self, **behaviour: Any) -> Peer:
        self.environment["FAKE_VLLM"] = json.dumps(behaviour)
        return self

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "scout_codebase", *map(str, arguments)],
            env=self.environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_heed_signals,  # noqa: PLW1509  # no test has threads here
        )

    def processes(self) -> list[int]:
        """Those that run; also those that wrote a title over their environment, as vLLM's engines
        do, if the leader of their session was seen by an earlier call."""
        marked = set(marked_processes(f"{MARK}={self.mark}"))
        self.sessions |= {process for process in marked if session_of(process) == process}
        numbers = (int(file.name) for file in Path("/proc").iterdir() if file.name.isdigit())
        return sorted(marked | {each for each in numbers if session_of(each) in self.sessions})

    @property
    def log(self) -> str:
        (log,) = (self.home / "cache" / "scout-review" / "logs").glob("serve-*.log")
        return log.read_text(encoding="utf-8", errors="replace")

    def left(self) -> list[str]:
        """What is there and must not be once a run has ended."""
        found = [f"process {process}" for process in self.processes()]
        if listens(self.port):
            found.append(f"port {self.port}")
        shared = Path("/dev/shm").glob(f"scout-{self.mark}-*")
        files = (*(self.home / "tmp").iterdir(), *shared)
        return found + [f"file {path}" for path in files]

    def nothing_is_left(self, within: float = WITHIN) -> None:
        """Fails unless everything is gone in time."""
        deadline = time.monotonic() + within
        while left := self.left():
            assert time.monotonic() < deadline, left
            time.sleep(0.05)

    def end_all(self) -> None:
        """What is left by a test that failed."""
        for process in self.processes():
            os.kill(process, signal.SIGKILL)
