"""Git servers of this machine: git's own daemon, and its own HTTP backend behind a small server."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from scout_codebase.walk.address import Address, parse_address
from support.repositories import ISOLATION


def address_of(url: str) -> Address:
    address = parse_address(url)
    assert address is not None
    return address


@contextmanager
def git_daemon(folder: Path) -> Iterator[str]:
    """The address below which the repositories of the folder are served."""
    port = _free_port()
    command = ["git", "daemon", f"--base-path={folder}", "--export-all", "--listen=127.0.0.1"]
    with subprocess.Popen(
        [*command, f"--port={port}", "--reuseaddr", "--informative-errors", str(folder)],
        env=os.environ | ISOLATION,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            _wait_for(port)
            yield f"git://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, 15)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("git daemon does not listen")


@dataclass
class HttpServer:
    """``credentials``, as ``user:password``, are asked for where they are set. ``redirect``
    sends every request there."""

    folder: Path
    port: int
    credentials: str = ""
    redirect: str = ""
    requests: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def git_over_http(folder: Path) -> Iterator[HttpServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    served = HttpServer(folder, server.server_address[1])
    server.served = served  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        served: HttpServer = self.server.served  # type: ignore[attr-defined]
        served.requests.append(self.path)
        expected = "Basic " + base64.b64encode(served.credentials.encode()).decode()
        if served.redirect:
            self._answer(302, [("Location", served.redirect + self.path)])
        elif served.credentials and self.headers.get("Authorization") != expected:
            self._answer(401, [("WWW-Authenticate", 'Basic realm="git"')])
        else:
            self._run_backend(served)

    do_POST = do_GET  # noqa: N815 - the name that the server calls

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _run_backend(self, served: HttpServer) -> None:
        path, _, query = self.path.partition("?")
        variables = {
            "GIT_PROJECT_ROOT": str(served.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(
            ["git", "http-backend"],
            input=self._body(),
            capture_output=True,
            env=os.environ | ISOLATION | variables,
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")]
        status = next((int(value[:3]) for name, _, value in headers if name == "Status"), 200)
        kept = [(name, value) for name, _, value in headers if name != "Status"]
        self._answer(status, kept, body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        return body

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""
