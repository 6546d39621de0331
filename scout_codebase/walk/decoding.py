"""Bytes of a file to text, newlines as they are."""

from __future__ import annotations

import codecs
import re
from functools import cache

FORCED_ENCODING = "utf-8+backslashreplace"
"""The encoding that is named when text was demanded of a file that is none: bytes that are not
UTF-8 are written as backslash escapes."""

# UTF-32 first: its little-endian mark begins with the mark of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_LEGACY = (
    *("cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1251", "koi8_r", "cp1253", "cp1254"),
    *("cp1255", "cp1256", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "latin_1"),
)
"""What a file without a mark may be encoded in, the likelier first where the text fits several."""

_UNICODE_AND_KIN = """
    utf-8 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be cp1257 cp1258 cp932 cp949 gbk
    gb2312 iso8859-5 iso8859-7 iso8859-9 koi8-u
"""

_SIGNATURES = (
    b"%PDF-",
    b"\x89PNG\r",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"!<arch>",
)

_CONTROLS = re.compile(r"[\x00-\x07\x0e-\x19\x1c-\x1f\x7f-\x84\x86-\x9f]")


def is_binary(data: bytes, declared: str = "") -> bool:
    """A NUL anywhere, as no text without a byte-order mark or a declared encoding holds one, or
    the first bytes of a format that is no text."""
    if data.startswith(_SIGNATURES):
        return True
    return b"\0" in data and not _marked(data) and not _declared(declared)


def decode(data: bytes, declared: str = "") -> tuple[str, str] | None:
    """The text and the name of its encoding; None where it cannot be told. ``declared`` is a
    ``working-tree-encoding``. A byte-order mark decides, and is not part of the text."""
    marked = _marked(data)
    for encoding in marked or (*_declared(declared), "utf-8"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None if marked else _guess(data)


def force_decode(data: bytes) -> tuple[str, str]:
    """Text of any bytes, without lone surrogates."""
    return data.decode("utf-8", "backslashreplace"), FORCED_ENCODING


def _marked(data: bytes) -> tuple[str, ...]:
    return tuple(encoding for mark, encoding in _MARKS if data.startswith(mark))


def _declared(name: str) -> tuple[str, ...]:
    if not name:
        return ()
    # git's UTF-16LE-BOM is what Python calls UTF-16.
    try:
        codec = codecs.lookup(re.sub(r"[bl]e-bom$", "", name.lower())).name
    except (LookupError, ValueError):
        return ()
    return (codec,) if codec in _declarable() else ()


@cache
def _declarable() -> frozenset[str]:
    """What ``working-tree-encoding`` may name: none of the codecs that take quadratic time."""
    return frozenset(codecs.lookup(name).name for name in (*_LEGACY, *_UNICODE_AND_KIN.split()))


def _guess(data: bytes) -> tuple[str, str] | None:
    from charset_normalizer import from_bytes  # seldom needed, and slow to load

    matches = from_bytes(data, cp_isolation=list(_LEGACY))
    best = matches.best()
    if best is None:
        return None
    equal = {
        encoding
        for match in matches
        if (match.chaos, match.coherence) == (best.chaos, best.coherence)
        for encoding in match.could_be_from_charset
    }
    encoding = next((name for name in _LEGACY if name in equal), best.encoding)
    text = data.decode(encoding)
    return (text, codecs.lookup(encoding).name) if _looks_like_text(text) else None


def _looks_like_text(text: str) -> bool:
    """At most one character in fifty is a control character that no text needs."""
    return len(_CONTROLS.findall(text)) * 50 <= len(text)
