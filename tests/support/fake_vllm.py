"""A stand-in for vLLM: its start, its log and its processes, without a model.

``serving_peer.install`` puts this file where ``vllm.entrypoints`` has its programs, so that it is
found and started as vLLM is. It behaves as the variable FAKE_VLLM says, a JSON object:

- ``mode``: ``ready``; ``crash`` before it is ready, ``never`` ready, ``dies`` half a second after
  it became ready, ``open`` to everybody, ``deaf`` to SIGTERM.
- ``delay``: seconds until the port is bound.
- ``fault``: the row of ``scripted_server.FAULTS`` that answers chats.

In each mode it shares memory, leaves a temporary file, and starts a child that ignores SIGTERM,
whose own child has left the session and ignores it too, as engine processes that are stuck would.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from http.server import ThreadingHTTPServer
from multiprocessing import shared_memory
from pathlib import Path
from typing import Any

sys.path.insert(0, os.environ["FAKE_VLLM_TESTS"])

from engines import scripted_server

from support.command_line import SOUND_ANSWERS

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if len(sys.argv) > 1:
    subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True)
print("stubborn", flush=True)
time.sleep(600)
"""
EARLY = (
    "Initializing a V1 LLM engine (v0.32.0) with config: model='m'",
    "Starting to load model m...",
    "Loading safetensors checkpoint shards:   0% Completed | 0/2 [00:00<?, ?it/s]",
    "Loading safetensors checkpoint shards:  50% Completed | 1/2 [00:00<00:00, 13.19it/s]",
)
LATE = (
    "Loading weights took 0.09 seconds",
    "Dynamo bytecode transform time: 1.00 s",
    "GPU KV cache size: 1,234,567 tokens, Maximum concurrency for 131,072 tokens per request: 9.4x",
    "Capturing CUDA graphs (decode, FULL): 100%|##########| 35/35",
    "Graph capturing finished in 3 secs, took 0.62 GiB",
    "Starting vLLM server on http://127.0.0.1:8000",
)


def main() -> None:
    behaviour: dict[str, Any] = {"mode": "ready", "delay": 0.3, "fault": "none"}
    behaviour |= json.loads(os.environ.get("FAKE_VLLM", "{}"))
    if behaviour["mode"] == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("arguments", json.dumps(sys.argv[1:]), flush=True)
    Path(tempfile.gettempdir(), "left-behind").touch()
    name = f"scout-{os.environ['SCOUT_TEST_MARK']}-{os.getpid()}"
    memory = shared_memory.SharedMemory(name, create=True, size=64)  # kept until this ends
    say(f"Sharing {memory.size} bytes")
    say(*EARLY)
    program = [sys.executable, "-c", STUBBORN]
    child = subprocess.Popen([*program, STUBBORN], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(behaviour["delay"] / 2)
    if behaviour["mode"] == "crash":
        say("ValueError: No available memory for the cache blocks.")
        raise RuntimeError("Engine core initialization failed. See root cause above.")
    if behaviour["mode"] == "never":
        time.sleep(600)
    say(*LATE)
    time.sleep(behaviour["delay"] / 2)
    serve(behaviour)


def say(*lines: str) -> None:
    for line in lines:
        print(f"(EngineCore pid=7) INFO 11-22 06:23:22 [core.py:133] {line}", flush=True)


def serve(behaviour: dict[str, Any]) -> None:
    scripted_server.FAULTS.update(SOUND_ANSWERS)
    name = given("--served-model-name") or sys.argv[sys.argv.index("--host") - 1]
    window = given("--max-model-len")
    row = {"id": name, "owned_by": "vllm", "max_model_len": int(window) if window.isdigit() else 1}
    scripted = scripted_server.ScriptedServer(
        fault=behaviour["fault"],
        models=[row],
        routes={"/tokenize": {"count": scripted_server.PROMPT_TOKENS}, "/health": {}},
    )
    key = "" if behaviour["mode"] == "open" else os.environ["VLLM_API_KEY"]

    class Guarded(scripted_server._handler_of(scripted)):  # type: ignore[misc]
        def parse_request(self) -> bool:
            """vLLM guards the routes below /v1."""
            if not super().parse_request():
                return False
            allowed = not key or self.headers["Authorization"] == f"Bearer {key}"
            if self.path.startswith("/v1") and not allowed:
                self._json(401, {"error": "Unauthorized"})
                return False
            return True

    httpd = ThreadingHTTPServer((given("--host"), int(given("--port"))), Guarded)
    httpd.daemon_threads = True
    if behaviour["mode"] == "dies":
        threading.Timer(0.5, lambda: os._exit(9)).start()
    httpd.serve_forever(0.05)


def given(flag: str) -> str:
    return sys.argv[sys.argv.index(flag) + 1] if flag in sys.argv else ""


if __name__ == "__main__":
    main()
