"""Token counts of texts that are no files, such as the lists of a pack."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from scout_codebase.blobs.keys import analyser_version
from scout_codebase.cache import FactsCache
from scout_codebase.tokens import count_tokens


def count_cached(cache: FactsCache | None) -> Callable[[str], int]:
    """``count_tokens``, kept by the digest of the text. A run that finds all its counts need not
    load the vocabulary."""
    return count_tokens if cache is None else _CachedCount(cache)


class _CachedCount:
    def __init__(self, cache: FactsCache) -> None:
        self._cache = cache

    def __call__(self, text: str) -> int:
        whole = f"{analyser_version()}\0{text}".encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(whole, digest_size=16, person=b"token count").digest()
        known = self._cache.read([key]).get(key)
        if known is not None:
            return int.from_bytes(known, "big")
        tokens = count_tokens(text)
        self._cache.write({key: tokens.to_bytes(8, "big")})
        return tokens
