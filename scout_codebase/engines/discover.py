"""Servers on this machine, looked for on the ports that their families usually take."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

import httpx

from scout_codebase.engines.address import Address
from scout_codebase.engines.http import json_client
from scout_codebase.engines.listing import Listing, list_server
from scout_codebase.engines.table import FAMILIES
from scout_codebase.errors import EngineError, NoServerError

_PROBE_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Found:
    """A server that answers. ``unusable`` says why it must not be used, "" where it may."""

    base_url: str
    listing: Listing

    @property
    def unusable(self) -> str:
        if self.listing.refused:
            return f"{self.listing.family.title} at {self.base_url}: {self.listing.refused}"
        return "" if self.listing.models else f"{self.base_url} serves no model"


@dataclass(frozen=True, slots=True)
class Stranger:
    """Something that takes connections and is no model server, or one that says nothing."""

    base_url: str
    reason: str


def usual_ports() -> tuple[int, ...]:
    """The ports of the engine table, in the order in which their servers are preferred: those
    that can hold a large window first."""
    rows = sorted(FAMILIES, key=lambda row: (-row.requests_at_once, row.name))
    return tuple(dict.fromkeys(port for family in rows for port in family.ports))


def discover(ports: Iterable[int] | None = None) -> tuple[Found, ...]:
    """The servers on loopback, in the order of ``ports``."""
    return tuple(found for found in survey(ports) if isinstance(found, Found))


def survey(ports: Iterable[int] | None = None) -> tuple[Found | Stranger, ...]:
    """What takes connections on loopback, in the order of ``ports``. All are asked at once; what
    has not said after 0.4 seconds in all what it is counts as silent."""
    wanted = usual_ports() if ports is None else tuple(ports)
    answers: queue.SimpleQueue[tuple[int, Found | Stranger | None]] = queue.SimpleQueue()
    deadline = time.monotonic() + _PROBE_SECONDS
    for number, port in enumerate(wanted):
        arguments = (number, port, answers)
        threading.Thread(target=_probe, args=arguments, name="probe", daemon=True).start()
    found: dict[int, Found | Stranger | None] = {}
    while len(found) < len(wanted) and (left := deadline - time.monotonic()) > 0:
        try:
            number, answer = answers.get(timeout=left)
        except queue.Empty:
            break
        found[number] = answer
    silent = f"takes connections and said nothing within {_PROBE_SECONDS} s"
    every = (
        found.get(number, Stranger(_address(port).api_url, silent))
        for number, port in enumerate(wanted)
    )
    return tuple(answer for answer in every if answer is not None)


def _address(port: int) -> Address:
    return Address(f"http://127.0.0.1:{port}/v1", local=True)


def _probe(
    number: int, port: int, answers: queue.SimpleQueue[tuple[int, Found | Stranger | None]]
) -> None:
    address = _address(port)
    answer: Found | Stranger | None = None
    try:
        with json_client(address, read_seconds=_PROBE_SECONDS) as client:
            client.timeout = httpx.Timeout(_PROBE_SECONDS)
            answer = Found(address.api_url, list_server(client, address.api_url))
    except NoServerError:
        pass  # nothing there
    except EngineError as error:
        answer = Stranger(address.api_url, error.message)
    answers.put((number, answer))
