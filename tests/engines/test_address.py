from __future__ import annotations

import socket
from typing import Any

import pytest

from scout_codebase.engines.address import resolve_address
from scout_codebase.errors import NoServerError, UsageError


@pytest.mark.parametrize(
    ("text", "api_url", "root_url"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000"),
        ("http://localhost:8000", "http://localhost:8000/v1", "http://localhost:8000"),
        ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000"),
        ("https://10.1.2.3/llm/v1", "https://10.1.2.3/llm/v1", "https://10.1.2.3/llm"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1", "http://[::1]:8000"),
    ],
)
def test_an_address_is_completed(text: str, api_url: str, root_url: str) -> None:
    address = resolve_address(text)
    assert (address.api_url, address.root_url, address.local) == (api_url, root_url, True)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.0.0.5",
        "172.31.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.1.1",
        "[fd00::1]",
    ],
)
def test_private_addresses_are_local(host: str) -> None:
    assert resolve_address(f"http://{host}:8000").local


@pytest.mark.parametrize(
    "host",
    ["8.8.8.8", "172.32.0.1", "192.0.2.1", "0.0.0.0", "[2001:4860:4860::8888]", "[::ffff:8.8.8.8]"],
)
def test_others_are_refused_unless_allowed(host: str) -> None:
    with pytest.raises(UsageError, match="--allow-remote"):
        resolve_address(f"http://{host}:8000")
    assert not resolve_address(f"http://{host}:8000", allow_remote=True).local


def test_a_name_counts_by_all_that_it_resolves_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        return [(0, 0, 0, "", (ip, port)) for ip in ("127.0.0.1", "8.8.8.8")]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(UsageError):
        resolve_address("http://looks-local.example/v1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://",
        "ftp://localhost/",
        "http://localhost:99999",
        "http://localhost:x",
        "http://localhost/v1?x=1",
        "http://me:secret@localhost/v1",
        "http://[::1/v1",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve_address(text)
    assert "secret" not in str(caught.value)


def test_a_name_that_does_not_resolve() -> None:
    with pytest.raises(NoServerError, match=r"no-such-host\.invalid"):
        resolve_address("http://no-such-host.invalid/v1")
