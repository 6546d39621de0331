"""Finished answers, kept from run to run: a run that a dying server ended is continued by the next.

An answer is a function of what was asked (the prompt, the question, its schema and its length) and
of who was asked; the digest of these is its key. It may be lost at any moment.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from scout_codebase.cache import FactsCache
from scout_codebase.engines.transport import SEED
from scout_codebase.records import Answer, EngineIdentity, Question

_FORMAT = 2


class KeptAnswers:
    """The answers to questions about one prompt, in the file ``path``. May be used from several
    threads at once. ``warn`` is told once what is wrong with the file."""

    def __init__(
        self, path: Path, prompt_sha256: str, identity: EngineIdentity, warn: Callable[[str], None]
    ) -> None:
        self._path = path
        who = (identity.family, identity.model, identity.address)
        self._asked = (_FORMAT, SEED, prompt_sha256, *who)
        self._warn = warn
        self._warned: set[str] = set()
        self._lock = threading.Lock()

    def find(self, question: Question) -> Answer | None:
        """The answer of an earlier run, marked as such."""
        key = self._key(question)
        with self._lock, FactsCache(self._path, self._warn_once) as cache:
            value = cache.read([key]).get(key)
        return replace(Answer(**json.loads(value)), earlier=True) if value else None

    def missing(self, questions: Sequence[Question]) -> list[Question]:
        """Those that no earlier run has answered."""
        keys = [self._key(question) for question in questions]
        with self._lock, FactsCache(self._path, self._warn_once) as cache:
            found = cache.read(keys)
        return [question for question, key in zip(questions, keys, strict=True) if key not in found]

    def keep(self, question: Question, answer: Answer) -> None:
        value = json.dumps(asdict(answer), separators=(",", ":")).encode()
        with self._lock, FactsCache(self._path, self._warn_once) as cache:
            cache.write({self._key(question): value})

    def _key(self, question: Question) -> bytes:
        schema = None if question.schema is None else json.dumps(question.schema)
        asked = (*self._asked, question.text, question.max_tokens, schema, question.choices)
        text = json.dumps(asked).encode("utf-8", "surrogatepass")
        return hashlib.sha256(text).digest()

    def _warn_once(self, message: str) -> None:
        if message not in self._warned:
            self._warned.add(message)
            self._warn(message)
