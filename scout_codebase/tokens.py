"""Exact Llama 4 token counts, offline.

The vocabulary is the ``tokenizer.model`` of Meta's own ``llama-models`` package; the split pattern
is the one beside it (``llama_models/llama4/tokenizer.py``, class ``Tokenizer``). The special
tokens of that vocabulary are not part of the encoding built here: text never counts as a control
token (the pack neutralises such text, see ``pack.py``).
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import count

import tiktoken

LLAMA4_PATTERN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

# tiktoken's regular expression engine overflows its stack, with a panic that no `except Exception`
# catches, where `\s+(?!\S)` meets about a million blanks. A run this long is cut out beforehand.
# Python's \s has four control characters more than Unicode's White_Space, which tiktoken goes by.
_LONG_RUN = 65_536
_LONG_BLANK_RUN = re.compile(
    rf"(?<![^\S\r\n\x1c-\x1f])[^\S\r\n\x1c-\x1f]{{{_LONG_RUN},}}+(?![\r\n])"
)


def count_tokens(text: str) -> int:
    """The number of Llama 4 tokens of ``text``, without the chat template. Lone surrogates count
    as U+FFFD, which is what a server receives for them."""
    encoding = _llama4_encoding()
    return sum(
        len(encoding._encode_single_piece(part))
        if is_single_piece
        else len(encoding.encode_ordinary(part))
        for is_single_piece, part in _split_long_blank_runs(text)
    )


def encode(text: str) -> list[int]:
    """The Llama 4 token ids of ``text``; ``len(encode(text)) == count_tokens(text)``."""
    encoding = _llama4_encoding()
    ids: list[int] = []
    for is_single_piece, part in _split_long_blank_runs(text):
        ids += (
            encoding._encode_single_piece(part)
            if is_single_piece
            else encoding.encode_ordinary(part)
        )
    return ids


def _split_long_blank_runs(text: str) -> Iterator[tuple[bool, str]]:
    """Cuts ``text`` where the split pattern would cut it anyway: a long run of blanks is one
    piece by ``\\s+(?!\\S)``, less its last blank, which goes with what follows. Runs that a
    newline follows are left alone: ``\\s*[\\r\\n]+`` takes those, and does not overflow."""
    start = 0
    for match in _LONG_BLANK_RUN.finditer(text) if len(text) >= _LONG_RUN else ():
        end = match.end() if match.end() == len(text) else match.end() - 1
        yield False, text[start : match.start()]
        yield True, text[match.start() : end]
        start = end
    yield False, text[start:]


@cache
def _llama4_encoding() -> tiktoken.Encoding:
    return tiktoken.Encoding(
        name="llama4",
        pat_str=LLAMA4_PATTERN,
        mergeable_ranks=_llama4_ranks(),
        special_tokens={},
    )


def _llama4_ranks() -> dict[bytes, int]:
    vocabulary = resources.files("llama_models") / "llama4" / "tokenizer.model"
    tokens = map(binascii.a2b_base64, vocabulary.read_bytes().split()[::2])
    return dict(zip(tokens, count()))  # the ranks stand beside the tokens, in order from 0
