"""Where a server is, and whether it may be talked to.

An address is *local* when every address that its name resolves to is loopback, private or
link-local. Anything else is refused unless the user allowed it: a repository is sent there.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from scout_codebase.errors import NoServerError, UsageError

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """``api_url`` is what OpenAI clients call the base URL and has no trailing slash;
    ``root_url`` is it without ``/v1``, where a server's own routes are."""

    api_url: str
    local: bool

    @property
    def root_url(self) -> str:
        return self.api_url.removesuffix("/v1")


def resolve_address(base_url: str, *, allow_remote: bool = False) -> Address:
    """Raises UsageError for an address that is malformed or not local, NoServerError for a name
    that does not resolve. ``http://`` and ``/v1`` are added where they are left out."""
    parts = _split(base_url)
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    local = all(_is_local(ip) for ip in _lookup(parts.hostname or "", port, base_url))
    if not local and not allow_remote:
        raise UsageError(
            f"{base_url} is not on this machine or a private network",
            remedy="Allow it with --allow-remote if the code may be sent there.",
        )
    path = parts.path.rstrip("/") or "/v1"
    return Address(f"{parts.scheme}://{parts.netloc}{path}", local)


def _split(base_url: str) -> SplitResult:
    text = base_url.strip()
    remedy = "An address looks like http://localhost:8000/v1."
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        well_formed = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise UsageError(f"{base_url!r} is not the address of a server", remedy=remedy) from None
    if not well_formed or parts.query or parts.fragment:
        raise UsageError(f"{base_url!r} is not the address of a server", remedy=remedy)
    if "@" in parts.netloc:
        raise UsageError(
            "The address of the server holds a user name or password",
            remedy="Give the key as the API key; addresses are printed in reports.",
        )
    return parts


def _lookup(host: str, port: int, base_url: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoServerError(
            f"{host} cannot be resolved ({error})", remedy=f"Check the address {base_url}."
        ) from error
    return sorted({str(info[4][0]) for info in found})


def _is_local(ip: str) -> bool:
    address = ipaddress.ip_address(ip.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return address.is_loopback or address.is_link_local or _is_private_network(address)


_PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)


def _is_private_network(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address in network for network in _PRIVATE_NETWORKS)
