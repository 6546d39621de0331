"""From the settings to the engine that answers, and to what earlier runs kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scout_codebase.engines.base import Engine
from scout_codebase.engines.history import KnownServers
from scout_codebase.engines.kept import KeptAnswers
from scout_codebase.engines.open import EngineChoice, open_engine
from scout_codebase.pipeline import Packed
from scout_codebase.progress import Reporter
from scout_codebase.records import EngineIdentity
from scout_codebase.settings import EngineSettings, SelectionSettings, cache_folder


@contextmanager
def opened_engine(settings: EngineSettings, reporter: Reporter) -> Iterator[tuple[Engine, str]]:
    """The engine and how it was chosen; it is closed whatever happens. Raises EngineError or
    UsageError."""
    choice = EngineChoice(
        engine=settings.engine,
        cache_dir=cache_folder(),
        base_url=settings.base_url or None,
        model=settings.model or None,
        api_key=settings.api_key or None,
        context_window=settings.context_window,
        allow_remote=settings.allow_remote,
        weights_path=settings.weights,
        timeout=settings.timeout,
        priority=settings.priority,
        vllm_python=settings.vllm_python,
        vllm_arguments=settings.vllm_arguments,
    )
    with reporter.downloading() as download:
        engine = open_engine(choice, on_note=reporter.say, on_weights=download.update)
    try:
        how = _how_chosen(settings, engine)
        identity = engine.identity
        reporter.say(f"Model: {identity.model} on {identity.family} ({how})")
        yield engine, how
    finally:
        engine.close()


def _how_chosen(settings: EngineSettings, engine: Engine) -> str:
    if settings.origin:
        return settings.origin
    if settings.base_url:
        return "named by --base-url"
    if settings.engine != "auto":
        return "named by --engine"
    if engine.identity.embedded:
        return "no server was found on this machine"
    return "found on this machine"


def kept_answers(
    selection: SelectionSettings, packed: Packed, identity: EngineIdentity, reporter: Reporter
) -> KeptAnswers | None:
    """None where nothing is to be kept: an answer to an unmasked prompt may hold a secret."""
    if not (selection.cache and selection.mask):
        return None
    path = cache_folder() / "answers.sqlite3"
    return KeptAnswers(path, packed.pack.sha256, identity, reporter.say)


def known_servers(selection: SelectionSettings, reporter: Reporter) -> KnownServers | None:
    """What earlier runs learned of servers; None where nothing is to be kept."""
    if not selection.cache:
        return None
    return KnownServers(cache_folder() / "servers.sqlite3", reporter.say)
