"""What is kept of questions and answers: lines, Markdown and JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from scout_codebase import __version__
from scout_codebase.asking.absence import absence_markdown
from scout_codebase.asking.dialogue import Dialogue, Turn
from scout_codebase.plain import plain
from scout_codebase.records import Citation, CitationStatus
from scout_codebase.render.links import LinkTo
from scout_codebase.reports.citations import checked_markdown
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import heading, name

FORMAT_VERSION = 1


def citation_lines(turn: Turn) -> list[str]:
    """What was cited, and what the look-up found, one line each."""
    if not turn.citations:
        return [f"Citations: none{', so nothing backs this answer' if turn.nothing else ''}"]
    return [
        f"Citations: {describe_citations(turn.citations)}",
        *(f"  #{row.number} {_described(row)}" for row in turn.citations),
    ]


def describe_citations(citations: Sequence[Citation]) -> str:
    found = sum(row.verified for row in citations)
    kinds = Counter(row.status for row in citations)
    told = ", ".join(f"{kinds[status]} {status}" for status in CitationStatus if kinds[status])
    return f"{found} of {len(citations)} found in the source ({told})"


def _described(row: Citation) -> str:
    found, claimed = row.evidence, plain(row.claimed)
    if row.status is CitationStatus.MISSING:
        return f"{claimed} {row.status}: {plain(found.reason)}"
    place = f"{plain(found.path)}:{found.start_line}"
    told = f"{place} {row.status}"
    if row.status is CitationStatus.AMBIGUOUS:
        told += f": one of {found.matches} places"
    if row.status is CitationStatus.UNQUOTED:
        told += ": the line is there, nothing of it was checked"
    if row.line and claimed != place:
        told += f" (cited as {claimed})"
    return told + (" (a comment)" if found.comment else "")


def describe_cost(turn: Turn) -> str:
    """One line: what the answer took."""
    answer = turn.answer
    if answer.earlier:
        return "The answer was kept from an earlier run (--no-cache asks again)"
    told = f"{answer.completion_tokens or 0:,} tokens in {answer.seconds:.1f} s"
    told += f", the first after {answer.seconds_to_first_token:.1f} s"
    if answer.prompt_tokens is not None and answer.cached_tokens is not None:
        told += (
            f"; {answer.cached_tokens:,} of the {answer.prompt_tokens:,} tokens of the prompt came "
            "from the server's cache"
        )
    return told


def transcript(dialogue: Dialogue, link_to: LinkTo) -> str:
    """All turns as Markdown."""
    snapshot = dialogue.session.packed.snapshot
    parts = [f"# Questions about {name(snapshot.name)} at {snapshot.revision.label}\n"]
    for turn in dialogue.turns:
        parts.append(f"## {heading(turn.question)}\n")
        if turn.failure:
            parts.append(f"> **Not to be relied on:** {turn.failure}.\n")
        parts += [f"{text}\n" for text in turn_markdown(turn, dialogue.checker, link_to)]
        parts += ["\n".join(f"- {name(line.strip())}" for line in citation_lines(turn)) + "\n"]
    identity = dialogue.session.engine.identity
    parts.append(
        f"Answered by {name(identity.model)} on {name(identity.family)}, checked by "
        f"scout-codebase {__version__}.\n"
    )
    return "\n".join(parts)


def turn_markdown(turn: Turn, checker: EvidenceChecker, link_to: LinkTo) -> list[str]:
    if turn.nothing:
        return [absence_markdown(turn.nothing, checker, link_to)]
    return [checked_markdown(block, checker, link_to) for block in turn.blocks]


def turn_json(dialogue: Dialogue, turn: Turn, link_to: LinkTo) -> str:
    """One question and its answer, for scripts. ``answer`` is what the model wrote, ``markdown``
    the same with its citations checked, or what the tool says in its place; ``usable`` is false
    where the command fails."""
    session, answer = dialogue.session, turn.answer
    snapshot = session.packed.snapshot
    value = {
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "repository": snapshot.name,
        "commit": snapshot.revision.commit,
        "dirty": snapshot.revision.dirty,
        "engine": asdict(session.engine.identity),
        "pack_tokens": session.packed.pack.tokens,
        "question": turn.question,
        "answer": answer.text,
        "markdown": "\n\n".join(turn_markdown(turn, dialogue.checker, link_to)),
        "usable": not turn.failure,
        "failure": turn.failure,
        "backed_by_citation": any(row.verified for row in turn.citations),
        "nothing_found": asdict(turn.nothing) if turn.nothing else None,
        "citations": [_citation_row(row, link_to) for row in turn.citations],
        "run": {
            "prompt_tokens": answer.prompt_tokens,
            "cached_tokens": answer.cached_tokens,
            "completion_tokens": answer.completion_tokens,
            "seconds": answer.seconds,
            "seconds_to_first_token": answer.seconds_to_first_token,
            "earlier": answer.earlier,
        },
    }
    return json.dumps(value, indent=2, ensure_ascii=True)


def _citation_row(row: Citation, link_to: LinkTo) -> dict[str, Any]:
    found = row.evidence
    return {
        "number": row.number,
        "claimed_path": row.path,
        "claimed_line": row.line,
        "quote": row.quote,
        "verified": row.verified,
        "status": str(row.status),
        "path": found.path,
        "start_line": found.start_line,
        "end_line": found.end_line,
        "start_column": found.start_column,
        "end_column": found.end_column,
        "matches": found.matches,
        "comment": found.comment,
        "reason": found.reason,
        "link": link_to(found.path, found.start_line) if found.found else "",
    }
