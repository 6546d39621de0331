"""Any server by its address: what is common to all families and both protocols."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx

from scout_codebase.engines.address import Address, resolve_address
from scout_codebase.engines.base import OnEvent
from scout_codebase.engines.faults import retry_wait, translated
from scout_codebase.engines.http import json_client
from scout_codebase.engines.listing import (
    Listing,
    choose_model,
    has_llama4_vocabulary,
    list_server,
    shown_window,
)
from scout_codebase.engines.ollama_protocol import OllamaTransport
from scout_codebase.engines.openai_protocol import OpenAITransport
from scout_codebase.engines.stream import Timeouts, Transcript, Watchdog
from scout_codebase.engines.table import Family, Json
from scout_codebase.engines.transport import ChunkStream, Transport
from scout_codebase.errors import ServerError, UsageError
from scout_codebase.records import Answer, EngineIdentity, Question

_START_SECONDS = 300.0
_LOAD_SECONDS = 1800.0  # for weights of 65 GB that come from a disk
_CHARACTERS_A_TOKEN = 2.5  # few, so that the planned prefill errs on the long side
_RETRY_WAITS = (1.0, 4.0)  # seconds


def open_server(
    base_url: str,
    *,
    model: str | None = None,
    api_key: str | None = None,
    context_window: int | None = None,
    allow_remote: bool = False,
    timeouts: Timeouts | None = None,
    priority: int = 0,
) -> Server:
    """Finds out what serves at ``base_url`` and which model to ask. ``context_window`` is what
    the user says of the window: it counts where the server tells none, and where it is smaller.
    ``priority`` goes with every question, lower numbers first.

    Raises UsageError for an address, model or priority that cannot be used, else EngineError."""
    address = resolve_address(base_url, allow_remote=allow_remote)
    with json_client(address, api_key) as client:
        listing = list_server(client, address.api_url)
        if listing.refused:
            raise UsageError(
                f"{listing.family.title} at {address.api_url} cannot be used: {listing.refused}",
                remedy=listing.family.truncation_remedy,
            )
        identity = _identify(client, address, listing, model, context_window)
    family = _with_priority(listing.family, priority)
    transport = _transport(address, family, identity, api_key)
    return Server(address, family, identity, transport, api_key, timeouts)


def _with_priority(family: Family, priority: int) -> Family:
    if not priority:
        return family
    if not family.priority:
        raise UsageError(
            f"{family.title} knows no priorities",
            remedy="Leave --priority out, or serve with vLLM and --scheduling-policy priority.",
        )
    return replace(family, extra_body={**family.extra_body, family.priority: priority})


def _identify(
    client: httpx.Client,
    address: Address,
    listing: Listing,
    model: str | None,
    context_window: int | None,
) -> EngineIdentity:
    chosen = choose_model(listing, model, address.api_url)
    told = chosen.window or shown_window(client, listing.family, chosen.id)
    return EngineIdentity(
        family=listing.family.name,
        model=chosen.id,
        address=address.api_url,
        context_window=min((window for window in (told, context_window) if window), default=None),
        llama4_vocabulary=has_llama4_vocabulary(chosen.id),
    )


def _transport(
    address: Address, family: Family, identity: EngineIdentity, api_key: str | None
) -> Transport:
    if family.protocol == "ollama":
        return OllamaTransport(address, identity, api_key)
    return OpenAITransport(address, family, identity, api_key)


class Server:
    """An Engine. Questions may be asked from several threads at once. ``timeouts`` replaces what
    is planned from the length of the prompt."""

    def __init__(
        self,
        address: Address,
        family: Family,
        identity: EngineIdentity,
        transport: Transport,
        api_key: str | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._url = address.api_url
        self._family = family
        self._identity = identity
        self._transport = transport
        self._timeouts = timeouts
        self._json = json_client(address, api_key)
        self._closed = threading.Event()
        self._live: set[ChunkStream] = set()

    @property
    def identity(self) -> EngineIdentity:
        return self._identity

    def count_tokens(self, prompt: str) -> int | None:
        counter = self._family.counter
        if counter is None:
            return None
        messages = [{"role": "user", "content": prompt}]
        body = {"model": self._identity.model, "messages": messages}
        with translated(self._url, self._family):
            seconds = self._planned(len(prompt)).first_event
            response = self._json.post(counter.path, json=body, timeout=seconds)
            if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED):
                return None
            response.raise_for_status()
            count = response.json().get(counter.field)
        return count if type(count) is int else None

    def reserve(self, tokens: int) -> int | None:
        with translated(self._url, self._family):
            seconds = self._timeouts.first_event if self._timeouts else _LOAD_SECONDS
            return self._transport.reserve(tokens, seconds)

    def ask(self, prompt: str, question: Question, on_event: OnEvent) -> Answer:
        content = prompt + question.text
        timeouts = self._planned(len(content))
        transcript = Transcript(
            url=self._url,
            max_tokens=question.max_tokens,
            text_is_tokens=self._family.text_is_tokens,
            on_event=on_event,
            choices=question.choices,
        )
        with translated(self._url, self._family):
            stream = self._send(content, question, timeouts.first_event)
        with self._opened(stream), Watchdog(stream.cut, timeouts.first_event) as watchdog:
            self._read(transcript, stream, watchdog, timeouts)
        return transcript.answer()

    def close(self) -> None:
        """Answers that are coming in end with a ServerError in their threads."""
        self._closed.set()
        for stream in tuple(self._live):
            stream.cut()
        self._json.close()
        self._transport.close()

    def _planned(self, characters: int) -> Timeouts:
        if self._timeouts is not None:
            return self._timeouts
        prefill = characters / _CHARACTERS_A_TOKEN / self._family.slowest_prefill
        return Timeouts(first_event=_START_SECONDS + prefill, between_events=_START_SECONDS)

    def _send(self, content: str, question: Question, seconds: float) -> ChunkStream:
        """Tried again, after a while, where nothing of an answer was read: the server was busy,
        refused the connection, or broke it off before it said anything."""
        for wait in _RETRY_WAITS:
            try:
                return self._transport.send(content, question, seconds)
            except Exception as error:
                pause = retry_wait(error, wait)
                if pause is None or self._closed.wait(pause):
                    raise
        return self._transport.send(content, question, seconds)

    @contextmanager
    def _opened(self, stream: ChunkStream) -> Iterator[None]:
        self._live.add(stream)
        try:
            yield
        finally:
            self._live.discard(stream)
            stream.close()

    def _read(
        self, transcript: Transcript, stream: ChunkStream, watchdog: Watchdog, timeouts: Timeouts
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
                f"The server at {self._url} stopped in the middle of its answer",
                remedy="Look at the server's log; it may be out of memory or overloaded.",
            )

    def _chunks(self, stream: ChunkStream) -> Iterator[Json]:
        """Only what the stream raises is translated, not what the reader of the chunks does."""
        chunks = iter(stream)
        while True:
            with translated(self._url, self._family):
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield chunk
