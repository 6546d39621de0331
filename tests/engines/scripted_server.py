"""A real HTTP server that speaks the OpenAI protocol and fails on request.

A *fault* is a row of ``FAULTS``: a function that writes the answer to a chat. Everything else
(models, counting) is the same for all of them.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TEXT = "The answer is forty-two."
PROMPT_TOKENS = 100


class _Server(ThreadingHTTPServer):
    """A client may hang up while it is answered: that is no fault of the server's."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@dataclass
class ScriptedServer:
    """What the server says, and what it was asked. ``answers`` takes the place of a fault.
    ``models`` are the rows of ``/v1/models``; ``routes`` are further GET and POST routes by path, a
    function of the chat and its body where the answer depends on what is posted; ``chats`` are the
    bodies that were posted."""

    fault: str = "none"
    answers: Callable[[Chat], None] | None = None
    text: str = TEXT
    models: list[dict[str, Any]] = field(
        default_factory=lambda: [{"id": "m", "owned_by": "vllm", "max_model_len": 8192}]
    )
    routes: dict[str, Any] = field(default_factory=dict)
    chats: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    cut_off: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @contextmanager
    def running(self) -> Iterator[ScriptedServer]:
        httpd = _Server(("127.0.0.1", 0), _handler_of(self))
        httpd.daemon_threads = True
        self.port = httpd.server_port
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.stopping.set()
            httpd.shutdown()
            httpd.server_close()
            thread.join()


class Chat:
    """One chat that is being answered: ``body`` is what was posted."""

    def __init__(
        self, server: ScriptedServer, handler: BaseHTTPRequestHandler, body: Any = None
    ) -> None:
        self.server = server
        self.body = body
        self._handler = handler

    @property
    def words(self) -> list[str]:
        words = self.server.text.split(" ")
        return [word + " " for word in words[:-1]] + words[-1:]

    def begin(self) -> None:
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", "text/event-stream")
        self._handler.send_header("Connection", "close")
        self._handler.end_headers()

    def raw(self, text: str) -> None:
        self._handler.wfile.write(text.encode())
        self._handler.wfile.flush()

    def event(self, body: Mapping[str, Any]) -> None:
        self.raw(f"data: {json.dumps(body)}\n\n")

    def chunk(self, choices: list[dict[str, Any]], **more: object) -> None:
        base = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        self.event({**base, "choices": choices, **more})

    def say(self, text: str, finish_reason: str | None = None) -> None:
        delta = {"content": text} if text else {}
        self.chunk([{"index": 0, "delta": delta, "finish_reason": finish_reason}])

    def usage(
        self, completion_tokens: int, prompt_tokens: object = PROMPT_TOKENS, cached: int | None = 64
    ) -> None:
        details = None if cached is None else {"cached_tokens": cached}
        usage = {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "prompt_tokens_details": details,
        }
        self.chunk([], usage=usage)

    def end(self) -> None:
        self.raw("data: [DONE]\n\n")

    def wait(self, seconds: float = 60.0) -> None:
        """Until the test is over."""
        self.server.stopping.wait(seconds)

    def fail(self, status: int, body: Any, **headers: str) -> None:
        payload = (body if isinstance(body, str) else json.dumps(body)).encode()
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.send_header("Content-Length", str(len(payload)))
        self._handler.send_header("Connection", "close")
        self._handler.end_headers()
        self._handler.wfile.write(payload)

    def reset(self) -> None:
        """Ends the connection with a TCP reset."""
        connection = self._handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        self._handler.close_connection = True


def whole(chat: Chat) -> None:
    chat.begin()
    for word in chat.words:
        chat.say(word)
    chat.say("", "stop")
    chat.usage(len(chat.words))
    chat.end()


def _slow_first_byte(chat: Chat) -> None:
    chat.server.stopping.wait(0.3)
    whole(chat)


def _silent_before(chat: Chat) -> None:
    chat.wait()


def _stall(chat: Chat) -> None:
    chat.begin()
    chat.say(chat.words[0])
    chat.wait()


def _stall_with_keep_alive(chat: Chat) -> None:
    chat.begin()
    chat.say(chat.words[0])
    while not chat.server.stopping.wait(0.05):
        chat.raw(": ping\n\n")


def _reset_before(chat: Chat) -> None:
    chat.reset()


def _reset_in_answer(chat: Chat) -> None:
    chat.begin()
    chat.say(chat.words[0])
    chat.reset()


def _half_json(chat: Chat) -> None:
    chat.begin()
    chat.say(chat.words[0])
    chat.raw('data: {"id": "c", "choices": [{"ind\n\n')


def _no_json(chat: Chat) -> None:
    chat.fail(200, "<html>It works!</html>", Content_Type="text/html")


def _broken_off(chat: Chat) -> None:
    chat.begin()
    for word in chat.words:
        chat.say(word)


def _no_usage(chat: Chat) -> None:
    chat.begin()
    chat.say(chat.server.text)
    chat.say("", "stop")
    chat.end()


def _absurd_usage(chat: Chat) -> None:
    chat.begin()
    chat.say(chat.server.text)
    chat.say("", "stop")
    chat.usage(5, prompt_tokens="many")
    chat.end()


def _wrong_usage(chat: Chat) -> None:
    chat.begin()
    chat.say(chat.server.text)
    chat.say("", "stop")
    chat.usage(5, prompt_tokens=17)
    chat.end()


