"""What a review would send and what that costs, without opening an engine."""

from __future__ import annotations

from scout_codebase.costs import Cost, check_cost, cost_of, describe_cost, keeps_prefix
from scout_codebase.documenting import certain_questions, wanted_pages, with_recorded_depth
from scout_codebase.engines.address import resolve_address
from scout_codebase.engines.history import KnownServer, KnownServers
from scout_codebase.engines.kept import KeptAnswers
from scout_codebase.engines.table import family_named
from scout_codebase.errors import LimitError, ScoutError
from scout_codebase.opening import kept_answers, known_servers
from scout_codebase.pipeline import Packed, describe_pack
from scout_codebase.preparing import (
    is_brief,
    packed_for_review,
    planned,
    probe_of,
    review_facts,
)
from scout_codebase.probing import describe_probe
from scout_codebase.progress import Reporter
from scout_codebase.records import Question
from scout_codebase.reports.definition import load_definition
from scout_codebase.reports.facts import brief
from scout_codebase.reports.rehearsal import rehearse
from scout_codebase.session import worded
from scout_codebase.settings import EngineSettings, ReviewSettings
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens


def dry_run(settings: ReviewSettings, reporter: Reporter) -> tuple[list[str], LimitError | None]:
    """The lines of the plan, and the error with which the review would end before it sent anything.
    Raises ScoutError."""
    library = TemplateLibrary(settings.prompts, settings.style)
    definitions = [load_definition(library, name) for name in settings.reports]
    settings = with_recorded_depth(settings, definitions)
    packed = packed_for_review(settings, library, reporter)
    server = _server(settings.engine, known_servers(settings.selection, reporter))
    facts = review_facts(packed, library, definitions)
    for definition in definitions:
        rehearse(definition, facts, library, packed.pack)
    wanted = wanted_pages(settings, definitions, packed, facts, library)
    if is_brief(settings, embedded=_is_embedded(settings.engine, server)):
        facts = brief(facts)
    probe = probe_of(settings, packed, library)
    lines = [describe_pack(packed)]
    for row in definitions:
        asked = certain_questions(row, facts, library, wanted.get(row.name))
        lines.append(_describe(row.name, asked))
    lines += describe_probe(probe).splitlines() if probe else []
    questions = planned(definitions, facts, library, probe, wanted)
    kept = kept_answers(settings.selection, packed, server.identity, reporter) if server else None
    whole = _cost(packed, questions, None, server)
    left = _cost(packed, questions, kept, server) if kept else None
    lines += describe_cost(whole, left, server)
    try:
        check_cost(left or whole, settings.max_tokens)
    except LimitError as error:
        return lines, error
    return lines, None


def _describe(name: str, questions: list[Question]) -> str:
    tokens = sum(count_tokens(question.text) for question in questions)
    replies = sum(question.max_tokens for question in questions)
    return (
        f"{name}: {len(questions)} questions of {tokens:,} tokens in all behind the "
        f"shared prefix, answers of at most {replies:,} tokens"
    )


def _cost(
    packed: Packed,
    questions: list[Question],
    kept: KeptAnswers | None,
    server: KnownServer | None,
) -> Cost:
    if server is None:
        return cost_of(questions, packed.pack.tokens, kept)
    family = family_named(server.identity.family)
    sent = [worded(question, family) for question in questions]
    return cost_of(sent, packed.pack.tokens, kept, keeps_prefix=keeps_prefix(family, server))


def _server(engine: EngineSettings, servers: KnownServers | None) -> KnownServer | None:
    """Who would be asked, so far as an earlier run knows it: with no address, whom the latest run
    asked."""
    if servers is None:
        return None
    own = {"embedded": "embedded", "vllm-offline": "vllm-offline"}.get(engine.engine)
    try:
        address = own or (engine.base_url and resolve_address(engine.base_url).api_url)
    except ScoutError:
        return None
    found = servers.find(address)
    if found is None or engine.model not in ("", found.identity.model):
        return None
    return None if found.identity.embedded and engine.engine == "openai" else found


def _is_embedded(engine: EngineSettings, server: KnownServer | None) -> bool:
    return engine.engine == "embedded" or (server is not None and server.identity.embedded)
