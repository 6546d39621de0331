"""Tells the address of a repository from a folder, and which addresses are cloned."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from scout_codebase.errors import UsageError
from scout_codebase.walk.repository import without_credentials

# What each kind of address may be read with. An https address never falls back on http, whatever
# the server answers; ssh and https stand for each other where the user's own configuration says so
# (url.<base>.insteadOf).
PROTOCOLS = {
    "https": "https:ssh",
    "ssh": "ssh:https",
    "git": "git:https:ssh",
    "http": "http:https:ssh",
}
_REMEDY = "Use https://, ssh://, git:// or user@host:path, or clone it and name the folder."
_TRANSPORT = re.compile(r"[A-Za-z0-9+.-]*::")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SCP_LIKE = re.compile(r"(?:[^/:@]+@)?(\[[^\]/]+\]|[^/:@\[\]]{2,}):(?P<path>.+)", re.DOTALL)
_NOT_FOR_FILE_NAMES = re.compile(r"[^A-Za-z0-9.]+")
_DIGEST_CHARACTERS = 16
_READABLE_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Address:
    """``url`` is as the user gave it and may hold a password; ``shown`` never does. ``name`` is
    what the repository is called."""

    url: str = field(repr=False)
    shown: str
    scheme: str
    name: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What stands in ``url`` and not in ``shown``, longest first."""
        user_info = self.url.partition("://")[2].partition("/")[0].rpartition("@")[0]
        parts = {user_info, *user_info.split(":", 1)}
        return tuple(sorted((part for part in parts if part not in self.shown), key=len))[::-1]

    @property
    def file_name(self) -> str:
        """Readable, and different for every address."""
        readable = _NOT_FOR_FILE_NAMES.sub("-", self.shown.partition("://")[2] or self.shown)
        digest = hashlib.sha256(self.shown.encode("utf-8", "surrogateescape")).hexdigest()
        return f"{readable.strip('-.')[:_READABLE_CHARACTERS]}-{digest[:_DIGEST_CHARACTERS]}"


def parse_address(text: str) -> Address | None:
    """The address that ``text`` is, None for a folder. Raises UsageError for an address that is
    not cloned: one of this machine's files, of a program, or of an open http connection."""
    scheme = _scheme(text)
    if scheme is None:
        return None
    shown = without_credentials(text)
    if scheme == "file":
        raise UsageError(f"{shown} is on this machine", remedy="Name the folder itself.")
    if scheme not in PROTOCOLS:
        raise UsageError(f"{shown}: {scheme!r} is not read", remedy=_REMEDY)
    if not text.isprintable() or " " in text or _host(text).startswith("-") or not _host(text):
        raise UsageError(f"{shown!r} is not an address of a repository", remedy=_REMEDY)
    if scheme == "http" and not _is_near(_host(text)):
        raise UsageError(
            f"{shown} would be read over an open connection", remedy="Use https:// instead."
        )
    shown = shown.rstrip("/")
    name = re.split(r"[/:]", shown.removesuffix("/.git"))[-1].removesuffix(".git")
    return Address(text, shown, scheme, name or "repository")


def _scheme(text: str) -> str | None:
    """None for a folder. git takes ``name::address`` for a program ``git-remote-name``."""
    scheme = _SCHEME.match(text)
    if scheme:
        return scheme.group(1).lower()
    if os.path.lexists(text):
        return None
    if _TRANSPORT.match(text):
        return text.partition("::")[0] + "::"
    return "ssh" if _SCP_LIKE.fullmatch(text) else None


def _host(text: str) -> str:
    scp = None if _SCHEME.match(text) else _SCP_LIKE.fullmatch(text)
    if scp:
        return "" if scp["path"].startswith("-") else scp.group(1)
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""


def _is_near(host: str) -> bool:
    """Whether the host is this machine or in a private network, by its address; no name but
    ``localhost`` is believed."""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_private
