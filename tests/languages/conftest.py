"""What the tests of limits measure against."""

from __future__ import annotations

import time

import pytest

from scout_codebase.languages.analyse import analyse


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
