"""Which words are addresses, which of them are cloned, and how they are shown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.git_servers import address_of

from scout_codebase.errors import UsageError
from scout_codebase.options import command_line
from scout_codebase.walk.address import parse_address

SECRET = "s3cret-0123456789"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file:///srv/shop", "is on this machine. Name the folder itself"),
        ("FILE:///srv/shop", "is on this machine"),
        ("ext::sh -c id", "'ext::' is not read"),
        ("fd::17", "'fd::' is not read"),
        ("ftp://host/shop", "'ftp' is not read"),
        ("http://host/shop", "Use https://"),
        ("http://8.8.8.8/shop", "Use https://"),
        ("ssh://-oProxyCommand=id/shop", "is not an address"),
        ("-oProxyCommand=id:shop", "is not an address"),
        ("git@host:-upload", "is not an address"),
        ("https:///shop", "is not an address"),
        ("https://host/a b", "is not an address"),
        ("https://host/a\nb", "is not an address"),
        (f"https://u:{SECRET}@[host/a", "is not an address"),
    ],
)
def test_addresses_that_are_not_cloned(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(text)
    assert message in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "shown", "name"),
    [
        ("https://host/a/shop.git", "https://host/a/shop.git", "shop"),
        ("HTTPS://host/a/shop/", "HTTPS://host/a/shop", "shop"),
        (f"https://u:{SECRET}@host:8443/shop", "https://host:8443/shop", "shop"),
        (f"https://host/shop?token={SECRET}", "https://host/shop", "shop"),
        ("ssh://git@host:22/~a/shop", "ssh://git@host:22/~a/shop", "shop"),
        ("git@host:a/shop.git", "git@host:a/shop.git", "shop"),
        ("git@[::1]:shop", "git@[::1]:shop", "shop"),
        ("host:shop.git", "host:shop.git", "shop"),
        ("http://127.0.0.1:1/shop/.git", "http://127.0.0.1:1/shop/.git", "shop"),
        ("http://192.168.1.2/shop", "http://192.168.1.2/shop", "shop"),
        ("http://localhost/", "http://localhost", "localhost"),
        ("git://host/shop", "git://host/shop", "shop"),
    ],
)
def test_addresses(text: str, shown: str, name: str) -> None:
    address = address_of(text)
    assert (address.shown, address.name) == (shown, name)
    assert SECRET not in f"{address} {address.file_name}"
    assert set(address.file_name) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
    )


def test_folders_are_no_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("git@host:shop", "ext::sh"):
        (tmp_path / name).mkdir()
    for text in (
        "git@host:shop",
        "ext::sh",
        "a",
        "./a:b",
        "/a",
        "~/a",
        "C:/a",
        "C:\\a",
        "a/b:c",
        "..",
        "",
    ):
        assert parse_address(text) is None


def test_two_addresses_are_two_clones() -> None:
    urls = ("https://host/a/b", "https://host/a-b", "https://host/a/b.git", "ssh://host/a/b")
    assert len({address_of(url).file_name for url in urls}) == len(urls)
    assert len(address_of("https://host/" + "a" * 500).file_name) < 120


def test_the_command_in_a_report_shows_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [
        f"https://u:{SECRET}@host/shop",
        f"u:{SECRET}@host:shop",
        "git@host:shop",
        "a b://c:d@",
        f"--base-url=https://host/v1?key={SECRET}",
        f"--model=u:{SECRET}@host:shop",
        "--include=*.py",
    ]
    monkeypatch.setattr(sys, "argv", ["scout-review", "pack", *words])
    assert command_line() == (
        "scout-review pack https://host/shop host:shop git@host:shop 'a b://c:d@' "
        "--base-url=https://host/v1 --model=host:shop '--include=*.py'"
    )
