"""From what the user chose to an engine that is ready to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scout_codebase.engines.base import Engine
from scout_codebase.engines.discover import Found, discover
from scout_codebase.engines.embedded import open_embedded
from scout_codebase.engines.listing import choose_model
from scout_codebase.engines.server import open_server
from scout_codebase.engines.stream import Timeouts
from scout_codebase.engines.weights import OnProgress, check_weights_file, ensure_weights
from scout_codebase.errors import UsageError

EngineKind = Literal["auto", "openai", "embedded"]


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What the user said about the engine. ``weights_path`` is a GGUF file of the user's own;
    without it the weights are fetched into ``cache_dir``. ``context_window`` is the window of a
    server that tells none, and the window that the embedded engine is given. ``timeout`` is how
    many seconds a server may be silent; without it that is planned from the prompt."""

    engine: EngineKind
    cache_dir: Path
    base_url: str | None = None
    model: str | None = None
    api_key: str | None = None
    context_window: int | None = None
    allow_remote: bool = False
    weights_path: Path | None = None
    timeout: float | None = None


def open_engine(
    choice: EngineChoice,
    *,
    on_note: Callable[[str], None] = lambda _: None,
    on_weights: OnProgress = lambda *_: None,
) -> Engine:
    """The engine of ``choice``; ``auto`` is the address that the user named, else a server found
    on this machine, else the embedded engine. ``on_note`` is told in a sentence why a server
    that was found is not used; ``on_weights`` follows a download.

    Raises UsageError or EngineError."""
    if choice.engine == "embedded":
        return _open_embedded(choice, on_weights)
    if choice.base_url:
        return _open_server(choice, choice.base_url)
    found = _first_usable(discover(), choice.model, on_note)
    if found is not None:
        return _open_server(choice, found.base_url)
    if choice.engine == "openai":
        raise UsageError("No server was found on this machine", remedy="Name one with --base-url.")
    return _open_embedded(choice, on_weights)


def _first_usable(
    servers: tuple[Found, ...], model: str | None, on_note: Callable[[str], None]
) -> Found | None:
    """The first server that may be used and whose model is beyond doubt."""
    for server in servers:
        try:
            if not server.unusable:
                choose_model(server.listing, model, server.base_url)
                return server
            on_note(f"Not used: {server.unusable}.")
        except UsageError as error:
            on_note(f"Not used: {error}")
    return None


def _open_server(choice: EngineChoice, base_url: str) -> Engine:
    return open_server(
        base_url,
        model=choice.model,
        api_key=choice.api_key,
        context_window=choice.context_window,
        allow_remote=choice.allow_remote,
        timeouts=_timeouts(choice),
    )


def _open_embedded(choice: EngineChoice, on_weights: OnProgress) -> Engine:
    if choice.weights_path is not None:
        weights = check_weights_file(choice.weights_path)
    else:
        weights = ensure_weights(choice.cache_dir, on_weights)
    return open_embedded(
        weights,
        choice.cache_dir / "logs",
        context_window=choice.context_window,
        timeouts=_timeouts(choice),
    )


def _timeouts(choice: EngineChoice) -> Timeouts | None:
    return Timeouts(choice.timeout, choice.timeout) if choice.timeout else None
