"""The Llama 4 vocabulary as Meta's own package loads it: the reference that counts are held to."""

from __future__ import annotations

import importlib
from functools import cache

import tiktoken


@cache
def llama4_reference() -> tiktoken.Encoding:
    tokenizer = importlib.import_module("llama_models.llama4.tokenizer").Tokenizer
    model: tiktoken.Encoding = tokenizer.get_instance().model
    return model


def llama4_special_tokens() -> tuple[str, ...]:
    """All 2,048 of them."""
    return tuple(sorted(llama4_reference().special_tokens_set))
