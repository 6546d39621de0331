"""How answers are to be written: in which language, for whom, how long. Templates see the three as
variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scout_codebase.errors import UsageError

LENGTHS = ("short", "medium", "long")
STYLE_TEMPLATE = "_shared/style.md.j2"
"""Stands behind the question of each template that asks for text."""
_NAMES: Mapping[str, str] = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nb": "Norwegian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
_LANGUAGE = re.compile(r"[^\W\d_][\w() -]{1,39}")
_LONGEST_AUDIENCE = 200


@dataclass(frozen=True, slots=True)
class Style:
    """``language`` is "" for English, ``audience`` "" for what each template says, ``length``
    "medium" for the same."""

    language: str = ""
    audience: str = ""
    length: str = "medium"

    @property
    def variables(self) -> Mapping[str, str]:
        return {"language": self.language, "audience": self.audience, "length": self.length}

    @property
    def reply_factor(self) -> int:
        """How many times the tokens of English a text of the same length may take: vocabularies
        spend most of their entries on English and on code."""
        return 2 if self.language else 1


def make_style(language: str, audience: str, length: str) -> Style:
    """``language`` is a code (ISO 639-1) or a name. Raises UsageError for what is neither, and for
    an audience that is more than a line."""
    named = _NAMES.get(language.lower(), language)
    if named and not _LANGUAGE.fullmatch(named):
        raise UsageError(f"{language!r} is no language", remedy="Give --language de, or German.")
    if len(audience) > _LONGEST_AUDIENCE or not audience.isprintable():
        raise UsageError(
            f"--audience takes one line of up to {_LONGEST_AUDIENCE} characters",
            remedy='Say who reads it, such as "new colleagues".',
        )
    return Style("" if named == "English" else named, audience.strip(), length)
