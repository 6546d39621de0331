"""Any server that speaks the OpenAI protocol, by its address."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import httpx
import openai

from scout_codebase.engines.address import Address, resolve_address
from scout_codebase.engines.base import OnEvent
from scout_codebase.engines.faults import translated
from scout_codebase.engines.http import chat_client, chat_timeout, json_client
from scout_codebase.engines.listing import (
    Listing,
    choose_model,
    has_llama4_vocabulary,
    list_server,
)
from scout_codebase.engines.stream import Timeouts, Transcript, Watchdog, cut_connection
from scout_codebase.engines.table import Family
from scout_codebase.errors import ServerError, UsageError
from scout_codebase.records import Answer, EngineIdentity, Question

SEED = 4
_START_SECONDS = 300.0
_CHARACTERS_A_TOKEN = 2.5  # few, so that the planned prefill errs on the long side
_RETRIED = frozenset({429, 503})
_RETRY_WAITS = (1.0, 4.0)  # seconds; nothing of an answer has been read when these apply
_LONGEST_RETRY_WAIT = 30.0


def open_openai_server(
    base_url: str,
    *,
    model: str | None = None,
    api_key: str | None = None,
    context_window: int | None = None,
    allow_remote: bool = False,
    timeouts: Timeouts | None = None,
) -> OpenAIServer:
    """Finds out what serves at ``base_url`` and which model to ask. ``context_window`` is what
    the user says of the window: it counts where the server tells none, and where it is smaller.

    Raises UsageError for an address or model that cannot be used, else EngineError."""
    address = resolve_address(base_url, allow_remote=allow_remote)
    with json_client(address, api_key) as client:
        listing = list_server(client, address.api_url)
    if listing.family.refused:
        raise UsageError(
            f"{listing.family.title} at {address.api_url} cannot be used: {listing.family.refused}",
            remedy="Serve the model with vLLM or llama.cpp, or use --engine embedded.",
        )
    identity = _identify(address, listing, model, context_window)
    return OpenAIServer(address, listing.family, identity, api_key=api_key, timeouts=timeouts)


def _identify(
    address: Address, listing: Listing, model: str | None, context_window: int | None
) -> EngineIdentity:
    chosen = choose_model(listing, model, address.api_url)
    windows = [window for window in (chosen.window, context_window) if window]
    return EngineIdentity(
        family=listing.family.name,
        model=chosen.id,
        address=address.api_url,
        context_window=min(windows, default=None),
        llama4_vocabulary=has_llama4_vocabulary(chosen.id),
    )


class OpenAIServer:
    """An Engine. ``timeouts`` replaces what is planned from the length of the prompt."""

    def __init__(
        self,
        address: Address,
        family: Family,
        identity: EngineIdentity,
        *,
        api_key: str | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._address = address
        self._family = family
        self._identity = identity
        self._timeouts = timeouts
        self._json = json_client(address, api_key)
        self._chat = chat_client(address, api_key)

    @property
    def identity(self) -> EngineIdentity:
        return self._identity

    def count_tokens(self, prompt: str) -> int | None:
        counter = self._family.counter
        if counter is None:
            return None
        body = {"model": self._identity.model, "messages": _messages(prompt)}
        with translated(self._address.api_url, self._family):
            seconds = self._planned(len(prompt)).first_event
            response = self._json.post(counter.path, json=body, timeout=seconds)
            if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED):
                return None
            response.raise_for_status()
            count = response.json().get(counter.field)
        return count if type(count) is int else None

    def ask(self, prompt: str, question: Question, on_event: OnEvent) -> Answer:
        content = prompt + question.text
        timeouts = self._planned(len(content))
        transcript = Transcript(
            url=self._address.api_url,
            max_tokens=question.max_tokens,
            text_is_tokens=self._family.text_is_tokens,
            on_event=on_event,
        )
        with translated(self._address.api_url, self._family):
            stream = self._send(content, question, timeouts)
        with stream, self._watch(stream, timeouts) as watchdog:
            self._read(transcript, stream, watchdog, timeouts)
        return transcript.answer()

    def close(self) -> None:
        self._json.close()
        self._chat.close()

    def _planned(self, characters: int) -> Timeouts:
        if self._timeouts is not None:
            return self._timeouts
        tokens = characters / _CHARACTERS_A_TOKEN
        first_event = _START_SECONDS + tokens / self._family.slowest_prefill
        return Timeouts(first_event=first_event, between_events=_START_SECONDS)

    def _send(self, content: str, question: Question, timeouts: Timeouts) -> _ChatStream:
        request = {
            "model": self._identity.model,
            "messages": _messages(content),
            "temperature": 0,
            "seed": SEED,
            "max_tokens": question.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            "extra_body": dict(self._family.extra_body),
            "timeout": chat_timeout(timeouts.first_event),
            **_response_format(question),
        }
        create: Callable[..., Any] = self._chat.chat.completions.create
        for wait in _RETRY_WAITS:
            try:
                return cast(_ChatStream, create(**request))
            except openai.APIStatusError as error:
                if error.status_code not in _RETRIED:
                    raise
                time.sleep(_retry_after(error, wait))
        return cast(_ChatStream, create(**request))

    def _watch(self, stream: _ChatStream, timeouts: Timeouts) -> Watchdog:
        return Watchdog(lambda: cut_connection(stream.response), timeouts.first_event)

    def _read(
        self, transcript: Transcript, stream: _ChatStream, watchdog: Watchdog, timeouts: Timeouts
    ) -> None:
        try:
            for chunk in self._chunks(stream):
                transcript.feed(chunk)
                watchdog.extend(
                    timeouts.between_events if transcript.has_begun else timeouts.first_event
                )
        except ServerError:
            if not watchdog.expired:
                raise
        if watchdog.expired:
            raise ServerError(
                f"The server at {self._address.api_url} stopped in the middle of its answer",
                remedy="Look at the server's log; it may be out of memory or overloaded.",
            )

    def _chunks(self, stream: _ChatStream) -> Iterator[Mapping[str, Any]]:
        """Only what the client raises is translated, not what the reader of the chunks does."""
        chunks = iter(stream)
        while True:
            with translated(self._address.api_url, self._family):
                chunk = next(chunks, None)
                if chunk is None:
                    return
                known = isinstance(chunk, openai.BaseModel)
                body = chunk.to_dict(mode="json", warnings=False) if known else {}
            yield body


_ChatStream = openai.Stream[Any]


def _messages(content: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": content}]


def _response_format(question: Question) -> Mapping[str, Any]:
    if question.schema is None:
        return {}
    schema = {"name": "answer", "strict": True, "schema": dict(question.schema)}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def _retry_after(error: openai.APIStatusError, default: float) -> float:
    try:
        wanted = float(error.response.headers.get("retry-after", default))
    except ValueError:
        wanted = default
    return min(max(wanted, 0.0), _LONGEST_RETRY_WAIT)
