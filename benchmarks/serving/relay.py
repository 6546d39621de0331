"""Stands between the tool and a server, and notes when each chat came in and what was answered."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_CHAT = "/chat/completions"
_HOP_BY_HOP = {"connection", "content-length", "date", "host", "server", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat that passed. ``began`` is when the first byte of the question was read here,
    ``ended`` when the last of the answer was handed on, both by ``time.perf_counter``; ``noted`` is
    what was noted when it began."""

    began: float
    noted: float
    ended: float
    status: int
    request: bytes
    answer: bytes

    @property
    def content(self) -> str:
        """The text of the user's message."""
        content: str = json.loads(self.request)["messages"][-1]["content"]
        return content

    @property
    def usage(self) -> Mapping[str, Any]:
        """What the server says that it read and wrote; empty where it says nothing."""
        events = [line[6:] for line in self.answer.splitlines() if line.startswith(b"data: {")]
        found = (json.loads(event).get("usage") for event in reversed(events))
        return next((usage for usage in found if usage), {})

    @property
    def cached_tokens(self) -> int:
        return int((self.usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0)


@dataclass(slots=True)
class Relay:
    """``chats`` in the order in which they ended."""

    base_url: str
    chats: list[Chat]


@contextmanager
def relay(target: str, note: Callable[[], float]) -> Iterator[Relay]:
    """Listens on this machine and hands everything on to ``target``, the address of a server.
    ``note`` is called at the first byte of each chat. No chat lacks once the context is left."""
    chats: list[Chat] = []
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler(target, chats, note))
    httpd.daemon_threads = False  # so that closing it waits for what is being handed on
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Relay(f"http://127.0.0.1:{httpd.server_port}{urlsplit(target).path}", chats)
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def _handler(
    target: str, chats: list[Chat], note: Callable[[], float]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._hand_on(b"")

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            first = self.rfile.read(1)
            began, noted = time.perf_counter(), note()
            request = first + self.rfile.read(length - 1)
            status, answer = self._hand_on(request)
            if self.path.endswith(_CHAT):
                ended = time.perf_counter()
                chats.append(Chat(began, noted, ended, status, request, answer))

        def _hand_on(self, request: bytes) -> tuple[int, bytes]:
            connection = http.client.HTTPConnection(urlsplit(target).netloc)
            try:
                connection.request(self.command, self.path, request, _kept(self.headers.items()))
                response = connection.getresponse()
                self.send_response(response.status)
                for name, value in _kept(response.getheaders()).items():
                    self.send_header(name, value)
                self.send_header("Connection", "close")
                self.end_headers()
                return response.status, self._pass(response)
            finally:
                connection.close()

        def _pass(self, response: http.client.HTTPResponse) -> bytes:
            passed = bytearray()
            with suppress(ConnectionError):  # a client has all it wants once it has read "[DONE]"
                while piece := response.read1(65_536):
                    passed += piece
                    self.wfile.write(piece)
            return bytes(passed)

        def log_message(self, *_arguments: object) -> None:
            """Nothing: what passed is in ``chats``."""

    return Handler


def _kept(headers: Any) -> dict[str, str]:
    """Those that speak of the message and not of one connection."""
    return {name: value for name, value in headers if name.lower() not in _HOP_BY_HOP}
