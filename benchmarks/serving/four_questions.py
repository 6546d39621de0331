"""``python -m benchmarks.serving.four_questions``: what three more questions cost.

The source archive of Requests, reviewed with four questions on a real vLLM server. Its model is a
Llama 4 with random weights and four layers, of which the fourth attends to everything: the first
question has the whole pack read, and what the server says it took from its cache is what it did
not have to compute again.
"""

from __future__ import annotations

import argparse

from benchmarks.packing.corpora import corpus
from benchmarks.serving.command import run
from benchmarks.serving.figures import Figure, at_most
from benchmarks.serving.measured import (
    Measured,
    four_layer_server,
    measured_review,
    sent_and_read,
)

_LARGEST_RATIO = 1.5


def _measure(chosen: argparse.Namespace) -> Measured:
    tree = corpus("hundred-thousand", chosen.cache)
    with four_layer_server(chosen.vllm) as peer:
        return measured_review(tree, "four-words", 4, peer.base_url, memory=False)


def _figures(measured: Measured) -> list[Figure]:
    tokens, chats = measured.pack_tokens, measured.chats
    first = chats[0].ended - chats[0].began
    asked = max(chat.ended for chat in chats) - chats[0].began
    return [
        Figure("tokens of the repository", f"{tokens:,}", "over 100,000", tokens > 100_000),
        *sent_and_read(measured),
        *(
            Figure(
                f"question {number}: tokens from the cache",
                f"{chat.cached_tokens:,}",
                f"over {tokens * 9 // 10:,}",
                held=chat.cached_tokens > tokens * 9 // 10,
            )
            for number, chat in enumerate(chats[1:], 2)
        ),
        *(
            Figure(f"question {number}: seconds", f"{chat.ended - chat.began:.2f}")
            for number, chat in enumerate(chats, 1)
        ),
        Figure("all questions: seconds", f"{asked:.2f}"),
        at_most("all questions, as a multiple of the first", asked / first, _LARGEST_RATIO),
        Figure("the whole command: seconds", f"{measured.run.seconds:.2f}"),
        at_most(
            "the whole command, as a multiple of the first question",
            measured.run.seconds / first,
            _LARGEST_RATIO,
        ),
    ]


if __name__ == "__main__":
    run(__doc__, _measure, _figures)
