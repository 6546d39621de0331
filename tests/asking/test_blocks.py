"""An answer that is coming in is cut where the rest cannot change what was shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scout_codebase.asking.blocks import Blocks


def blocks_of(pieces: list[str]) -> list[str]:
    blocks = Blocks()
    return [block for piece in pieces for block in blocks.feed(piece)] + blocks.finish()


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("one\n\ntwo\n", ["one", "two"]),
        ("one\nstill one\n \n\n\ntwo", ["one\nstill one", "two"]),
        ("\n\none", ["one"]),
        ("see a.py:1:\n\n```python\nx = 1\n\ny = 2\n```\n\nthen", [
            "see a.py:1:\n\n```python\nx = 1\n\ny = 2\n```", "then",
        ]),
        ("````\n```\n\n````\n\nb", ["````\n```\n\n````", "b"]),
        ("```\nnever closed\n\nat all", ["```\nnever closed\n\nat all"]),
        ("\n \n", [" "]),
        ("", []),
    ],
)  # fmt: skip
def test_blocks_end_at_empty_lines_and_fences_stay_with_what_they_show(
    text: str, blocks: list[str]
) -> None:
    assert [block.strip() for block in blocks_of([text]) if block.strip()] == [
        block for block in blocks if block.strip()
    ]


PIECES = st.lists(
    st.sampled_from(["a", "word ", "\n", "\n\n", "`", "``", "```", "~~~", " ", "- x", "\u2028"])
)


@given(PIECES)
def test_it_does_not_matter_where_a_stream_cuts(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert blocks_of(pieces) == blocks_of([text]) == blocks_of(list(text))


@given(PIECES)
def test_nothing_is_lost(pieces: list[str]) -> None:
    assert "".join("".join(blocks_of(pieces)).split()) == "".join("".join(pieces).split())
