"""A real browser, and pages that were written by the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from engines.scripted_server import PROMPT_TOKENS, Chat, ScriptedServer
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright
from support.hostile_reviewed import hostile_files, obeys
from support.html import SCREENSHOTS
from support.repositories import ISOLATION, make_repository

from browser.install import HELP, found
from browser.market import MARKET, answers_about_the_market


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """`make test` installs it; a run that has not installed it skips these tests, unless
    SCOUT_TEST_CHROMIUM or CI says that it must be there."""
    path = found()
    if not path or not Path(path).exists():
        if os.environ.get("SCOUT_TEST_CHROMIUM") or os.environ.get("CI"):
            pytest.fail(HELP)
        pytest.skip(HELP)
    # The sandbox of Chromium needs namespaces, which containers seldom allow.
    arguments = ["--no-sandbox"] if sys.platform == "linux" else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Kept for whoever wants to look."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS


@dataclass
class Opened:
    """A page in the browser, and everything that it did which a report must not do."""

    page: Page
    heard: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)


Open = Callable[..., Opened]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    contexts: list[BrowserContext] = []

    def opened(
        path: Path, *, width: int = 1280, scheme: str = "light", script: bool = True
    ) -> Opened:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        one = Opened(context.new_page())
        one.page.on("console", lambda message: one.heard.append(message.text))
        one.page.on("pageerror", lambda error: one.heard.append(str(error)))
        one.page.on("dialog", partial(_dismissed, one))
        one.page.on("request", lambda request: one.asked_for.append(request.url))
        one.page.goto(path.as_uri())
        return one

    yield opened
    for context in contexts:
        context.close()


def _dismissed(one: Opened, dialog: Dialog) -> None:
    one.heard.append(dialog.message)
    dialog.dismiss()


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of a small repository with weaknesses in several components."""
    folder = tmp_path_factory.mktemp("market")
    repository = make_repository(folder / "market", MARKET)
    return reviewed(folder, repository, answers_about_the_market, "--probe")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of a hostile repository, by a model that does as it is told there."""
    folder = tmp_path_factory.mktemp("hostile")
    repository = make_repository(folder / "hostile", hostile_files(str(folder / "ran")))
    return reviewed(
        folder, repository, obeys, "--report", "security-review", "--report", "architecture"
    )


def reviewed(folder: Path, repository: Path, answers: Callable[[Chat], None], *more: str) -> Path:
    out = folder / "out"
    server = ScriptedServer(
        answers=answers,
        models=[{"id": "m", "owned_by": "vllm", "max_model_len": 131_072}],
        routes={"/tokenize": {"count": PROMPT_TOKENS}},
    )
    environment = {**os.environ, **ISOLATION, "XDG_CACHE_HOME": str(folder / "cache")}
    with server.running():
        command = [sys.executable, "-m", "scout_codebase", "review", str(repository)]
        options = ["--base-url", server.base_url, "--out", str(out), "--jobs", "1", *more]
        done = subprocess.run(
            [*command, *options], env=environment, cwd=folder, capture_output=True, text=True
        )
    assert done.returncode == 0, done.stderr
    return out


def data_of(out: Path, name: str) -> dict[str, object]:
    value: dict[str, object] = json.loads((out / f"{name}.json").read_text(encoding="utf-8"))
    return value
