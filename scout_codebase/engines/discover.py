"""Servers on this machine, looked for on the ports that their families usually take."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from scout_codebase.engines.address import Address
from scout_codebase.engines.http import json_client
from scout_codebase.engines.listing import Listing, list_server
from scout_codebase.engines.table import FAMILIES
from scout_codebase.errors import EngineError

_PROBE_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Found:
    """A server that answers. ``unusable`` says why it must not be used, "" where it may."""

    base_url: str
    listing: Listing

    @property
    def unusable(self) -> str:
        if self.listing.family.refused:
            return f"{self.listing.family.title} at {self.base_url}: {self.listing.family.refused}"
        return "" if self.listing.models else f"{self.base_url} serves no model"


def usual_ports() -> tuple[int, ...]:
    """The ports of the engine table, in the order in which their servers are preferred: those
    that can hold a large window first."""
    return tuple(
        port
        for family in sorted(FAMILIES, key=lambda row: (-row.requests_at_once, row.name))
        for port in family.ports
    )


def discover(ports: tuple[int, ...] | None = None) -> tuple[Found, ...]:
    """The servers on loopback, in the order of ``ports``; all are asked at once, and one that
    takes longer than 0.4 seconds to say what it is counts as absent."""
    wanted = usual_ports() if ports is None else ports
    if not wanted:
        return ()
    with ThreadPoolExecutor(max_workers=len(wanted)) as pool:
        return tuple(found for found in pool.map(_probe, wanted) if found is not None)


def _probe(port: int) -> Found | None:
    address = Address(f"http://127.0.0.1:{port}/v1", local=True)
    try:
        with json_client(address, read_seconds=_PROBE_SECONDS) as client:
            client.timeout = httpx.Timeout(_PROBE_SECONDS)
            return Found(address.api_url, list_server(client, address.api_url))
    except EngineError:
        return None
