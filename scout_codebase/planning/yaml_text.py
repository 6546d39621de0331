"""A few kinds of values as YAML: what deployment files need, and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
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
    """Anything that is not plainly a word is quoted as JSON, which YAML is a superset of."""
    if isinstance(item, str):
        plain = _PLAIN.fullmatch(item) and item.lower() not in _RESERVED
        return item if plain else json.dumps(item, ensure_ascii=True)
    return json.dumps(item)
