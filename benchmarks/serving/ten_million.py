"""``python -m benchmarks.serving.ten_million``: a review of more than ten million tokens.

The source archives of Django and Celery in one repository, reviewed with two questions on a real
vLLM server that has Scout's whole window. Its model is a Llama 4 with random weights and one layer,
which attends within chunks of 8,192 tokens: what it writes means nothing (a schema leaves it one
word), and it needs keys and values of the last chunk alone. So vLLM computes the last chunk of the
first question and skips all before it, which it calls cached although it was never read. What
tells the prefix cache is the last chunk: the first question has all of it computed, the second one
only what stands behind the last whole block that both have in common.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.packing.corpora import corpus
from benchmarks.serving.command import run
from benchmarks.serving.figures import Figure, at_most
from benchmarks.serving.measured import (
    TEMPLATE_TOKENS,
    Measured,
    measured_review,
    one_layer_model,
    question_tokens,
    sent_and_read,
)
from tests.vllm_peer.server import running_vllm_peer

WINDOW = 10_485_760
BLOCK = 128  # tokens; vLLM's cache holds whole blocks
_FLAGS = ("--block-size", str(BLOCK), "--max-num-seqs", "4")
_ENVIRONMENT = {"VLLM_CPU_KVCACHE_SPACE": "1"}  # GiB: a chunk of one small layer is 1 MB


def _measure(chosen: argparse.Namespace) -> Measured:
    tree = corpus("ten-million", chosen.cache)
    model = one_layer_model(chosen.vllm, chosen.cache, WINDOW)
    with (
        tempfile.TemporaryDirectory() as scratch,
        running_vllm_peer(
            venv=chosen.vllm,
            model_dir=model,
            log=Path(scratch) / "vllm.log",
            max_model_len=WINDOW,
            extra=_FLAGS,
            environment=_ENVIRONMENT,
        ) as peer,
    ):
        return measured_review(tree, "two-words", 2, peer.base_url, memory=True)


def _figures(measured: Measured) -> list[Figure]:
    tokens, chats = measured.pack_tokens, measured.chats
    return [
        Figure("tokens of the repository", f"{tokens:,}", "over 10,000,000", tokens > 10_000_000),
        *sent_and_read(measured),
        *_prefix_cache(measured),
        at_most("seconds until the first byte was sent", chats[0].began - measured.started, 15),
        Figure("processor seconds until then", f"{chats[0].noted:.2f}"),
        at_most("peak memory of the client, MB", measured.run.megabytes, 1_500),
        *(
            Figure(f"question {number}: seconds in all", f"{chat.ended - chat.began:.1f}")
            for number, chat in enumerate(chats, 1)
        ),
    ]


def _prefix_cache(measured: Measured) -> list[Figure]:
    """The second question's limit is what its last chunk needs computed where the whole blocks of
    the pack are cached: a part of a block, the question and the template. The first one has to be
    above it: where the pack ends close behind the border of a chunk, nothing can be told."""
    first, second = measured.chats
    computed = [
        int(chat.usage.get("prompt_tokens", 0)) - chat.cached_tokens for chat in (first, second)
    ]
    limit = BLOCK + question_tokens(second) + TEMPLATE_TOKENS
    return [
        Figure(
            "question 1: tokens computed", str(computed[0]), f"over {limit}", computed[0] > limit
        ),
        at_most("question 2: tokens computed", computed[1], limit),
    ]


if __name__ == "__main__":
    run(__doc__, _measure, _figures)
