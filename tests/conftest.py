"""Fixtures for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from scout_codebase.engines.base import Engine
from scout_codebase.engines.open import EngineChoice, open_engine

# Tests move the user's cache to where nothing is. The detector's compiled rules are neither the
# user's nor the test's, and making them anew takes seconds each time.
os.environ.setdefault("KF_RULE_CACHE_DIR", str(platformdirs.user_cache_path("kingfisher")))


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
