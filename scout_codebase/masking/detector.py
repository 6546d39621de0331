"""Where the secrets of a text are: MongoDB's Kingfisher with its catalog and our rules.

Kingfisher is a compiled scanner for all rules at once. It is used for scanning alone, which needs
no network; the validation that the library also offers is never imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scout_codebase.errors import UsageError
from scout_codebase.masking.values import LABEL, TESTS
from scout_codebase.records import Secret

if TYPE_CHECKING:
    from kingfisher_sdk import Finding, Scanner

MASK_VERSION = 1
"""Raised whenever this package finds or writes something else for the same text."""

DETECTOR = "kingfisher-secret-scanner"

_RULES = Path(__file__).with_name("rules.yml")
_CATALOGS = re.compile(r"^(?:betterleaks\.|kingfisher\.|veles\.secrets/|scout\.)")
# Matched lazily from any beginning to any later "KEY-----", which swallows what is between two keys
# where the first is a placeholder. Our rule finds the beginnings; `_key_body` the end.
_SUPERSEDED = "betterleaks.private-key"
_KEY_HEADER = "scout.private-key.header"
# The catalog hides the parts of a pair, such as an account with its key, from its reports. Those
# whose names end like this are secrets all the same.
_HIDDEN_SECRET = re.compile(r"(?:secret|token|passphrase|(?<!public-)key)(?:\.\d+)?$")
_NAME_BEFORE = re.compile(r"[\w.-]+:\s*(?:[|>][-+]?\s+)?")  # as the rule for Kubernetes reports
_CONFIGURATION = re.compile(
    r"(?i)(?:^|/)(?:[^/]*\.(?:ini|cfg|conf|cnf|config|properties|toml|ya?ml|tf|tfvars|sh|bash|zsh"
    r"|envrc)|[^/]*\.?env(?:\.[^/]*)?|(?:docker|container)file[^/]*|\.?(?:npmrc|pypirc|netrc|pgpass"
    r"|s3cfg|my\.cnf)|credentials|secrets?)$"
)
_KINDS = {"generic-credential-uri": "uri-password"}
_LONGEST_KEY = 40_000  # characters
_RUN = r"(?=[A-Za-z+/]{0,64}[0-9])[A-Za-z0-9+/=]{16,}"
_BASE64 = re.compile(_RUN)
_NEWLINE = re.compile(r"\n|(?:\\r)?\\n")
_FRAME = " \t\r\"'`,;#*>()\\"
_KEY_LINE = re.compile(r"\+?[ \"']*[A-Za-z0-9+/=]*|[A-Za-z][A-Za-z0-9-]*: .+")
_KEY_LINES = re.compile(
    rf"(?:(?:[\s\"'`,;#*>+]|\\[nr])*{_RUN})+"
    r"(?:[ \t\"'`,;+]*(?:\\n|\r?\n)[ \t\"'`#*>]*(?=[A-Za-z/]*[0-9+=])[A-Za-z0-9+/=]{2,})?"
)


@cache
def mask_version() -> str:
    """What decides which secrets are found: our version and the detector's. Raises UsageError
    where the detector is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"{MASK_VERSION}/{DETECTOR}-{version(DETECTOR)}"
    except PackageNotFoundError as error:
        raise _missing(str(error)) from error


def _missing(reason: str) -> UsageError:
    return UsageError(
        f"secrets cannot be masked: {reason}",
        remedy=f"Install {DETECTOR}, or send secrets as they are with --no-mask.",
    )


@cache
def _scanner() -> Scanner:
    """Compiled by the library once on a machine (about 4 s) and kept in its own cache folder;
    loading takes about 0.3 s, once in a process."""
    try:
        from kingfisher_sdk import Rules, Scanner

        return Scanner(Rules([_RULES]))
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        raise _missing(f"{type(error).__name__}: {error}") from error


def detect(path: str, text: str) -> tuple[Secret, ...]:
    """The secrets of one file, sorted, none overlapping another. What holds a label was masked
    before and is none. Raises UsageError where the detector is not installed or fails."""
    data = text.replace("\0", " ").encode("utf-8", "replace")
    try:
        findings = _scanner().scan(data)
    except (RuntimeError, ValueError) as error:
        raise _missing(f"{path}: {error}") from error
    if not findings:
        return ()
    offsets = _Offsets(text, data)
    return _merged(
        secret
        for finding in findings
        for secret in _secrets(finding, path, text, offsets)
        if LABEL.search(text, secret.start, secret.end) is None
    )


def _secrets(finding: Finding, path: str, text: str, offsets: _Offsets) -> Iterator[Secret]:
    rule = finding.rule_id
    if rule == _SUPERSEDED or not (finding.visible or _HIDDEN_SECRET.search(rule)):
        return
    start = offsets.character(finding.location["start_offset"])
    end = offsets.character(finding.location["end_offset"])
    kind = _kind(rule)
    if rule == _KEY_HEADER:
        start, end = _key_body(text, end)
    elif rule.endswith(".unquoted") and not _CONFIGURATION.search(path):
        return
    elif rule == "betterleaks.kubernetes-secret-yaml":
        name = _NAME_BEFORE.match(text, start, end)
        start = name.end() if name else start
    test = TESTS.get(rule)
    if start < end and (test is None or test(text[start:end])):
        yield Secret(start, end, kind)


def _kind(rule: str) -> str:
    """``veles.secrets/sendgrid`` is ``sendgrid``, ``betterleaks.x-key.1`` is ``x-key``."""
    name = _CATALOGS.sub("", rule)
    plain = re.sub(r"[^a-z0-9]+", "-", name.split(".")[0].lower()).strip("-") or "secret"
    return _KINDS.get(plain, plain)


def _key_body(text: str, start: int) -> tuple[int, int]:
    """The text of a private key behind its first line: up to its last line, or, where the key was
    cut short, as far as it looks like one. Empty for a placeholder."""
    end = text.find("-----END", start, start + _LONGEST_KEY)
    following = text.find("-----BEGIN", start, start + _LONGEST_KEY)
    whole = end >= 0 and not 0 <= following < end and _is_key(text[start:end])
    if not whole:
        lines = _KEY_LINES.match(text, start, start + _LONGEST_KEY)
        end = lines.end() if lines else start
    return (start, end) if _BASE64.search(text, start, end) else (start, start)


def _is_key(body: str) -> bool:
    """Whether there is nothing but Base64 and the headers of a key, in whatever frame: else it is
    code that looks for keys."""
    pieces = (piece.strip(_FRAME) for piece in _NEWLINE.split(body))
    return all(_KEY_LINE.fullmatch(piece) for piece in pieces)


class _Offsets:
    """From bytes of UTF-8 to characters."""

    def __init__(self, text: str, data: bytes) -> None:
        self._data = None if len(data) == len(text) else data

    def character(self, offset: int) -> int:
        """An offset within a character is that character's."""
        if self._data is None:
            return offset
        return len(self._data[:offset].decode("utf-8", "ignore"))


def _merged(secrets: Iterable[Secret]) -> tuple[Secret, ...]:
    """One for each stretch that several overlap, of the kind of the longest."""
    merged: list[Secret] = []
    longest = 0
    for secret in sorted(set(secrets), key=lambda row: (row.start, -row.end, row.kind)):
        size = secret.end - secret.start
        if not merged or secret.start >= merged[-1].end:
            merged.append(secret)
            longest = size
            continue
        last = merged[-1]
        kind = secret.kind if size > longest else last.kind
        longest = max(longest, size)
        merged[-1] = Secret(last.start, max(last.end, secret.end), kind)
    return tuple(merged)
