"""The HTTP clients: no redirects, and no proxy between this machine and a local server."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from typing import Any, Protocol

import httpx
import openai

from scout_codebase.engines.address import Address

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0


def json_client(
    address: Address, api_key: str | None = None, read_seconds: float = READ_SECONDS
) -> httpx.Client:
    """A client for the server's own routes, relative to its root."""
    return httpx.Client(
        base_url=address.root_url,
        headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
        timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS),
        **_policy(address),
    )


def chat_client(address: Address, api_key: str | None) -> openai.OpenAI:
    """The OpenAI client. It sends a placeholder where the user gave no key, and never a key,
    organisation or project from the environment."""
    return openai.OpenAI(
        base_url=address.api_url,
        api_key=api_key or "none",
        organization="",
        project="",
        max_retries=0,
        http_client=openai.DefaultHttpxClient(**_policy(address)),
    )


def chat_timeout(read_seconds: float) -> openai.Timeout:
    return openai.Timeout(read_seconds, connect=CONNECT_SECONDS)


class _Response(Protocol):
    @property
    def extensions(self) -> Mapping[str, Any]: ...
    def close(self) -> None: ...


def cut_connection(response: _Response) -> None:
    """Ends a read that is under way in another thread, which closing alone would not."""
    stream = response.extensions.get("network_stream")
    raw: socket.socket | None = stream.get_extra_info("socket") if stream is not None else None
    if raw is None:
        response.close()
        return
    try:
        raw.shutdown(socket.SHUT_RDWR)
    except OSError:
        response.close()


def _policy(address: Address) -> dict[str, Any]:
    """A local server is reached directly and trusted by the system's certificates; a remote one
    goes the way that the user's environment says."""
    policy: dict[str, Any] = {"follow_redirects": False, "trust_env": not address.local}
    if address.api_url.startswith("http:") and address.local:
        policy["verify"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # unused, and quick to make
    elif address.local:
        policy["verify"] = ssl.create_default_context()
    return policy
