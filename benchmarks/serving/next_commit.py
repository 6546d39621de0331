"""``python -m benchmarks.serving.next_commit``: what the review of the next commit costs.

The source archive of Requests is reviewed on a real vLLM server, then, with ``--since``, a commit
that changes one of its files. The model is a Llama 4 with random weights and four layers, of which
the fourth attends to everything: what the server says it took from its prefix cache is what it did
not have to compute again.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.packing.corpora import corpus
from benchmarks.serving.command import run
from benchmarks.serving.figures import Figure
from benchmarks.serving.measured import (
    Measured,
    four_layer_server,
    measured_review,
    sent_and_read,
)
from tests.vllm_peer.server import VllmPeer

_LEAST_HITS = 0.9
_LEAST_SPEEDUP = 5.0
_CHANGED = "src/requests/sessions.py"


@dataclass(frozen=True, slots=True)
class Reviews:
    """Of the base, and of the commit after it; ``hits`` is the share of the second prompt that the
    server's own counters put down to its prefix cache."""

    base: Measured
    later: Measured
    hits: float


def _measure(chosen: argparse.Namespace) -> Reviews:
    tree = corpus("hundred-thousand", chosen.cache)
    with (
        tempfile.TemporaryDirectory() as scratch,
        four_layer_server(chosen.vllm) as peer,
    ):
        clone = Path(scratch) / "requests"
        _git("clone", "--quiet", str(tree), str(clone))
        base = measured_review(clone, "one-word", 1, peer.base_url, memory=False)
        _commit(clone)
        with _counted(peer) as hits:
            options = ("--since", "HEAD~1")
            later = measured_review(clone, "one-word", 1, peer.base_url, *options, memory=False)
    return Reviews(base, later, hits[0])


def _commit(clone: Path) -> None:
    (source,) = clone.glob(f"*/{_CHANGED}")
    source.write_text(source.read_text() + "\n\ndef is_open(session):\n    return True\n")
    who = ("-c", "user.name=n", "-c", "user.email=n@localhost")
    _git("-C", str(clone), *who, "commit", "--quiet", "--all", "--message=next")


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True)


@contextmanager
def _counted(peer: VllmPeer) -> Iterator[list[float]]:
    """The share of the tokens looked up in the cache within the block that was found there."""
    found: list[float] = []
    queries, hits = _counters(peer)
    yield found
    later_queries, later_hits = _counters(peer)
    found.append((later_hits - hits) / (later_queries - queries))


def _counters(peer: VllmPeer) -> tuple[float, float]:
    text = httpx.get(f"{peer.root}/metrics", trust_env=False).text
    queries, hits = (
        sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(f"{name}{{"))
        for name in ("vllm:prefix_cache_queries_total", "vllm:prefix_cache_hits_total")
    )
    return queries, hits


def _figures(reviews: Reviews) -> list[Figure]:
    first, second = (
        float(measured.report["questions"][0]["seconds_to_first_token"])
        for measured in (reviews.base, reviews.later)
    )
    tokens = reviews.base.pack_tokens
    told = reviews.later.chats[0].cached_tokens / reviews.later.chats[0].usage["prompt_tokens"]
    return [
        Figure("tokens of the base", f"{tokens:,}", "over 100,000", tokens > 100_000),
        Figure("tokens behind it", f"{reviews.later.pack_tokens - tokens:,}"),
        *sent_and_read(reviews.later),
        _at_least("prefix hits, by the server's counters", reviews.hits, _LEAST_HITS),
        _at_least("prefix hits, by its answer", told, _LEAST_HITS),
        Figure("base: seconds to the first token", f"{first:.2f}"),
        Figure("next commit: seconds to the first token", f"{second:.2f}"),
        _at_least("times faster", first / second, _LEAST_SPEEDUP),
    ]


def _at_least(name: str, value: float, limit: float) -> Figure:
    return Figure(name, f"{value:.3f}", f"at least {limit}", held=value >= limit)


if __name__ == "__main__":
    run(__doc__, _measure, _figures)
