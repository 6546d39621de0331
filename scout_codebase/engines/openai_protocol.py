"""The OpenAI protocol: ``POST /v1/chat/completions``, answered by server-sent events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import openai

from scout_codebase.engines.address import Address
from scout_codebase.engines.http import chat_client, chat_timeout, cut_connection
from scout_codebase.engines.table import Family, Json
from scout_codebase.engines.transport import SEED
from scout_codebase.records import EngineIdentity, Question

# 20 is the most that the protocol and vLLM's default allow.
_LIKELIHOODS: Mapping[str, Any] = {"logprobs": True, "top_logprobs": 20}


class OpenAITransport:
    """A Transport. The window is what the server told when it was opened."""

    def __init__(
        self, address: Address, family: Family, identity: EngineIdentity, api_key: str | None
    ) -> None:
        self._family = family
        self._identity = identity
        self._client = chat_client(address, api_key)

    def send(self, content: str, question: Question, seconds: float) -> OpenAIStream:
        create: Callable[..., Any] = self._client.chat.completions.create
        stream = create(
            model=self._identity.model,
            messages=[{"role": "user", "content": content}],
            temperature=0,
            seed=SEED,
            max_tokens=question.max_tokens,
            stream=True,
            stream_options={"include_usage": True},
            extra_body=dict(self._family.extra_body),
            timeout=chat_timeout(seconds),
            **(_response_format(question) if self._family.constrains else {}),
            **(_LIKELIHOODS if question.choices and self._family.likelihoods else {}),
        )
        return OpenAIStream(cast(openai.Stream[Any], stream))

    def reserve(self, tokens: int, seconds: float) -> int | None:
        del tokens, seconds
        return self._identity.context_window

    def close(self) -> None:
        self._client.close()


class OpenAIStream:
    """A ChunkStream. Comments that keep the connection alive are skipped by the client."""

    def __init__(self, stream: openai.Stream[Any]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[Json]:
        for chunk in self._stream:
            known = isinstance(chunk, openai.BaseModel)
            yield chunk.to_dict(mode="json", warnings=False) if known else {}

    def cut(self) -> None:
        cut_connection(self._stream.response)

    def close(self) -> None:
        self._stream.close()


def _response_format(question: Question) -> Mapping[str, Any]:
    if question.schema is None:
        return {}
    schema = {"name": "answer", "strict": True, "schema": dict(question.schema)}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}
