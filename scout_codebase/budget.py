"""The window check before anything is sent, and the truncation check after each answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scout_codebase.errors import PromptTooLongError, ServerError, TruncatedPromptError
from scout_codebase.records import Answer

# What a chat template adds to a prompt of one user message. Llama 4's adds 10 tokens, Qwen's about
# 20 with its default system prompt; no template in use adds more than this without a system prompt
# of the user's own.
LARGEST_CHAT_TEMPLATE = 64


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
    """How many tokens a server must say that it read: between ``least`` and ``most``."""

    least: int
    most: int


def expect_exactly(tokens: int) -> ExpectedRead:
    """For a count made by the server itself, its chat template included."""
    return ExpectedRead(tokens, tokens)


def expect_with_template(tokens: int) -> ExpectedRead:
    """For an exact count of the text alone, in the served model's own vocabulary."""
    return ExpectedRead(tokens, tokens + LARGEST_CHAT_TEMPLATE)


def expect_about(llama4_tokens: int) -> ExpectedRead:
    """For a vocabulary that is not known: vocabularies of 32,000 to 260,000 entries give source
    code between 0.75 and 1.6 times the tokens of Llama 4's; a wider margin is allowed."""
    return ExpectedRead(int(llama4_tokens * 0.7), int(llama4_tokens * 2.0) + LARGEST_CHAT_TEMPLATE)


def verify_read(expected: ExpectedRead, answer: Answer, address: str) -> None:
    """Raises TruncatedPromptError where the server read another number of tokens than it was
    sent, and ServerError where it does not say how many it read."""
    if answer.prompt_tokens is None:
        raise ServerError(
            f"{address} does not say how many tokens it read (usage.prompt_tokens), so a "
            "truncated prompt cannot be told from a whole one",
            remedy="Use a server that reports usage in its streams, such as vLLM or llama.cpp.",
        )
    if expected.least <= answer.prompt_tokens <= expected.most:
        return
    sent = (
        f"{expected.least:,}"
        if expected.least == expected.most
        else f"{expected.least:,} to {expected.most:,}"
    )
    raise TruncatedPromptError(
        f"{address} read {answer.prompt_tokens:,} tokens of the {sent} that it was sent",
        remedy="Raise the server's context window; no report is written from a prompt that the "
        "server did not read whole.",
    )
