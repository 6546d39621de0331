"""README, docs and examples as a site: built strictly, so that every page is in the navigation and
every link and anchor leads somewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.html import Tags

ROOT = Path(__file__).parent.parent


def test_the_site_of_the_project_builds_strictly() -> None:
    environment = f"VENV={sys.prefix}"
    command = ("make", "--old-file", f"{sys.prefix}/.dev", "docs", environment)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    site = ROOT / "build/site"
    pages = {path.relative_to(ROOT).with_suffix("") for path in ROOT.glob("docs/*.md")}
    assert len(pages) > 15
    for page in pages:
        assert (site / page / "index.html").is_file()
    links = {
        attributes.get("href")
        for name, attributes in Tags((site / "index.html").read_text("utf-8")).found
        if name == "a"
    }
    assert {f"{page.as_posix()}/" for page in pages} <= links
