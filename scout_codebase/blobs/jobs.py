"""What a worker process can be asked to do with one file, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scout_codebase.blobs.codec import FACTS
from scout_codebase.blobs.facts import compute_facts, count_section
from scout_codebase.blobs.wanted import Wanted
from scout_codebase.tokens import count_tokens


def encoded_facts(path: str, text: str, wanted: Wanted) -> bytes:
    return FACTS.encode(compute_facts(path, text, wanted))


def facts_without_tree(path: str, text: str, wanted: Wanted) -> bytes:
    return FACTS.encode(compute_facts(path, text, wanted, parse=False))


JOBS: Mapping[str, Callable[..., Any]] = {
    "facts": encoded_facts,
    "facts without tree": facts_without_tree,
    "section": count_section,
    "text": count_tokens,
}
