from __future__ import annotations

import pytest

from scout_codebase.engines.repetition import LoopDetector, repeated_unit


@pytest.mark.parametrize(
    "text",
    [
        " " * 700,
        "\n" * 700,
        "no no no " * 100,
        "A sensible beginning. " + "- The class is used for the class.\n" * 30,
        "x" * 3000 + '{"path": "a.py", "line": 3}, ' * 40,
        "".join(chr(33 + number % 90) for number in range(400)) * 5,
    ],
)
def test_a_loop(text: str) -> None:
    assert repeated_unit(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A short answer.",
        " " * 600,
        "-" * 120 + "\n",
        "".join(f"- item {number} of the list\n" for number in range(200)),
        ", ".join(str(number) for number in range(1000)),
        "no no no " * 100 + "but then it went on to say something else entirely, at some length.",
        "| --- " * 40 + "|\n",
    ],
)
def test_no_loop(text: str) -> None:
    assert repeated_unit(text) is None


def test_a_stream_is_stopped_soon_after_the_loop_can_be_seen() -> None:
    detector = LoopDetector()
    fed = 0
    while detector.feed("again ") is None:
        fed += 6
    assert 640 <= fed <= 800
