"""Token counts of texts that are no files, such as the lists of a pack."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from scout_codebase.blobs.keys import analyser_version
from scout_codebase.cache import FactsCache


def count_cached(cache: FactsCache | None) -> Callable[[str], int]:
    """``count_tokens``, kept by the digest of the text. A run that finds all its counts need not
    load the vocabulary."""
    return _count if cache is None else _CachedCount(cache)


def _count(text: str) -> int:
    from scout_codebase.tokens import count_tokens

    return count_tokens(text)


class _CachedCount:
    def __init__(self, cache: FactsCache) -> None:
        self._cache = cache

    def __call__(self, text: str) -> int:
        whole = f"{analyser_version()}\0{text}".encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(whole, digest_size=16, person=b"token count").digest()
        known = self._cache.read([key]).get(key)
        if known is not None:
            return int.from_bytes(known, "big")
        tokens = _count(text)
        self._cache.write({key: tokens.to_bytes(8, "big")})
        return tokens
