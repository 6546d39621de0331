"""Token counts of texts that are no files, such as the lists of a pack."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from scout_codebase.blobs.keys import analyser_version
from scout_codebase.cache import FactsCache


class CachedCount:
    """``count``, kept by the digest of the text. A run that finds all its counts need not load the
    vocabulary."""

    def __init__(self, cache: FactsCache, count: Callable[[str], int]) -> None:
        self._cache = cache
        self._count = count

    def __call__(self, text: str) -> int:
        whole = f"{analyser_version()}\0{text}".encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(whole, digest_size=16, person=b"token count").digest()
        known = self._cache.read([key]).get(key)
        if known is not None:
            return int.from_bytes(known, "big")
        tokens = self._count(text)
        self._cache.write({key: tokens.to_bytes(8, "big")})
        return tokens
