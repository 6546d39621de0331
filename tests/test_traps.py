"""A tree of every trap, from the command line to the manifest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from support.repositories import ISOLATION
from support.traps import PACKED, SECRET, make_traps
from support.vocabulary import llama4_special_tokens

from scout_codebase.records import display_path


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_every_trap_has_one_line_in_the_manifest(tmp_path: Path, object_format: str) -> None:
    traps = make_traps(tmp_path, object_format=object_format)
    variables = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    homes = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    output, manifest = tmp_path / "pack.txt", tmp_path / "manifest.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "scout_codebase", "pack", str(traps.repository), "--quiet"),
            *("-o", str(output), "--manifest", str(manifest)),
        ],
        env=variables | ISOLATION | homes,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = json.loads(manifest.read_text())
    lines = [(row["path"], PACKED) for row in found["files"]]
    lines += [(row["path"], row["reason"]) for row in found["omitted"]]
    assert dict(lines) == {display_path(path): state for path, state in traps.expected.items()}
    assert max(Counter(path for path, _ in lines).values()) == 1
    assert not traps.ran.exists()
    text = output.read_text(encoding="utf-8")
    assert SECRET not in text + manifest.read_text()
    assert [token for token in llama4_special_tokens() if token in text] == []
