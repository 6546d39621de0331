"""Ollama's own protocol: ``POST /api/chat``, answered by one JSON object a line.

Its OpenAI routes cannot set the window and cut what does not fit. Here ``num_ctx`` sets it,
``truncate`` and ``shift`` set to false make the server refuse what does not fit and stop where the
answer fills the window; versions that do not know these fields are refused (``table``). Since 0.2
``prompt_eval_count`` counts the whole prompt, also where its beginning was cached, so that a
smaller figure is a prompt that was cut (https://github.com/ollama/ollama/blob/main/docs/api.md,
https://github.com/ollama/ollama/pull/5371, ``promptEvalCount`` in ``llm/llama_server.go``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from scout_codebase.engines.address import Address
from scout_codebase.engines.http import CONNECT_SECONDS, cut_connection, json_client
from scout_codebase.engines.table import Json, mapping, positive
from scout_codebase.engines.transport import SEED, FailedAnswerError
from scout_codebase.errors import ServerError
from scout_codebase.records import EngineIdentity, Question

_KEEP_ALIVE = "1h"  # between two questions; the model and the cached prefix stay in memory
_WINDOW_STEP = 1024
_LONGEST_LINE = 1 << 20  # bytes; a line is one token and the figures of the answer


class OllamaTransport:
    """A Transport. Until ``reserve`` was called the window is as large as the model's."""

    def __init__(self, address: Address, identity: EngineIdentity, api_key: str | None) -> None:
        self._url = address.api_url
        self._identity = identity
        self._client = json_client(address, api_key)
        self._num_ctx = identity.context_window

    def send(self, content: str, question: Question, seconds: float) -> OllamaStream:
        body = {
            **self._body([{"role": "user", "content": content}]),
            "stream": True,
            "truncate": False,
            "shift": False,
        }
        body["options"] |= {"num_predict": question.max_tokens, "temperature": 0, "seed": SEED}
        if question.schema is not None:
            body["format"] = dict(question.schema)
        timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
        request = self._client.build_request("POST", "/api/chat", json=body, timeout=timeout)
        response = self._client.send(request, stream=True)
        if response.is_error or response.is_redirect:
            response.read()
            raise httpx.HTTPStatusError("refused", request=request, response=response)
        return OllamaStream(response, self._url)

    def reserve(self, tokens: int, seconds: float) -> int | None:
        """Loads the model with a window that is large enough and no larger, as its memory is taken
        at once; a request with another window would load it anew and lose the cached prefix."""
        wanted = -(-tokens // _WINDOW_STEP) * _WINDOW_STEP
        self._num_ctx = min(wanted, self._identity.context_window or wanted)
        load = {**self._body([]), "stream": False}
        self._client.post("/api/chat", json=load, timeout=seconds).raise_for_status()
        response = self._client.get("/api/ps")
        response.raise_for_status()
        loaded = mapping(response.json()).get("models")
        rows = [mapping(row) for row in loaded] if isinstance(loaded, list) else []
        wanted_name = _full_name(self._identity.model)
        row = next((row for row in rows if _full_name(str(row.get("model"))) == wanted_name), {})
        return positive(row.get("context_length"))

    def close(self) -> None:
        self._client.close()

    def _body(self, messages: list[dict[str, str]]) -> dict[str, Any]:
        options = {"num_ctx": self._num_ctx} if self._num_ctx else {}
        return {
            "model": self._identity.model,
            "messages": messages,
            "keep_alive": _KEEP_ALIVE,
            "options": options,
        }


class OllamaStream:
    """A ChunkStream."""

    def __init__(self, response: httpx.Response, url: str) -> None:
        self._response = response
        self._url = url

    def __iter__(self) -> Iterator[Json]:
        rest = b""
        for data in self._response.iter_bytes():
            *lines, rest = (rest + data).split(b"\n")
            yield from (self._chunk(line) for line in lines if line.strip())
            if len(rest) > _LONGEST_LINE:
                raise ServerError(f"The server at {self._url} sent a line without end")
        if rest.strip():
            yield self._chunk(rest)

    def cut(self) -> None:
        cut_connection(self._response)

    def close(self) -> None:
        self._response.close()

    def _chunk(self, line: bytes) -> Json:
        body = json.loads(line)
        if not isinstance(body, Mapping):
            return {}
        if "error" in body:
            raise FailedAnswerError(body)
        return as_openai(body)


def as_openai(line: Json) -> Json:
    """One line of an answer as a chunk of the OpenAI protocol; ``{}`` where it is none."""
    message = line.get("message")
    if not isinstance(message, Mapping):
        return {}
    done = line.get("done") is True
    choice = {
        "delta": {"content": message.get("content"), "reasoning_content": message.get("thinking")},
        "finish_reason": str(line.get("done_reason") or "stop") if done else None,
    }
    usage = {
        "prompt_tokens": line.get("prompt_eval_count"),
        "completion_tokens": line.get("eval_count", 0),
    }
    return {"choices": [choice], "usage": usage if done else None}


def _full_name(model: str) -> str:
    return model if ":" in model.rpartition("/")[2] else f"{model}:latest"
