"""How one file stands in the prompt.

    <file path="src/app.py" language="python">
    …
    </file>

A section ends in a newline and the next begins with ``<``: no token of the Llama 4 vocabulary
spans that border, so the tokens of the sections add up exactly to those of the whole.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from scout_codebase.neutralise import neutralise
from scout_codebase.records import display_path


@dataclass(frozen=True, slots=True)
class FramedFile:
    """``neutralised`` counts the strings that were rewritten, in the path and in the text."""

    text: str
    neutralised: Counter[str]


def frame_file(path: str, text: str, language: str, *, harmless: bool = False) -> FramedFile:
    """The section of a file. ``language`` is "" for one whose language is not known; of a
    ``harmless`` text it is known that nothing in it has to be rewritten."""
    encodable = _without_lone_surrogates(text)
    body, found = (encodable, Counter[str]()) if harmless else neutralise(encodable)
    shown, found_in_path = neutralise(display_path(path))
    opening = f'<file path="{shown}"{_attributes(body, language)}>\n'
    ended = body if body.endswith("\n") or not body else body + "\n"
    return FramedFile(f"{opening}{ended}</file>\n", found + found_in_path)


def prompt_path(path: str) -> str:
    """The path as the model sees it, and as it must name it."""
    return neutralise(display_path(path))[0]


def _attributes(body: str, language: str) -> str:
    ending = "" if body.endswith("\n") or not body else ' final-newline="no"'
    return (f' language="{language}"' if language else "") + ending


def _without_lone_surrogates(text: str) -> str:
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
