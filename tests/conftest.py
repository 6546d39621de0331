"""Fixtures for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
from support.repositories import isolate

from scout_codebase.engines.base import Engine
from scout_codebase.engines.open import EngineChoice, open_engine


@pytest.fixture
def no_user_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """git reads neither the user's configuration nor the system's."""
    isolate(monkeypatch)


@pytest.fixture(scope="session")
def embedded_engine() -> Iterator[Engine]:
    """The embedded engine with its real model, started once. Its weights are those that the tool
    itself uses, fetched into the user's cache where they are not there yet."""
    own = os.environ.get("SCOUT_REVIEW_WEIGHTS")
    choice = EngineChoice(
        engine="embedded",
        cache_dir=platformdirs.user_cache_path("scout-review"),
        weights_path=Path(own) if own else None,
    )
    engine = open_engine(choice)
    yield engine
    engine.close()
