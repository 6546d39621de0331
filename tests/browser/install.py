"""Finds a Chromium for the tests that need a real browser, or installs one.

``python tests/browser/install.py FILE`` writes its path into FILE. One that is on this machine is
taken as it is. Otherwise Debian's is installed through apt where that is allowed, and the one that
Playwright fetches anywhere else. Where neither can be had it says what to do, and fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
HELP = (
    "No Chromium was found, and none could be installed. Install one (Debian: apt-get install "
    "chromium) or name one with SCOUT_TEST_CHROMIUM=/path/to/chromium."
)


def found() -> str:
    """The path of a browser of the Chromium family, "" where there is none. One that the user names
    is not looked for: that it is missing is an error."""
    named = os.environ.get("SCOUT_TEST_CHROMIUM")
    if named:
        return named
    on_path = next((path for path in map(shutil.which, NAMES) if path), "")
    return on_path or (str(MAC) if MAC.exists() else _of_playwright())


def _of_playwright() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else ""


def _install() -> None:
    system = Path("/etc/os-release")
    is_debian = system.exists() and "\nID=debian\n" in f"\n{system.read_text()}"
    if is_debian and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-q", *arguments], env=environment)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])


def main(stamp: Path) -> None:
    if not found():
        _install()
    path = found()
    if not path or not Path(path).exists():
        sys.exit(HELP)
    stamp.write_text(f"{path}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
