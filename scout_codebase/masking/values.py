"""What a candidate must look like to count as a secret.

A rule that names a service and its prefix needs no second look. One that goes by the name beside a
value does: most such values are placeholders, messages, names of fields and words in tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

LABEL = re.compile(r"MASKED_[A-Z0-9]+(?:_[A-Z0-9]+)*_[1-9][0-9]*")
"""What stands where a secret was: the kind, and a number that counts within the file."""

_TEMPLATE = re.compile(
    r"\$\{|\{\{|\{\w*\}|%\(|%[sd]\b|<[^<>]*>|\.\.\.|…|\*{3}|\[a-z|\\[wdS]"
    r"|^[A-Z]+(?:_[A-Z0-9]+)+$|^\$(?:\(|[A-Za-z_]\w*$)|^%\w+%|^@\w+@$|^!\w+"
)
_INTERPOLATED = re.compile(r"#\{[^{}]*\}")
# Base64 may begin with a slash too, but hardly stays in lower case.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|(?:\.{1,2}|~)/|/[a-z0-9_.\-/]*$")
_EXPRESSION = re.compile(r"[()\[\]{};,]|->|::|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$|^\|[-+]?$|^>[-+]?$")
_PLACEHOLDER = re.compile(
    r"(?i)passw(?:or)?d|passwd|passphrase|secrets?|tokens?|credentials?|api[_-]?keys?|keys?|example"
    r"|sample|dummy|fake|mock|changeme|change[_-]me|placeholder|redacted|masked|insert|replace|your"
    r"|my|some|this|is|not|the|an?(?=[_-])|here|value|test(?:ing)?|demo|foo|bar|baz|qux|none|null"
    r"|undefined|true|false|default|required|optional|unknown|invalid|wrong|correct|username|user"
    r"|admin|root|guest|postgres|mysql|localhost|x{3,}|1234567890|123456789|12345678|1234567|123456"
    r"|abc123|abcdefghijklmnopqrstuvwxyz|abcdefgh|abcdef|qwerty"
)
_SEPARATORS = re.compile(r"[_\-./:^@\s]+")
_SPECIAL = re.compile(r"[@!#$%^&*+=?~]")


def _parts(value: str) -> list[str]:
    """What is left of a value without expressions and placeholder words, cut at its separators."""
    value = _INTERPOLATED.sub("_", value)
    if _TEMPLATE.search(value) or _ADDRESS.match(value):
        return []
    return [part for part in _SEPARATORS.split(_PLACEHOLDER.sub("_", value)) if part]


def _has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _changes(text: str, kind: Callable[[str], object]) -> int:
    """How often the kind of character changes from one letter or digit to the next."""
    kinds = [kind(character) for character in text if character.isalnum()]
    return sum(one != other for one, other in pairwise(kinds))


def _case(character: str) -> tuple[bool, bool]:
    return character.isdigit(), character.isupper()


def any_password(value: str) -> bool:
    """Any password but a placeholder: where nothing but a password can stand."""
    real = "".join(_parts(value))
    return len(real) >= 5 and _has_letter(real)


def password(value: str) -> bool:
    """A password by its name: letters and something else, for a word may be a message."""
    real = "".join(_parts(value))
    mixed = _has_digit(real) or _SPECIAL.search(real) is not None
    return len(real) >= 5 and _has_letter(real) and mixed


def key(value: str) -> bool:
    """A key or token by its name: letters, digits and signs alternate as in no name of code.
    Between letters and digits ``OAuth2Request`` and ``v1beta2`` change at most three times, keys
    far more often."""
    parts = _parts(value)
    real = "".join(parts)
    if len(real) < 8 or not _has_letter(real) or not _has_digit(real):
        return False
    return (
        any(_changes(part, str.isdigit) >= 4 for part in parts)
        or len(_SPECIAL.findall(real)) >= 2
        or any(len(part) >= 16 and _changes(part, _case) >= 0.4 * len(part) for part in parts)
    )


def bare(test: Callable[[str], bool]) -> Callable[[str], bool]:
    """The same of a value without quotes, which may be an expression."""
    return lambda value: _EXPRESSION.search(value) is None and test(value)


def _no_example(value: str) -> bool:
    return not value.endswith("EXAMPLE")


TESTS: Mapping[str, Callable[[str], bool]] = {
    "betterleaks.aws-secret-access-key": key,
    "betterleaks.generic-credential-uri": any_password,
    "scout.authorization.header": key,
    "scout.aws-access-key-id.bare": _no_example,
    "scout.password.connection-string": bare(any_password),
    "scout.password.element": password,
    "scout.password.netrc": any_password,
    "scout.password.quoted": password,
    "scout.password.unquoted": bare(password),
    "scout.secret.paired": key,
    "scout.secret.quoted": key,
    "scout.secret.unquoted": bare(key),
}
"""By rule; a rule without a row needs no test of its own."""


def is_distinctive(value: str) -> bool:
    """Whether a value can be looked for elsewhere without hitting words and names."""
    return len(value) >= 8 and key(value)
