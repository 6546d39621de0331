"""What a review will ask of a server at most, in tokens, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scout_codebase.budget import LARGEST_CHAT_TEMPLATE
from scout_codebase.engines.history import KnownServer, KnownServers
from scout_codebase.engines.kept import KeptAnswers
from scout_codebase.engines.table import Family
from scout_codebase.errors import LimitError
from scout_codebase.records import Question
from scout_codebase.render.markdown import duration
from scout_codebase.session import Session
from scout_codebase.tokens import count_tokens

_REMEDY = (
    "Name fewer reports with --report, a folder of the repository, or what to leave out with "
    "--exclude; or raise --max-tokens."
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What the questions that are certain to be asked take at most. ``kept`` of them were answered
    in an earlier run and take nothing; ``asked`` are sent, with ``text`` tokens in all (chat
    templates included) behind a repository of ``pack`` tokens, and answered with at most
    ``replies``. ``keeps_prefix``: the server reads the repository once, not for every question."""

    kept: int
    asked: int
    pack: int
    text: int
    replies: int
    keeps_prefix: bool = True

    @property
    def times(self) -> int:
        """How often the repository is read."""
        return min(1, self.asked) if self.keeps_prefix else self.asked

    @property
    def prefill(self) -> int:
        return self.times * self.pack + self.text

    @property
    def most(self) -> int:
        return self.prefill + self.replies

    def __str__(self) -> str:
        if not self.asked:
            return "nothing to ask: every answer is kept from an earlier run"
        read = "once" if self.times == 1 else f"{self.times} times"
        return (
            f"at most {self.most:,} tokens: {self.times * self.pack:,} to read the repository "
            f"{read}, {self.text:,} in {_questions(self.asked)}, {self.replies:,} in the largest "
            "answers"
        )


def cost_of(
    questions: Sequence[Question],
    pack_tokens: int,
    kept: KeptAnswers | None,
    *,
    keeps_prefix: bool = True,
    tokens_each: float = 1.0,
) -> Cost:
    """Of questions as they are sent. ``tokens_each`` is how many of the server's tokens one of
    Llama 4's is."""
    asked = kept.missing(questions) if kept else list(questions)
    text = sum(int(count_tokens(question.text) * tokens_each) for question in asked)
    return Cost(
        kept=len(questions) - len(asked),
        asked=len(asked),
        pack=pack_tokens,
        text=text + len(asked) * LARGEST_CHAT_TEMPLATE,
        replies=sum(question.max_tokens for question in asked),
        keeps_prefix=keeps_prefix,
    )


def keeps_prefix(family: Family, known: KnownServer | None) -> bool:
    """As an earlier run saw it, else as it is known of the family."""
    seen = known.keeps_prefix if known else None
    return family.keeps_prefix if seen is None else seen


def check_cost(cost: Cost, max_tokens: int | None) -> None:
    """Raises LimitError where the review would take more than it may."""
    if max_tokens is not None and cost.most > max_tokens:
        why = "" if cost.keeps_prefix else ", as this server is not known to keep a prompt"
        raise LimitError(
            f"The review may take {cost}{why}. That is {cost.most - max_tokens:,} more than the "
            f"{max_tokens:,} of --max-tokens; nothing was sent",
            remedy=_REMEDY,
        )


def check_session_cost(
    session: Session,
    questions: Sequence[Question],
    kept: KeptAnswers | None,
    servers: KnownServers | None,
) -> None:
    """Of the questions as they are sent, before they are. Raises LimitError."""
    if session.limits.max_tokens is None:
        return
    known = servers.find(session.engine.identity.address) if servers else None
    cost = cost_of(
        questions,
        session.pack_tokens,
        kept,
        keeps_prefix=keeps_prefix(session.family, known),
        tokens_each=session.tokens_each,
    )
    check_cost(cost, session.limits.max_tokens)


def note_server(session: Session, servers: KnownServers | None) -> None:
    """For the plans of later runs."""
    if servers is not None:
        rate, tokens = session.prefill_rate, session.pack_tokens
        servers.note(
            KnownServer(session.engine.identity, rate, tokens if rate else 0, session.keeps_prefix)
        )


def describe_cost(whole: Cost, left: Cost | None, server: KnownServer | None) -> list[str]:
    """The end of a plan: of all questions, and of those without a kept answer, where answers are
    kept. ``server`` is who is going to be asked, as an earlier run knew it."""
    lines = [
        f"In all: {_questions(whole.asked)}, {whole}; questions that follow from answers aside"
    ]
    if server is None:
        anew = replace(whole, keeps_prefix=False)
        return [
            *lines,
            f"Where the server keeps no prompt in a prefix cache: {anew}",
            "No earlier run has asked this server: how fast it reads is not known",
        ]
    who = f"{server.identity.model} on {server.identity.family} at {server.identity.address}"
    if left is not None:
        lines.append(f"Kept from an earlier run of {who}: {_answers(left.kept)}; left: {left}")
    to_read = whole if left is None else left
    if server.prefill_rate is None:
        return [*lines, f"How fast {who} reads was not measured"]
    if to_read.asked:
        lines.append(
            f"{who} takes about {duration(to_read.prefill / server.prefill_rate)} to read that, at "
            f"the {server.prefill_rate:,.0f} tokens/s of an earlier run; less where it still has "
            "the prompt in its prefix cache"
        )
    return lines


def _answers(count: int) -> str:
    return f"{count:,} answer{'' if count == 1 else 's'}"


def _questions(count: int) -> str:
    return f"{count:,} question{'' if count == 1 else 's'}"
