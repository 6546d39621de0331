"""Permissions that hold, whoever runs the tests."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_NOBODY = 65_534


@contextmanager
def without_root(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of one's own. Where this process is root's, it is nobody's until the block is left,
    for nothing is unreadable to root. What is used in the block is imported before it: the
    interpreter may lie where nobody can read."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("HOME", folder)
        user = os.geteuid()
        if user == 0:
            os.chown(folder, _NOBODY, _NOBODY)
            os.seteuid(_NOBODY)
        try:
            yield Path(folder)
        finally:
            os.seteuid(user)
