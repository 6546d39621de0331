"""A few kinds of values as YAML: what deployment files need, and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
_PAIR = re.compile(r"\\u(d[89ab]..)\\u(d[cdef]..)")
_RESERVED = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def yaml_text(value: Mapping[str, Any]) -> str:
    """Mappings, sequences, strings, whole numbers and booleans; keys must be plain."""
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: Any, indent: str) -> list[str]:
    lines: list[str] = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            lines += _entry(f"{indent}{_scalar(key)}:", item, indent + "  ")
        return lines
    for item in value:
        if _is_nested(item):
            below = _lines(item, indent + "  ")
            lines += [f"{indent}- {below[0].lstrip()}", *below[1:]]
        else:
            lines.append(f"{indent}- {_scalar(item)}")
    return lines


def _entry(key: str, item: Any, below: str) -> list[str]:
    return [key, *_lines(item, below)] if _is_nested(item) else [f"{key} {_scalar(item)}"]


def _is_nested(item: Any) -> bool:
    return isinstance(item, Mapping) or (
        isinstance(item, Sequence) and not isinstance(item, str) and len(item) > 0
    )


def _scalar(item: Any) -> str:
    """Anything that is not plainly a word is quoted as JSON. Only characters beyond 16 bits are
    written differently in YAML."""
    if isinstance(item, str):
        plain = _PLAIN.fullmatch(item) and item.lower() not in _RESERVED
        return item if plain else _PAIR.sub(_beyond_16_bits, json.dumps(item, ensure_ascii=True))
    return json.dumps(item)


def _beyond_16_bits(pair: re.Match[str]) -> str:
    high, low = (int(half, 16) for half in pair.groups())
    return f"\\U{0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00:08x}"
