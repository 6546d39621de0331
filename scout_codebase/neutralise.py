"""Takes the force out of text that a server or the frame of the pack would read as control.

A chat server encodes ``<|eot|>`` inside a message as the control token of that name, and nothing
on the server prevents it. Every ``<|name|>`` (the form of all 2,048 special tokens of the Llama 4
vocabulary, and of most other vocabularies) and every tag of the pack's own frame gets one ``❘``
(U+2758) behind its ``<``. Text that already has ``❘`` there gets one more, so that the mapping is
reversible: ``restore(neutralise(text)[0]) == text`` for every text. Lines and their numbers stay.
"""

from __future__ import annotations

import re
from collections import Counter

MARK = "❘"
FRAME_TAGS = ("file", "components", "paths", "amendments", "question")

_TAG = "|".join(FRAME_TAGS)
_CONTROL = re.compile(
    rf"<({MARK}*)(?=\|[A-Za-z0-9_]+\|>|/(?:{_TAG})>|file path=\"|(?:{_TAG})>)",
)
_NEUTRALISED = re.compile(
    rf"<{MARK}({MARK}*)(?=\|[A-Za-z0-9_]+\|>|/(?:{_TAG})>|file path=\"|(?:{_TAG})>)",
)
_RAW = re.compile(
    rf"<(?=\|[A-Za-z0-9_]+\|>|/(?:{_TAG})>|file path=\"|(?:{_TAG})>)",
)
_WHOLE = re.compile(
    rf"<{MARK}*(?:\|[A-Za-z0-9_]+\|>|/(?:{_TAG})>|file path=\"|(?:{_TAG})>)",
)


def neutralise(text: str) -> tuple[str, Counter[str]]:
    """The text made harmless, and how often each string was rewritten."""
    if "<" not in text:
        return text, Counter()
    found = Counter(match.group() for match in _WHOLE.finditer(text))
    return (_CONTROL.sub(rf"<{MARK}\1", text), found) if found else (text, found)


def restore(text: str) -> str:
    """The inverse of ``neutralise``."""
    return _NEUTRALISED.sub(r"<\1", text)


def neutralised_form(original: str) -> str:
    """What ``neutralise`` makes of one string that it rewrites."""
    return neutralise(original)[0]


def disarm(text: str) -> str:
    """Marks what nothing has marked yet: for text that holds neutralised and raw parts."""
    return _RAW.sub(rf"<{MARK}", text)
