"""An HTTP proxy between the tool and a model server that spoils what passes through.

A *fault* is a row of ``FAULTS``: a function that answers one chat, with the real answer at hand,
and the exit code that a run has to end with. All other requests pass through as they are.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

STALL_SECONDS = 120.0
"""Longer than any test waits; ends when the proxy does."""
_HOPS = frozenset({"connection", "content-length", "host", "transfer-encoding"})


@dataclass
class FaultProxy:
    """In front of ``upstream``, an address without ``/v1``. ``chats`` counts those that came."""

    upstream: str
    fault: str = "none"
    chats: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    refusing: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @contextmanager
    def running(self) -> Iterator[FaultProxy]:
        handler = type("Handler", (_Handler,), {"proxy": self})
        httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        httpd.daemon_threads = True
        self.port = httpd.server_port
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        closer = threading.Thread(target=self._refuse_when_told, args=(httpd,), daemon=True)
        closer.start()
        try:
            yield self
        finally:
            self.stopping.set()
            self.refusing.set()
            closer.join()
            thread.join()

    def _refuse_when_told(self, httpd: ThreadingHTTPServer) -> None:
        """Nobody listens any more: the next connection is refused."""
        self.refusing.wait()
        httpd.shutdown()
        httpd.server_close()


class Exchange:
    """One chat: what the client sent, and the way back to it."""

    def __init__(self, proxy: FaultProxy, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        self.proxy = proxy
        self._handler = handler
        self._body = body

    def events(self) -> list[bytes]:
        """The real answer, each server-sent event with its empty line."""
        headers = {
            name: value
            for name, value in self._handler.headers.items()
            if name.lower() not in _HOPS
        }
        url = self.proxy.upstream + self._handler.path
        timeout = httpx.Timeout(300.0)
        answer = httpx.post(
            url, content=self._body, headers=headers, timeout=timeout, trust_env=False
        )
        answer.raise_for_status()
        return [event + b"\n\n" for event in answer.content.split(b"\n\n") if event.strip()]

    def begin(self, status: int = 200, content_type: str = "text/event-stream") -> None:
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", content_type)
        self._handler.send_header("Connection", "close")
        self._handler.end_headers()

    def write(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def fail(self, status: int) -> None:
        self._handler.send_response(status)
        self._handler.send_header("Retry-After", "0")
        self._handler.send_header("Connection", "close")
        self._handler.end_headers()
        self.write(json.dumps({"error": {"message": f"injected {status}"}}).encode())

    def reset(self) -> None:
        connection = self._handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        self._handler.close_connection = True

    def pass_on(self, events: list[bytes]) -> None:
        self.begin()
        for event in events:
            self.write(event)


def _refused(exchange: Exchange) -> None:
    exchange.proxy.refusing.set()
    exchange.reset()


def _reset_in_answer(exchange: Exchange) -> None:
    events = exchange.events()
    exchange.begin()
    exchange.write(b"".join(events[: max(1, len(events) // 2)]))
    exchange.reset()


def _stall_in_answer(exchange: Exchange) -> None:
    events = exchange.events()
    exchange.begin()
    exchange.write(events[0])
    exchange.proxy.stopping.wait(STALL_SECONDS)


def _stall_before(exchange: Exchange) -> None:
    exchange.proxy.stopping.wait(STALL_SECONDS)


def _stall_with_comments(exchange: Exchange) -> None:
    exchange.begin()
    while not exchange.proxy.stopping.wait(0.1):
        exchange.write(b": ping\n\n")


def _half_json(exchange: Exchange) -> None:
    events = exchange.events()
    exchange.begin()
    exchange.write(b"".join(events[:-3]) + events[-3][: len(events[-3]) // 2] + b"\n\n")


def _wrong_count(exchange: Exchange) -> None:
    def smaller(found: re.Match[bytes]) -> bytes:
        return b'"prompt_tokens":%d' % (int(found[1]) // 2)

    events = exchange.events()
    exchange.pass_on([re.sub(rb'"prompt_tokens": ?(\d+)', smaller, event) for event in events])


def _no_usage(exchange: Exchange) -> None:
    exchange.pass_on([event for event in exchange.events() if b'"prompt_tokens"' not in event])


def _twice(exchange: Exchange) -> None:
    exchange.pass_on([event for event in exchange.events() for _ in range(2)])


def _endless(exchange: Exchange) -> None:
    exchange.begin()
    number = 0
    while not exchange.proxy.stopping.is_set():
        choice = {"index": 0, "delta": {"content": f"{number} "}, "finish_reason": None}
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        exchange.write(b"data: " + json.dumps({**chunk, "choices": [choice]}).encode() + b"\n\n")
        number += 1


def _slow_first_byte(exchange: Exchange) -> None:
    events = exchange.events()
    exchange.proxy.stopping.wait(0.5)
    exchange.pass_on(events)


def _once(fault: Callable[[Exchange], None]) -> Callable[[Exchange], None]:
    """Only the first chat fails; what comes after it is answered."""

    def first_only(exchange: Exchange) -> None:
        if exchange.proxy.chats == 1:
            fault(exchange)
        else:
            exchange.pass_on(exchange.events())

    return first_only


@dataclass(frozen=True)
class Fault:
    """``exit_code`` 0 is a run that has to succeed in spite of it."""

    answer: Callable[[Exchange], None]
    exit_code: int


FAULTS: Mapping[str, Fault] = {
    "429": Fault(lambda exchange: exchange.fail(429), 4),
    "429 once": Fault(_once(lambda exchange: exchange.fail(429)), 0),
    "500": Fault(lambda exchange: exchange.fail(500), 4),
    "503": Fault(lambda exchange: exchange.fail(503), 4),
    "503 once": Fault(_once(lambda exchange: exchange.fail(503)), 0),
    "connection refused": Fault(_refused, 4),
    "duplicated chunks": Fault(_twice, 4),
    "endless output": Fault(_endless, 4),
    "half a JSON": Fault(_half_json, 4),
    "no usage": Fault(_no_usage, 3),
    "none": Fault(lambda exchange: exchange.pass_on(exchange.events()), 0),
    "reset": Fault(lambda exchange: exchange.reset(), 4),
    "reset in the answer": Fault(_reset_in_answer, 4),
    "reset once": Fault(_once(lambda exchange: exchange.reset()), 0),
    "slow first byte": Fault(_slow_first_byte, 0),
    "stall before the answer": Fault(_stall_before, 4),
    "stall in the answer": Fault(_stall_in_answer, 4),
    "stall with comments": Fault(_stall_with_comments, 4),
    "wrong prompt_tokens": Fault(_wrong_count, 3),
}


class _Handler(BaseHTTPRequestHandler):
    proxy: FaultProxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._forward(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/v1/chat/completions":
            self._forward(body)
            return
        self.proxy.chats += 1
        with suppress(OSError, httpx.HTTPError):  # the client goes away, or the server behind
            FAULTS[self.proxy.fault].answer(Exchange(self.proxy, self, body))
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass

    def _forward(self, body: bytes | None) -> None:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOPS}
        method = "GET" if body is None else "POST"
        url = self.proxy.upstream + self.path
        kwargs: dict[str, Any] = {"headers": headers, "content": body, "timeout": 60.0}
        try:
            answer = httpx.request(method, url, trust_env=False, **kwargs)
        except httpx.HTTPError:
            self.close_connection = True
            return
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers.get("content-type", "text/plain"))
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)
