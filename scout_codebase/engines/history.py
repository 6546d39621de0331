"""What earlier runs learned of servers, for the plan of a run that sends nothing. It may be lost at
any moment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from scout_codebase.cache import FactsCache
from scout_codebase.records import EngineIdentity

_FORMAT = 1
_LATEST = "the latest"


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A server as it was in the last run that asked it. ``prefill_rate``: tokens a second of a
    prompt of ``prompt_tokens``, None where it was not measured; ``keeps_prefix``: whether the
    second question found the prompt in the prefix cache, None where the server did not tell."""

    identity: EngineIdentity
    prefill_rate: float | None = None
    prompt_tokens: int = 0
    keeps_prefix: bool | None = None


class KnownServers:
    """Kept in the file ``path``. ``warn`` is told what is wrong with it."""

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        self._path, self._warn = path, warn

    def find(self, address: str = "") -> KnownServer | None:
        """The server at the address as reports show it, "" for that of the latest run."""
        key = _key(address or _LATEST)
        with FactsCache(self._path, self._warn) as cache:
            value = cache.read([key]).get(key)
        if not value:
            return None
        row = json.loads(value)
        return KnownServer(**{**row, "identity": EngineIdentity(**row["identity"])})

    def note(self, server: KnownServer) -> None:
        """What was not measured this time stays as it was known of the same model."""
        before = self.find(server.identity.address)
        if before is not None and before.identity.model == server.identity.model:
            server = _with_former(server, before)
        value = json.dumps(asdict(server)).encode()
        with FactsCache(self._path, self._warn) as cache:
            cache.write({_key(server.identity.address): value, _key(_LATEST): value})


def _with_former(server: KnownServer, before: KnownServer) -> KnownServer:
    measured = server if server.prefill_rate is not None else before
    keeps = server.keeps_prefix if server.keeps_prefix is not None else before.keeps_prefix
    return KnownServer(server.identity, measured.prefill_rate, measured.prompt_tokens, keeps)


def _key(name: str) -> bytes:
    return hashlib.sha256(f"{_FORMAT} {name}".encode("utf-8", "surrogatepass")).digest()
