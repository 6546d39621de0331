"""The workflow that tests this project: it runs what everyone runs, and keeps what it draws."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import yaml
from support.html import SCREENSHOTS

ROOT = Path(__file__).parent.parent
STEPS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())[
    "jobs"
]["test"]["steps"]


def step(action: str, name: str = "") -> dict[str, Any]:
    (found,) = (
        one
        for one in STEPS
        if one.get("uses", "").startswith(f"actions/{action}@")
        and (not name or one["with"]["name"] == name)
    )
    return found


def test_it_runs_the_command_of_the_readme() -> None:
    assert [one["run"] for one in STEPS if "run" in one] == [".ci/run"]
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    (command,) = re.findall(r"^exec (.+)$", script.read_text(), re.MULTILINE)
    assert f"\n{command} " in (ROOT / "README.md").read_text()


def test_screenshots_are_kept_whatever_the_outcome() -> None:
    kept = step("upload-artifact", "screenshots")
    assert ROOT / kept["with"]["path"] == SCREENSHOTS
    assert kept["if"] == "always()"
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert f"/{SCREENSHOTS.relative_to(ROOT).parts[0]}/" in ignored


def test_every_python_that_is_declared_is_there_the_oldest_by_default() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    versions = re.findall(r":: (3\.\d+)$", "\n".join(declared), re.MULTILINE)
    there = step("setup-python")["with"]["python-version"].split()
    assert sorted(there) == sorted(versions)
    assert there[-1] == min(versions, key=lambda text: int(text.partition(".")[2]))
