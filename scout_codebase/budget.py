"""The window check before anything is sent, and the truncation check after each answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scout_codebase.errors import (
    PromptTooLongError,
    TruncatedAnswerError,
    TruncatedPromptError,
)
from scout_codebase.records import Answer

# What a chat template adds to a prompt of one user message. Llama 4's adds 10 tokens, Qwen's about
# 20 with its default system prompt; no template in use adds more than this without a system prompt
# of the user's own.
LARGEST_CHAT_TEMPLATE = 64
_COUNTING_SLACK = 2  # some servers count the token that ends an answer, some do not


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens of a window: what the pack takes, the longest question, the longest reply."""

    window: int
    pack: int
    question: int
    reply: int

    @property
    def needed(self) -> int:
        return self.pack + self.question + self.reply + LARGEST_CHAT_TEMPLATE

    @property
    def left(self) -> int:
        """Negative where the prompt does not fit."""
        return self.window - self.needed


def check_held(budget: Budget, held: int | None, address: str, remedy: str) -> int:
    """The window that the server has once it made room. Raises PromptTooLongError where that is
    less than is needed, or where it does not tell."""
    if held is not None and held >= budget.needed:
        return held
    says = (
        "does not tell what window it has" if held is None else f"has a window of {held:,} tokens"
    )
    raise PromptTooLongError(
        f"{address} {says}, where {budget.needed:,} are needed and {budget.window:,} were claimed",
        remedy=remedy,
    )


def check_window(budget: Budget, folder_tokens: Mapping[str, int], remedy: str = "") -> None:
    """Raises PromptTooLongError, which says how many tokens too many there are and which folders
    hold the most, where the prompt and its reply do not fit."""
    if budget.left >= 0:
        return
    raise PromptTooLongError(
        f"The prompt needs {budget.needed:,} tokens ({budget.pack:,} for the repository, "
        f"{budget.question:,} for the longest question, {budget.reply:,} for the reply) and the "
        f"window has {budget.window:,}: {-budget.left:,} too many. "
        f"Largest folders: {largest_folders(folder_tokens)}",
        remedy=remedy
        or "Use a server with a larger window, name a folder of the repository, "
        "or leave folders out with --exclude.",
    )


def largest_folders(folder_tokens: Mapping[str, int], count: int = 5) -> str:
    """The folders that hold the most tokens, deepest where a parent adds nothing of its own."""
    rows = sorted(
        ((folder, tokens) for folder, tokens in folder_tokens.items() if folder != "."),
        key=lambda row: (-row[1], -len(row[0]), row[0]),
    )
    chosen: list[tuple[str, int]] = []
    for folder, tokens in rows:
        if any(other.startswith(folder + "/") and tokens == size for other, size in chosen):
            continue
        chosen.append((folder, tokens))
    return ", ".join(f"{folder}/ {tokens:,}" for folder, tokens in chosen[:count]) or "none"


@dataclass(frozen=True, slots=True)
class ExpectedRead:
    """How many tokens a server must say that it read: between ``least`` and ``most``. ``sent`` is
    our own count of the prompt; a prompt with one token more is read as between ``least_each`` and
    ``most_each`` tokens more, with ``slack`` in both directions."""

    least: int
    most: int
    sent: int
    least_each: float = 1.0
    most_each: float = 1.0
    slack: int = 0


def expect_exactly(tokens: int) -> ExpectedRead:
    """For a count made by the server itself, its chat template included."""
    return ExpectedRead(tokens, tokens, tokens)


def expect_with_template(tokens: int) -> ExpectedRead:
    """For an exact count of the text alone, in the served model's own vocabulary. What the template
    adds is known from the first answer on, and the same for every prompt."""
    return ExpectedRead(tokens, tokens + LARGEST_CHAT_TEMPLATE, tokens)


def expect_about(llama4_tokens: int) -> ExpectedRead:
    """For a vocabulary that is not known: vocabularies of 32,000 to 260,000 entries give source
    code between 0.75 and 1.6 times the tokens of Llama 4's; a wider margin is allowed."""
    least, most = 0.7, 2.0
    return ExpectedRead(
        least=int(llama4_tokens * least),
        most=int(llama4_tokens * most) + LARGEST_CHAT_TEMPLATE,
        sent=llama4_tokens,
        least_each=least,
        most_each=most,
        slack=LARGEST_CHAT_TEMPLATE,
    )


@dataclass(slots=True)
class ReadGuard:
    """Judges by the server's own figures whether each prompt was read whole and each answer was
    written whole. ``address`` is who answers, ``window`` what it claims to hold, the remedies are
    those of its family. The first answer says how this server counts; the prompts differ in their
    ends alone, so that every later one is held to that."""

    address: str
    window: int
    prompt_remedy: str
    answer_remedy: str
    _first: tuple[int, int] | None = None

    def verify(self, expected: ExpectedRead, answer: Answer, max_tokens: int) -> None:
        """Raises TruncatedPromptError where the server read another number of tokens than it was
        sent, does not tell, or holds more than it claims to; TruncatedAnswerError where it stopped
        before the ``max_tokens`` that it was granted."""
        read = answer.prompt_tokens
        if read is None:
            raise TruncatedPromptError(
                f"{self.address} does not say how many tokens it read, so that a prompt that was "
                "cut short cannot be told from a whole one",
                remedy="Use a server that reports usage, such as vLLM or llama.cpp.",
            )
        least, most = self._bounds(expected)
        if not least <= read <= most:
            sent = f"{least:,}" if least == most else f"{least:,} to {most:,}"
            raise TruncatedPromptError(
                f"{self.address} read {read:,} tokens of the {sent} that it was sent; no report is "
                "written from a prompt that was not read whole",
                remedy=self.prompt_remedy,
            )
        self._verify_reply(read, answer, max_tokens)
        self._first = self._first or (expected.sent, read)

    def _bounds(self, expected: ExpectedRead) -> tuple[int, int]:
        if self._first is None or expected.least == expected.most:
            return expected.least, expected.most
        sent, read = self._first
        more = expected.sent - sent
        ends = sorted((more * expected.least_each, more * expected.most_each))
        least = read + int(ends[0]) - expected.slack
        most = read + int(ends[1]) + expected.slack
        return max(least, expected.least), min(most, expected.most)

    def _verify_reply(self, read: int, answer: Answer, max_tokens: int) -> None:
        wrote = answer.completion_tokens
        if wrote is None:
            return
        if read + wrote > self.window + _COUNTING_SLACK:
            raise TruncatedPromptError(
                f"{self.address} read {read:,} tokens and wrote {wrote:,}, more than its window of "
                f"{self.window:,} holds: it forgot the beginning",
                remedy=self.prompt_remedy,
            )
        if answer.finish_reason == "length" and wrote + _COUNTING_SLACK < max_tokens:
            raise TruncatedAnswerError(
                f"{self.address} cut an answer off after {wrote:,} of the {max_tokens:,} tokens "
                "that it was granted",
                remedy=self.answer_remedy,
            )
