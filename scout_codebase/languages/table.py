"""The table of languages, sorted by name: a row a language.

To add one: its row in a module of ``rows/``, its files under ``queries/``, its resolver as a row of
``RESOLVERS`` (``resolvers.py``) if imports lead to files, and fixtures under
``tests/fixtures/graph/``.
"""

from __future__ import annotations

from collections.abc import Mapping

from scout_codebase.languages.rows import compiled, markup, script
from scout_codebase.languages.spec import LanguageSpec

LANGUAGES: tuple[LanguageSpec, ...] = tuple(
    sorted((*compiled.ROWS, *markup.ROWS, *script.ROWS), key=lambda spec: spec.name)
)

BY_NAME: Mapping[str, LanguageSpec] = {spec.name: spec for spec in LANGUAGES}
