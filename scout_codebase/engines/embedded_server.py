"""The child process of the embedded engine: llama.cpp's HTTP server on loopback.

    python -m scout_codebase.engines.embedded_server

Reads one line of JSON (the fields of ``ServerOptions``) from its standard input, so that the key
never stands in a process list; writes one line of JSON with the ``port`` to its standard output
when it is ready. Everything else that it prints goes to standard error. It ends when its
standard input does, which is when its parent ends, however that happens.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import signal
import sys
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

NO_PACKAGE_EXIT_CODE = 3
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """``parent`` is the process to die with at once where the kernel offers that; 0 where only
    the end of standard input counts."""

    model_path: str
    alias: str
    context_window: int
    threads: int
    api_key: str
    parent: int = 0

    def to_line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def main() -> int:
    ready = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    options = ServerOptions(**json.loads(sys.stdin.readline()))
    if options.parent:
        _die_with(options.parent)
    try:
        import xllamacpp  # a missing extra is told apart from a crash
    except ImportError as error:
        print(f"xllamacpp cannot be imported: {error}", file=sys.stderr)  # noqa: T201
        return NO_PACKAGE_EXIT_CODE
    server = xllamacpp.Server(_parameters(xllamacpp, options))
    port = int(str(server.listening_address).rpartition(":")[2])
    print(json.dumps({"port": port}), file=ready, flush=True)
    sys.stdin.read()
    os._exit(0)


def _parameters(xllamacpp: ModuleType, options: ServerOptions) -> object:
    parameters: Any = xllamacpp.CommonParams()
    parameters.model.path = options.model_path
    parameters.model_alias = {options.alias}
    parameters.api_keys = [options.api_key]
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.ui = False
    parameters.fit_params = False
    parameters.n_parallel = 1
    parameters.n_ctx = options.context_window
    parameters.n_batch = parameters.n_ubatch = 512  # progress is reported once a batch
    # Repacked weights take a second gigabyte; on x86 they are a tenth slower.
    parameters.no_extra_bufts = platform.machine().lower() in ("x86_64", "amd64")
    parameters.cpuparams.n_threads = options.threads
    parameters.cpuparams_batch.n_threads = options.threads
    parameters.cache_ram_mib = 1024
    return parameters


def _die_with(parent: int) -> None:
    """On Linux the kernel kills this process when the thread that started it ends."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
