"""JSON with comments and trailing commas, as ``tsconfig.json`` has them."""

from __future__ import annotations

import json
import re
from typing import Any

_STRING = r'"(?:\\.|[^"\\\n])*"'
_COMMENT = re.compile(rf"({_STRING})|//[^\n]*|/\*.*?\*/", re.DOTALL)
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s*[}}\]])")


def load_jsonc(text: str) -> dict[str, Any]:
    """The object, empty for a text that is none."""
    text = text.removeprefix("\ufeff")
    bare = _COMMENT.sub(lambda match: match[1] or " ", text)
    bare = _TRAILING_COMMA.sub(lambda match: match[1] or "", bare)
    try:
        data = json.loads(bare)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
