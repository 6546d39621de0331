"""Fills a server's prefix cache with the prompt of a repository, ahead of the review."""

from __future__ import annotations

from dataclasses import replace

from scout_codebase.errors import UsageError
from scout_codebase.opening import opened_engine
from scout_codebase.pipeline import describe_pack, pack_repository
from scout_codebase.progress import Reporter
from scout_codebase.records import Answer, Question
from scout_codebase.session import Session
from scout_codebase.settings import EngineSettings, SelectionSettings
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens

_SERVERS = ("auto", "openai")
_QUESTION = Question("warm", "<question>\nSay yes.\n</question>\n", max_tokens=1)


def warm(
    selection: SelectionSettings,
    engine: EngineSettings,
    library: TemplateLibrary,
    reporter: Reporter,
) -> Answer:
    """Has the server read the pack, with a question of no interest behind it. Raises ScoutError:
    UsageError for an engine that ends with this command, WindowError where the prompt was not read
    whole."""
    if engine.engine not in _SERVERS:
        raise UsageError(
            f"the cache of --engine {engine.engine} ends with this command",
            remedy="Start a server, and name it with --base-url.",
        )
    packed = pack_repository(selection, library, reporter)
    reporter.say(describe_pack(packed))
    with opened_engine(replace(engine, engine="openai"), reporter) as (opened, _):
        session = Session(packed, opened, reporter)
        session.open_window(count_tokens(_QUESTION.text), _QUESTION.max_tokens)
        with reporter.asking("Prefix", 1, packed.pack.tokens) as conversation:
            return session.ask(_QUESTION, conversation)


def describe_warmth(answer: Answer) -> str:
    """One line: what was read, how long that took, and what had been there."""
    tokens = (
        f"{answer.prompt_tokens:,} tokens" if answer.prompt_tokens is not None else "the prompt"
    )
    known = answer.cached_tokens
    before = "" if known is None else f"; {known:,} of them were in the cache before"
    return f"The server has read {tokens} in {answer.seconds_to_first_token:.1f} s{before}"
