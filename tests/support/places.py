"""The places of one text."""

from __future__ import annotations

from scout_codebase.languages.analyse import analyse
from scout_codebase.records import Place


def places_of(path: str, text: str) -> tuple[Place, ...]:
    analysis = analyse(path, text)
    assert analysis is not None
    return analysis.places


def digest_of(category: str, path: str, text: str) -> str:
    """That of the only place of the category."""
    (place,) = (place for place in places_of(path, text) if place.category == category)
    return place.digest
