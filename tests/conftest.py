"""Fixtures for every test."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
from support.command_line import SHOP, Result, Run
from support.repositories import isolate, make_repository

from scout_codebase.cli import main
from scout_codebase.engines.base import Engine
from scout_codebase.engines.open import EngineChoice, open_engine
from scout_codebase.languages.analyse import analyse

# Tests move the user's cache to where nothing is. The detector's compiled rules are neither the
# user's nor the test's, and making them anew takes seconds each time.
os.environ.setdefault("KF_RULE_CACHE_DIR", str(platformdirs.user_cache_path("kingfisher")))


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


@pytest.fixture
def own_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without configuration, in an empty folder."""
    isolate(monkeypatch)
    for name in [name for name in os.environ if name.startswith("SCOUT_REVIEW")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def run(
    own_user: None,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Run:
    """Runs the command line in this process."""

    def run_main(*arguments: str | Path) -> Result:
        monkeypatch.setattr(sys, "argv", ["scout-review", *map(str, arguments)])
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capfdbinary.readouterr()
        assert isinstance(caught.value.code, int)
        return Result(caught.value.code, out, err.decode())

    return run_main


@pytest.fixture
def shop(own_user: None, tmp_path: Path) -> Path:
    """A small repository with one weakness."""
    return make_repository(tmp_path / "shop", SHOP)


@pytest.fixture(scope="session")
def seconds_for_plain_source() -> float:
    """What a long and wholly ordinary file takes on this machine."""
    text = "".join(f"def f{n}(a, b):\n    return g(a, b)\n\n" for n in range(6_000))
    analyse("a.py", "")
    started = time.thread_time()
    analysis = analyse("a.py", text)
    assert analysis is not None
    assert analysis.complete
    return time.thread_time() - started