def _twice(chat: Chat) -> None:
    chat.begin()
    for word in chat.words:
        chat.say(word)
        chat.say(word)
    chat.say("", "stop")
    chat.usage(len(chat.words))
    chat.end()


def _after_the_end(chat: Chat) -> None:
    chat.begin()
    chat.say(chat.words[0], "stop")
    chat.say(chat.words[1])
    chat.usage(2)
    chat.end()


def _endless(chat: Chat, unit: Callable[[int], str]) -> None:
    chat.begin()
    number = 0
    try:
        while not chat.server.stopping.is_set():
            chat.say(unit(number))
            number += 1
    except OSError:
        chat.server.cut_off.set()


def _error_event(chat: Chat) -> None:
    chat.begin()
    chat.say(chat.words[0])
    chat.raw('event: error\ndata: {"error": {"message": "the model crashed"}}\n\n')


def _error_event_too_long(chat: Chat) -> None:
    chat.begin()
    text = (
        "Trying to keep the first 9000 tokens when context the overflows. context length exceeded"
    )
    chat.raw(f'event: error\ndata: {{"error": {{"message": "{text}"}}}}\n\n')


def _strange_event(chat: Chat) -> None:
    chat.begin()
    chat.event({"message": "what?"})
    chat.end()


def _twice_busy(chat: Chat) -> None:
    if len(chat.server.chats) <= 2:
        chat.fail(503, {"error": {"message": "Loading model"}}, Retry_After="0")
    else:
        whole(chat)


_VLLM_TOO_LONG = (
    "This model's maximum context length is 8192 tokens. However, your prompt contains at least "
    "8193 input tokens. Please reduce the length of the input prompt."
)

FAULTS: dict[str, Callable[[Chat], None]] = {
    "none": whole,
    "HTTP 400": lambda chat: chat.fail(400, {"error": {"message": "no such field"}}),
    "HTTP 401": lambda chat: chat.fail(401, {"error": "Unauthorized"}),
    "HTTP 404": lambda chat: chat.fail(404, {"detail": "Not Found"}),
    "HTTP 429": lambda chat: chat.fail(429, {"error": {"message": "slow"}}, Retry_After="0"),
    "HTTP 500": lambda chat: chat.fail(500, {"error": {"message": "out of memory"}}),
    "HTTP 502": lambda chat: chat.fail(502, "<html>Bad Gateway</html>"),
    "HTTP 503": lambda chat: chat.fail(503, {"error": {"message": "busy"}}, Retry_After="0"),
    "HTTP 503 twice": _twice_busy,
    "absurd usage": _absurd_usage,
    "after the end": _after_the_end,
    "broken off": _broken_off,
    "endless loop": lambda chat: _endless(chat, lambda _: "again and again "),
    "endless spaces": lambda chat: _endless(chat, lambda _: " " * 16),
    "endless text": lambda chat: _endless(chat, lambda number: f"{number} "),
    "error event": _error_event,
    "half JSON": _half_json,
    "no JSON": _no_json,
    "no usage": _no_usage,
    "redirect": lambda chat: chat.fail(307, "", Location="http://192.0.2.1/"),
    "reset before": _reset_before,
    "reset in answer": _reset_in_answer,
    "silent before": _silent_before,
    "slow first byte": _slow_first_byte,
    "stall": _stall,
    "stall with keep-alive": _stall_with_keep_alive,
    "strange event": _strange_event,
    "too long (LM Studio)": _error_event_too_long,
    "too long (llama.cpp)": lambda chat: chat.fail(
        400,
        {
            "error": {
                "code": 400,
                "message": "request exceeds the available context size",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": 9000,
                "n_ctx": 8192,
            }
        },
    ),
    "too long (vLLM)": lambda chat: chat.fail(
        400, {"error": {"message": _VLLM_TOO_LONG, "param": "input_tokens", "code": 400}}
    ),
    "twice": _twice,
    "wrong usage": _wrong_usage,
}


def _handler_of(scripted: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"scripted": scripted})


class _Handler(BaseHTTPRequestHandler):
    scripted: ScriptedServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/v1/models" and self.path not in self.scripted.routes:
            self._json(200, {"object": "list", "data": self.scripted.models})
        else:
            self._route(None)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        sent = self.rfile.read(length)
        if len(sent) < length:  # the client went away
            self.close_connection = True
            return
        body = json.loads(sent)
        self.scripted.headers.append({name.lower(): self.headers[name] for name in self.headers})
        if self.path == "/v1/chat/completions":
            self._chat(body)
        else:
            self._route(body)

    def log_message(self, *args: object) -> None:
        pass

    def _chat(self, body: dict[str, Any]) -> None:
        server = self.scripted
        server.chats.append(body)
        try:
            (server.answers or FAULTS[server.fault])(Chat(server, self, body))
        except OSError:
            server.cut_off.set()
        self.close_connection = True

    def _route(self, body: Any) -> None:
        route = self.scripted.routes.get(self.path)
        if callable(route):
            route(Chat(self.scripted, self, body), body)
            self.close_connection = True
        elif route is not None:
            self._json(200, route)
        else:
            self._json(404, {"detail": "Not Found"})

    def _json(self, status: int, body: Any) -> None:
        Chat(self.scripted, self).fail(status, body, Content_Type="application/json")
